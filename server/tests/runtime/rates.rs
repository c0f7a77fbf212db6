//! Rates and costs: what is too much is refused in the contract's words, and nobody else notices.

use std::time::Duration;

use serde_json::{Value, json};
use tautline::Problem;
use tautline_server::testing::TestSocket;
use tautline_server::{Allowance, Limits, Settings};

use super::lab::{Lab, enter, join};

async fn refused(socket: &TestSocket, event: &str) -> Problem {
    *socket.call::<Value>(event, &json!({})).await.expect_err("it is too much")
}

async fn taken(socket: &TestSocket, event: &str) {
    socket.call::<Value>(event, &json!({})).await.unwrap();
}

fn limits(connection: u32, user: u32) -> Limits {
    let allowance = |burst| Some(Allowance { burst, per_second: 10 });
    Limits {
        connection_events: allowance(connection),
        user_events: allowance(user),
        ..Limits::default()
    }
}

#[tokio::test(start_paused = true)]
async fn an_events_rate_is_its_users_and_says_when_to_go_on() {
    let lab = Lab::default();
    let server = lab.server();
    let (_here, here) = enter(&server, "ann").await;
    let (_there, there) = enter(&server, "ann").await;
    let (_other, other) = enter(&server, "ben").await;
    for socket in [&here, &there, &here] {
        taken(socket, "nudge").await;
    }

    let problem = refused(&there, "nudge").await;

    assert_eq!(
        (problem.code.as_str(), problem.outcome.to_string().as_str()),
        ("rate_limited", "not_executed")
    );
    let expected = json!({ "of": "event", "limit": 3, "perMs": 9_000, "remaining": 0 });
    assert_eq!(Value::from(problem.params.unwrap()), expected);
    let after = problem.recovery.after_ms.unwrap();
    assert!((2_900..=3_001).contains(&after), "{after}");
    taken(&other, "nudge").await;
    taken(&here, "ping").await;

    tokio::time::sleep(Duration::from_millis(after.into())).await;
    taken(&there, "nudge").await;
    assert_eq!(refused(&here, "nudge").await.code, "rate_limited");
    assert_eq!(lab.count("nudged"), 5);
}

#[tokio::test(start_paused = true)]
async fn a_rate_outlives_the_connection() {
    let lab = Lab::default();
    let server = lab.server();
    for _ in 0..3 {
        let (_client, socket) = enter(&server, "ann").await;
        taken(&socket, "nudge").await;
    }

    let (_client, socket) = enter(&server, "ann").await;

    assert_eq!(refused(&socket, "nudge").await.code, "rate_limited");
}

#[tokio::test(start_paused = true)]
async fn all_events_together_draw_from_the_connections_allowance_by_their_cost() {
    let lab = Lab::default();
    let server = lab.server_within(limits(150, 1_000));
    let (_client, socket) = enter(&server, "ann").await;
    taken(&socket, "haul").await;

    let problem = refused(&socket, "haul").await;

    let params = problem.params.unwrap();
    assert_eq!((&params["of"], &params["limit"]), (&json!("connection"), &json!(150)));
    // The frame of the refused call itself is paid.
    assert_eq!((&params["remaining"], &params["perMs"]), (&json!(49), &json!(15_000)));
    assert_eq!(problem.recovery.after_ms, Some(5_001));
    for _ in 0..49 {
        taken(&socket, "ping").await;
    }
    assert_eq!(refused(&socket, "ping").await.params.unwrap()["remaining"], 0);
    tokio::time::sleep(Duration::from_secs(10)).await;
    taken(&socket, "haul").await;
}

#[tokio::test(start_paused = true)]
async fn several_connections_of_one_user_share_an_allowance() {
    let lab = Lab::default();
    let server = lab.server_within(limits(100, 150));
    let (_here, here) = enter(&server, "ann").await;
    let (_there, there) = enter(&server, "ann").await;
    taken(&here, "haul").await;

    let problem = refused(&there, "haul").await;

    assert_eq!(problem.params.unwrap()["of"], "user");
}

#[tokio::test(start_paused = true)]
async fn a_refused_command_holds_back_those_behind_it() {
    let lab = Lab::default();
    let server = lab.server_within(limits(102, 1_000));
    let (_client, socket) = join(&server, "ann", "a").await;
    taken(&socket, "haul").await;
    let [first, second, third] = [(); 3].map(|()| tautline::Uuid::now_v7());
    let write = async |text: &str, meta: Value| {
        let note = json!({ "desk": "a", "text": text });
        socket.call_with("write_note", &note, &meta).await.unwrap()
    };

    let one = write("one", json!({ "id": first })).await;
    let two = write("two", json!({ "id": second, "after": first })).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let three = write("three", json!({ "id": third, "after": second })).await;

    assert!(one.get("ok").is_some(), "{one}");
    assert_eq!(two["error"]["code"], "rate_limited");
    assert_eq!(three["error"]["code"], "predecessor_unsettled");
    assert_eq!(lab.count("write two") + lab.count("write three"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_and_waits_for_no_answer_comes_as_an_event() {
    let lab = Lab::default();
    let server = lab.server_within(limits(100, 1_000));
    let (_client, mut socket) = enter(&server, "ann").await;
    taken(&socket, "haul").await;

    socket.emit("tick", &json!({ "desk": "a", "number": 1 }));

    let told = socket.next_named("tautline:problem").await.payload;
    assert_eq!(
        (&told["event"], &told["problem"]["code"]),
        (&json!("tick"), &json!("rate_limited"))
    );
}

#[tokio::test]
async fn what_could_never_be_paid_is_a_mistake() {
    let settings = Settings { limits: limits(99, 1_000), ..Settings::default() };

    let error = Lab::default().builder(settings).build().unwrap_err().to_string();

    assert!(error.contains("the event `haul` costs 100"), "{error}");
    assert!(error.contains("`limits.connection_events` lets 99 pass at once"), "{error}");
}

#[tokio::test]
async fn an_allowance_of_nothing_is_a_mistake() {
    let nothing = Some(Allowance { burst: 0, per_second: 1 });
    let limits = Limits { user_events: nothing, ..Limits::default() };

    let error = Lab::default().builder(Settings { limits, ..Settings::default() }).build();

    let error = error.unwrap_err().to_string();
    assert!(error.contains("`limits.user_events` lets nothing pass"), "{error}");
}
