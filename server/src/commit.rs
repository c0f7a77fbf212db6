//! The journal's writer: takes commands' commits in order, stores them in groups, publishes what
//! they emitted, and only then lets their acknowledgements go.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tautline::{Encoded, RoomName, Uuid};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::journal::{
    EventBody, Host, Journal, JournalError, JournalWriter, LedgerEntry, LedgerKey, NewEvent,
    QuestionRef,
};
use crate::link::panic_message;
use crate::position::Position;
use crate::publish::{Publication, Publisher, Release};
use crate::settlement::{Settlement, Stage};
use crate::stage::{self, Staged, Target};

/// How many commits one group holds at most: beyond it, a group only makes its first wait longer.
const GROUP: usize = 256;

/// How many commits may wait. Beyond it the storage is far behind, and new ones are refused.
const WAITING: usize = 65_536;

/// The closure of a `cx.commit`: gets the journal's connection, leaves its emits and its answer.
pub(crate) type Step =
    Box<dyn FnOnce(&dyn Any, &mut Vec<Staged>) -> Result<Encoded, StepFailed> + Send>;

/// The step ended in an `Err`, which is kept where the caller finds it.
#[derive(Debug)]
pub(crate) struct StepFailed;

/// One command's commit.
pub(crate) struct Work {
    /// What runs on the writer; `None` if there are only emits.
    pub(crate) step: Option<Step>,
    /// What was emitted before.
    pub(crate) staged: Vec<Staged>,
    /// The answer, if there is no step that gives one.
    pub(crate) answer: Encoded,
    /// Under what the answer is remembered.
    pub(crate) ledger: Option<Remember>,
    /// The id of the command.
    pub(crate) cause: Option<Uuid>,
    /// Set when the emits are one question.
    pub(crate) question: Option<QuestionRef>,
    /// The command that must have taken effect before.
    pub(crate) after: Option<Arc<Settlement>>,
    /// This command.
    pub(crate) settlement: Option<Arc<Settlement>>,
}

/// Under what an answer is remembered.
#[derive(Clone, Debug)]
pub(crate) struct Remember {
    pub(crate) key: LedgerKey,
    pub(crate) hash: [u8; 32],
    pub(crate) window_ms: u64,
}

/// What was stored and published.
#[derive(Clone, Debug, Default)]
pub(crate) struct Committed {
    /// The answer.
    pub(crate) answer: Encoded,
    /// The last position in each room.
    pub(crate) at: Vec<(RoomName, Position)>,
}

/// Why nothing was stored.
#[derive(Clone, Debug)]
pub(crate) enum CommitError {
    /// The step said no.
    Step,
    /// The step panicked.
    Panicked(String),
    /// The command before it did not take effect.
    Predecessor,
    /// Another node has the answer already.
    Answered(LedgerEntry),
    /// The journal could not.
    Journal(Arc<JournalError>),
    /// Too much waits for the journal.
    Behind,
    /// The server is gone.
    Gone,
}

/// Gives work to the writer. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WriterHandle {
    queue: mpsc::UnboundedSender<(Work, Reply)>,
    waiting: Arc<AtomicUsize>,
}

/// Told what became of a commit.
pub(crate) type Reply = Box<dyn FnOnce(Result<Committed, CommitError>) + Send>;

impl WriterHandle {
    /// Starts the writer of a journal. It ends when the last handle is gone.
    pub(crate) fn start(
        journal: &dyn Journal,
        publisher: Arc<Publisher>,
        clock: Clock,
    ) -> Result<Self, JournalError> {
        let (queue, works) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let writer =
            Writer { journal: journal.writer()?, publisher, clock, waiting: Arc::clone(&waiting) };
        match journal.host() {
            Host::Task => {
                tokio::spawn(writer.run(works));
            }
            Host::Thread => {
                let run = move || writer.run_blocking(works);
                std::thread::Builder::new()
                    .name("tautline-journal".to_owned())
                    .spawn(run)
                    .map_err(|error| JournalError::Unavailable(Box::new(error)))?;
            }
        }
        Ok(Self { queue, waiting })
    }

    /// Hands a commit over. What is submitted later is stored later.
    pub(crate) fn submit(&self, work: Work, reply: Reply) {
        let refused = if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING {
            Some((CommitError::Behind, reply))
        } else {
            let sent = self.queue.send((work, reply));
            sent.err().map(|mpsc::error::SendError((_, reply))| (CommitError::Gone, reply))
        };
        if let Some((error, reply)) = refused {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            reply(Err(error));
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
            Box::new(move |result| {
                // Nobody waits any more: then nobody is told.
                let _gone = reply.send(result);
            }),
        );
        async move { receipt.await.unwrap_or(Err(CommitError::Gone)) }
    }
}

struct Writer {
    journal: Box<dyn JournalWriter>,
    publisher: Arc<Publisher>,
    clock: Clock,
    waiting: Arc<AtomicUsize>,
}

/// A commit whose savepoint is kept, and that waits for the group.
struct Kept {
    committed: Committed,
    publications: Vec<Publication>,
    direct: Vec<Staged>,
    settlement: Option<Arc<Settlement>>,
    reply: Reply,
}

impl Writer {
    async fn run(mut self, mut works: mpsc::UnboundedReceiver<(Work, Reply)>) {
        let mut group = Vec::with_capacity(GROUP);
        while works.recv_many(&mut group, GROUP).await > 0 {
            self.store(&mut group);
            tokio::task::yield_now().await;
        }
    }

    fn run_blocking(mut self, mut works: mpsc::UnboundedReceiver<(Work, Reply)>) {
        let mut group = Vec::with_capacity(GROUP);
        while works.blocking_recv_many(&mut group, GROUP) > 0 {
            self.store(&mut group);
        }
    }

    /// Stores one group, publishes it and lets its acknowledgements go.
    fn store(&mut self, group: &mut Vec<(Work, Reply)>) {
        self.waiting.fetch_sub(group.len(), Ordering::AcqRel);
        let mut kept = Vec::with_capacity(group.len());
        let mut broken = self.journal.begin().err();
        for (work, reply) in group.drain(..) {
            let settlement = work.settlement.clone();
            let result = match &broken {
                Some(_) => Ok(Err(CommitError::Gone)),
                None => self.savepoint(work),
            };
            match result {
                Ok(Ok((committed, publications, direct))) => {
                    reach(&settlement, Stage::Kept);
                    kept.push(Kept { committed, publications, direct, settlement, reply });
                }
                Ok(Err(error)) if broken.is_none() => {
                    reach(&settlement, Stage::Failed);
                    reply(Err(error));
                }
                Ok(Err(_)) => kept.push(Kept::nothing(settlement, reply)),
                Err(error) => {
                    broken = Some(error);
                    kept.push(Kept::nothing(settlement, reply));
                }
            }
        }
        if broken.is_none() {
            broken = self.journal.commit().err();
        }
        match broken {
            None => kept.into_iter().for_each(|kept| self.publish(kept)),
            Some(error) => {
                self.journal.abandon();
                tracing::error!(error = %error, "the journal gave a group of commits up");
                let error = Arc::new(error);
                for kept in kept {
                    reach(&kept.settlement, Stage::Failed);
                    (kept.reply)(Err(CommitError::Journal(Arc::clone(&error))));
                }
            }
        }
    }

    /// Stores one commit. The outer error gives the whole group up.
    #[expect(clippy::type_complexity, reason = "two kinds of failure, and used once")]
    fn savepoint(
        &mut self,
        work: Work,
    ) -> Result<Result<(Committed, Vec<Publication>, Vec<Staged>), CommitError>, JournalError> {
        if work.after.as_ref().is_some_and(|after| after.stage() != Stage::Kept) {
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

    fn attempt(
        &mut self,
        work: Work,
    ) -> Result<(Committed, Vec<Publication>, Vec<Staged>), CommitError> {
        let Work { step, mut staged, mut answer, ledger, cause, question, .. } = work;
        if let Some(step) = step {
            let connection = self.journal.connection();
            let ran = catch_unwind(AssertUnwindSafe(|| step(connection, &mut staged)));
            answer = ran
                .map_err(|panic| CommitError::Panicked(panic_message(&*panic).to_owned()))?
                .map_err(|StepFailed| CommitError::Step)?;
        }
        let ts = self.clock.now_ms();
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
                    name: emit.event.name,
                    payload: emit.payload.clone(),
                    ts,
                    cause,
                    question: question.clone(),
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
        if let Some(Remember { key, hash, window_ms }) = ledger {
            let expires_at = ts.saturating_add(window_ms);
            let entry = LedgerEntry { hash, answer: answer.clone(), at: at.clone(), expires_at };
            let known = self.journal.remember(&key, entry).map_err(CommitError::journal)?;
            if let Some(known) = known {
                return Err(CommitError::Answered(known));
            }
        }
        Ok((Committed { answer, at }, publications, direct))
    }

    /// Sends what a stored commit emitted. The last publisher that is done lets the command go on.
    fn publish(&self, kept: Kept) {
        let Kept { committed, publications, direct, reply, settlement: _ } = kept;
        for emit in direct {
            if let Target::Connection(link) = &emit.target {
                stage::send_to(link, emit.message());
            }
        }
        let release = Release::new(move || reply(Ok(committed)));
        for mut publication in publications {
            publication.release = Some(Arc::clone(&release));
            self.publisher.publish(publication);
        }
    }
}

impl Kept {
    fn nothing(settlement: Option<Arc<Settlement>>, reply: Reply) -> Self {
        Self {
            committed: Committed::default(),
            publications: Vec::new(),
            direct: Vec::new(),
            settlement,
            reply,
        }
    }
}

impl Work {
    /// Work without anything in it.
    pub(crate) fn new() -> Self {
        Self {
            step: None,
            staged: Vec::new(),
            answer: Encoded::default(),
            ledger: None,
            cause: None,
            question: None,
            after: None,
            settlement: None,
        }
    }
}

impl CommitError {
    fn journal(error: JournalError) -> Self {
        Self::Journal(Arc::new(error))
    }
}

fn reach(settlement: &Option<Arc<Settlement>>, stage: Stage) {
    if let Some(settlement) = settlement {
        settlement.reach(stage);
    }
}

/// The messages of an event without a place: one per room, and each member gets one of them.
pub(crate) fn live(emit: &Staged) -> Vec<Publication> {
    let Target::Rooms(rooms) = &emit.target else { return Vec::new() };
    let message = emit.message();
    let publication = |place: usize| Publication {
        key: rooms[place].0.clone(),
        message: message.clone(),
        unless_in: rooms[..place].iter().map(|(key, _)| key.clone()).collect(),
        release: None,
    };
    (0..rooms.len()).map(publication).collect()
}
