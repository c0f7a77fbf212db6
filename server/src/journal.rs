//! The journal: where durable events, their positions and the answers of idempotent commands live.
//!
//! The runtime owns the queue, the order and the groups; a journal only stores. One
//! [`JournalWriter`] does all writing: `begin`, then for each command a `savepoint` with its events,
//! its answer and the application's own rows, then `commit`. Readers never wait for it.

mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::any::Any;
use std::borrow::Cow;
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use tautline::{Encoded, Retention, RoomName, Uuid};

use crate::position::{Extent, Position};

pub use memory::Memory;
#[cfg(feature = "sqlite")]
pub use sqlite::{Durability, Sqlite, SqliteBuilder, SqliteError};

/// A future of a journal.
pub type JournalFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, JournalError>> + Send + 'a>>;

/// Storage for events, positions and answers.
pub trait Journal: Send + Sync + 'static {
    /// The writer. Asked for once, when the server is built.
    ///
    /// # Errors
    /// When the storage cannot be opened for writing.
    fn writer(&self) -> Result<Box<dyn JournalWriter>, JournalError>;

    /// Where the writer runs.
    fn host(&self) -> Host {
        Host::Thread
    }

    /// Names the ledger. Another name means: what was answered before may be forgotten.
    fn ledger(&self) -> String;

    /// What the room can still give. A room that nothing was ever written to has a position, too.
    fn extent<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Extent>;

    /// The events after `since`, oldest first: as many as fit into `max_bytes` of payload, and at
    /// least one if there is one.
    fn read<'a>(
        &'a self,
        room: &'a RoomKey,
        since: u64,
        max_bytes: usize,
    ) -> JournalFuture<'a, Page>;

    /// The streams, questions, bans and revocations that were begun and not ended. Asked once, when the
    /// server starts.
    fn unfinished(&self) -> JournalFuture<'_, Unfinished>;

    /// How far each user has got in a room, by subject.
    fn receipts<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Vec<(String, Receipt)>>;

    /// 32 random bytes that live as long as the journal: credentials that are signed with it are good
    /// after a restart, too.
    fn secret(&self) -> [u8; 32];

    /// The committed answer of a command.
    fn recall<'a>(&'a self, key: &'a LedgerKey) -> JournalFuture<'a, Option<LedgerEntry>>;

    /// Whether it can store at the moment.
    fn health(&self) -> Health;
}

/// The writing half. Called by one task or thread, never by two at once.
pub trait JournalWriter: Send + 'static {
    /// Opens a group.
    ///
    /// # Errors
    /// When nothing can be stored; every command of the group is refused then.
    fn begin(&mut self) -> Result<(), JournalError>;

    /// Opens the savepoint of one command. Savepoints follow each other, they never nest.
    ///
    /// # Errors
    /// When nothing can be stored.
    fn savepoint(&mut self) -> Result<(), JournalError>;

    /// Appends an event to its room and says where.
    ///
    /// # Errors
    /// When it cannot be stored; the runtime rolls the savepoint back.
    fn append(&mut self, event: &NewEvent) -> Result<Position, JournalError>;

    /// Where a room is, with everything that was appended so far. Until the savepoint ends nobody else
    /// appends to it. Asked for by steps that store a place with their rows.
    ///
    /// # Errors
    /// When it cannot be read.
    fn head(&self, room: &RoomKey) -> Result<Position, JournalError>;

    /// Stores an answer beside the events that it belongs to. An answer that is already there stays,
    /// and is given back: another node was faster.
    ///
    /// # Errors
    /// When it cannot be stored; the runtime rolls the savepoint back.
    fn remember(
        &mut self,
        key: &LedgerKey,
        entry: &LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError>;

    /// Notes what became of a stream, a question, a receipt, a ban or a token.
    ///
    /// # Errors
    /// When it cannot be stored; the runtime rolls the savepoint back.
    fn record(&mut self, change: &Change) -> Result<(), JournalError>;

    /// Told of the error with which a step has failed, before `rollback`. One that comes from the
    /// storage itself should make that fail, too: then its caller is told what it is.
    fn step_failed(&self, error: &(dyn std::error::Error + 'static)) {
        let _ = error;
    }

    /// Takes back everything since the savepoint.
    ///
    /// # Errors
    /// When that fails; the runtime gives the whole group up then.
    fn rollback(&mut self) -> Result<(), JournalError>;

    /// Keeps everything since the savepoint, for the group's commit.
    ///
    /// # Errors
    /// When that fails; the runtime gives the whole group up then.
    fn release(&mut self) -> Result<(), JournalError>;

    /// Makes the group durable, all of it or nothing.
    ///
    /// # Errors
    /// When it could not be stored, or nobody knows whether it was.
    fn commit(&mut self) -> Result<(), JournalError>;

    /// Whether the group is stored of which `commit` did not know. Asked right after the next `begin`,
    /// when nothing was written since; `None` if nothing tells, and then it counts as not stored: what
    /// a stream or a question said with it may be said twice.
    fn has_stored(&mut self) -> Option<bool> {
        None
    }

    /// Takes the whole group back.
    fn abandon(&mut self);

    /// Does what falls due by time: forgets what is kept no longer, and tries again what has failed.
    /// Called from time to time, between two groups. Takes a moment at most, and says whether there
    /// is more to do.
    fn tend(&mut self) -> bool {
        false
    }

    /// Whether what has failed would work now, as far as that can be told without doing it. Asked after
    /// `tend`, while commits are refused because groups were given up: yes lets them come again. A journal
    /// that cannot tell says yes, and is tried with the next group.
    fn can_store(&self) -> bool {
        true
    }

    /// The storage's own connection, through which an application writes its rows into the same
    /// transaction. Asked for by steps alone, and only by those that need it; what they write until
    /// `release` or `rollback` belongs to their command. A journal without one gives `&()`.
    fn connection(&self) -> &dyn Any;
}

/// Where a journal's writer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// On a thread of its own: it waits for a disk.
    Thread,
    /// On a task of the runtime: it never waits.
    Task,
}

/// Whether a journal can store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can.
    Ready,
    /// It cannot, and why; for operators, not for clients.
    Failing(String),
}

/// Why a journal could not do something.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Nothing was stored.
    #[error("the journal cannot store")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nobody knows whether it was stored.
    #[error("the journal does not know whether it stored")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was asked cannot be answered, though the storage is well.
    #[error("the journal cannot answer this")]
    Unanswerable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A room has had 2^53 - 1 events.
    #[error("the room `{0}` has no numbers left")]
    Exhausted(RoomName),
}

/// A room as the journal knows it: the same name in two namespaces is two rooms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomKey {
    /// The namespace's path.
    pub namespace: &'static str,
    /// The room's name as it travels.
    pub room: RoomName,
}

/// An event that is to be appended.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Its room.
    pub room: RoomKey,
    /// How long the room keeps its events.
    pub retention: Retention,
    /// What is stored of it.
    pub body: EventBody,
}

/// What is stored of an event beside its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBody {
    /// The wire name: the contract's own, or one that was read back.
    pub name: Cow<'static, str>,
    /// The payload as it travels.
    pub payload: Encoded,
    /// When it happened, in Unix milliseconds.
    pub ts: u64,
    /// The id of the command that it came from.
    pub cause: Option<Uuid>,
    /// Set on a question.
    pub question: Option<QuestionRef>,
    /// Set on the start of a stream.
    pub stream: Option<StreamRef>,
}

/// What makes an event the start of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamRef {
    /// Names the stream in its parts and its end.
    pub id: Uuid,
    /// How long its producer may be silent, in milliseconds.
    pub lease_ms: u32,
}

/// What makes an event a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionRef {
    /// Names the question in its answer.
    pub id: Uuid,
    /// When its time is over, in Unix milliseconds.
    pub expires_at: u64,
}

/// An event that was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number in the room.
    pub seq: u64,
    /// What is stored of it.
    pub body: EventBody,
}

impl StoredEvent {
    /// How large it is, as pages count it.
    fn bytes(&self) -> usize {
        let attachments: usize =
            self.body.payload.attachments.iter().map(|bytes| bytes.len()).sum();
        self.body.payload.json.len() + attachments
    }
}

/// What becomes of streams, questions, receipts, bans and revocations, which live longer than one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A stream began.
    StreamOpened(StreamRecord),
    /// A part was added to a stream. A number that is not above the stream's last one changes
    /// nothing.
    StreamExtended {
        /// The stream.
        id: Uuid,
        /// The part's number.
        number: u32,
        /// The part.
        text: String,
        /// Until when the producer must say more, in Unix milliseconds.
        lease_until: u64,
    },
    /// A stream ended.
    StreamClosed(Uuid),
    /// A question was put.
    QuestionOpened(QuestionRecord),
    /// A question was settled.
    QuestionClosed(Uuid),
    /// A user got further in a room. Never goes back, whatever comes.
    ReceiptGiven {
        /// The room.
        room: RoomKey,
        /// The user.
        subject: String,
        /// How far.
        receipt: Receipt,
    },
    /// Somebody was banned, or is forgiven: then the record's level is 0, and nothing is kept.
    BanChanged(BanRecord),
    /// Tokens were revoked. Never taken back: of two for the same name the later times hold.
    TokensRevoked(RevocationRecord),
    /// A client knows more of a room than there is: the room was taken back, as by a copy of the
    /// storage that was brought back. It gets a new epoch, so that nobody else goes on from there
    /// either; at most once while the journal is open, since then it cannot have been taken back again
    /// and the client is mistaken.
    RoomOvertaken {
        /// The room.
        room: RoomKey,
        /// What the client knows.
        known: Position,
    },
}

/// A stream that has begun and not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamRecord {
    /// The stream's id.
    pub id: Uuid,
    /// The namespace's path.
    pub namespace: String,
    /// The event's name.
    pub name: String,
    /// Its rooms.
    pub rooms: Vec<RoomName>,
    /// What it was started with.
    pub payload: Encoded,
    /// The number of the last part; 0 if there is none.
    pub number: u32,
    /// All its parts, in one.
    pub text: String,
    /// Until when the producer must say more, in Unix milliseconds.
    pub lease_until: u64,
}

/// A question that was put and not settled.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionRecord {
    /// The question's id.
    pub id: Uuid,
    /// The namespace's path.
    pub namespace: String,
    /// The event's name.
    pub name: String,
    /// Its rooms.
    pub rooms: Vec<RoomName>,
    /// What was asked.
    pub payload: Encoded,
    /// When its time is over, in Unix milliseconds.
    pub expires_at: u64,
}

/// Who may not connect, or was not allowed to lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BanRecord {
    /// What the name is of: `address` or `user`.
    pub kind: String,
    /// The address, or the subject.
    pub name: String,
    /// How many bans there were, as far as they count.
    pub level: u8,
    /// Until when the last one is, in Unix milliseconds.
    pub until: u64,
}

/// Tokens that are no good any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRecord {
    /// What the name is of: `token` for one token's `jti`, or `subject`.
    pub kind: String,
    /// The token's id, or the subject.
    pub name: String,
    /// Of a subject: tokens that were issued until then, in Unix milliseconds.
    pub until: u64,
    /// When the last of these tokens is over by itself, in Unix milliseconds. The journal forgets it then.
    pub expires_at: u64,
}

/// How far a user has got in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The last event that a client of the user has received.
    pub delivered: u64,
    /// The last event that the user has read.
    pub read: u64,
}

/// What was begun and not ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unfinished {
    /// Streams.
    pub streams: Vec<StreamRecord>,
    /// Questions.
    pub questions: Vec<QuestionRecord>,
    /// Bans, and what the next ones' length depends on.
    pub bans: Vec<BanRecord>,
    /// Tokens that were revoked, and may not be over yet.
    pub revocations: Vec<RevocationRecord>,
}

impl Receipt {
    /// The further of both, each mark for itself. What is read is delivered.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let read = self.read.max(other.read);
        Self { delivered: self.delivered.max(other.delivered).max(read), read }
    }
}

/// Some of a room's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the room could give when it was read.
    pub extent: Extent,
    /// The events, oldest first.
    pub events: Vec<StoredEvent>,
}

/// Which command an answer belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LedgerKey {
    /// The namespace's path.
    pub namespace: &'static str,
    /// The command's id, chosen by the client.
    pub id: Uuid,
}

/// A committed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Of the caller's subject, the event and its payload; another one under the same id is a
    /// conflict.
    pub hash: [u8; 32],
    /// The answer as it travels.
    pub answer: Encoded,
    /// The last position in each room that the command wrote to.
    pub at: Vec<(RoomName, Position)>,
    /// Until when it must be kept, in Unix milliseconds.
    pub expires_at: u64,
}
