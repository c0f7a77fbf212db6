//! How far each user has got.

use std::time::Duration;

use serde_json::{Value, json};
use tautline::Problem;
use tautline_server::journal::{Host, Memory};
use tautline_server::testing::Call;
use tokio::time::Instant;

use super::contract::Lounges;
use super::house::{A_MOMENT, Guest, lounge, say, server, server_with};
use crate::journal::{FULL, Faulty, WELL};

const SECOND: Duration = Duration::from_secs(1);

/// Gives a receipt of the lounge `a`.
fn give(guest: &Guest, marks: &Value) -> Call<Value> {
    let mut given = json!({ "room": "lounge:a", "epoch": guest.joined["at"][0]["epoch"] });
    given.as_object_mut().unwrap().extend(marks.as_object().unwrap().clone());
    guest.socket.call("tautline:receipt", &given)
}

async fn given(guest: &Guest, marks: Value) -> Result<Value, Box<Problem>> {
    give(guest, &marks).await
}

#[tokio::test(start_paused = true)]
async fn a_receipt_is_stored_told_and_in_the_answer_of_a_join() {
    let server = server();
    say(&server, "a", 3).await;
    let mut ann = Guest::join(&server, "ann").await;
    let mut bob = Guest::join(&server, "bob").await;
    assert_eq!(ann.joined["receipts"], json!({}));

    given(&bob, json!({ "delivered": 3, "read": 2 })).await.unwrap();
    ann.listen(A_MOMENT).await;
    bob.listen(A_MOMENT).await;
    let late = Guest::join(&server, "late").await;

    let marks = json!({ "bob": { "delivered": 3, "read": 2 } });
    assert_eq!(ann.receipts, [json!({ "room": "lounge:a", "receipts": marks })]);
    assert_eq!(bob.receipts, ann.receipts);
    assert_eq!(late.joined["receipts"], marks);
    assert_eq!(ann.subscribe().await["receipts"], marks);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_never_goes_back_and_what_is_read_is_delivered() {
    let server = server();
    say(&server, "a", 5).await;
    let mut ann = Guest::join(&server, "ann").await;

    given(&ann, json!({ "read": 4 })).await.unwrap();
    given(&ann, json!({ "delivered": 2, "read": 1 })).await.unwrap();
    given(&ann, json!({ "delivered": 5 })).await.unwrap();
    ann.listen(SECOND * 3).await;

    assert_eq!(ann.receipts.len(), 2);
    let marks = json!({ "ann": { "delivered": 5, "read": 4 } });
    assert_eq!(ann.receipts[1]["receipts"], marks);
    assert_eq!(ann.subscribe().await["receipts"], marks);
}

#[tokio::test(start_paused = true)]
async fn a_room_stores_and_tells_once_a_second() {
    let server = server();
    say(&server, "a", 50).await;
    let mut ann = Guest::join(&server, "ann").await;
    let bob = Guest::join(&server, "bob").await;
    let began = Instant::now();

    let mut answers = Vec::new();
    for seq in 1..=25 {
        answers.push(give(&ann, &json!({ "delivered": seq })));
        answers.push(give(&bob, &json!({ "read": seq })));
        ann.listen(Duration::from_millis(100)).await;
    }
    for answer in answers {
        answer.await.unwrap();
    }
    ann.listen(A_MOMENT).await;

    assert!(began.elapsed() < SECOND * 5);
    assert_eq!(ann.receipts.len(), 4, "{:?}", ann.receipts);
    let marks =
        json!({ "ann": { "delivered": 25, "read": 0 }, "bob": { "delivered": 25, "read": 25 } });
    assert_eq!(ann.receipts[3]["receipts"], marks);
}

#[tokio::test(start_paused = true)]
async fn an_answer_comes_when_the_receipt_is_stored_and_not_before() {
    let journal = Memory::new();
    let server = server_with(journal.clone());
    say(&server, "a", 3).await;
    let ann = Guest::join(&server, "ann").await;

    given(&ann, json!({ "delivered": 1 })).await.unwrap();
    let began = Instant::now();
    given(&ann, json!({ "delivered": 2 })).await.unwrap();

    // The one before began a second in which nothing else is stored.
    assert!(began.elapsed() > SECOND * 9 / 10, "{:?}", began.elapsed());
    let stored = server_with(journal).receipts::<Lounges>(&lounge("a")).await.unwrap();
    assert_eq!(stored["ann"].delivered, 2);
}

#[tokio::test(start_paused = true)]
async fn receipts_survive_the_server() {
    let journal = Memory::new();
    let before = server_with(journal.clone());
    say(&before, "a", 3).await;
    let ann = Guest::join(&before, "ann").await;
    given(&ann, json!({ "read": 2 })).await.unwrap();
    // What waits for its second is stored before the server is gone.
    let waiting = give(&ann, &json!({ "read": 3 }));
    ann.socket.call::<Value>("look_around", &json!({ "lounge": "a" })).await.unwrap();
    let began = Instant::now();
    before.shutdown().await;
    assert!(began.elapsed() < SECOND / 2, "{:?}", began.elapsed());
    drop(waiting);

    let after = server_with(journal);
    let bob = Guest::join(&after, "bob").await;

    assert_eq!(bob.joined["receipts"], json!({ "ann": { "delivered": 3, "read": 3 } }));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_was_empty_still_knows() {
    let server = server();
    say(&server, "a", 3).await;
    let ann = Guest::join(&server, "ann").await;
    given(&ann, json!({ "read": 2 })).await.unwrap();

    ann.socket.leave();
    tokio::time::sleep(A_MOMENT).await;
    let bob = Guest::join(&server, "bob").await;

    assert_eq!(bob.joined["receipts"]["ann"]["read"], 2);
}

#[tokio::test(start_paused = true)]
async fn others_hear_nothing_of_receipts_and_a_service_can_read_them() {
    let server = server();
    say(&server, "a", 3).await;
    let mut bystander = Guest::enter(&server, &json!({ "token": "bystander" })).await;
    bystander.sit_down("b").await;
    let ann = Guest::join(&server, "ann").await;

    given(&ann, json!({ "read": 2 })).await.unwrap();
    bystander.listen(SECOND * 2).await;

    let seen: Value = ann.socket.call("look_around", &json!({ "lounge": "a" })).await.unwrap();
    assert_eq!(seen["read"], json!(["ann 2"]));
    assert!(bystander.receipts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_who_read_at_once_are_two_frames() {
    let server = server();
    say(&server, "a", 1).await;
    let mut guests = Vec::new();
    for number in 0..100 {
        guests.push(Guest::join(&server, &format!("g{number:02}")).await);
    }

    let answers: Vec<_> = guests.iter().map(|guest| give(guest, &json!({ "read": 1 }))).collect();
    for answer in answers {
        answer.await.unwrap();
    }
    guests[0].listen(SECOND * 2).await;

    assert!(guests[0].receipts.len() <= 2, "{} frames", guests[0].receipts.len());
    let told = guests[0].receipts.iter().map(|it| it["receipts"].as_object().unwrap().len());
    assert_eq!(told.sum::<usize>(), 100);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_neither_acknowledged_nor_told() {
    let journal = Faulty::new(Host::Task);
    let server = server_with(journal.clone());
    say(&server, "a", 3).await;
    let mut ann = Guest::join(&server, "ann").await;

    journal.set(FULL);
    let refused = given(&ann, json!({ "read": 2 })).await.unwrap_err();
    ann.listen(SECOND * 2).await;
    assert_eq!(refused.code, "journal_unavailable");
    assert_eq!((ann.receipts.len(), &ann.subscribe().await["receipts"]), (0, &json!({})));
    journal.set(WELL);
    given(&ann, json!({ "read": 2 })).await.unwrap();
    ann.listen(A_MOMENT).await;

    assert_eq!(ann.receipts[0]["receipts"]["ann"]["read"], 2);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn receipts_survive_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = || tautline_server::journal::Sqlite::open(folder.path().join("journal.db")).unwrap();
    let before = server_with(open());
    say(&before, "a", 3).await;
    let ann = Guest::join(&before, "ann").await;
    given(&ann, json!({ "read": 2 })).await.unwrap();
    given(&ann, json!({ "delivered": 3 })).await.unwrap();
    drop(ann);
    before.shutdown().await;
    drop(before);

    let after = server_with(open());
    let bob = Guest::join(&after, "bob").await;

    assert_eq!(bob.joined["receipts"], json!({ "ann": { "delivered": 3, "read": 2 } }));
}
