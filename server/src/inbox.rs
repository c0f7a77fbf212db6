//! One mounted namespace: takes what comes in, in the order of the wire, and decides at once what can
//! be decided at once.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tautline::{
    Command, Delivery, DisconnectReason, Dispatch, Event, EventKind, Lane, LibraryCode,
    NamespaceFacts, Problem, Report, RoomName,
};
use tracing::Instrument as _;

use crate::context::Context;
use crate::core::{Core, Origin};
use crate::execute::execute;
use crate::fingerprint::command_hash;
use crate::frame::{self, Arguments, Incoming, Rejected};
use crate::gate::{Gate, Once};
use crate::journal::RoomKey;
use crate::lane::LaneKey;
use crate::link::{Inbox, Link, panic_message};
use crate::meta::Meta;
use crate::observe::Fact;
use crate::problems::{Trouble, hold};
use crate::rates::{self, EventRates, Exceeded};
use crate::refuse;
use crate::runtime::Runtime;
use crate::sentry::Offence;
use crate::session::{Job, Session};
use crate::stage::is_own;
use crate::trace::TraceId;

/// A namespace and the service that serves it.
pub(crate) struct Mounted<N, S> {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) service: Arc<S>,
    sessions: RwLock<HashMap<usize, Arc<Session>>>,
    rates: EventRates,
    namespace: PhantomData<fn() -> N>,
}

impl<N, S> Mounted<N, S>
where
    N: Dispatch<S, Context = Context<N>>,
    S: Send + Sync + 'static,
{
    /// Puts the two together.
    pub(crate) fn mount(runtime: Arc<Runtime>, service: S) -> Arc<dyn Inbox> {
        let rates = runtime.rates.of_namespace(N::FACTS.path);
        Arc::new(Self {
            rates,
            runtime,
            service: Arc::new(service),
            sessions: RwLock::default(),
            namespace: PhantomData,
        })
    }

    fn session(&self, link: &Arc<Link>) -> Option<Arc<Session>> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        sessions.get(&place(link)).cloned()
    }

    /// Takes a frame, if its sender may still send one.
    fn receive(
        &self,
        session: &Arc<Session>,
        args: &str,
        attachments: Vec<Bytes>,
        ack: Option<i64>,
    ) {
        // Before the payload is decoded: whoever sends too much shall cost little.
        match self.runtime.take_cost(session, 1) {
            Ok(()) => self.take(session, args, attachments, ack),
            Err(exceeded) => {
                let split = Arguments::split(args).ok();
                let name = split.as_ref().map_or("", Arguments::name);
                let meta = split.as_ref().map(Arguments::meta).unwrap_or_default();
                let arrived = Arrived { args, attachments: &[], meta, ack };
                arrived.refuse(&self.runtime, session, name, exceeded.into_problem());
            }
        }
    }

    /// Takes a frame.
    fn take(&self, session: &Arc<Session>, args: &str, attachments: Vec<Bytes>, ack: Option<i64>) {
        match frame::read::<N::Command>(N::FACTS, self.runtime.told.event_bytes, args, &attachments)
        {
            Ok(Incoming::Command { index, command, meta }) => {
                let arrived = Arrived { args, attachments: &attachments, meta, ack };
                self.command(session, index, command, arrived);
            }
            Ok(Incoming::Control { name, payload, meta }) => {
                let payload = (payload, attachments);
                let arrived = Arrived { args, attachments: &[], meta, ack };
                self.control(session, name, payload, arrived);
            }
            Err(rejected) => {
                let Rejected { name, meta, problem } = *rejected;
                let arrived = Arrived { args, attachments: &attachments, meta, ack };
                arrived.refuse(&self.runtime, session, &name, problem);
            }
        }
    }

    /// Takes a command that was understood.
    fn command(
        &self,
        session: &Arc<Session>,
        index: usize,
        command: N::Command,
        arrived: Arrived<'_>,
    ) {
        let event = &N::FACTS.commands[index];
        let rooms = command.rooms();
        let identity = session.link.identity();
        if let Err(code) = self.runtime.may(event, &identity) {
            return arrived.refuse(&self.runtime, session, event.name, Box::new(code.problem()));
        }
        if let Err(exceeded) = self.take_call(session, index, event) {
            return arrived.refuse(&self.runtime, session, event.name, exceeded.into_problem());
        }
        if let Err(problem) = fits(&command) {
            return arrived.refuse(&self.runtime, session, event.name, problem);
        }
        let Arrived { args, attachments, meta, ack } = arrived;
        let origin = Origin {
            session: Arc::clone(session),
            event: Some(event),
            name: event.name,
            id: meta.id,
            trace: TraceId::given(meta.trace.as_deref()),
            lane: lane_of(event, &rooms),
            answer_type: Some(command.answer_type()),
            deadline: Duration::from_millis(event.policy.timeout_ms.into()),
        };
        let lane = origin.lane.clone();
        let core = Core::new(Arc::clone(&self.runtime), origin);
        if let Some(id) = meta.id {
            session.remember(id, Arc::clone(&core.settlement));
        }
        let once = match meta.id {
            Some(id) if event.policy.delivery == Delivery::Idempotent => Some(Once {
                id,
                hash: command_hash(
                    &core.identity.subject,
                    event.name,
                    Arguments::split(args).map_or("{}", |split| split.payload()),
                    attachments,
                ),
                resent: meta.resent,
                window_ms: event.policy.window_ms,
            }),
            Some(_) | None => None,
        };
        let is_join = event.kind == EventKind::Join;
        let gate = Gate {
            rooms: if is_join { Vec::new() } else { rooms.clone() },
            after: meta.after,
            once,
        };
        let span = tracing::info_span!(
            "command",
            trace_id = %core.trace,
            event = event.name,
            namespace = N::FACTS.path,
            connection = %session.link.id(),
            subject = core.identity.subject,
        );
        let service = Arc::clone(&self.service);
        let job: Job = if is_join {
            let run = crate::join::join::<N, S>(service, Arc::clone(&core), command, rooms);
            Box::pin(execute(core, gate, ack, run).instrument(span))
        } else {
            let cx = Context::<N>::new(Arc::clone(&core));
            let run = async move { N::run(&service, &cx, command).await };
            Box::pin(execute(core, gate, ack, run).instrument(span))
        };
        self.start(session, event.name, lane, ack, job);
    }

    /// Takes one call of an event from its sender's allowances. The frame itself was paid before.
    fn take_call(
        &self,
        session: &Arc<Session>,
        index: usize,
        event: &Event,
    ) -> Result<(), Exceeded> {
        rates::take_call(&self.rates, index, &session.subject)?;
        self.runtime.take_cost(session, event.policy.cost.saturating_sub(1))
    }

    /// Lets a job into its lane.
    pub(crate) fn start(
        &self,
        session: &Arc<Session>,
        event: &str,
        lane: Option<LaneKey>,
        ack: Option<i64>,
        job: Job,
    ) {
        match session.admit(lane, job) {
            Ok(Some(job)) => self.runtime.start_job(job),
            Ok(None) => {}
            Err(()) => refuse_with(session, event, ack, LibraryCode::Capacity.problem()),
        }
    }
}

impl<N, S> Inbox for Mounted<N, S>
where
    N: Dispatch<S, Context = Context<N>>,
    S: Send + Sync + 'static,
{
    fn facts(&self) -> &'static NamespaceFacts {
        N::FACTS
    }

    fn opened(&self, link: &Arc<Link>) {
        let session = Session::new(Arc::clone(link));
        self.sessions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(place(link), Arc::clone(&session));
        let is_new = link.connection().enter();
        let namespace = N::FACTS.path;
        self.runtime.observers.observe(&Fact::Connected { namespace, is_new });
        self.connected(session);
    }

    fn refused(&self, code: &str) {
        self.runtime.observers.observe(&Fact::Refused { namespace: N::FACTS.path, code });
    }

    fn received(&self, link: &Arc<Link>, args: &str, attachments: Vec<Bytes>, ack: Option<i64>) {
        let Some(session) = self.session(link) else { return };
        // A contract's own decoders and constraints run here. One that panics is answered, too.
        let taking = AssertUnwindSafe(|| self.receive(&session, args, attachments, ack));
        if let Err(panic) = catch_unwind(taking) {
            let name = Arguments::split(args).map(|split| split.name().to_owned());
            let name = name.unwrap_or_default();
            let trace = TraceId::new();
            let trouble = Trouble::Panicked(panic_message(&*panic).to_owned());
            refuse::tell(&session, &name, None, ack, &trouble.into_problem(&trace, &name));
        }
    }

    fn closed(&self, link: &Arc<Link>, reason: DisconnectReason) {
        let session =
            self.sessions.write().unwrap_or_else(PoisonError::into_inner).remove(&place(link));
        if let Some(session) = session {
            self.runtime.terms.forget(session.number);
            let namespace = N::FACTS.path;
            self.runtime.observers.observe(&Fact::Disconnected { namespace, reason });
            self.disconnected(session, reason);
        }
    }

    fn rooms(&self, link: &Arc<Link>) -> Vec<RoomName> {
        let rooms = self.session(link).map(|session| session.rooms()).unwrap_or_default();
        let is_joined =
            |room: &RoomName| !is_own(&RoomKey { namespace: N::FACTS.path, room: room.clone() });
        rooms.into_iter().filter(is_joined).collect()
    }

    fn drained(&self, link: &Arc<Link>, dirty: Vec<RoomName>) {
        if let Some(session) = self.session(link) {
            crate::standing::remind(&self.runtime, &session, dirty);
        }
    }

    fn authorize_again(&self, link: &Arc<Link>) {
        let Some(session) = self.session(link) else { return };
        let (service, runtime) = (Arc::clone(&self.service), Arc::clone(&self.runtime));
        self.runtime.spawn(Box::pin(async move {
            crate::control::authorize_again::<N, S>(&service, &runtime, &session).await;
        }));
    }

    fn shutting_down(&self, link: &Arc<Link>) {
        self.runtime.begin_closing();
        if let Some(session) = self.session(link) {
            crate::welcome::say_goodbye(&self.runtime, &session);
        }
    }
}

/// A frame that is being dealt with.
pub(crate) struct Arrived<'a> {
    pub(crate) args: &'a str,
    /// Of a command. Those of the library's own events go with their payload.
    pub(crate) attachments: &'a [Bytes],
    pub(crate) meta: Meta,
    pub(crate) ack: Option<i64>,
}

impl Arrived<'_> {
    /// Tells the caller that the command does not run.
    pub(crate) fn refuse(
        self,
        runtime: &Runtime,
        session: &Session,
        event: &str,
        mut problem: Box<Problem>,
    ) {
        let trace = TraceId::given(self.meta.trace.as_deref());
        let (namespace, code) = (session.facts().path, Some(problem.code.as_str()));
        runtime.observers.observe(&Fact::Ran { namespace, event, took: Duration::ZERO, code });
        problem.trace_id = trace.to_string();
        if let Some(cause) = Offence::of(&problem) {
            session.link.connection().sentry().blame(&session.link, cause);
        }
        if let Some(id) = self.meta.id {
            // Its successors must not run before it.
            session.remember_refused(id);
        }
        refuse::tell(session, event, self.meta.id, self.ack, &problem);
    }
}

fn refuse_with(session: &Session, event: &str, ack: Option<i64>, mut problem: Problem) {
    problem.trace_id = TraceId::new().to_string();
    refuse::tell(session, event, None, ack, &problem);
}

/// Whether the payload keeps its constraints.
fn fits(command: &impl Command) -> Result<(), Box<Problem>> {
    let mut report = Report::new();
    command.check(&mut report);
    hold(report)
}

/// What a command queues up for.
fn lane_of(event: &Event, rooms: &[RoomName]) -> Option<LaneKey> {
    match event.policy.lane {
        Lane::Room => Some(rooms.first().cloned().map_or(LaneKey::Namespace, LaneKey::Room)),
        Lane::Named(name) => Some(LaneKey::Named(name)),
        Lane::None => None,
    }
}

/// Where a link's session is kept. The session holds the link, so that no other link gets its
/// address meanwhile.
fn place(link: &Arc<Link>) -> usize {
    Arc::as_ptr(link).addr()
}
