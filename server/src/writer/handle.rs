//! The way to the journal's writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::breaker::{Breaker, PAUSE};
use super::outlet::Outlet;
use super::{Means, Writer};
use crate::commit::{CommitError, Committed, Reply, Work};
use crate::journal::{Health, Host, Journal, JournalError};
use crate::settlement::Stage;

/// How many commits may wait. Beyond it the storage is far behind, and new ones are refused.
const WAITING: usize = 65_536;

/// How often the journal does what falls due by time, and is asked whether it works again.
const TEND: Duration = PAUSE;

/// Likewise while there is more of it than it does at once: commits go in between.
const TEND_ON: Duration = Duration::from_millis(10);

/// What came of tending.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tended {
    /// Whether there is more of it than it does at once.
    pub(super) goes_on: bool,
    /// Whether the journal can store, as far as it knows.
    pub(super) can_store: bool,
}

/// What the writer is asked to do.
pub(crate) enum Order {
    /// To store a commit.
    Store(Box<Work>, Reply),
    /// To do what falls due by time. Told what came of it.
    Tend(oneshot::Sender<Tended>),
    /// To close the journal and end. Told when that is done.
    Close(oneshot::Sender<()>),
}

/// Gives work to the writer. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WriterHandle {
    orders: mpsc::UnboundedSender<Order>,
    waiting: Arc<AtomicUsize>,
    breaker: Arc<Breaker>,
}

impl WriterHandle {
    /// Starts the writer of a journal. It ends when the last handle is gone, or when it is closed.
    pub(crate) fn start(journal: &dyn Journal, means: Means) -> Result<Self, JournalError> {
        let (orders, received) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let host = journal.host();
        let outlet = Outlet::new(&means, host);
        let journal = journal.writer()?;
        let breaker = Arc::new(Breaker::new(means.clock));
        let patience = means.patience;
        let (waits, watched) = (Arc::clone(&waiting), Arc::clone(&breaker));
        let writer =
            Writer { journal, means, outlet, waiting: waits, breaker: watched, doubt: None };
        match host {
            Host::Task => {
                tokio::spawn(writer.run(received));
            }
            Host::Thread => {
                let runtime = tokio::runtime::Handle::current();
                let run = move || {
                    // The clock follows the runtime's, and hooks may spawn.
                    let _context = runtime.enter();
                    writer.run_blocking(received);
                };
                std::thread::Builder::new()
                    .name("tautline-journal".to_owned())
                    .spawn(run)
                    .map_err(|error| JournalError::Unavailable(Box::new(error)))?;
            }
        }
        tokio::spawn(tend(orders.downgrade(), Arc::clone(&breaker), patience));
        Ok(Self { orders, waiting, breaker })
    }

    /// Whether what has to be stored may come now.
    ///
    /// # Errors
    /// When the journal has failed and is left alone for a while.
    pub(crate) fn check(&self) -> Result<(), CommitError> {
        self.breaker.check().map_err(CommitError::journal)
    }

    /// What there is to say of the journal besides its own health.
    pub(crate) fn health(&self) -> Health {
        self.breaker.health()
    }

    /// Hands a commit over. What is submitted later is stored later.
    pub(crate) fn submit(&self, work: Work, reply: Reply) {
        if let Err(error) = self.check() {
            if let Some(settlement) = &work.settlement {
                settlement.reach(Stage::Failed);
            }
            return reply.tell(Err(error));
        }
        let refused = if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING {
            Some((CommitError::Behind, reply))
        } else {
            match self.orders.send(Order::Store(Box::new(work), reply)) {
                Err(mpsc::error::SendError(Order::Store(_, reply))) => {
                    Some((CommitError::Gone, reply))
                }
                Ok(()) | Err(_) => None,
            }
        };
        if let Some((error, reply)) = refused {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            reply.tell(Err(error));
        }
    }

    /// Hands a commit over and gives a future of what became of it.
    pub(crate) fn store(
        &self,
        work: Work,
    ) -> impl Future<Output = Result<Committed, CommitError>> + Send + use<> {
        let (reply, receipt) = oneshot::channel();
        self.submit(
            work,
            Reply::new(move |result| {
                // Nobody waits any more: then nobody is told.
                let _gone = reply.send(result);
            }),
        );
        async move { receipt.await.unwrap_or(Err(CommitError::Gone)) }
    }

    /// Stores what was handed over and closes the journal. What comes later is refused.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        // It may be closed already.
        let _ended = self.orders.send(Order::Close(done));
        let _done = closed.await;
    }
}

/// Has the journal tended, for as long as somebody may write to it. Whoever does not come back from that,
/// or from what it did before, is left alone.
async fn tend(orders: mpsc::WeakUnboundedSender<Order>, breaker: Arc<Breaker>, patience: Duration) {
    let mut pause = TEND;
    loop {
        tokio::time::sleep(pause).await;
        let (done, tended) = oneshot::channel();
        let Some(orders) = orders.upgrade() else { return };
        if orders.send(Order::Tend(done)).is_err() {
            return;
        }
        drop(orders);
        let Ok(tended) = within(patience, tended, &breaker).await else { return };
        breaker.asked(tended.can_store);
        pause = if tended.goes_on { TEND_ON } else { TEND };
    }
}

/// Waits for the journal, and notes if that takes too long.
async fn within<T>(
    patience: Duration,
    mut answer: oneshot::Receiver<T>,
    breaker: &Breaker,
) -> Result<T, oneshot::error::RecvError> {
    let asked = Instant::now();
    loop {
        if let Ok(answer) = tokio::time::timeout(patience, &mut answer).await {
            return answer;
        }
        // Where tokio's clock is a test's, it runs ahead of a thread.
        if asked.elapsed() >= patience {
            breaker.hangs(patience);
            return answer.await;
        }
    }
}
