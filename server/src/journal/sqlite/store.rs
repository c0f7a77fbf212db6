//! The connection that writes: how it is opened, and how it is closed in good order.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::SqliteError;
use super::guard::Guard;
use super::options::{Durability, Options, Setup};
use super::schema::{MIGRATIONS, migrate};

/// How many prepared statements are kept: all of ours, and some of the application's.
const STATEMENTS: usize = 64;

/// The connection that writes.
pub(super) struct Store {
    pub(super) connection: Connection,
    pub(super) guard: Guard,
    /// How many pages the write-ahead log had after the last commit.
    pub(super) log_pages: Arc<AtomicU32>,
}

/// What the file says of itself.
#[derive(Clone, Debug)]
pub(super) struct Meta {
    pub(super) ledger: String,
    pub(super) secret: [u8; 32],
}

impl Store {
    /// Opens the file for the first time in this process.
    ///
    /// # Errors
    /// When that is not possible.
    pub(super) fn open(
        options: &Options,
        run: &str,
        setup: Option<Setup>,
    ) -> Result<(Self, Meta), SqliteError> {
        let path = &options.path;
        let failed = |error| SqliteError::of(path, error);
        let mut store = Self::connect(options).map_err(failed)?;
        if store.connection.is_readonly("main").map_err(failed)? {
            return Err(SqliteError::ReadOnly { path: path.clone() });
        }
        migrate(&mut store.connection, path, MIGRATIONS)?;
        let meta = store.begin_run(options.durability, run).map_err(failed)?;
        if let Some(setup) = setup {
            let transaction = store.connection.unchecked_transaction().map_err(failed)?;
            store.guard.set(true);
            let done = setup(&transaction);
            store.guard.set(false);
            done.and_then(|()| transaction.commit())
                .map_err(|source| SqliteError::Setup { path: path.clone(), source })?;
        }
        store.synchronous(options.durability).map_err(failed)?;
        Ok((store, meta))
    }

    /// Opens it anew after the connection was spoilt. It must be the file that it was.
    ///
    /// # Errors
    /// When that is not possible.
    pub(super) fn reopen(options: &Options, run: &str) -> Result<Self, SqliteError> {
        let path = &options.path;
        let failed = |error| SqliteError::of(path, error);
        let store = Self::connect(options).map_err(failed)?;
        if store.connection.is_readonly("main").map_err(failed)? {
            return Err(SqliteError::ReadOnly { path: path.clone() });
        }
        let found: String = store
            .connection
            .query_row("SELECT run FROM tautline_meta", [], |row| row.get(0))
            .map_err(failed)?;
        if found != run {
            return Err(SqliteError::Replaced { path: path.clone() });
        }
        store.synchronous(options.durability).map_err(failed)?;
        Ok(store)
    }

    fn connect(options: &Options) -> rusqlite::Result<Self> {
        let mut connection = options.connect()?;
        // Until the application may write: what comes before has to be on the disk in any case.
        connection.pragma_update(None, "synchronous", Durability::Full.synchronous())?;
        if let Some(bytes) = options.max_bytes {
            let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page;
            let set = format!("PRAGMA max_page_count = {}", pages.max(1));
            connection.query_row(&set, [], |_| Ok(()))?;
        }
        let log_pages = Arc::new(AtomicU32::new(0));
        let pages = Arc::clone(&log_pages);
        // Instead of SQLite's own, which copies the log into the file within a commit.
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count| {
            pages.store(u32::try_from(count).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let guard = Guard::default();
        guard.install(&mut connection)?;
        Ok(Self { connection, guard, log_pages })
    }

    fn synchronous(&self, durability: Durability) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "synchronous", durability.synchronous())
    }

    /// Notes that the file is open, and on the disk, before anything else is written: whoever opens it
    /// next knows by that whether it was closed.
    fn begin_run(&mut self, durability: Durability, run: &str) -> rusqlite::Result<Meta> {
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "INSERT INTO tautline_meta (one, ledger, secret, seed, run, durability, is_clean)
             VALUES (1, lower(hex(randomblob(16))), randomblob(32), randomblob(32), '', 'FULL', 1)
             ON CONFLICT DO NOTHING",
            [],
        )?;
        let (last, is_clean): (String, bool) =
            transaction.query_row("SELECT durability, is_clean FROM tautline_meta", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if !is_clean && last != Durability::Full.synchronous() {
            tracing::warn!("the journal was not closed, and its last moments may be lost");
            super::epoch::renew_all(&transaction)?;
        }
        transaction.execute(
            "UPDATE tautline_meta SET is_clean = 0, run = ?1, durability = ?2",
            (run, durability.synchronous()),
        )?;
        let meta =
            transaction.query_row("SELECT ledger, secret FROM tautline_meta", [], |row| {
                Ok(Meta { ledger: row.get(0)?, secret: row.get(1)? })
            })?;
        transaction.commit()?;
        Ok(meta)
    }

    /// Notes that the file was closed. First everything else has to be on the disk.
    ///
    /// # Errors
    /// What SQLite says; the file then counts as not closed.
    pub(super) fn close(&self) -> rusqlite::Result<()> {
        let connection = &self.connection;
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK")?;
        }
        connection.pragma_update(None, "synchronous", Durability::Full.synchronous())?;
        // So that there is something to copy, and the file is synced also if nothing was written.
        connection.execute("UPDATE tautline_meta SET is_clean = 0", [])?;
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        connection.execute("UPDATE tautline_meta SET is_clean = 1", [])?;
        Ok(())
    }
}

impl Options {
    /// A connection that may write.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn connect(&self) -> rusqlite::Result<Connection> {
        let connection =
            self.tuned(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // Has to come before the first table; says nothing to a file that has some.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", self.durability.synchronous())?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    }

    /// A connection that reads.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn connect_to_read(&self) -> rusqlite::Result<Connection> {
        self.tuned(OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    fn tuned(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let connection =
            Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(self.busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Negative: in KiB, and not in pages.
        let kib = i64::try_from(self.cache_bytes / 1024).unwrap_or(i64::MAX);
        connection.pragma_update(None, "cache_size", -kib)?;
        // Otherwise SQLite plans a statement anew whenever a bound of a range has another value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(connection)
    }
}

/// Sees to it that one server uses the file: a lock beside it, which the system lifts when the
/// process ends. Not on the file itself, since closing that would lift SQLite's own locks.
///
/// # Errors
/// When another server has it, or the lock cannot be made.
pub(super) fn lock(path: &Path) -> Result<File, SqliteError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let cannot_open =
        |source| SqliteError::CannotOpen { path: path.to_owned(), source: Box::new(source) };
    let open = File::options().create(true).truncate(false).write(true).open(PathBuf::from(name));
    let file = open.map_err(cannot_open)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SqliteError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(cannot_open(error)),
    }
}
