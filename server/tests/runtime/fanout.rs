//! From one emit to everybody: in order, once.

use serde_json::{Value, json};

use tautline_server::journal::Memory;

use super::contract::{Desks, Moved, Note};
use super::lab::{Lab, join};

#[tokio::test]
async fn three_hundred_members_get_everything_in_order() {
    let lab = Lab::default();
    let server = lab.server();
    let mut members = Vec::new();
    for number in 0..300 {
        members.push(join(&server, &format!("member {number}"), "a").await);
    }

    for number in 0..20 {
        let note = Note { desk: "a".to_owned(), text: "x".to_owned(), number };
        server.emitter::<Desks>().noted(&note).await.unwrap();
        server.emitter::<Desks>().working(&note).await.unwrap();
    }

    for (_, socket) in &mut members {
        for number in 0..20 {
            let noted = socket.next_named("noted").await;
            assert_eq!(
                (&noted.payload["number"], &noted.meta["seq"]),
                (&json!(number), &json!(number + 1))
            );
            assert_eq!(socket.next_named("working").await.payload["number"], number);
        }
    }
}

#[tokio::test]
async fn one_who_is_in_both_rooms_of_a_live_event_gets_it_once() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;
    socket.call::<Value>("join_shelf", &json!({ "shelf": "s" })).await.unwrap();
    let moved = Moved { desk: "a".to_owned(), shelf: "s".to_owned() };

    server.emitter::<Desks>().moved(&moved).await.unwrap();
    server.emitter::<Desks>().filed(&moved).await.unwrap();

    assert_eq!(socket.next_named("moved").await.meta, Value::Null);
    let rooms = [socket.next().await.unwrap(), socket.next().await.unwrap()]
        .map(|event| (event.name, event.meta["room"].clone(), event.meta["seq"].clone()));
    let filed = |room: &str| ("filed".to_owned(), json!(room), json!(1));
    assert_eq!(rooms, [filed("desk:a"), filed("shelf:s")], "each room has its own place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_outside_of_the_runtime_can_emit_even_to_one_who_does_not_read() {
    let lab = Lab::default();
    let server = lab.server_with(Memory::new());
    let (client, mut socket) = join(&server, "ann", "a").await;
    client.stop_reading();

    let emitting = std::thread::spawn({
        let server = server.clone();
        move || {
            for number in 0..400 {
                let note = Note { desk: "a".to_owned(), text: "x".repeat(500), number };
                let _unheard = server.emitter::<Desks>().working(&note);
            }
        }
    });
    tokio::task::spawn_blocking(move || emitting.join()).await.unwrap().unwrap();
    client.resume_reading();

    assert_eq!(socket.next_named("working").await.payload["number"], 0);
}
