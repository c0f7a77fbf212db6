//! The journal in one SQLite file: it outlives the process, and an application's own rows are written
//! in the same transactions.
//!
//! One connection writes, on the journal's thread; a few read, beside it and without waiting for it.
//! The file is in WAL mode. The application's tables may be in it, too, under names that do not begin
//! with `tautline_`.

mod bounds;
mod changes;
mod common;
mod epoch;
mod error;
mod guard;
mod keeper;
mod options;
mod query;
mod readers;
mod rooms;
mod rows;
mod schema;
mod seen;
mod statements;
mod store;
mod sweep;
mod witness;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tautline::Uuid;

use self::common::Common;
use self::options::{Options, Setup};
use self::readers::Readers;
use self::store::{Meta, Store};
use self::writer::Writer;
use super::{
    Health, Journal, JournalError, JournalFuture, JournalWriter, LedgerEntry, LedgerKey, Page,
    Receipt, RoomKey, Unfinished,
};
use crate::clock::Clock;
use crate::position::Extent;

pub use error::SqliteError;
pub use options::{Durability, SqliteBuilder};

/// A journal in one SQLite file. Cheap to clone; clones share everything.
///
/// ```
/// use tautline_server::journal::Sqlite;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("chat.db");
/// let journal = Sqlite::builder(path)
///     .setup(|db| db.execute_batch("CREATE TABLE IF NOT EXISTS messages (text TEXT NOT NULL)"))
///     .open()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A step of `cx.commit` finds the connection by its type, and what it writes is stored together with
/// the answer and the events, or not at all:
///
/// ```ignore
/// cx.commit(move |tx| {
///     let db = tx.connection::<rusqlite::Connection>()?;
///     db.execute("INSERT INTO messages (text) VALUES (?1)", [&message.text])?;
///     tx.emit().message_created(&message);
///     Ok(message)
/// })
/// ```
///
/// The connection shares its transaction with other commands, so `COMMIT`, `ROLLBACK`, `ATTACH`, pragmas
/// that set something, and writing to the journal's own tables are refused by SQLite as not
/// authorised. Savepoints are free.
#[derive(Clone)]
pub struct Sqlite {
    shared: Arc<Shared>,
}

struct Shared {
    common: Arc<Common>,
    meta: Meta,
    readers: Readers,
    /// Until the server takes it.
    writer: Mutex<Option<Writer>>,
}

impl Sqlite {
    /// Opens a file with the defaults: every acknowledged command is on the disk.
    ///
    /// # Errors
    /// When that is not possible; the error says what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteError> {
        Self::builder(path).open()
    }

    /// Begins with a file, to say more about it.
    pub fn builder(path: impl AsRef<Path>) -> SqliteBuilder {
        SqliteBuilder::new(path.as_ref())
    }

    fn with(options: Options, setup: Option<Setup>) -> Result<Self, SqliteError> {
        let lock = store::lock(&options.path)?;
        let run = Uuid::new_v4().to_string();
        let (store, meta) = Store::open(&options, &run, setup)?;
        let path = options.path.clone();
        let common = Arc::new(Common {
            options,
            run,
            clock: Clock::new(),
            seen: seen::Seen::default(),
            health: common::Condition::default(),
        });
        let readers = Readers::start(&common)
            .map_err(|error| SqliteError::CannotOpen { path, source: Box::new(error) })?;
        let noting = Arc::clone(&common);
        // Nobody waits for it: until it is done, every look into the ledger goes to the file.
        drop(readers.ask(&common, move |connection| {
            query::answered(connection, |namespace, id, expires_at| {
                noting.seen.insert_row(namespace, id, expires_at);
            })?;
            noting.seen.complete();
            Ok(())
        }));
        let writer = Mutex::new(Some(Writer::new(Arc::clone(&common), store, lock)));
        Ok(Self { shared: Arc::new(Shared { common, meta, readers, writer }) })
    }

    /// Reads rows of the application's own, beside the writer and without waiting for it: what was
    /// committed before the call is there.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`] if the file cannot be read at the moment: a handler that gives it on
    /// by `?` tells its caller so. Otherwise [`JournalError::Unanswerable`], with what SQLite says.
    pub async fn query<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.ask(question).await
    }

    fn ask<T, Q>(
        &self,
        question: Q,
    ) -> impl Future<Output = Result<T, JournalError>> + Send + use<T, Q>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.shared.readers.ask(&self.shared.common, question)
    }

    fn now(&self) -> u64 {
        self.shared.common.clock.now_ms()
    }
}

impl Journal for Sqlite {
    fn writer(&self) -> Result<Box<dyn JournalWriter>, JournalError> {
        let writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let writer = writer.ok_or_else(|| error::unavailable("a file serves one server"))?;
        Ok(Box::new(writer))
    }

    fn ledger(&self) -> String {
        self.shared.meta.ledger.clone()
    }

    fn extent<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Extent> {
        let (room, now) = (room.clone(), self.now());
        Box::pin(self.ask(move |connection| query::extent(connection, &room, now)))
    }

    fn read<'a>(
        &'a self,
        room: &'a RoomKey,
        since: u64,
        max_bytes: usize,
    ) -> JournalFuture<'a, Page> {
        let (room, now) = (room.clone(), self.now());
        Box::pin(self.ask(move |connection| query::page(connection, &room, since, max_bytes, now)))
    }

    fn unfinished(&self) -> JournalFuture<'_, Unfinished> {
        Box::pin(self.ask(query::unfinished))
    }

    fn receipts<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Vec<(String, Receipt)>> {
        let room = room.clone();
        Box::pin(self.ask(move |connection| query::receipts(connection, &room)))
    }

    fn secret(&self) -> [u8; 32] {
        self.shared.meta.secret
    }

    fn recall<'a>(&'a self, key: &'a LedgerKey) -> JournalFuture<'a, Option<LedgerEntry>> {
        if !self.shared.common.seen.may_have(key) {
            return Box::pin(std::future::ready(Ok(None)));
        }
        let (key, now) = (key.clone(), self.now());
        Box::pin(self.ask(move |connection| statements::find_answer(connection, &key, now)))
    }

    fn health(&self) -> Health {
        self.shared.common.health.get()
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.shared.common.options.path)
            .finish_non_exhaustive()
    }
}
