//! How a journal's file is opened.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::Sqlite;
use super::error::SqliteError;

/// What an acknowledgement promises. In every case the program itself may crash at any moment
/// without losing anything that was acknowledged; the settings differ in what happens when the whole
/// machine does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// What was acknowledged is on the disk: the journal waits for `fsync` once per group of
    /// commands, before it lets their acknowledgements go. Survives a loss of power, as far as the
    /// disk keeps its word.
    #[default]
    Full,
    /// What was acknowledged is with the operating system, which writes it when it likes. A loss of
    /// power takes back the last moments: whole commands, the latest ones, never a part of one and
    /// never one in between. After a stop that was not clean all rooms get new epochs and the ledger
    /// a new name, so that nobody goes on from what may not exist any more: clients enter their
    /// rooms anew, and what they sent and had no answer to is reported as unknown.
    Normal,
    /// Like `Normal`, and a loss of power may damage the file. For tests, and for what can be made
    /// again.
    Off,
}

impl Durability {
    /// SQLite's name of it.
    pub(super) fn synchronous(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
            Self::Off => "OFF",
        }
    }
}

/// What a connection needs to know; kept to open another one.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) path: PathBuf,
    pub(super) durability: Durability,
    pub(super) max_bytes: Option<u64>,
    pub(super) busy_timeout: Duration,
    pub(super) cache_bytes: u64,
}

/// The application's own statements at the start.
pub(super) type Setup = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()>>;

/// A journal's file that is not opened yet. Made by [`Sqlite::builder`].
#[must_use = "a builder does nothing before `open`"]
pub struct SqliteBuilder {
    options: Options,
    setup: Option<Setup>,
}

impl SqliteBuilder {
    pub(super) fn new(path: &Path) -> Self {
        let options = Options {
            path: path.to_owned(),
            durability: Durability::default(),
            max_bytes: None,
            // Longer than a backup or a look with another tool holds the lock, and shorter than a
            // command's deadline, so that the caller learns the reason.
            busy_timeout: Duration::from_secs(5),
            // SQLite's own default is 2 MiB.
            cache_bytes: 16 * 1024 * 1024,
        };
        Self { options, setup: None }
    }

    /// What an acknowledgement promises. Default [`Durability::Full`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.options.durability = durability;
        self
    }

    /// How large the file may become. Beyond it nothing is stored, as on a full disk, until retention
    /// has made room. Default: as large as the disk.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.options.max_bytes = Some(bytes);
        self
    }

    /// How long to wait while another program holds the file's lock. Default 5 s.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.options.busy_timeout = timeout;
        self
    }

    /// How much of the file each of the journal's connections keeps in memory: one that writes, one
    /// that copies the log, three that read. It fills as the file grows. Default 16 MiB.
    pub fn cache_bytes(mut self, bytes: u64) -> Self {
        self.options.cache_bytes = bytes;
        self
    }

    /// Runs the application's own statements when the file is opened, in one transaction: to create
    /// its tables, or to bring them to its newest version. Not `PRAGMA user_version`: that is the
    /// journal's.
    pub fn setup(
        mut self,
        setup: impl FnOnce(&Connection) -> rusqlite::Result<()> + 'static,
    ) -> Self {
        self.setup = Some(Box::new(setup));
        self
    }

    /// Opens the file, makes it if there is none, and brings it to the newest version.
    ///
    /// # Errors
    /// When that is not possible; the error says what to do.
    pub fn open(self) -> Result<Sqlite, SqliteError> {
        Sqlite::with(self.options, self.setup)
    }
}

impl fmt::Debug for SqliteBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteBuilder").field("options", &self.options).finish_non_exhaustive()
    }
}
