//! Everything that is kept: sessions, messages, agents, tasks. The only place that knows a database.
//!
//! It is the journal's own file. What a command writes here is stored in one transaction with its
//! answer and with the events that it emits, and what is read beside the writer never waits for it.

mod agents;
mod answers;
mod column;
mod contexts;
mod messages;
mod sessions;
mod tasks;

use std::fmt;
use std::path::Path;

use tautline::Namespace;
use tautline_server::journal::{JournalError, Sqlite, SqliteError};
use tautline_server::rusqlite::{self, Connection};
use tautline_server::{NoConnection, Tx};

pub(crate) use agents::Registered;
pub(crate) use answers::{AnswerState, OpenAnswer};
pub(crate) use sessions::Standing;

/// The tables as they are made when the file is new.
const SCHEMA: &str = include_str!("store/schema.sql");

/// How much of the file each connection of the journal keeps in memory. A session's last messages are
/// a few pages; what is older waits on the disk.
const CACHE_BYTES: u64 = 256 * 1024;

/// What reading and writing may end in.
pub(crate) type Result<T> = rusqlite::Result<T>;

/// The way to what is kept. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    journal: Sqlite,
}

impl Store {
    /// Opens the file, makes it if there is none, and puts in what is to be there from the beginning.
    ///
    /// # Errors
    /// When that is not possible; the error says what to do.
    pub(crate) fn open(
        path: impl AsRef<Path>,
        first: impl FnOnce(Db<'_>) -> Result<()> + 'static,
    ) -> std::result::Result<Self, SqliteError> {
        let setup = |connection: &Connection| {
            connection.execute_batch(SCHEMA)?;
            first(Db(connection))
        };
        let file = Sqlite::builder(path).cache_bytes(CACHE_BYTES).setup(setup);
        Ok(Self { journal: file.open()? })
    }

    /// The journal, for the server that is built on it.
    pub(crate) fn journal(&self) -> Sqlite {
        self.journal.clone()
    }

    /// Reads, beside the writer.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(Db<'_>) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, JournalError> {
        self.journal.query(|connection| question(Db(connection))).await
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.journal).finish()
    }
}

/// What is kept, at one moment: in a step that writes, or in a look at it. Each kind of thing has its
/// methods in a file of its own.
#[derive(Clone, Copy)]
pub(crate) struct Db<'a>(&'a Connection);

impl<'a> Db<'a> {
    /// In the step of a `cx.commit`.
    pub(crate) fn of<N: Namespace>(tx: &Tx<'a, N>) -> std::result::Result<Self, NoConnection> {
        tx.connection().map(Self)
    }
}
