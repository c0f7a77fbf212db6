//! Why a journal's file cannot be opened, and which of SQLite's errors mean what.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::super::JournalError;

/// Why a journal's file could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// There is no such directory, or the process may not enter it.
    #[error("`{}` cannot be opened: see that its directory exists and may be written", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file may be read and not written.
    #[error("`{}` cannot be written: give the process the right to write it", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A later version of this library has written it.
    #[error(
        "`{}` is of version {found}, and this program knows versions up to {known}: use a newer one",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// It is a database of something else, which numbers its versions in the same place.
    #[error("`{}` is no journal: its `user_version` is somebody else's", path.display())]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// Another server has it open.
    #[error("`{}` is open in another server: a file serves one", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else writes to it, and does not stop.
    #[error("`{}` is locked by another program", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// There is no room left for it.
    #[error("there is no room left for `{}`", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// It is no database, or not any more.
    #[error("`{}` is damaged: bring a copy back, or begin a new one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// While the server ran, another file was put in its place.
    #[error("`{}` was replaced while the server ran: restart it", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
    },
    /// SQLite could not do something else, or the application's own setup could not.
    #[error("`{}` could not be set up", path.display())]
    Setup {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
}

impl SqliteError {
    /// Tells the kinds apart.
    pub(super) fn of(path: &std::path::Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::CannotOpen { path, source: Box::new(source) }
            }
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, source }
            }
            Some(_) | None => Self::Setup { path, source },
        }
    }
}

/// Nothing was stored.
pub(super) fn unavailable(
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> JournalError {
    JournalError::Unavailable(error.into())
}

/// Whether a connection that said this is better replaced: what it has cached may not be what the
/// file holds. A full disk or a lock leaves it as it was.
pub(super) fn spoils_connection(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::FileLockingProtocolFailed
        )
    )
}

/// An error of SQLite among an application's own that says something of the file, and nothing of what
/// the application has asked.
pub(super) fn storage_fault<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a rusqlite::Error> {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.filter_map(|error| error.downcast_ref::<rusqlite::Error>()).find(|error| {
        let code = error.sqlite_error_code();
        let is_full = matches!(code, Some(ErrorCode::DiskFull | ErrorCode::OutOfMemory));
        is_full || spoils_connection(error)
    })
}

/// What a question has met: something of the file, which may be over soon, or a mistake of its own.
pub(super) fn of_question(error: rusqlite::Error) -> JournalError {
    let code = error.sqlite_error_code();
    let is_locked = matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked));
    if is_locked || storage_fault(&error).is_some() {
        unavailable(error)
    } else {
        JournalError::Unanswerable(Box::new(error))
    }
}

/// Whether the file has no room left.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// What a failed COMMIT leaves behind. An I/O error may have come after the commit was written: then
/// the disk knows, and we do not.
pub(super) fn of_commit(error: rusqlite::Error) -> JournalError {
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) | None => JournalError::Unknown(Box::new(error)),
        Some(_) => unavailable(error),
    }
}
