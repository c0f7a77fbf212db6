//! A handler that refuses says what has become of the command, and what has happened happens once.

use serde_json::{Value, json};
use tautline::Uuid;
use tautline_server::journal::{Host, Memory};
use tautline_server::testing::TestSocket;

use super::journal::{FULL, Faulty, HUNG, WELL};
use super::lab::{Lab, enter, join};

const EXECUTED: &str = "said executed";
const UNKNOWN: &str = "said unknown";

fn note(text: &str) -> Value {
    json!({ "desk": "a", "text": text })
}

fn id(number: u128) -> Value {
    json!({ "id": Uuid::from_u128(number).to_string() })
}

fn after(number: u128, before: u128) -> Value {
    json!({ "id": Uuid::from_u128(number), "after": Uuid::from_u128(before) })
}

async fn write(socket: &TestSocket, text: &str, meta: &Value) -> Value {
    socket.call_with("write_note", &note(text), meta).await.unwrap()
}

fn told(answer: &Value) -> (&str, &str) {
    let word = |field: &str| answer["error"][field].as_str();
    let words = word("code").zip(word("outcome"));
    words.unwrap_or_else(|| panic!("not refused: {answer}"))
}

#[tokio::test]
async fn a_refusal_says_what_its_handler_says() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    for outcome in ["not_executed", "executed", "unknown"] {
        for verb in ["said", "said in the step"] {
            let text = format!("{verb} {outcome}");
            let without_id = write(&socket, &text, &json!({})).await;
            let with_id = write(&socket, &text, &json!({ "id": Uuid::new_v4() })).await;
            assert_eq!(told(&without_id), ("desk.busy", outcome), "{text}");
            assert_eq!(told(&with_id), ("desk.busy", outcome), "{text}");
        }
    }
}

#[tokio::test]
async fn what_was_executed_is_refused_again_in_the_same_words_and_not_done_again() {
    for text in [EXECUTED, "said in the step executed"] {
        let lab = Lab::default();
        let server = lab.server();
        let (_client, first) = join(&server, "ann", "a").await;

        let refused = write(&first, text, &id(1)).await;
        let (_other, second) = join(&server, "ann", "a").await;
        let again = write(&second, text, &id(1)).await;
        let conflict = write(&second, "another", &id(1)).await;

        assert_eq!(told(&refused), ("desk.busy", "executed"));
        assert_eq!(again, refused, "to the trace id, by which the log has the reason");
        assert_eq!(told(&conflict).0, "conflicting_resend");
        assert_eq!(lab.count(&format!("write {text}")), 1);
    }
}

#[tokio::test]
async fn what_was_executed_stays_so_over_a_restart() {
    let lab = Lab::default();
    let journal = Memory::new();
    let server = lab.server_with(journal.clone());
    let (client, socket) = join(&server, "ann", "a").await;
    let refused = write(&socket, EXECUTED, &id(1)).await;
    drop((client, server));

    let server = lab.server_with(journal);
    let (_client, socket) = enter(&server, "ann").await;
    let again = write(&socket, EXECUTED, &id(1)).await;

    assert_eq!(again, refused);
    assert_eq!(lab.count(&format!("write {EXECUTED}")), 1);
}

#[tokio::test]
async fn a_refusal_that_is_kept_publishes_nothing() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    write(&socket, EXECUTED, &id(1)).await;
    write(&socket, "said in the step executed", &id(2)).await;
    let kept = write(&socket, "kept", &id(3)).await;

    assert_eq!(kept["at"][0]["seq"], 1);
    assert_eq!(socket.next_named("noted").await.payload["text"], "kept");
}

#[tokio::test]
async fn what_nobody_knows_runs_again_under_its_id() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    let refused = write(&socket, UNKNOWN, &id(1)).await;
    let again = write(&socket, UNKNOWN, &id(1)).await;

    assert_eq!(
        (told(&refused), told(&again)),
        (("desk.busy", "unknown"), ("desk.busy", "unknown"))
    );
    assert_eq!(lab.count(&format!("write {UNKNOWN}")), 2);
}

#[tokio::test]
async fn a_concurrent_duplicate_hears_of_what_was_executed() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, first) = join(&server, "ann", "a").await;
    let (_two, second) = join(&server, "ann", "a").await;
    let text = "gated and said executed";

    let running = first.call_with("write_note", &note(text), &id(1));
    lab.saw(&format!("at {text}")).await;
    let waiting = second.call_with("write_note", &note(text), &id(1));
    second.call::<Value>("ping", &json!({})).await.unwrap();
    lab.open(text);
    let (running, waiting) = (running.await.unwrap(), waiting.await.unwrap());

    assert_eq!(told(&running), ("desk.busy", "executed"));
    assert_eq!(told(&waiting), ("desk.busy", "executed"));
    assert_eq!(lab.count(&format!("write {text}")), 1);
}

#[tokio::test]
async fn what_was_executed_lets_its_successor_pass() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    write(&socket, EXECUTED, &id(1)).await;
    let here = write(&socket, "here", &after(2, 1)).await;
    let (_other, elsewhere) = join(&server, "ann", "a").await;
    let there = write(&elsewhere, "there", &after(3, 1)).await;
    write(&socket, UNKNOWN, &id(4)).await;
    let behind_doubt = write(&socket, "behind doubt", &after(5, 4)).await;

    assert!(here.get("ok").is_some() && there.get("ok").is_some(), "{here} {there}");
    assert_eq!(told(&behind_doubt), ("predecessor_unsettled", "not_executed"));
}

#[tokio::test]
async fn a_handler_whose_commit_is_given_up_still_says_what_it_did() {
    let lab = Lab::default();
    let journal = Faulty::new(Host::Thread);
    let server = lab.server_with(journal.clone());
    let (_client, socket) = join(&server, "ann", "a").await;
    let text = "said unless stored executed";

    journal.set(FULL);
    // Without an id nothing is kept.
    let once = write(&socket, text, &json!({})).await;
    journal.set(HUNG);
    let first = socket.call_with("write_note", &note("refused in the step"), &id(1));
    lab.saw("write refused in the step").await;
    let second = socket.call_with("write_note", &note(text), &after(2, 1));
    while lab.count(&format!("write {text}")) < 2 {
        tokio::task::yield_now().await;
    }
    journal.release();
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    let again = write(&socket, text, &id(2)).await;

    assert_eq!(told(&once), ("desk.locked", "executed"));
    assert_eq!(told(&first), ("desk.busy", "not_executed"));
    assert_eq!(told(&second), ("desk.locked", "executed"));
    assert_eq!(again, second);
}

#[tokio::test]
async fn what_was_executed_is_told_also_if_it_cannot_be_kept() {
    for host in [Host::Task, Host::Thread] {
        let lab = Lab::default();
        let journal = Faulty::new(host);
        let server = lab.server_with(journal.clone());
        let (_client, socket) = join(&server, "ann", "a").await;

        journal.set(FULL);
        let refused = write(&socket, EXECUTED, &id(1)).await;
        let outcome = "said unless stored unknown";
        let unknown = write(&socket, outcome, &id(2)).await;
        journal.set(WELL);
        let again = write(&socket, outcome, &id(2)).await;

        assert_eq!(told(&refused), ("desk.busy", "executed"));
        assert_eq!(told(&unknown), ("desk.locked", "unknown"));
        assert!(again.get("ok").is_some(), "{again}");
    }
}

#[tokio::test]
async fn what_was_executed_is_kept_also_if_its_predecessor_is_taken_back() {
    let lab = Lab::default();
    let journal = Faulty::new(Host::Thread);
    let server = lab.server_with(journal.clone());
    let (_client, socket) = join(&server, "ann", "a").await;

    journal.set(HUNG);
    let first = socket.call_with("write_note", &note("refused in the step"), &id(1));
    let second = socket.call_with("write_note", &note(EXECUTED), &after(2, 1));
    lab.saw(&format!("write {EXECUTED}")).await;
    journal.release();
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    let again = write(&socket, EXECUTED, &id(2)).await;

    assert_eq!(told(&first), ("desk.busy", "not_executed"));
    assert_eq!(told(&second), ("desk.busy", "executed"));
    assert_eq!(again, second);
    assert_eq!(lab.count(&format!("write {EXECUTED}")), 1);
}
