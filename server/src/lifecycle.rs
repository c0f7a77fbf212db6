//! A connection's beginning and end: each hook once, the second only after the first.

use std::sync::Arc;

use tautline::{DisconnectReason, Dispatch, Encoded};
use tracing::Instrument as _;

use crate::context::Context;
use crate::core::{Core, Origin};
use crate::execute::{conclude, supervise};
use crate::inbox::Mounted;
use crate::journal::RoomKey;
use crate::membership;
use crate::position::Position;
use crate::problems::Chain;
use crate::refuse;
use crate::runtime::{HOOK_DEADLINE, Runtime};
use crate::session::Session;
use crate::stage::{everyone, personal};
use crate::trace::TraceId;
use crate::welcome;

impl<N, S> Mounted<N, S>
where
    N: Dispatch<S, Context = Context<N>>,
    S: Send + Sync + 'static,
{
    /// Puts a new connection into its two rooms, welcomes it, runs the hook, and lets its commands in.
    pub(crate) fn connected(&self, session: Arc<Session>) {
        let core = hook(&self.runtime, &session, "connected");
        let cx = Context::<N>::new(Arc::clone(&core));
        let (service, runtime) = (Arc::clone(&self.service), Arc::clone(&self.runtime));
        let span = tracing::info_span!(
            "connected",
            trace_id = %core.trace,
            namespace = N::FACTS.path,
            connection = %session.link.id(),
            subject = core.identity.subject,
        );
        tracing::info!(
            connection = %session.link.id(),
            namespace = N::FACTS.path,
            subject = core.identity.subject,
            trace_id = %core.trace,
            "connected"
        );
        let job = async move {
            begin(&runtime, &session).await;
            // What was begun before the start is in its rooms before anybody enters one.
            runtime.streams.found().await;
            let ended = supervise(&core, N::connected(&service, &cx)).await;
            let ended = conclude(&core, ended.map(|()| nothing())).await;
            if let Err(trouble) = ended {
                let problem = trouble.into_problem(&core.trace, core.name);
                refuse::tell(&session, core.name, None, None, &problem);
                session.link.close(DisconnectReason::Kicked);
            }
            core.close();
            session.hook_ended();
            for job in session.open_lanes() {
                runtime.spawn(job);
            }
        };
        self.runtime.start_job(Box::pin(job.instrument(span)));
    }

    /// Takes a connection out of all rooms and runs the hook. On a task: the caller may hold the
    /// lock of a room.
    pub(crate) fn disconnected(&self, session: Arc<Session>, reason: DisconnectReason) {
        let left = session.close();
        let core = hook(&self.runtime, &session, "disconnected");
        let cx = Context::<N>::new(Arc::clone(&core));
        let (service, runtime) = (Arc::clone(&self.service), Arc::clone(&self.runtime));
        let span = tracing::info_span!(
            "disconnected",
            trace_id = %core.trace,
            namespace = N::FACTS.path,
            connection = %session.link.id(),
            subject = core.identity.subject,
            reason = reason.as_str(),
        );
        let job = async move {
            for room in left {
                let key = RoomKey { namespace: N::FACTS.path, room };
                membership::leave(&runtime, &key, &session, membership::departure(reason));
            }
            session.hook_over().await;
            let run = async {
                N::disconnected(&service, &cx, reason).await;
                Ok(())
            };
            let ended = supervise(&core, run).await;
            if let Err(trouble) = conclude(&core, ended.map(|()| nothing())).await {
                trouble.into_problem(&core.trace, core.name);
            }
            core.close();
        };
        self.runtime.spawn(Box::pin(job.instrument(span)));
    }
}

/// Puts a connection into the rooms in which everybody is, its subject's and the namespace's own, and
/// welcomes it. Where its subject's stands is read before: the other way round, an event between the two
/// would come to it a second time when it asks for what came after that.
async fn begin(runtime: &Runtime, session: &Arc<Session>) {
    let path = session.facts().path;
    let own = personal(path, &session.link.identity().subject);
    let at = if runtime.kinds.is_known(&own) { stand(runtime, &own).await } else { None };
    for key in [everyone(path), own] {
        // A connection that is over already receives nothing: all the same.
        if let Ok(entry) = runtime.rooms.enter(key, session) {
            membership::admit(runtime, &entry, session);
        }
    }
    welcome::send(runtime, session, at);
    runtime.terms.begin(session);
    if session.is_closed() {
        runtime.terms.forget(session.number);
    }
}

/// Where a room is. A journal that cannot say so keeps nobody out: the client finds out when it asks.
async fn stand(runtime: &Runtime, room: &RoomKey) -> Option<Position> {
    match runtime.journal.extent(room).await {
        Ok(extent) => Some(extent.head),
        Err(error) => {
            tracing::debug!(error = %Chain(&error), "welcomed without a position");
            None
        }
    }
}

/// The beginning of something that no command asked for.
pub(crate) fn hook(
    runtime: &Arc<Runtime>,
    session: &Arc<Session>,
    name: &'static str,
) -> Arc<Core> {
    let origin = Origin {
        session: Arc::clone(session),
        event: None,
        name,
        id: None,
        trace: TraceId::new(),
        lane: None,
        answer_type: None,
        deadline: HOOK_DEADLINE,
    };
    Core::new(Arc::clone(runtime), origin)
}

fn nothing() -> Encoded {
    Encoded { json: "null".to_owned(), attachments: Vec::new() }
}
