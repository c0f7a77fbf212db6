//! The journal: where durable events, their positions and the answers of idempotent commands live.
//!
//! The runtime owns the queue, the order and the groups; a journal only stores. One
//! [`JournalWriter`] does all writing: `begin`, then for each command a `savepoint` with its events,
//! its answer and the application's own rows, then `commit`. Readers never wait for it.

mod memory;
mod records;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::any::Any;
use std::pin::Pin;

use tautline::RoomName;

use crate::position::{Extent, Position};

pub use memory::Memory;
pub use records::{
    BanRecord, Change, EventBody, LedgerEntry, LedgerKey, NewEvent, Page, QuestionRecord,
    QuestionRef, Receipt, RevocationRecord, RoomKey, StoredEvent, StreamRecord, StreamRef,
    Unfinished,
};
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

    /// The committed answer of a command, or its refusal if that was kept.
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
