//! The application's rows, wherever they are.

use tautline::Cause;
use tautline_conformance::history::History;
use tautline_server::Tx;

use crate::filed::Filed;
use crate::rows::Rows;
use crate::service::Book;

/// One of the books.
#[derive(Clone, Debug)]
pub enum Books {
    /// Beside a journal in memory.
    Rows(Rows),
    /// In the journal's file.
    Filed(Filed),
}

impl Book for Books {
    fn insert(&self, tx: &Tx<'_, History>, room: &str, mark: &str) -> Result<(), Cause> {
        match self {
            Self::Rows(rows) => rows.insert(tx, room, mark),
            Self::Filed(filed) => filed.insert(tx, room, mark),
        }
    }

    async fn read(&self, room: &str) -> Result<Vec<String>, Cause> {
        match self {
            Self::Rows(rows) => rows.read(room).await,
            Self::Filed(filed) => filed.read(room).await,
        }
    }
}
