//! The journal's writer: takes commands' commits in order, stores them in groups, publishes what
//! they emitted, and only then lets their acknowledgements go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tautline::RoomName;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::commit::{CommitError, Committed, Effects, Hook, Remember, Reply, StepFailed, Work};
use crate::failpoint::{Failpoint, Failpoints};
use crate::journal::{EventBody, JournalError, JournalWriter, LedgerEntry, NewEvent};
use crate::link::panic_message;
use crate::position::Position;
use crate::problems::Chain;
use crate::publish::{Publication, Publisher, Release};
use crate::settlement::{Settlement, Stage};
use crate::stage::{self, Staged, Target, live};

/// How many commits one group holds at most: beyond it, a group only makes its first wait longer.
const GROUP: usize = 256;

/// Stores what commands hand over. One per journal.
pub(crate) struct Writer {
    pub(crate) journal: Box<dyn JournalWriter>,
    pub(crate) means: Means,
    pub(crate) waiting: Arc<AtomicUsize>,
}

/// What a writer needs beside its journal.
pub(crate) struct Means {
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) clock: Clock,
    pub(crate) failpoints: Failpoints,
}

/// A commit whose savepoint is kept, and that waits for the group.
struct Kept {
    stored: Stored,
    settlement: Option<Arc<Settlement>>,
    reply: Reply,
}

/// What one savepoint holds, and what is to be sent once the group is stored.
#[derive(Default)]
struct Stored {
    committed: Committed,
    hooks: Vec<Hook>,
    publications: Vec<Publication>,
    /// To single connections.
    direct: Vec<Staged>,
}

impl Writer {
    /// Runs on a task, until nobody hands anything over any more.
    pub(crate) async fn run(mut self, mut works: mpsc::UnboundedReceiver<(Work, Reply)>) {
        let mut group = Vec::with_capacity(GROUP);
        while works.recv_many(&mut group, GROUP).await > 0 {
            self.store(&mut group);
            tokio::task::yield_now().await;
        }
    }

    /// Likewise on a thread of its own.
    pub(crate) fn run_blocking(mut self, mut works: mpsc::UnboundedReceiver<(Work, Reply)>) {
        let mut group = Vec::with_capacity(GROUP);
        while works.blocking_recv_many(&mut group, GROUP) > 0 {
            self.store(&mut group);
        }
    }

    /// Stores one group, publishes it and lets its acknowledgements go.
    fn store(&mut self, group: &mut Vec<(Work, Reply)>) {
        self.waiting.fetch_sub(group.len(), Ordering::AcqRel);
        let mut kept = Vec::with_capacity(group.len());
        let stored = self.store_all(group, &mut kept);
        match stored {
            Ok(()) => {
                self.means.failpoints.hit(Failpoint::Committed);
                for kept in &mut kept {
                    kept.stored.hooks.drain(..).for_each(Hook::stored);
                }
                kept.into_iter().for_each(|kept| self.publish(kept));
            }
            Err(error) => {
                let abandoned = catch_unwind(AssertUnwindSafe(|| self.journal.abandon()));
                let has_panicked = abandoned.is_err();
                tracing::error!(error = %Chain(&error), has_panicked, "a group was given up");
                let error = Arc::new(error);
                let others = group.drain(..).map(|(work, reply)| (work.settlement, reply));
                let kept = kept.into_iter().map(|kept| (kept.settlement, kept.reply));
                for (settlement, reply) in kept.chain(others) {
                    reach(&settlement, Stage::Failed);
                    reply.tell(Err(CommitError::Journal(Arc::clone(&error))));
                }
            }
        }
    }

    /// Stores a group. Its commits end up in `kept`; those that say no are told at once. An error
    /// gives all of them up, and leaves the rest in the group.
    fn store_all(
        &mut self,
        group: &mut Vec<(Work, Reply)>,
        kept: &mut Vec<Kept>,
    ) -> Result<(), JournalError> {
        survived(JournalError::Unavailable, || self.journal.begin())?;
        // From the front, so that an error leaves what was not tried.
        group.reverse();
        while let Some((work, reply)) = group.pop() {
            let settlement = work.settlement.clone();
            match survived(JournalError::Unavailable, || self.savepoint(work)) {
                Ok(Ok(stored)) => {
                    reach(&settlement, Stage::Grouped);
                    kept.push(Kept { stored, settlement, reply });
                }
                Ok(Err(error)) => {
                    reach(&settlement, Stage::Failed);
                    reply.tell(Err(error));
                }
                Err(error) => {
                    kept.push(Kept { stored: Stored::default(), settlement, reply });
                    return Err(error);
                }
            }
        }
        survived(JournalError::Unknown, || self.journal.commit())
    }

    /// Stores one commit. The outer error gives the whole group up.
    fn savepoint(&mut self, work: Work) -> Result<Result<Stored, CommitError>, JournalError> {
        let is_ahead =
            |after: &Arc<Settlement>| matches!(after.stage(), Stage::Grouped | Stage::Kept);
        if !work.after.as_ref().is_none_or(is_ahead) {
            return Ok(Err(CommitError::Predecessor));
        }
        self.journal.savepoint()?;
        let stored = match self.attempt(work) {
            Ok(stored) => stored,
            Err(error) => {
                // A storage that fails here fails at the rollback, too: then all are refused.
                self.journal.rollback()?;
                return Ok(Err(error));
            }
        };
        self.journal.release()?;
        Ok(Ok(stored))
    }

    fn attempt(&mut self, work: Work) -> Result<Stored, CommitError> {
        let Work { step, mut effects, mut answer, ledger, cause, question, stream, .. } = work;
        if let Some(step) = step {
            let connection = self.journal.connection();
            let ran = catch_unwind(AssertUnwindSafe(|| step(connection, &mut effects)));
            answer = ran
                .map_err(|panic| CommitError::Panicked(panic_message(&*panic).to_owned()))?
                .map_err(|StepFailed| CommitError::Step)?;
        }
        let Effects { staged, changes, hooks } = effects;
        let ts = self.means.clock.now_ms();
        let mut at: Vec<(RoomName, Position)> = Vec::new();
        let mut publications = Vec::new();
        let mut direct = Vec::new();
        for emit in staged {
            if !emit.is_durable() {
                match &emit.target {
                    Target::Connection(_) => direct.push(emit),
                    Target::Rooms(_) => publications.extend(live(&emit)),
                }
                continue;
            }
            let Target::Rooms(rooms) = emit.target else { continue };
            for (key, retention) in rooms {
                let body = EventBody {
                    name: emit.event.name.into(),
                    payload: emit.payload.clone(),
                    ts,
                    cause,
                    question: question.clone(),
                    stream,
                };
                let event = NewEvent { room: key, retention, body };
                let position = self.journal.append(&event).map_err(CommitError::journal)?;
                let NewEvent { room: key, body, .. } = event;
                let payload = crate::encode::durable(&key.room, &position, &body);
                match at.iter_mut().find(|(room, _)| *room == key.room) {
                    Some((_, last)) => *last = position.clone(),
                    None => at.push((key.room.clone(), position.clone())),
                }
                publications.push(Publication {
                    key,
                    message: stage::durable(position, payload),
                    unless_in: Vec::new(),
                    release: None,
                });
            }
        }
        for change in &changes {
            self.journal.record(change).map_err(CommitError::journal)?;
        }
        if let Some(Remember { key, hash, window_ms }) = ledger {
            let expires_at = ts.saturating_add(window_ms);
            let entry = LedgerEntry { hash, answer: answer.clone(), at: at.clone(), expires_at };
            let known = self.journal.remember(&key, entry).map_err(CommitError::journal)?;
            if let Some(known) = known {
                return Err(CommitError::Answered(known));
            }
        }
        Ok(Stored { committed: Committed { answer, at }, hooks, publications, direct })
    }

    /// Sends what a stored commit emitted. The last publisher that is done lets the command go on.
    fn publish(&self, kept: Kept) {
        let Kept { stored, settlement, reply } = kept;
        let Stored { committed, publications, direct, .. } = stored;
        reach(&settlement, Stage::Kept);
        for emit in direct {
            if let Target::Connection(link) = &emit.target {
                stage::send_to(link, emit.message());
            }
        }
        let failpoints = self.means.failpoints.clone();
        let release = Release::new(move || {
            failpoints.hit(Failpoint::Published);
            reply.tell(Ok(committed));
        });
        for mut publication in publications {
            publication.release = Some(Arc::clone(&release));
            self.means.publisher.publish(publication);
        }
    }
}

/// Runs something of the journal's. A journal that panics has failed.
fn survived<T>(
    failed: fn(Box<dyn std::error::Error + Send + Sync>) -> JournalError,
    run: impl FnOnce() -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|panic| Err(failed(format!("a panic: {}", panic_message(&*panic)).into())))
}

fn reach(settlement: &Option<Arc<Settlement>>, stage: Stage) {
    if let Some(settlement) = settlement {
        settlement.reach(stage);
    }
}
