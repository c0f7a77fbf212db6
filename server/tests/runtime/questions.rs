//! Questions: the first valid answer counts, the others hear of it, a reload finds them.

use std::time::Duration;

use serde_json::{Value, json};
use tautline_server::journal::{Host, Journal};
use tautline_server::testing::{TestEvent, TestSocket};

use super::journal::{DOUBTFUL, FAINT, FORGETFUL, FULL, Faulty, WELL};
use super::lab::{Lab, enter, join, task};

const INQUIRY: &str = "inquire";

fn inquiry() -> Value {
    json!({ "desk": "a", "about": "lunch" })
}

fn id(question: &TestEvent) -> Value {
    question.meta["question"]["id"].clone()
}

async fn answer(socket: &TestSocket, question: &Value, words: &str) -> Value {
    let given = json!({ "question": question, "answer": { "words": words } });
    socket.call_with("tautline:answer", &given, &json!({})).await.unwrap()
}

#[tokio::test]
async fn the_first_valid_answer_counts_and_everybody_hears_that_it_is_settled() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;
    let (_three, mut eve) = join(&server, "eve", "a").await;

    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let asked = bob.next_named("decide").await;
    let invalid = answer(&bob, &id(&asked), "").await;
    let first = answer(&bob, &id(&asked), "soup").await;
    let late = answer(&eve, &id(&asked), "salad").await;

    assert_eq!(asked.payload["about"], "lunch");
    assert_eq!((&asked.meta["seq"], &asked.meta["room"]), (&json!(1), &json!("desk:a")));
    assert!(asked.meta["question"]["expiresAt"].is_u64());
    assert_eq!(invalid["error"]["code"], "invalid_payload");
    assert_eq!(invalid["error"]["fields"][0]["path"], "answer.words");
    assert_eq!(first, json!({ "ok": null }));
    assert_eq!(late["error"]["code"], "question_settled");
    assert_eq!(asking.await.unwrap()["words"], "soup");
    let settled = eve.next_named("tautline:settled").await;
    assert_eq!(settled.payload, json!({ "question": id(&asked), "outcome": "answered" }));
    assert_eq!(settled.meta["seq"], 2);
}

#[tokio::test(start_paused = true)]
async fn who_could_not_be_told_that_it_is_settled_is_told_when_the_journal_works_again() {
    let journal = Faulty::new(Host::Task);
    let server = Lab::default().server_with(journal.clone());
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;
    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let asked = bob.next_named("decide").await;

    journal.set(FULL);
    let given = answer(&bob, &id(&asked), "soup").await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    journal.set(WELL);
    let settled = bob.next_named("tautline:settled").await;
    server.shutdown().await;
    let unfinished = journal.unfinished().await.unwrap();

    assert_eq!(given, json!({ "ok": null }));
    assert_eq!(asking.await.unwrap()["words"], "soup");
    assert_eq!(settled.payload, json!({ "question": id(&asked), "outcome": "answered" }));
    assert_eq!(settled.meta["seq"], 2);
    assert!(unfinished.questions.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_question_that_was_settled_in_doubt_is_told_once() {
    for fault in [DOUBTFUL, FORGETFUL, FAINT] {
        let journal = Faulty::new(Host::Task);
        let server = Lab::default().server_with(journal.clone());
        let (_one, ann) = join(&server, "ann", "a").await;
        let (_two, mut bob) = join(&server, "bob", "a").await;
        let asking = ann.call::<Value>(INQUIRY, &inquiry());
        let asked = bob.next_named("decide").await;

        journal.set(fault);
        answer(&bob, &id(&asked), "soup").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        journal.set(WELL);
        let settled = bob.next_named("tautline:settled").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let later = ann.call::<Value>(INQUIRY, &inquiry());
        let next = bob.next_named("decide").await;

        assert_eq!(asking.await.unwrap()["words"], "soup");
        assert_eq!(
            (&settled.payload["outcome"], &settled.meta["seq"]),
            (&json!("answered"), &json!(2))
        );
        assert_eq!(next.meta["seq"], 3, "fault {fault}");
        drop(later);
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_was_put_in_doubt_is_called_off() {
    let journal = Faulty::new(Host::Task);
    let server = Lab::default().server_with(journal.clone());
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;

    journal.set(FAINT);
    let asking = ann.call::<Value>(INQUIRY, &inquiry()).await;
    journal.set(WELL);
    let asked = bob.next_named("decide").await;
    let settled = bob.next_named("tautline:settled").await;

    assert_eq!(settled.payload, json!({ "question": id(&asked), "outcome": "cancelled" }));
    assert_eq!(asking.unwrap()["words"], "none");
    assert!(journal.unfinished().await.unwrap().questions.is_empty());
}

#[tokio::test]
async fn a_question_can_be_declined_in_the_contracts_words() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;

    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let asked = bob.next_named("decide").await;
    let declined = json!({ "question": id(&asked), "declined": { "code": "desk.busy", "params": { "afterMs": 9 } } });
    let wrong = json!({ "question": id(&asked), "declined": { "code": "no.such" } });
    let wrong = bob.call::<Value>("tautline:answer", &wrong).await;
    bob.call::<Value>("tautline:answer", &declined).await.unwrap();

    assert_eq!(wrong.unwrap_err().code, "invalid_payload");
    assert_eq!(asking.await.unwrap_err().code, "desk.busy");
    let settled = bob.next_named("tautline:settled").await;
    assert_eq!(settled.payload["outcome"], "declined");
}

#[tokio::test]
async fn a_reload_finds_the_open_question() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (bob_client, mut bob) = join(&server, "bob", "a").await;
    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let asked = bob.next_named("decide").await;
    drop((bob_client, bob));

    let (_again, bob) = enter(&server, "bob").await;
    let join = json!({ "desk": "a" });
    let joined = bob.call_with("join_desk", &join, &json!({})).await.unwrap();
    let rooms = json!({ "rooms": [{ "room": "desk:a" }] });
    let resumed = bob.call::<Value>("tautline:resume", &rooms).await.unwrap();
    answer(&bob, &id(&asked), "soup").await;
    let after = bob.call_with("join_desk", &join, &json!({})).await.unwrap();

    let open = &joined["questions"][0];
    assert_eq!((&open["id"], &open["name"]), (&id(&asked), &json!("decide")));
    assert_eq!((&open["payload"]["about"], &open["room"]), (&json!("lunch"), &json!("desk:a")));
    assert_eq!(&resumed["rooms"][0]["questions"][0], open);
    assert_eq!(after["questions"], json!([]));
    asking.await.unwrap();
}

#[tokio::test]
async fn only_members_of_the_room_may_answer() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;
    let (_three, eve) = enter(&server, "eve").await;

    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let asked = bob.next_named("decide").await;
    let outside = answer(&eve, &id(&asked), "soup").await;
    let made_up = answer(&bob, &json!("7"), "soup").await;
    answer(&bob, &id(&asked), "soup").await;

    assert_eq!(outside["error"]["code"], "not_joined");
    assert_eq!(made_up["error"]["code"], "question_expired");
    asking.await.unwrap();
}

#[tokio::test]
async fn only_who_has_the_questions_scope_may_answer() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;
    let (_three, boss) = join(&server, "boss+desks:admin", "a").await;

    let asking = ann.call::<Value>(INQUIRY, &json!({ "desk": "a", "about": "money" }));
    let asked = bob.next_named("approve").await;
    let refused = answer(&bob, &id(&asked), "yes").await;
    answer(&boss, &id(&asked), "no").await;

    assert_eq!(refused["error"]["code"], "permission_denied");
    assert_eq!(asking.await.unwrap()["words"], "no");
}

#[tokio::test]
async fn the_one_who_asks_can_answer_over_the_same_connection_under_a_flood() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, mut ann) = join(&server, "ann", "a").await;

    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let behind: Vec<_> =
        (0..100).map(|_| ann.call::<Value>("run_task", &task("a", "t", "done"))).collect();
    let asked = ann.next_named("decide").await;
    assert_eq!(lab.count("start t"), 0, "the lane waits for the one that asks");
    answer(&ann, &id(&asked), "soup").await;

    assert_eq!(asking.await.unwrap()["words"], "soup");
    for call in behind {
        call.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_expires_and_its_wait_is_not_the_handlers_deadline() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;
    let start = tokio::time::Instant::now();

    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    let asked = bob.next_named("decide").await;
    let settled = bob.next_named("tautline:settled").await;
    let late = answer(&bob, &id(&asked), "soup").await;

    assert_eq!(settled.payload["outcome"], "expired");
    assert_eq!(asking.await.unwrap()["words"], "none");
    assert_eq!(late["error"]["code"], "question_expired");
    assert!(start.elapsed().as_secs() >= 20);
}

#[tokio::test]
async fn a_shutdown_calls_open_questions_off() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;

    let asking = ann.call::<Value>(INQUIRY, &inquiry());
    bob.next_named("decide").await;
    drop(asking);
    server.shutdown().await;

    assert_eq!(lab.count("unanswered: the question was cancelled"), 1);
}
