//! The versions of the file: which statements lead from each to the next.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::SqliteError;

/// What leads from version n to version n + 1. One that was released is never changed.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("bans.sql"),
    include_str!("revocations.sql"),
    include_str!("refusals.sql"),
];

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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a later version of this library might add.
    const LATER: [&str; 3] = [
        MIGRATIONS[0],
        "ALTER TABLE tautline_rooms ADD COLUMN colour TEXT",
        "CREATE TABLE tautline_colours (name TEXT) STRICT",
    ];

    fn migrated(db: &mut Connection, migrations: &[&str]) -> Result<u32, SqliteError> {
        migrate(db, Path::new("journal.db"), migrations)?;
        Ok(version(db))
    }

    fn version(db: &Connection) -> u32 {
        db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    }

    fn has_column(db: &Connection) -> bool {
        db.prepare("SELECT colour FROM tautline_rooms").is_ok()
    }

    #[test]
    fn an_empty_file_gets_all_versions_at_once() {
        let mut db = Connection::open_in_memory().unwrap();

        assert_eq!(migrated(&mut db, &LATER).unwrap(), 3);
        assert!(has_column(&db));
    }

    #[test]
    fn a_file_of_the_first_version_keeps_its_rows_and_gets_the_rest() {
        let mut db = Connection::open_in_memory().unwrap();
        assert_eq!(migrated(&mut db, &LATER[..1]).unwrap(), 1);
        let room = "INSERT INTO tautline_rooms VALUES (1, '/t', 'a', 'e', 7, NULL, NULL, 0)";
        db.execute(room, []).unwrap();

        assert_eq!(migrated(&mut db, &LATER).unwrap(), 3);
        assert_eq!(migrated(&mut db, &LATER).unwrap(), 3);

        let head = "SELECT head FROM tautline_rooms WHERE colour IS NULL";
        assert_eq!(db.query_row(head, [], |row| row.get(0)), Ok(7));
    }

    #[test]
    fn answers_of_a_file_that_kept_no_refusals_are_answers() {
        let mut db = Connection::open_in_memory().unwrap();
        migrated(&mut db, &MIGRATIONS[..3]).unwrap();
        let answer =
            "INSERT INTO tautline_answers VALUES (1, x'00', '/t', 1, x'00', '7', NULL, '[]')";
        db.execute(answer, []).unwrap();

        migrated(&mut db, MIGRATIONS).unwrap();

        let found = db.query_row("SELECT answer, is_refusal FROM tautline_answers", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
        });
        assert_eq!(found, Ok(("7".to_owned(), false)));
    }

    #[test]
    fn a_migration_that_fails_leaves_the_version_that_was_there() {
        let mut db = Connection::open_in_memory().unwrap();
        migrated(&mut db, &LATER[..1]).unwrap();

        let failed = migrated(&mut db, &[LATER[0], LATER[1], "CREATE TABLE tautline_rooms (x)"]);

        assert!(matches!(failed, Err(SqliteError::Setup { .. })), "{failed:?}");
        assert_eq!((version(&db), has_column(&db)), (1, false));
    }
}
