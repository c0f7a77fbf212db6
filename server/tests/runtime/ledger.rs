//! Idempotent commands take effect once, whatever the network does.

use serde_json::{Value, json};
use tautline::Uuid;

use super::lab::{Lab, enter, join};

fn note(text: &str) -> Value {
    json!({ "desk": "a", "text": text })
}

fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_else(|| panic!("no error: {answer}"))
}

#[tokio::test]
async fn a_resend_gets_the_first_answer_at_the_first_place() {
    let lab = Lab::default();
    let server = lab.server();
    let (first_client, first) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1) });

    let answer = first.call_with("write_note", &note("x"), &meta).await.unwrap();
    drop(first_client);
    let (_client, mut second) = join(&server, "ann", "a").await;
    let again = second.call_with("write_note", &note("x"), &meta).await.unwrap();
    second.call::<Value>("write_note", &note("y")).await.unwrap();

    assert_eq!(again["ok"], answer["ok"]);
    assert_eq!(again["at"], answer["at"]);
    assert_eq!((&answer["replayed"], &again["replayed"]), (&Value::Null, &json!(true)));
    assert_eq!(lab.count("write x"), 1);
    let next = second.next_named("noted").await;
    assert_eq!((&next.payload["text"], &next.meta["seq"]), (&json!("y"), &json!(2)));
}

#[tokio::test]
async fn an_event_names_the_command_that_it_came_from() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    socket.call_with("write_note", &note("x"), &json!({ "id": id(1) })).await.unwrap();

    assert_eq!(socket.next_named("noted").await.meta["cause"], id(1));
}

#[tokio::test]
async fn a_concurrent_duplicate_waits_for_the_first() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, first) = join(&server, "ann", "a").await;
    let (_two, second) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1) });

    let running = first.call_with("write_note", &note("gated x"), &meta);
    lab.saw("at gated x").await;
    let waiting = second.call_with("write_note", &note("gated x"), &meta);
    let conflict = second.call_with("ping", &json!({}), &json!({})).await.unwrap();
    lab.open("gated x");
    let (running, waiting) = (running.await.unwrap(), waiting.await.unwrap());

    assert!(conflict.get("ok").is_some());
    assert_eq!(running["ok"], waiting["ok"]);
    assert_eq!(waiting["replayed"], true);
    assert_eq!(lab.count("write gated x"), 1);
}

#[tokio::test]
async fn a_duplicate_hears_the_refusal_of_the_first_and_a_later_attempt_runs() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1) });

    let refused = socket.call_with("write_note", &note("busy"), &meta).await.unwrap();
    let again = socket.call_with("write_note", &note("busy"), &meta).await.unwrap();

    assert_eq!((code(&refused), code(&again)), ("desk.busy", "desk.busy"));
    assert_eq!(refused["error"]["recovery"]["afterMs"], 250);
    assert_eq!(lab.count("write busy"), 2, "a refusal with nothing executed is not remembered");
}

#[tokio::test]
async fn the_same_id_with_another_payload_is_a_conflict_also_while_the_first_runs() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, first) = join(&server, "ann", "a").await;
    let (_two, second) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1) });

    let running = first.call_with("write_note", &note("gated x"), &meta);
    lab.saw("at gated x").await;
    let during = second.call_with("write_note", &note("y"), &meta).await.unwrap();
    lab.open("gated x");
    running.await.unwrap();
    let after = second.call_with("write_note", &note("y"), &meta).await.unwrap();

    assert_eq!((code(&during), code(&after)), ("conflicting_resend", "conflicting_resend"));
    assert_eq!(lab.count("write y"), 0);
}

#[tokio::test]
async fn a_resend_that_may_be_forgotten_is_not_run() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = enter(&server, "ann").await;
    let ledger = socket.next_named("tautline:welcome").await.payload["ledger"].clone();
    socket.call::<Value>("join_desk", &json!({ "desk": "a" })).await.unwrap();
    let resent = |number, ledger: &Value, age: u64| json!({ "id": id(number), "resent": { "ledger": ledger, "ageMs": age } });
    let day = 86_400_000;

    let other = resent(1, &json!("another"), 5);
    let other = socket.call_with("write_note", &note("x"), &other).await.unwrap();
    let old = resent(2, &ledger, day + 1);
    let old = socket.call_with("write_note", &note("x"), &old).await.unwrap();
    let young = resent(3, &ledger, day);
    let young = socket.call_with("write_note", &note("x"), &young).await.unwrap();

    assert_eq!((code(&other), &other["error"]["outcome"]), ("outcome_unknown", &json!("unknown")));
    assert_eq!(code(&old), "outcome_unknown");
    assert!(young.get("ok").is_some());
    assert_eq!(lab.count("write x"), 1);
}

#[tokio::test]
async fn a_command_without_an_id_runs_each_time() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    for _ in 0..2 {
        socket.call::<Value>("write_note", &note("x")).await.unwrap();
    }

    assert_eq!(lab.count("write x"), 2);
}

#[tokio::test]
async fn a_command_runs_only_after_its_predecessor() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;
    let call = |number: u128, after: u128, text: &str| {
        socket.call_with(
            "write_note",
            &note(text),
            &json!({ "id": id(number), "after": id(after) }),
        )
    };

    let lost = call(2, 1, "lost").await.unwrap();
    let busy =
        socket.call_with("write_note", &note("busy"), &json!({ "id": id(3) })).await.unwrap();
    let refused = call(4, 3, "behind busy").await.unwrap();
    let first = socket.call_with("write_note", &note("first"), &json!({ "id": id(5) }));
    let second = call(6, 5, "second");
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    let (_other, elsewhere) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(7), "after": id(6) });
    let after_a_cut = elsewhere.call_with("write_note", &note("third"), &meta).await.unwrap();

    assert_eq!(code(&busy), "desk.busy");
    assert_eq!(code(&lost), "predecessor_unsettled");
    assert_eq!(lost["error"]["outcome"], "not_executed");
    assert_eq!(code(&refused), "predecessor_unsettled");
    assert!(first.get("ok").is_some() && second.get("ok").is_some());
    assert!(after_a_cut.get("ok").is_some());
    assert_eq!(lab.count("write lost") + lab.count("write behind busy"), 0);
}

#[tokio::test]
async fn a_command_that_ran_is_answered_also_where_it_could_not_run_now() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, first) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1) });
    first.call_with("write_note", &note("x"), &meta).await.unwrap();

    let (_other, outside) = enter(&server, "ann").await;
    let not_joined = outside.call_with("write_note", &note("x"), &meta).await.unwrap();
    let (_third, inside) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1), "after": id(2) });
    let not_after = inside.call_with("write_note", &note("x"), &meta).await.unwrap();

    assert_eq!((&not_joined["replayed"], &not_after["replayed"]), (&json!(true), &json!(true)));
    assert_eq!(lab.count("write x"), 1);
}

#[tokio::test]
async fn a_duplicate_of_a_command_that_was_turned_away_is_not() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, inside) = join(&server, "ann", "a").await;
    let (_other, outside) = enter(&server, "ann").await;
    let meta = json!({ "id": id(1) });

    let turned_away = outside.call_with("write_note", &note("x"), &meta);
    let run = inside.call_with("write_note", &note("x"), &meta);
    let (turned_away, run) = (turned_away.await.unwrap(), run.await.unwrap());

    assert_eq!(code(&turned_away), "not_joined");
    assert!(run.get("ok").is_some(), "{run}");
}

#[tokio::test]
async fn a_disconnect_does_not_cancel_a_handler_and_its_answer_is_kept() {
    let lab = Lab::default();
    let server = lab.server();
    let (client, socket) = join(&server, "ann", "a").await;
    let meta = json!({ "id": id(1) });

    let _unheard = socket.call_with("write_note", &note("gated x"), &meta);
    lab.saw("at gated x").await;
    drop(client);
    lab.saw("disconnected ann connection_lost").await;
    lab.open("gated x");
    let (_client, again) = join(&server, "ann", "a").await;
    let answer = again.call_with("write_note", &note("gated x"), &meta).await.unwrap();

    assert_eq!(answer["replayed"], true);
    assert_eq!(lab.count("write gated x"), 1);
}

#[tokio::test]
async fn an_id_belongs_to_who_used_it_first() {
    let lab = Lab::default();
    let server = lab.server();
    let (_anns, ann) = join(&server, "ann", "a").await;
    let (_bens, ben) = join(&server, "ben", "a").await;
    let meta = json!({ "id": id(1) });

    ann.call_with("write_note", &note("x"), &meta).await.unwrap();
    let refused = ben.call_with("write_note", &note("x"), &meta).await.unwrap();

    assert_eq!(code(&refused), "conflicting_resend");
    assert_eq!(lab.count("write x"), 1);
}
