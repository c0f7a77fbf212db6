//! The library's own commands, which every namespace has beside its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tautline::control::{Control, ControlCommand, Refreshed, RoomClosed};
use tautline::{
    Command as _, Dispatch, LibraryCode, Namespace, Problem, Refusal, Reply, RoomName, encode,
};
use tracing::Instrument as _;

use crate::context::Context;
use crate::core::{Core, Origin};
use crate::execute::{execute, supervise};
use crate::frame::{self, decode_with_path};
use crate::gate::Gate;
use crate::inbox::{Arrived, Mounted};
use crate::journal::RoomKey;
use crate::lane::LaneKey;
use crate::presence::Departure;
use crate::runtime::Runtime;
use crate::session::{Job, Session};
use crate::stage::personal;
use crate::trace::TraceId;
use crate::{join, membership, note, presence, question, receipt, resume, welcome};

impl<N, S> Mounted<N, S>
where
    N: Dispatch<S, Context = Context<N>>,
    S: Send + Sync + 'static,
{
    /// Takes one of the library's own commands.
    pub(crate) fn control(
        &self,
        session: &Arc<Session>,
        name: &str,
        (payload, attachments): (&str, Vec<Bytes>),
        arrived: Arrived<'_>,
    ) {
        let known = Control::FACTS.command(name);
        let Some((index, event)) = known else {
            let problem = Box::new(LibraryCode::UnknownEvent.problem());
            return arrived.refuse(&self.runtime, session, name, problem);
        };
        if let Err(problem) = frame::fits_own_limit(event, payload) {
            return arrived.refuse(&self.runtime, session, name, problem);
        }
        let decoded = decode_with_path(payload, |payload| ControlCommand::decode(index, payload));
        let command = match decoded {
            Ok(command) => command,
            Err(problem) => return arrived.refuse(&self.runtime, session, name, problem),
        };
        if self.runtime.is_closing() {
            let problem = Box::new(LibraryCode::ShuttingDown.problem());
            return arrived.refuse(&self.runtime, session, name, problem);
        }
        let lane = lane_of(&command);
        let Arrived { meta, ack, .. } = arrived;
        let core = Core::new(
            Arc::clone(&self.runtime),
            Origin {
                session: Arc::clone(session),
                event: None,
                name: event.name,
                id: meta.id,
                trace: TraceId::given(meta.trace.as_deref()),
                lane: lane.clone(),
                answer_type: None,
                deadline: Duration::from_millis(event.policy.timeout_ms.into()),
            },
        );
        let span = tracing::info_span!(
            "command",
            trace_id = %core.trace,
            event = event.name,
            namespace = N::FACTS.path,
            connection = %session.link.id(),
            subject = core.identity.subject,
        );
        let run = run::<N, S>(Arc::clone(&self.service), Arc::clone(&core), command, attachments);
        let job: Job = Box::pin(execute(core, Gate::default(), ack, run).instrument(span));
        self.start(session, event.name, lane, ack, job);
    }
}

/// Entering and leaving keep their order with the room's other commands. The others run free: a
/// resume must not wait for a command, nor an answer for the one that asks.
fn lane_of(command: &ControlCommand) -> Option<LaneKey> {
    match command {
        ControlCommand::Subscribe(room) => Some(LaneKey::Room(room.room.clone())),
        ControlCommand::Unsubscribe(room) => Some(LaneKey::Room(room.room.clone())),
        ControlCommand::Refresh(_) => Some(LaneKey::Named("tautline:refresh")),
        ControlCommand::Resume(_)
        | ControlCommand::Answer(_)
        | ControlCommand::Receipt(_)
        | ControlCommand::Present(_) => None,
    }
}

async fn run<N, S>(
    service: Arc<S>,
    core: Arc<Core>,
    command: ControlCommand,
    attachments: Vec<Bytes>,
) -> Reply
where
    N: Dispatch<S, Context = Context<N>>,
{
    match command {
        ControlCommand::Subscribe(room) => resume::subscribe::<N, S>(service, core, room).await,
        ControlCommand::Resume(rooms) => resume::resume::<N, S>(service, core, rooms.rooms).await,
        ControlCommand::Unsubscribe(room) => {
            leave(&core, room.room);
            nothing()
        }
        ControlCommand::Refresh(refresh) => {
            let refreshed = refreshed::<N, S>(&service, &core, &refresh.token).await?;
            encode(&refreshed).map_err(internal)
        }
        ControlCommand::Answer(given) => {
            let answered = question::answer(&core.runtime, &core.session, given, attachments).await;
            answered.map_err(Refusal::Problem)?;
            nothing()
        }
        ControlCommand::Receipt(given) => {
            receipt::give(&core, given).await?;
            nothing()
        }
        ControlCommand::Present(shown) => {
            presence::present::<N::Command>(&core, &shown)?;
            nothing()
        }
    }
}

fn nothing() -> Reply {
    encode(&()).map_err(internal)
}

fn internal(error: serde_json::Error) -> Refusal {
    Refusal::Internal(tautline::Cause::new(error))
}

fn leave(core: &Core, room: RoomName) {
    let key = RoomKey { namespace: core.session.facts().path, room };
    // The personal room is not left: what is personal arrives for as long as the link is there.
    if key != personal(key.namespace, &core.identity.subject) {
        membership::leave(&core.runtime, &key, &core.session, Departure::ForGood);
    }
}

/// Takes a newer token of the same subject, and lets it stay in the rooms that it may be in.
async fn refreshed<N, S>(service: &S, core: &Arc<Core>, token: &str) -> Result<Refreshed, Refusal>
where
    N: Dispatch<S, Context = Context<N>>,
{
    let link = &core.session.link;
    let Some(gate) = core.runtime.gate.get() else {
        return Err(LibraryCode::Unauthenticated.into());
    };
    let identity = gate.identify(link.connection(), Some(token)).await.map_err(|denial| {
        tracing::debug!(trace_id = %core.trace, cause = denial.cause, "a token was not taken");
        Refusal::from(denial.code)
    })?;
    if identity.subject != core.identity.subject {
        tracing::warn!(trace_id = %core.trace, "a refresh came with another subject's token");
        return Err(LibraryCode::TokenInvalid.into());
    }
    let token_expires_at = welcome::expiry(identity.expires_at);
    link.set_identity(identity);
    core.runtime.terms.begin(&core.session);
    authorize_again::<N, S>(service, &core.runtime, &core.session).await;
    Ok(Refreshed { token_expires_at })
}

/// Asks for every room whether the caller may still be in it.
pub(crate) async fn authorize_again<N, S>(
    service: &S,
    runtime: &Arc<Runtime>,
    session: &Arc<Session>,
) where
    N: Dispatch<S, Context = Context<N>>,
{
    let core = crate::lifecycle::hook(runtime, session, "tautline:refresh");
    for room in session.rooms() {
        if room.as_str().is_empty() {
            continue;
        }
        let verdict = supervise(&core, join::authorize::<N, S>(service, &core, &room)).await;
        if let Err(trouble) = verdict {
            let problem = trouble.into_problem(&core.trace, core.name);
            note::refused(N::FACTS, core.name, &problem);
            put_out(runtime, session, &room, *problem);
        }
    }
    core.close();
}

/// Takes a connection out of a room and says why.
pub(crate) fn put_out(runtime: &Runtime, session: &Session, room: &RoomName, problem: Problem) {
    let key = RoomKey { namespace: session.facts().path, room: room.clone() };
    membership::leave(runtime, &key, session, Departure::ForGood);
    let problem = session.link.connection().help().on(&problem).into_owned();
    let closed = RoomClosed { room: room.clone(), problem };
    session.send_control(crate::encode::control("room_closed", &closed));
}

/// The problem of somebody who is put out, if nobody said another.
pub(crate) fn put_out_problem(problem: Option<Problem>) -> Problem {
    let mut problem = problem.unwrap_or_else(|| LibraryCode::RoomDenied.problem());
    if problem.trace_id.is_empty() {
        problem.trace_id = TraceId::new().to_string();
    }
    problem
}
