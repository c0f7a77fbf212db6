//! The versions of the file: which statements lead from each to the next.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::SqliteError;

/// What leads from version n to version n + 1. One that was released is never changed.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// Brings the file to the newest version, in one transaction, and so not at all if something fails.
///
/// # Errors
/// When the file is newer than this program, is no journal, or cannot be written.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<(), SqliteError> {
    let failed = |error| SqliteError::of(path, error);
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found: u32 =
        transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
    if found > known {
        return Err(SqliteError::Newer { path: path.to_owned(), found, known });
    }
    if found > 0 {
        let ask = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'tautline_meta')";
        let is_journal: bool = transaction.query_row(ask, [], |row| row.get(0)).map_err(failed)?;
        if !is_journal {
            return Err(SqliteError::NotAJournal { path: path.to_owned() });
        }
    }
    for migration in migrations.iter().skip(found as usize) {
        transaction.execute_batch(migration).map_err(failed)?;
    }
    if found < known {
        transaction.pragma_update(None, "user_version", known).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}
