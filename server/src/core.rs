//! One command on its way: what its context, its sinks and the runtime share. Knows no contract's
//! types; [`Context`](crate::Context) adds them.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tautline::{Event, EventKind, RoomName, Uuid};
use tokio::sync::Notify;

use crate::commit::{CommitError, Committed, Remember, Reply, Work};
use crate::deadline::Deadline;
use crate::failpoint::Failpoint;
use crate::identity::Identity;
use crate::lane::LaneKey;
use crate::ledger::Claim;
use crate::position::Position;
use crate::room_table::Entry;
use crate::runtime::Runtime;
use crate::session::{Session, lock};
use crate::settlement::{Settlement, Stage};
use crate::stage::Staged;
use crate::trace::TraceId;

/// What the runtime knows of a command when it comes in.
pub(crate) struct Origin {
    pub(crate) session: Arc<Session>,
    /// The contract's event; `None` for a lifecycle hook or one of the library's own.
    pub(crate) event: Option<&'static Event>,
    /// The name for the log.
    pub(crate) name: &'static str,
    pub(crate) id: Option<Uuid>,
    pub(crate) trace: TraceId,
    pub(crate) lane: Option<LaneKey>,
    pub(crate) answer_type: Option<TypeId>,
    pub(crate) deadline: Duration,
}

/// One command on its way.
pub(crate) struct Core {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) session: Arc<Session>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) event: Option<&'static Event>,
    pub(crate) name: &'static str,
    pub(crate) id: Option<Uuid>,
    pub(crate) trace: TraceId,
    /// When it came in.
    pub(crate) came_at: Instant,
    pub(crate) answer_type: Option<TypeId>,
    pub(crate) deadline: Deadline,
    pub(crate) settlement: Arc<Settlement>,
    /// The lane that it holds up; `None` once it is staged.
    lane: Mutex<Option<LaneKey>>,
    state: Mutex<State>,
    outcome: OnceLock<Result<Committed, CommitError>>,
    has_outcome: Notify,
}

#[derive(Default)]
struct State {
    staged: Vec<Staged>,
    commit: Commit,
    /// An emit that could not be serialised.
    fault: Option<serde_json::Error>,
    remember: Option<Remember>,
    claim: Option<Claim>,
    after: Option<Arc<Settlement>>,
    joining: Vec<Joining>,
    /// The acknowledgement that the caller still waits for.
    ack: Option<i64>,
}

/// A room that the caller has entered, and whose verdict comes with the acknowledgement.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) entry: Entry,
    /// Where the room was before its state was asked for; told to one who joins.
    pub(crate) at: Option<(RoomName, Position)>,
}

/// Whether the command may still commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Commit {
    #[default]
    Open,
    /// The journal's writer has it.
    Submitted,
    /// The command is over.
    Closed,
}

/// Why a commit was not even submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSubmitted {
    #[error("a handler commits at most once: put both steps into one closure")]
    Twice,
    #[error("the command is over: its deadline has passed, or its handler has returned")]
    Over,
}

impl Core {
    pub(crate) fn new(runtime: Arc<Runtime>, origin: Origin) -> Arc<Self> {
        let Origin { session, event, name, id, trace, lane, answer_type, deadline } = origin;
        Arc::new(Self {
            identity: session.link.identity(),
            runtime,
            session,
            event,
            name,
            id,
            trace,
            came_at: Instant::now(),
            answer_type,
            deadline: Deadline::after(deadline),
            settlement: Arc::default(),
            lane: Mutex::new(lane),
            state: Mutex::default(),
            outcome: OnceLock::new(),
            has_outcome: Notify::new(),
        })
    }

    /// Keeps an emit until the command succeeds.
    pub(crate) fn stage(&self, staged: Result<Staged, serde_json::Error>) {
        let mut state = lock(&self.state);
        if state.commit == Commit::Closed {
            tracing::warn!(trace_id = %self.trace, event = self.name, "an emit after the command's end is dropped");
            return;
        }
        match staged {
            Ok(staged) => state.staged.push(staged),
            Err(error) => state.fault = Some(error),
        }
    }

    /// Takes what was emitted so far.
    pub(crate) fn take_staged(&self) -> Result<Vec<Staged>, serde_json::Error> {
        let mut state = lock(&self.state);
        match state.fault.take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut state.staged)),
        }
    }

    /// Submits the command's commit, with everything that was emitted before it.
    pub(crate) fn submit(
        self: &Arc<Self>,
        fill: impl FnOnce(&mut Work),
    ) -> Result<(), NotSubmitted> {
        {
            let mut state = lock(&self.state);
            match state.commit {
                Commit::Open => state.commit = Commit::Submitted,
                Commit::Submitted => return Err(NotSubmitted::Twice),
                Commit::Closed => return Err(NotSubmitted::Over),
            }
        }
        let mut work = self.work();
        fill(&mut work);
        let core = Arc::clone(self);
        self.session.commit_started();
        self.runtime.writer.submit(
            work,
            Reply::new(move |outcome| {
                core.session.commit_ended();
                // Set once: a commit has one outcome.
                let _set = core.outcome.set(outcome);
                core.has_outcome.notify_waiters();
            }),
        );
        self.settlement.reach(Stage::Staged);
        self.runtime.failpoints.hit(Failpoint::Staged);
        Ok(())
    }

    /// What the writer has to know of this command.
    pub(crate) fn work(&self) -> Work {
        let mut state = lock(&self.state);
        let mut work = Work::new();
        work.effects.staged = std::mem::take(&mut state.staged);
        work.ledger = state.remember.clone();
        work.cause = self.id;
        work.home = Some(self.session.facts().path);
        work.after = state.after.clone();
        work.settlement = Some(Arc::clone(&self.settlement));
        work
    }

    /// What became of the commit: waits for it if there is one.
    pub(crate) async fn outcome(&self) -> Option<&Result<Committed, CommitError>> {
        if lock(&self.state).commit != Commit::Submitted {
            return None;
        }
        loop {
            let notified = self.has_outcome.notified();
            if let Some(outcome) = self.outcome.get() {
                return Some(outcome);
            }
            notified.await;
        }
    }

    /// If the writer has no commit of this command yet, it never gets one.
    pub(crate) fn close_commit(&self) {
        let mut state = lock(&self.state);
        if state.commit == Commit::Open {
            state.commit = Commit::Closed;
        }
    }

    /// Whether the lane may go on before the command has ended. Not at a join: what comes after it
    /// needs the membership.
    pub(crate) fn may_stage_early(&self) -> bool {
        self.event.is_none_or(|event| event.kind != EventKind::Join)
    }

    /// No emits any more.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.commit = Commit::Closed;
        state.staged.clear();
    }

    /// The command after this one may start.
    pub(crate) fn release_lane(&self) {
        let lane = lock(&self.lane).take();
        if let Some(next) = lane.and_then(|lane| self.session.staged(&lane)) {
            self.runtime.spawn(next);
        }
    }

    /// Notes that the command waits for a client: neither its deadline nor back-pressure count on.
    pub(crate) fn wait_for_client(&self) -> Waiting<'_> {
        let lane = lock(&self.lane).clone();
        self.session.park(lane.as_ref());
        Waiting { core: self, lane, _paused: self.deadline.pause() }
    }

    pub(crate) fn set_after(&self, after: Arc<Settlement>) {
        lock(&self.state).after = Some(after);
    }

    pub(crate) fn set_remember(&self, remember: Remember, claim: Claim) {
        let mut state = lock(&self.state);
        state.remember = Some(remember);
        state.claim = Some(claim);
    }

    pub(crate) fn is_remembered(&self) -> bool {
        lock(&self.state).remember.is_some()
    }

    pub(crate) fn take_claim(&self) -> Option<Claim> {
        lock(&self.state).claim.take()
    }

    pub(crate) fn set_ack(&self, ack: Option<i64>) {
        lock(&self.state).ack = ack;
    }

    /// Whoever takes it answers: there is one answer.
    pub(crate) fn take_ack(&self) -> Option<i64> {
        lock(&self.state).ack.take()
    }

    pub(crate) fn push_joining(&self, joining: Joining) {
        lock(&self.state).joining.push(joining);
    }

    pub(crate) fn take_joining(&self) -> Vec<Joining> {
        std::mem::take(&mut lock(&self.state).joining)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("event", &self.name)
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}

/// A command waits for a client.
pub(crate) struct Waiting<'a> {
    core: &'a Core,
    lane: Option<LaneKey>,
    _paused: crate::deadline::Paused<'a>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.core.session.unpark(self.lane.as_ref());
    }
}
