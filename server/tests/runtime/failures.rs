//! Every failure reaches its caller as a problem, and takes back what it must.

use serde_json::{Value, json};

use super::lab::{Lab, enter, join, task};

/// The code and the outcome of a refused task.
async fn problem(ending: &str) -> (String, String) {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    let answer = socket.call::<Value>("run_task", &task("a", "t", ending)).await;

    let problem = answer.expect_err("the task fails");
    assert!(!problem.trace_id.is_empty());
    let alive = socket.call::<Value>("ping", &json!({})).await;
    assert!(alive.is_ok(), "the connection goes on");
    (problem.code.clone(), problem.outcome.to_string())
}

fn pair(code: &str, outcome: &str) -> (String, String) {
    (code.to_owned(), outcome.to_owned())
}

#[tokio::test]
async fn a_declared_refusal_arrives_as_it_is() {
    assert_eq!(problem("refused").await, pair("desk.busy", "not_executed"));
}

#[tokio::test]
async fn a_refusal_inside_of_a_commit_arrives_as_it_is() {
    assert_eq!(problem("commit_refused").await, pair("desk.busy", "not_executed"));
}

#[tokio::test]
async fn faults_of_the_server_say_nothing_of_their_cause() {
    assert_eq!(problem("failed").await, pair("internal", "not_executed"));
    assert_eq!(problem("panicked").await, pair("internal", "not_executed"));
    assert_eq!(problem("commit_panicked").await, pair("internal", "not_executed"));
    assert_eq!(problem("committed_other_type").await, pair("internal", "not_executed"));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_misses_its_deadline_is_given_up() {
    assert_eq!(problem("never").await, pair("timed_out", "not_executed"));
}

#[tokio::test]
async fn a_refusal_takes_back_what_was_emitted() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    let refused = socket.call::<Value>("run_task", &task("a", "t", "refused_after_emit")).await;
    let commit_refused = socket.call::<Value>("run_task", &task("a", "t", "commit_refused")).await;
    let note = json!({ "desk": "a", "text": "kept" });
    socket.call::<Value>("write_note", &note).await.unwrap();

    assert!(refused.is_err() && commit_refused.is_err());
    let event = loop {
        let event = socket.next().await.unwrap();
        if !event.name.starts_with("tautline:") {
            break event;
        }
    };
    assert_eq!(event.payload["text"], "kept");
    assert_eq!(event.meta["seq"], 1);
}

#[tokio::test]
async fn what_is_committed_counts_whatever_the_handler_does_afterwards() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    let panicked = task("a", "one", "failed_after_commit");
    let answer = socket.call_with("run_task", &panicked, &json!({})).await.unwrap();
    let twice = task("a", "two", "committed_twice");
    let twice = socket.call::<Value>("run_task", &twice).await.unwrap();

    assert_eq!(answer["ok"]["text"], "one");
    assert_eq!(answer["at"][0]["seq"], 1);
    assert_eq!(socket.next_named("noted").await.payload["text"], "one");
    assert_eq!(twice["text"], "two");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_after_its_commit_is_answered_at_the_deadline() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    let answer = socket.call::<Value>("run_task", &task("a", "t", "hung_after_commit")).await;

    assert_eq!(answer.unwrap()["text"], "t");
}

#[tokio::test]
async fn an_emit_after_the_commit_is_stored_by_itself() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    socket.call::<Value>("run_task", &task("a", "t", "emitted_after_commit")).await.unwrap();

    assert_eq!(socket.next_named("noted").await.meta["seq"], 1);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_says_where_and_what_was_expected() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    let wrong = json!({ "desk": "a", "number": "seven" });
    let missing = json!({ "desk": "a" });
    let wrong = socket.call::<Value>("tick", &wrong).await.unwrap_err();
    let missing = socket.call::<Value>("tick", &missing).await.unwrap_err();
    let empty = json!({ "desk": "a", "text": "" });
    let broken = socket.call::<Value>("write_note", &empty).await.unwrap_err();

    assert_eq!(wrong.code, "invalid_payload");
    assert_eq!((&wrong.fields[0].path[..], &wrong.fields[0].rule[..]), ("number", "type"));
    assert_eq!(wrong.fields[0].limit.as_deref(), Some("u32"));
    assert_eq!(missing.fields[0].path, "number");
    assert_eq!((&broken.fields[0].path[..], &broken.fields[0].rule[..]), ("text", "length"));
}

#[tokio::test]
async fn a_failure_that_nobody_waits_for_comes_as_an_event() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = enter(&server, "ann").await;

    socket.emit("tick", &json!({ "desk": "a", "number": 1 }));
    socket.emit("unheard_of", &json!({}));

    let first = socket.next_named("tautline:problem").await.payload;
    let second = socket.next_named("tautline:problem").await.payload;
    assert_eq!(
        (&first["event"], &first["problem"]["code"]),
        (&json!("tick"), &json!("not_joined"))
    );
    assert_eq!(second["problem"]["code"], "unknown_event");
}

#[tokio::test]
async fn what_the_caller_may_not_do_is_refused_before_the_handler() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, ann) = enter(&server, "ann").await;
    let (_admin_client, admin) = enter(&server, "eve+desks:admin").await;
    let guest_client =
        tautline_server::testing::TestClient::connect(server.router()).await.unwrap();
    let guest = guest_client.enter("/desks", &json!({})).await.unwrap();
    let note = json!({ "desk": "a", "text": "x" });

    let code = async |call: tautline_server::testing::Call<Value>| call.await.unwrap_err().code;

    assert_eq!(code(ann.call("administer", &json!({}))).await, "permission_denied");
    assert!(admin.call::<Value>("administer", &json!({})).await.is_ok());
    assert_eq!(code(guest.call("ping", &json!({}))).await, "unauthenticated");
    assert!(guest.call::<Value>("whisper", &note).await.is_ok());
    assert_eq!(code(ann.call("run_task", &task("a", "t", "done"))).await, "not_joined");
    assert_eq!(code(ann.call("nothing", &json!({}))).await, "unknown_event");
    let long = json!({ "desk": "a", "text": "x".repeat(1_024) });
    assert_eq!(code(ann.call("whisper", &long)).await, "payload_too_large");
    let meta = ann.call_with("whisper", &note, &json!({ "id": 7 })).await.unwrap();
    assert_eq!(meta["error"]["code"], "invalid_meta");
}

#[tokio::test]
async fn a_rule_that_panics_is_answered_too() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    let note = json!({ "desk": "a", "text": "panic in the rule" });
    let answer = socket.call::<Value>("write_note", &note).await;
    let alive = socket.call::<Value>("ping", &json!({})).await;

    assert_eq!(answer.unwrap_err().code, "internal");
    assert!(alive.is_ok());
}
