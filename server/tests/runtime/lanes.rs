//! Order within a lane, none between lanes, and what holds a flood up.

use serde_json::{Value, json};
use tautline_server::Limits;

use super::lab::{Lab, enter, join, task};

#[tokio::test]
async fn two_thousand_events_of_one_lane_keep_their_order() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;

    for number in 0..2_000 {
        socket.emit("tick", &json!({ "desk": "a", "number": number }));
    }
    lab.saw("tick 1999").await;

    let ticks: Vec<String> =
        lab.log().into_iter().filter(|line| line.starts_with("tick")).collect();
    let expected: Vec<String> = (0..2_000).map(|number| format!("tick {number}")).collect();
    assert_eq!(ticks, expected);
}

#[tokio::test]
async fn a_waiting_handler_delays_its_own_lane_and_no_other() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann", "a").await;
    let _b: Value = socket.call("join_desk", &json!({ "desk": "b" })).await.unwrap();

    let slow = socket.call::<Value>("run_task", &task("a", "gated", "done"));
    let behind = socket.call::<Value>("run_task", &task("a", "behind", "done"));
    lab.saw("at gated").await;
    let beside = socket.call::<Value>("run_task", &task("b", "beside", "done")).await;
    let free = socket.call::<Value>("ping", &json!({})).await;

    assert!(beside.is_ok() && free.is_ok());
    assert_eq!(lab.count("start behind"), 0);
    lab.open("gated");
    slow.await.unwrap();
    behind.await.unwrap();
    let order: Vec<String> = lab.log().into_iter().filter(|line| line.contains("behind")).collect();
    assert_eq!(order, ["start behind", "end behind"]);
}

#[tokio::test]
async fn commands_that_commit_are_stored_in_order_while_they_overlap() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    let calls: Vec<_> = (0..60)
        .map(|number| {
            let note = json!({ "desk": "a", "text": number.to_string() });
            socket.call::<Value>("write_note", &note)
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }

    for number in 0..60 {
        let event = socket.next_named("noted").await;
        assert_eq!(event.payload["text"], number.to_string());
        assert_eq!(event.meta["seq"], number + 1);
    }
}

#[tokio::test]
async fn a_flood_pauses_reading_instead_of_growing_the_queue() {
    let lab = Lab::default();
    let server = lab.server_within(Limits::unlimited());
    let (_client, socket) = join(&server, "ann", "a").await;
    let (_other_client, other) = enter(&server, "bob").await;

    let first = socket.call::<Value>("run_task", &task("a", "gated", "done"));
    lab.saw("at gated").await;
    let flood: Vec<_> = (0..3_000)
        .map(|number| {
            let name = format!("{number:0500}");
            socket.call::<Value>("run_task", &task("a", &name, "done"))
        })
        .collect();
    // A second client is served meanwhile, as often as it likes.
    for _ in 0..100 {
        other.call::<Value>("ping", &json!({})).await.unwrap();
    }
    lab.open("gated");

    first.await.unwrap();
    for call in flood {
        let answer = call.await;
        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn commands_before_the_first_hook_has_ended_wait_for_it_in_order() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = enter(&server, "gated ann").await;

    let calls = [
        socket.call::<Value>("join_desk", &json!({ "desk": "a" })),
        socket.call::<Value>("run_task", &task("a", "first", "done")),
    ];
    lab.saw("at gated ann").await;
    lab.open("gated ann");
    for call in calls {
        call.await.unwrap();
    }

    assert_eq!(lab.log(), ["at gated ann", "connected gated ann", "start first", "end first"]);
}
