//! What happens while nothing can be stored, and afterwards.

use std::time::Duration;

use serde_json::{Value, json};
use tautline::{Outcome, Problem};
use tautline_server::Server;
use tautline_server::journal::*;
use tautline_server::testing::TestSocket;

use super::Place;
use crate::sample::{event, key};
use crate::shop::{self, enter, order};

fn failing(server: &Server) -> String {
    match server.journal_health() {
        Health::Failing(reason) => reason,
        Health::Ready => panic!("the journal says that it is well"),
    }
}

async fn place_order(socket: &TestSocket, what: &str) -> Result<Value, Problem> {
    socket.call("order", &order(what, "keep")).await.map_err(|problem| *problem)
}

fn assert_unavailable(problem: &Problem) {
    assert_eq!((&problem.code[..], problem.outcome), ("journal_unavailable", Outcome::NotExecuted));
}

fn rows(place: &Place) -> u32 {
    place.look().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_full_file_refuses_what_it_cannot_hold_and_goes_on_when_there_is_room() {
    let place = Place::new();
    let builder = Sqlite::builder(place.file()).max_bytes(40 * 4096);
    let db = shop::with_tables(builder).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    let large = "x".repeat(10_000);

    let mut stored = 0;
    let refused = loop {
        match place_order(&socket, &large).await {
            Ok(_) => stored += 1,
            Err(problem) => break problem,
        }
    };
    let reason = failing(&server);
    let rows_then = rows(&place);
    place.look().execute("DELETE FROM orders", []).unwrap();
    let later = place_order(&socket, "tea").await;

    assert_unavailable(&refused);
    assert!(stored > 3 && rows_then == stored, "{stored} {rows_then}");
    assert!(reason.contains("full"), "{reason}");
    assert!(later.is_ok(), "{later:?}");
    assert_eq!(server.journal_health(), Health::Ready);
    let room = RoomKey { namespace: "/shops", ..key("shop:s") };
    let page = db.extent(&room).await.unwrap();
    assert_eq!((page.first, page.head.seq), (1, u64::from(stored) + 1), "no number is left out");
}

#[tokio::test]
async fn a_file_that_somebody_else_locks_refuses_until_it_is_free() {
    let place = Place::new();
    let builder = Sqlite::builder(place.file()).busy_timeout(Duration::from_millis(20));
    let db = shop::with_tables(builder).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    let other = place.look();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let refused = place_order(&socket, "tea").await.unwrap_err();
    let reason = failing(&server);
    // Who reads does not wait for who writes.
    let (_second, _) = enter(&server).await;
    other.execute_batch("ROLLBACK").unwrap();
    let later = place_order(&socket, "tea").await;

    assert_unavailable(&refused);
    assert!(reason.contains("locked"), "{reason}");
    assert!(later.is_ok(), "{later:?}");
    assert_eq!((server.journal_health(), rows(&place)), (Health::Ready, 1));
}

#[tokio::test]
async fn a_file_that_stays_locked_is_left_alone_and_read_on() {
    let place = Place::new();
    let builder = Sqlite::builder(place.file()).busy_timeout(Duration::from_millis(20));
    let db = shop::with_tables(builder).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    place_order(&socket, "tea").await.unwrap();
    let other = place.look();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    for _ in 0..3 {
        assert_unavailable(&place_order(&socket, "tried").await.unwrap_err());
    }
    let at_once = place_order(&socket, "not tried").await.unwrap_err();
    let (_second, reader) = enter(&server).await;
    let since = json!({ "epoch": epoch(&db).await, "seq": 0 });
    let rooms = json!({ "rooms": [{ "room": "shop:s", "since": since }] });
    let resumed = reader.call::<Value>("tautline:resume", &rooms).await.unwrap();
    let count = "SELECT count(*) FROM orders";
    let counted = db.query(move |db| db.query_row(count, [], |row| row.get::<_, u32>(0))).await;
    other.execute_batch("ROLLBACK").unwrap();
    while server.journal_health() != Health::Ready {
        let _entered = enter(&server).await;
    }
    let later = place_order(&socket, "milk").await;

    assert_unavailable(&at_once);
    assert!(at_once.recovery.after_ms.is_some(), "it says when the file is asked again");
    assert_eq!(resumed["rooms"][0]["events"].as_array().unwrap().len(), 1);
    assert_eq!(counted.unwrap(), 1);
    assert!(later.is_ok(), "{later:?}");
    assert_eq!(rows(&place), 2);
}

async fn epoch(db: &Sqlite) -> String {
    let room = RoomKey { namespace: "/shops", ..key("shop:s") };
    db.extent(&room).await.unwrap().head.epoch
}

#[tokio::test]
async fn health_comes_back_without_a_command() {
    let place = Place::new();
    let builder = Sqlite::builder(place.file()).busy_timeout(Duration::from_millis(20));
    let db = shop::with_tables(builder).open().unwrap();
    let mut writer = db.writer().unwrap();
    let other = place.look();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let failed = writer.begin();
    let then = db.health();

    other.execute_batch("ROLLBACK").unwrap();
    writer.tend();

    assert!(failed.is_err());
    assert!(matches!(then, Health::Failing(_)));
    assert_eq!(db.health(), Health::Ready);
}

#[tokio::test]
async fn a_full_file_is_not_well_between_two_commands() {
    let place = Place::new();
    let db = Sqlite::builder(place.file()).max_bytes(60 * 4096).open().unwrap();
    let mut writer = db.writer().unwrap();
    let large = event("r", &format!("\"{}\"", "x".repeat(20_000)));
    let store = |writer: &mut Box<dyn JournalWriter>| {
        writer.begin()?;
        writer.savepoint()?;
        writer.append(&large)?;
        writer.release()?;
        writer.commit()
    };

    while store(&mut writer).is_ok() {}
    writer.abandon();
    writer.tend();
    let full = db.health();
    place.look().execute("DELETE FROM tautline_events WHERE seq < 4", []).unwrap();
    writer.tend();

    assert!(matches!(full, Health::Failing(_)));
    assert_eq!(db.health(), Health::Ready);
    assert!(store(&mut writer).is_ok());
}

#[tokio::test]
async fn a_question_with_a_mistake_says_nothing_of_the_file() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();

    let asked = db.query(|db| db.query_row("SELECT nothing", [], |row| row.get::<_, u32>(0))).await;

    assert!(matches!(asked, Err(JournalError::Unanswerable(_))), "{asked:?}");
    assert_eq!(db.health(), Health::Ready);
}

#[tokio::test]
async fn a_damaged_file_refuses_and_works_again_when_it_is_whole() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    place_order(&socket, "tea").await.unwrap();
    place.look().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let whole = std::fs::read(place.file()).unwrap();

    // The file is written over behind SQLite's back; its log tells it to look again.
    let mut damaged = whole.clone();
    damaged[4096..].fill(0xa5);
    std::fs::write(place.file(), damaged).unwrap();
    place.look().pragma_update(None, "application_id", 1).unwrap();
    let refused = place_order(&socket, "milk").await.unwrap_err();
    let reason = failing(&server);
    // Its handler asks the file.
    let unread = socket.call::<Value>("join_shop", &json!({ "shop": "s" })).await.unwrap_err();
    for name in ["journal.db-wal", "journal.db-shm"] {
        let _gone = std::fs::File::options().write(true).open(place.file().with_file_name(name));
    }
    std::fs::write(place.file(), &whole).unwrap();
    place.look().pragma_update(None, "application_id", 2).unwrap();
    socket.call::<Value>("join_shop", &json!({ "shop": "s" })).await.unwrap();
    let later = place_order(&socket, "bread").await;

    assert_unavailable(&refused);
    assert_unavailable(&unread);
    assert!(reason.contains("malformed"), "{reason}");
    assert!(later.is_ok(), "{later:?}");
    assert_eq!((server.journal_health(), rows(&place)), (Health::Ready, 2));
}

#[tokio::test]
async fn a_question_that_panics_costs_nobody_else_an_answer() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();

    for _ in 0..8 {
        let asked = db.query::<()>(|_| panic!("the question panics")).await;
        assert!(asked.is_err());
    }

    let count =
        db.query(|db| db.query_row("SELECT count(*) FROM orders", [], |row| row.get::<_, u32>(0)));
    assert_eq!(count.await.unwrap(), 0_u32);
}
