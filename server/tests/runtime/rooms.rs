//! Entering, being in and leaving rooms.

use serde_json::{Value, json};
use tautline_server::testing::TestSocket;

use super::contract::{Desk, Desks, Note};
use super::lab::{Lab, enter, join, task};

fn desk(name: &str) -> Desk {
    Desk { desk: name.to_owned() }
}

fn note(desk: &str, text: &str) -> Note {
    Note { desk: desk.to_owned(), text: text.to_owned(), number: 0 }
}

/// Asserts that nothing but the library's own events has arrived so far.
async fn heard_nothing(socket: &mut TestSocket) {
    socket.call::<Value>("ping", &json!({})).await.unwrap();
    let told = loop {
        let event = socket.next().await.unwrap();
        if !event.name.starts_with("tautline:") {
            break event;
        }
    };
    assert_eq!(told.name, "told");
}

#[tokio::test]
async fn a_join_answers_state_position_and_open_questions() {
    let lab = Lab::default();
    let server = lab.server();
    server.emitter::<Desks>().noted(&note("a", "x")).await.unwrap();
    let (_client, socket) = enter(&server, "ann").await;

    let answer = socket.call_with("join_desk", &json!({ "desk": "a" }), &json!({})).await.unwrap();

    assert_eq!(answer["ok"], json!({ "notes": 7 }));
    assert_eq!((&answer["at"][0]["room"], &answer["at"][0]["seq"]), (&json!("desk:a"), &json!(1)));
    assert_eq!(answer["questions"], json!([]));
}

#[tokio::test]
async fn what_happens_during_a_join_is_held_back_until_the_verdict() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = enter(&server, "ann").await;

    let joining = socket.call_with("join_desk", &json!({ "desk": "gated a" }), &json!({}));
    lab.saw("at gated a").await;
    server.emitter::<Desks>().noted(&note("gated a", "meanwhile")).await.unwrap();
    server.emitter::<Desks>().working(&note("gated a", "live")).await.unwrap();
    heard_nothing(&mut socket).await;
    lab.open("gated a");
    let answer = joining.await.unwrap();

    assert_eq!(answer["at"][0]["seq"], 0);
    let first = socket.next_named("noted").await;
    assert_eq!((&first.payload["text"], &first.meta["seq"]), (&json!("meanwhile"), &json!(1)));
    assert_eq!(socket.next_named("working").await.payload["text"], "live");
}

#[tokio::test]
async fn nothing_of_a_room_leaks_to_one_who_is_refused() {
    let lab = Lab::default();
    let server = lab.server();
    lab.lock("gated a");
    let (_client, mut socket) = enter(&server, "ann").await;

    let joining = socket.call::<Value>("join_desk", &json!({ "desk": "gated a" }));
    lab.saw("at gated a").await;
    server.emitter::<Desks>().noted(&note("gated a", "secret")).await.unwrap();
    lab.open("gated a");
    let refused = joining.await.unwrap_err();
    server.emitter::<Desks>().noted(&note("gated a", "secret")).await.unwrap();

    assert_eq!(refused.code, "desk.locked");
    heard_nothing(&mut socket).await;
    assert!(server.room::<Desks>(&desk("gated a")).members().is_empty());
}

#[tokio::test]
async fn one_who_leaves_or_goes_hears_no_more() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut ann) = join(&server, "ann", "a").await;
    let (bob_client, _bob) = join(&server, "bob", "a").await;
    assert_eq!(server.room::<Desks>(&desk("a")).members().len(), 2);

    ann.call::<Value>("tautline:unsubscribe", &json!({ "room": "desk:a" })).await.unwrap();
    drop(bob_client);
    lab.saw("disconnected bob connection_lost").await;
    server.emitter::<Desks>().noted(&note("a", "x")).await.unwrap();

    heard_nothing(&mut ann).await;
    assert!(server.room::<Desks>(&desk("a")).members().is_empty());
    let outside = ann.call::<Value>("run_task", &task("a", "t", "done")).await;
    assert_eq!(outside.unwrap_err().code, "not_joined");
}

#[tokio::test]
async fn a_room_can_be_closed_and_a_caller_put_out() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, mut ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;

    server.room::<Desks>(&desk("a")).kick("ann", None);
    let kicked = ann.next_named("tautline:room_closed").await.payload;
    server.emitter::<Desks>().noted(&note("a", "x")).await.unwrap();
    heard_nothing(&mut ann).await;
    assert_eq!(bob.next_named("noted").await.payload["text"], "x");
    server.room::<Desks>(&desk("a")).close(None);
    let closed = bob.next_named("tautline:room_closed").await.payload;

    assert_eq!(kicked["problem"]["code"], "room_denied");
    assert_eq!(closed["room"], "desk:a");
    assert!(server.room::<Desks>(&desk("a")).members().is_empty());
}

#[tokio::test]
async fn a_connection_is_in_so_many_rooms_and_no_more() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = enter(&server, "ann").await;

    for number in 0..128 {
        let desk = json!({ "desk": number.to_string() });
        socket.call::<Value>("join_desk", &desk).await.unwrap();
    }
    let refused = socket.call::<Value>("join_desk", &json!({ "desk": "one more" })).await;
    let again = socket.call::<Value>("join_desk", &json!({ "desk": "7" })).await;

    assert_eq!(refused.unwrap_err().code, "too_many_rooms");
    assert!(again.is_ok());
}

#[tokio::test]
async fn a_command_behind_its_join_needs_not_wait_for_the_answer() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = enter(&server, "ann").await;

    let joining = socket.call::<Value>("join_desk", &json!({ "desk": "gated a" }));
    let working = socket.call::<Value>("run_task", &task("gated a", "t", "done"));
    lab.open("gated a");

    joining.await.unwrap();
    working.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn members_hear_from_time_to_time_how_far_a_room_is() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    for text in ["x", "y"] {
        server.emitter::<Desks>().noted(&note("a", text)).await.unwrap();
    }

    let heads = socket.next_named("tautline:heads").await.payload;
    assert_eq!(heads["heads"]["desk:a"]["seq"], 2);
}
