//! An application's rows in the journal's own SQLite file.

use tautline::Cause;
use tautline_conformance::history::History;
use tautline_server::Tx;
use tautline_server::journal::Sqlite;
use tautline_server::rusqlite::{self, Connection};

use crate::service::Book;

const SETUP: &str = "CREATE TABLE IF NOT EXISTS marks \
                     (place INTEGER PRIMARY KEY, room TEXT NOT NULL, mark TEXT NOT NULL)";
const INSERT: &str = "INSERT INTO marks (room, mark) VALUES (?1, ?2)";
const SELECT: &str = "SELECT mark FROM marks WHERE room = ?1 ORDER BY place";

/// Rows in the journal's file.
#[derive(Clone, Debug)]
pub struct Filed(Sqlite);

impl Filed {
    /// The table, for a file that has none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_up(connection: &Connection) -> rusqlite::Result<()> {
        connection.execute_batch(SETUP)
    }

    /// The rows in this journal's file.
    pub fn new(journal: Sqlite) -> Self {
        Self(journal)
    }
}

impl Book for Filed {
    fn insert(&self, tx: &Tx<'_, History>, room: &str, mark: &str) -> Result<(), Cause> {
        let connection = tx.connection::<Connection>().map_err(Cause::new)?;
        let mut insert = connection.prepare_cached(INSERT).map_err(Cause::new)?;
        insert.execute([room, mark]).map_err(Cause::new)?;
        Ok(())
    }

    async fn read(&self, room: &str) -> Result<Vec<String>, Cause> {
        let room = room.to_owned();
        let rows = self.0.query(move |connection| {
            let mut select = connection.prepare_cached(SELECT)?;
            let rows = select.query_map([room], |row| row.get(0))?;
            rows.collect::<Result<Vec<String>, _>>()
        });
        rows.await.map_err(Cause::new)
    }
}
