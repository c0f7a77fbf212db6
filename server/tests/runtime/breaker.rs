//! A journal that has failed is left alone: what has to be stored is refused at once, what is read goes on,
//! and one question decides when it is over.

use std::time::Duration;

use serde_json::{Value, json};
use tautline::{Outcome, Problem, RecoveryAction};
use tautline_server::journal::{Health, Host};
use tautline_server::testing::TestSocket;
use tautline_server::{Limits, Server, Settings};
use tokio::time::sleep;

use super::journal::{FULL, Faulty, HUNG, WELL};
use super::lab::{Lab, enter, join};

async fn write(socket: &TestSocket, text: &str) -> Result<Value, Problem> {
    let note = json!({ "desk": "a", "text": text });
    // With an id, so that the answer has to be stored as well.
    let meta = json!({ "id": tautline::Uuid::now_v7() });
    let answer = socket.call_with("write_note", &note, &meta).await.unwrap();
    match answer.get("error") {
        Some(problem) => Err(serde_json::from_value(problem.clone()).unwrap()),
        None => Ok(answer),
    }
}

fn is_failing(server: &Server) -> bool {
    matches!(server.journal_health(), Health::Failing(_))
}

/// A server whose journal has failed so often that it is left alone.
async fn broken(lab: &Lab) -> (Server, Faulty) {
    let journal = Faulty::new(Host::Task);
    let server = lab.server_with(journal.clone());
    let (_client, socket) = join(&server, "first", "a").await;
    write(&socket, "before").await.unwrap();
    journal.set(FULL);
    for _ in 0..3 {
        assert!(!is_failing(&server));
        write(&socket, "tried").await.unwrap_err();
    }
    assert!(is_failing(&server));
    (server, journal)
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_refused_at_once_and_says_when_to_come_again() {
    let lab = Lab::default();
    let (server, journal) = broken(&lab).await;
    let (_client, socket) = join(&server, "ann", "a").await;
    let begun = journal.begun();

    let with_an_answer = write(&socket, "not tried").await.unwrap_err();
    let note = json!({ "desk": "a", "text": "tried to no end" });
    let without = *socket.call::<Value>("write_note", &note).await.unwrap_err();
    let emitted = server.emitter::<super::contract::Desks>().noted(&super::contract::Note {
        desk: "a".to_owned(),
        text: "x".to_owned(),
        number: 0,
    });

    assert!(emitted.await.is_err());
    for problem in [with_an_answer, without] {
        assert_eq!(
            (&problem.code[..], problem.outcome),
            ("journal_unavailable", Outcome::NotExecuted)
        );
        assert_eq!(problem.recovery.action, RecoveryAction::Retry);
        let after = problem.recovery.after_ms.unwrap();
        assert!((1..=2_000).contains(&after), "{after}");
        assert!(!serde_json::to_string(&problem).unwrap().contains("device"), "{problem:?}");
    }
    assert_eq!(journal.begun(), begun, "the journal is not asked");
    assert_eq!(
        lab.count("write not tried"),
        0,
        "a handler whose answer cannot be stored does not begin"
    );
    let Health::Failing(reason) = server.journal_health() else {
        panic!("it says that it is well")
    };
    assert!(reason.contains("no space left on device"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn reading_goes_on() {
    let lab = Lab::default();
    let (server, _journal) = broken(&lab).await;

    let (_client, socket) = enter(&server, "ann").await;
    let joined = socket.call_with("join_desk", &json!({ "desk": "a" }), &json!({})).await.unwrap();
    let epoch = &joined["at"][0]["epoch"];
    let rooms = json!({ "rooms": [{ "room": "desk:a", "since": { "epoch": epoch, "seq": 0 } }] });
    let resumed = socket.call::<Value>("tautline:resume", &rooms).await.unwrap();
    let pong = socket.call::<Value>("ping", &json!({})).await;

    assert_eq!((&joined["ok"]["notes"], &joined["at"][0]["seq"]), (&json!(7), &json!(1)));
    assert_eq!(resumed["rooms"][0]["recovered"], true);
    assert_eq!(resumed["rooms"][0]["events"][0]["payload"]["text"], "before");
    assert!(pong.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_before_is_answered_again() {
    let lab = Lab::default();
    let journal = Faulty::new(Host::Task);
    let server = lab.server_with(journal.clone());
    let (_client, socket) = join(&server, "ann", "a").await;
    let note = json!({ "desk": "a", "text": "once" });
    let meta = json!({ "id": tautline::Uuid::now_v7() });
    let first = socket.call_with("write_note", &note, &meta).await.unwrap();
    journal.set(FULL);
    for _ in 0..3 {
        write(&socket, "tried").await.unwrap_err();
    }

    let again = socket.call_with("write_note", &note, &meta).await.unwrap();

    assert_eq!((&again["ok"], &again["replayed"]), (&first["ok"], &json!(true)));
}

#[tokio::test(start_paused = true)]
async fn it_is_asked_once_a_second_and_comes_back_by_itself() {
    let lab = Lab::default();
    let (server, journal) = broken(&lab).await;
    let (_client, mut socket) = join(&server, "ann", "a").await;
    let begun = journal.begun();

    sleep(Duration::from_secs(10)).await;
    let still = write(&socket, "too early").await;
    let tried = journal.begun() - begun;
    journal.set(WELL);
    sleep(Duration::from_millis(1_100)).await;
    let health = server.journal_health();
    let well = write(&socket, "well").await.unwrap();

    assert_eq!(still.unwrap_err().code, "journal_unavailable");
    assert_eq!(tried, 0, "no command is spent on finding out");
    assert_eq!(health, Health::Ready);
    assert_eq!(well["at"][0]["seq"], 2);
    assert_eq!(socket.next_named("noted").await.payload["text"], "well");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_when_it_was_told_to_is_served() {
    let lab = Lab::default();
    let (server, journal) = broken(&lab).await;
    let (_client, socket) = join(&server, "ann", "a").await;

    journal.set(WELL);
    let refused = write(&socket, "at once").await.unwrap_err();
    sleep(Duration::from_millis(refused.recovery.after_ms.unwrap().into())).await;

    write(&socket, "later").await.unwrap();
}

#[tokio::test]
async fn nobody_queues_up_behind_a_disk_that_does_not_answer() {
    let lab = Lab::default();
    let journal = Faulty::new(Host::Thread);
    // However many commands pass meanwhile.
    let limits = Limits::unlimited();
    let journal_patience = Duration::from_millis(50);
    let settings = Settings { journal_patience, limits, ..Settings::default() };
    let server = lab.builder(settings).journal(journal.clone()).build().unwrap();
    let (_client, socket) = join(&server, "ann", "a").await;
    let (_other_client, other) = join(&server, "ben", "a").await;

    journal.set(HUNG);
    let mut held = std::pin::pin!(write(&socket, "held"));
    // What passes meanwhile is commands of another client, and not a time that somebody guessed.
    while !is_failing(&server) {
        tokio::select! {
            early = &mut held => panic!("{early:?} though the journal hangs"),
            pong = other.call::<Value>("ping", &json!({})) => drop(pong.unwrap()),
        }
    }
    let refused = write(&other, "behind").await.unwrap_err();
    let reason = server.journal_health();
    journal.release();
    let stored = held.await;
    while is_failing(&server) {
        other.call::<Value>("ping", &json!({})).await.unwrap();
    }

    assert_eq!((&refused.code[..], refused.outcome), ("journal_unavailable", Outcome::NotExecuted));
    assert_eq!(reason, Health::Failing("it has not answered for 50 ms".to_owned()));
    stored.unwrap();
    write(&other, "after").await.unwrap();
}
