//! Opening a file: a new one, an old one, and one that cannot be opened.

use std::error::Error as _;

use tautline_server::journal::*;
use tautline_server::rusqlite::Connection;

use super::Place;

fn refusal(place: &Place) -> SqliteError {
    Sqlite::open(place.file()).unwrap_err()
}

#[test]
fn a_missing_directory_is_named() {
    let path = Place::new().file().join("nowhere").join("journal.db");

    let error = Sqlite::open(&path).unwrap_err();

    assert!(matches!(&error, SqliteError::CannotOpen { path: named, .. } if *named == path));
    assert!(error.to_string().contains("directory"), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let place = Place::new();
    drop(place.open());
    place.look().pragma_update(None, "user_version", 7_000).unwrap();

    let error = refusal(&place);

    assert!(matches!(error, SqliteError::Newer { found: 7_000, .. }), "{error:?}");
    let version: u32 = place.look().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 7_000);
}

#[test]
fn a_database_of_something_else_is_left_alone() {
    let place = Place::new();
    place.look().execute_batch("CREATE TABLE other (x); PRAGMA user_version = 1").unwrap();

    let error = refusal(&place);

    assert!(matches!(error, SqliteError::NotAJournal { .. }), "{error:?}");
}

#[test]
fn an_applications_own_database_becomes_a_journal_too() {
    let place = Place::new();
    place.look().execute_batch("CREATE TABLE other (x); INSERT INTO other VALUES (5)").unwrap();

    drop(place.open());

    let kept: u32 = place.look().query_row("SELECT x FROM other", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 5);
}

#[test]
fn a_file_that_is_no_database_is_damaged() {
    let place = Place::new();
    std::fs::write(
        place.file(),
        "this is a letter and no database, and it is long enough".repeat(99),
    )
    .unwrap();

    let error = refusal(&place);

    assert!(matches!(error, SqliteError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_file_whose_pages_were_overwritten_is_damaged() {
    let place = Place::new();
    drop(place.open());
    let mut bytes = std::fs::read(place.file()).unwrap();
    let length = bytes.len();
    bytes[100..length].fill(0xa5);
    std::fs::write(place.file(), bytes).unwrap();

    let error = refusal(&place);

    assert!(matches!(error, SqliteError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_file_serves_one_server_at_a_time() {
    let place = Place::new();
    let first = place.open();

    let second = refusal(&place);
    drop(first);

    assert!(matches!(second, SqliteError::InUse { .. }), "{second:?}");
    drop(place.open());
}

#[test]
fn a_file_that_another_program_has_locked_says_so() {
    let place = Place::new();
    drop(place.open());
    let other = place.look();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let open = || {
        let builder = Sqlite::builder(place.file());
        builder.busy_timeout(std::time::Duration::ZERO).open()
    };

    let error = open().unwrap_err();
    other.execute_batch("ROLLBACK").unwrap();

    assert!(matches!(error, SqliteError::Locked { .. }), "{error:?}");
    drop(open().unwrap());
}

#[tokio::test]
async fn a_connection_keeps_as_much_in_memory_as_it_was_told() {
    let place = Place::new();
    let db = Sqlite::builder(place.file()).cache_bytes(1024 * 1024).open().unwrap();

    let kib = db.query(|db| db.query_row("PRAGMA cache_size", [], |row| row.get::<_, i64>(0)));

    assert_eq!(kib.await.unwrap(), -1024);
}

#[test]
fn a_setup_that_fails_leaves_nothing_behind() {
    let place = Place::new();
    let setup =
        |db: &Connection| db.execute_batch("CREATE TABLE notes (x); CREATE TABLE notes (x)");

    let error = Sqlite::builder(place.file()).setup(setup).open().unwrap_err();

    assert!(matches!(error, SqliteError::Setup { .. }), "{error:?}");
    let count = "SELECT count(*) FROM sqlite_schema WHERE name = 'notes'";
    let notes: u32 = place.look().query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(notes, 0);
}
