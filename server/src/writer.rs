//! The journal's writer: takes commands' commits in order, stores them in groups, has published what
//! they emitted, and only then lets their acknowledgements go.

mod attempt;
mod breaker;
mod handle;
mod outlet;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use self::attempt::{Stored, attempt};
use self::breaker::Breaker;
use self::handle::{Order, Tended};
use self::outlet::{Outcome, Outlet};
use crate::clock::Clock;
use crate::commit::{CommitError, Hook, Reply, Work};
use crate::failpoint::{Failpoint, Failpoints};
use crate::journal::{JournalError, JournalWriter};
use crate::link::panic_message;
use crate::problems::Chain;
use crate::publish::Publisher;
use crate::settlement::{Settlement, Stage};

pub(crate) use self::breaker::Resting;
pub(crate) use self::handle::WriterHandle;

/// How many commits one group holds at most: beyond it, a group only makes its first wait longer.
const GROUP: usize = 256;

/// Stores what commands hand over. One per journal.
struct Writer {
    journal: Box<dyn JournalWriter>,
    means: Means,
    outlet: Outlet,
    waiting: Arc<AtomicUsize>,
    breaker: Arc<Breaker>,
    /// A group of which the journal does not know whether it is stored: it is asked before anything
    /// else is stored. The callers were told that nobody knows.
    doubt: Option<Vec<Stored>>,
}

/// What a writer needs beside its journal.
pub(crate) struct Means {
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) clock: Clock,
    pub(crate) failpoints: Failpoints,
    /// How long the journal may take for what it is asked to do, before commits are refused instead of
    /// queued.
    pub(crate) patience: Duration,
}

/// The commits of a group that are not tried yet, the first one last.
type Group = Vec<(Box<Work>, Reply)>;

/// A command of a group that waits for the commit, or does not any more.
struct Tried {
    settlement: Option<Arc<Settlement>>,
    reply: Reply,
    result: Result<Stored, CommitError>,
}

impl Writer {
    /// Runs on a task, until nobody hands anything over any more.
    async fn run(mut self, mut received: mpsc::UnboundedReceiver<Order>) {
        let mut orders = Vec::with_capacity(GROUP);
        while received.recv_many(&mut orders, GROUP).await > 0 {
            if let Some(done) = self.follow(&mut orders) {
                return self.close(done);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Likewise on a thread of its own.
    fn run_blocking(mut self, mut received: mpsc::UnboundedReceiver<Order>) {
        let mut orders = Vec::with_capacity(GROUP);
        while received.blocking_recv_many(&mut orders, GROUP) > 0 {
            if let Some(done) = self.follow(&mut orders) {
                return self.close(done);
            }
        }
    }

    /// Does what it is asked to do: stores all commits in one group, then the rest. Says if it shall
    /// end; commits behind that are dropped, which tells them so.
    fn follow(&mut self, orders: &mut Vec<Order>) -> Option<oneshot::Sender<()>> {
        let mut group = Group::with_capacity(orders.len());
        let (mut tending, mut closing) = (None, None);
        for order in orders.drain(..) {
            match order {
                Order::Store(work, reply) => group.push((work, reply)),
                Order::Tend(done) => tending = Some(done),
                Order::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
        }
        if !group.is_empty() {
            self.waiting.fetch_sub(group.len(), Ordering::AcqRel);
            self.store(group);
        }
        if let Some(done) = tending {
            let is_settled = self.settle().is_ok();
            let tended = catch_unwind(AssertUnwindSafe(|| {
                let goes_on = is_settled && self.journal.tend();
                Tended { goes_on, can_store: is_settled && self.journal.can_store() }
            }));
            let tended = tended.unwrap_or(Tended { goes_on: false, can_store: false });
            // The runtime may be gone, and with it the one who asked.
            let _gone = done.send(tended);
        }
        closing
    }

    fn close(self, done: oneshot::Sender<()>) {
        let Self { journal, outlet, .. } = self;
        drop(journal);
        outlet.close(done);
    }

    /// Stores one group and lets it out.
    fn store(&mut self, mut group: Group) {
        // From the back, so that an error leaves what was not tried.
        group.reverse();
        let mut tried = Vec::with_capacity(group.len());
        let stored = self.settle().and_then(|()| self.store_all(&mut group, &mut tried));
        let outcomes = match stored {
            Ok(()) => {
                self.breaker.stored();
                self.means.failpoints.hit(Failpoint::Committed);
                tried.into_iter().map(Tried::stored).collect()
            }
            Err(error) => {
                let abandoned = catch_unwind(AssertUnwindSafe(|| self.journal.abandon()));
                let has_panicked = abandoned.is_err();
                tracing::error!(error = %Chain(&error), has_panicked, "a group was given up");
                self.breaker.failed(&Chain(&error));
                let error = Arc::new(error);
                let untried = group.drain(..).rev().map(Tried::never);
                let lost = tried.into_iter().chain(untried).map(|tried| tried.lost(&error));
                let (outcomes, stored): (_, Vec<Stored>) = lost.unzip();
                if matches!(*error, JournalError::Unknown(_)) {
                    self.doubt = Some(stored);
                }
                outcomes
            }
        };
        self.outlet.let_out(outcomes);
        // Whoever waits for more than an answer is told as soon as it can be known.
        if let Err(error) = self.settle() {
            tracing::warn!(error = %Chain(&error), "it is still not known whether a group is stored");
        }
    }

    /// Asks the journal for a group of which it did not know. What was stored goes out, late; what was
    /// not is taken back.
    fn settle(&mut self) -> Result<(), JournalError> {
        let Some(doubtful) = self.doubt.take() else { return Ok(()) };
        if let Err(error) = survived(JournalError::Unavailable, || self.journal.begin()) {
            self.doubt = Some(doubtful);
            return Err(error);
        }
        let asked = catch_unwind(AssertUnwindSafe(|| {
            let has_stored = self.journal.has_stored();
            self.journal.abandon();
            has_stored
        }));
        let has_stored = asked.unwrap_or(None);
        tracing::warn!(has_stored, "a group was stored or not");
        if has_stored == Some(true) {
            let late = |mut stored: Stored| {
                stored.hooks.drain(..).for_each(Hook::stored);
                Outcome::Kept(stored, Reply::new(|_told_before| {}))
            };
            self.outlet.let_out(doubtful.into_iter().map(late).collect());
        }
        Ok(())
    }

    /// Stores a group. An error gives all of it up, and leaves in the group what was not tried.
    fn store_all(&mut self, group: &mut Group, tried: &mut Vec<Tried>) -> Result<(), JournalError> {
        survived(JournalError::Unavailable, || self.journal.begin())?;
        while let Some((work, reply)) = group.pop() {
            let settlement = work.settlement.clone();
            let stored = survived(JournalError::Unavailable, || self.savepoint(*work));
            let (result, error) = match stored {
                Ok(result) => (result, None),
                Err(error) => (Ok(Stored::default()), Some(error)),
            };
            reach(&settlement, if result.is_ok() { Stage::Grouped } else { Stage::Failed });
            tried.push(Tried { settlement, reply, result });
            if let Some(error) = error {
                return Err(error);
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
        let stored = match attempt(&mut *self.journal, work, self.means.clock.now_ms()) {
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
}

impl Tried {
    fn never((work, reply): (Box<Work>, Reply)) -> Self {
        Self { settlement: work.settlement, reply, result: Ok(Stored::default()) }
    }

    /// Its group is stored.
    fn stored(self) -> Outcome {
        match self.result {
            Ok(mut stored) => {
                reach(&self.settlement, Stage::Kept);
                stored.hooks.drain(..).for_each(Hook::stored);
                Outcome::Kept(stored, self.reply)
            }
            Err(error) => Outcome::Refused(error, self.reply),
        }
    }

    /// Its group was given up. Whoever was refused before was refused for another reason. Gives what is
    /// stored if the group is after all.
    fn lost(self, error: &Arc<JournalError>) -> (Outcome, Stored) {
        reach(&self.settlement, Stage::Failed);
        let (refused, stored) = match self.result {
            Ok(stored) => (CommitError::Journal(Arc::clone(error)), stored),
            Err(refused) => (refused, Stored::default()),
        };
        (Outcome::Refused(refused, self.reply), stored)
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
