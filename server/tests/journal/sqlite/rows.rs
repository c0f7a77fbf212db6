//! An application's rows, in one transaction with the events and answers of the same command.

use serde_json::{Value, json};
use tautline::Uuid;
use tautline_server::journal::*;
use tautline_server::testing::TestSocket;

use super::Place;
use crate::sample::key;
use crate::shop::{self, enter, order};

/// What is stored of each order: its row, and how many events and answers there are.
fn stored(place: &Place) -> (Vec<String>, u32, u32) {
    let db = place.look();
    let count = |table: &str| {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let mut rows = db.prepare("SELECT what FROM orders ORDER BY id").unwrap();
    let rows = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (rows, count("tautline_events"), count("tautline_answers"))
}

async fn call(socket: &TestSocket, number: u128, what: &str, then: &str) -> Value {
    let meta = json!({ "id": Uuid::from_u128(number).to_string() });
    socket.call_with("order", &order(what, then), &meta).await.unwrap()
}

#[tokio::test]
async fn a_row_an_event_and_an_answer_are_stored_together() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, mut socket) = enter(&server).await;

    let first = call(&socket, 1, "tea", "keep").await;
    let again = call(&socket, 1, "tea", "keep").await;

    assert_eq!((&first["ok"]["count"], &first["at"][0]["seq"]), (&json!(1), &json!(1)));
    assert_eq!((&again["ok"], &again["replayed"]), (&first["ok"], &json!(true)));
    assert_eq!(socket.next_named("ordered").await.payload["count"], 1);
    assert_eq!(stored(&place), (vec!["tea".to_owned()], 1, 1));
}

#[tokio::test]
async fn a_step_that_fails_takes_its_rows_back_and_nobody_elses() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;

    // Sent together, so that they can be in one group.
    let calls = [
        (1, "before", "keep", None),
        (2, "refused", "refuse", Some("shop.sold_out")),
        (3, "panicked", "panic", Some("internal")),
        (4, "broken", "break_a_rule", Some("internal")),
        (5, "committed", "commit", Some("internal")),
        (6, "rolled back", "roll_back", Some("internal")),
        (7, "tampered", "tamper", Some("internal")),
        (8, "attached", "attach", Some("internal")),
        (9, "rolled further back", "roll_back_our_savepoint", Some("internal")),
        (10, "tried to commit", "commit_and_go_on", None),
        (11, "with a savepoint", "use_a_savepoint", None),
        (12, "after", "keep", None),
    ];
    let sent = calls.map(|(number, what, then, code)| (call(&socket, number, what, then), code));
    for (answer, code) in sent {
        let answer = answer.await;
        assert_eq!(answer["error"]["code"].as_str(), code, "{answer}");
    }

    let kept = ["before", "tried to commit", "with a savepoint", "after"].map(str::to_owned);
    assert_eq!(stored(&place), (kept.to_vec(), 4, 4));
    assert_eq!(
        db.extent(&RoomKey { namespace: "/shops", ..key("shop:s") }).await.unwrap().head.seq,
        4
    );
}

#[tokio::test]
async fn a_step_that_ends_the_transaction_costs_its_group_and_corrupts_nothing() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, mut socket) = enter(&server).await;

    let sent = [(1, "before", "keep"), (2, "ended", "or_roll_back"), (3, "after", "keep")]
        .map(|(number, what, then)| call(&socket, number, what, then));
    let mut answers = Vec::new();
    for answer in sent {
        answers.push(answer.await);
    }

    assert_eq!(answers[1]["error"]["code"], "journal_unavailable");
    // The others were in its group or not: each is there if its answer says so.
    let (rows, events, remembered) = stored(&place);
    let kept: Vec<&str> = [(0, "before"), (2, "after")]
        .into_iter()
        .filter(|(number, _)| answers[*number]["ok"].is_object())
        .map(|(_, what)| what)
        .collect();
    assert_eq!(
        (rows, events, remembered),
        (
            kept.iter().map(|what| (*what).to_owned()).collect(),
            kept.len() as u32,
            kept.len() as u32
        )
    );
    for number in [0, 2] {
        let error = &answers[number]["error"];
        assert!(error.is_null() || error["outcome"] == "not_executed", "{error}");
    }
    let later = call(&socket, 4, "later", "keep").await;
    assert_eq!(later["at"][0]["seq"], events + 1);
    for _ in 0..=events {
        socket.next_named("ordered").await;
    }
    assert_eq!(server.journal_health(), Health::Ready);
}

#[tokio::test]
async fn everybody_in_a_room_hears_that_it_begins_anew() {
    let place = Place::new();
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, mut socket) = enter(&server).await;
    let (_other, other) = enter(&server).await;
    let at = call(&socket, 1, "tea", "keep").await["at"][0].clone();

    let since = json!({ "epoch": at["epoch"], "seq": 7 });
    let rooms = json!({ "rooms": [{ "room": "shop:s", "since": since }] });
    let resumed: Value = other.call("tautline:resume", &rooms).await.unwrap();
    let heads = socket.next_named("tautline:heads").await.payload;

    let room = &resumed["rooms"][0];
    assert_eq!((&room["recovered"], &room["reason"]), (&json!(false), &json!("ahead")));
    assert_ne!(room["at"]["epoch"], at["epoch"]);
    assert_eq!(heads["heads"]["shop:s"], room["at"]);
}
