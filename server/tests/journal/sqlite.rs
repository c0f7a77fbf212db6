//! What only a file can show.

mod closing;
mod failures;
mod opening;
mod rows;
mod sweeping;

use std::path::{Path, PathBuf};

use tautline_server::journal::*;
use tautline_server::rusqlite::Connection;
use tempfile::TempDir;

/// A folder that goes with the test, and the file in it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    pub(crate) fn open(&self) -> Sqlite {
        Sqlite::open(self.file()).unwrap()
    }

    /// What another program sees.
    pub(crate) fn look(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }

    /// A copy of what is on the disk now: what a machine finds that was switched off.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        for name in ["journal.db", "journal.db-wal"] {
            let from = self.folder.path().join(name);
            if Path::exists(&from) {
                std::fs::copy(from, copy.folder.path().join(name)).unwrap();
            }
        }
        copy
    }
}
