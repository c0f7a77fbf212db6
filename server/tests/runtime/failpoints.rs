//! Where a test can stop the server, and the link that it can hold in its hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tautline_server::Server;
use tautline_server::failpoint::Failpoint;
use tautline_server::testing::{Connect, Direction, Fate, Wire};

use super::contract::{Desks, contract};
use super::lab::{Lab, Trusting, join};

#[tokio::test]
async fn a_command_passes_every_failpoint_in_order() {
    let passed = Arc::new(Mutex::new(Vec::new()));
    let passing = Arc::clone(&passed);
    let server = Server::builder(contract())
        .authenticator(Trusting)
        .namespace::<Desks>(Lab::default())
        .failpoints(move |point| passing.lock().unwrap().push(point))
        .build()
        .unwrap();
    let (_client, socket) = join(&server, "ann", "a").await;
    passed.lock().unwrap().clear();

    let note = json!({ "desk": "a", "text": "x" });
    socket.call::<Value>("write_note", &note).await.unwrap();

    assert_eq!(*passed.lock().unwrap(), Failpoint::ALL);
    assert!(Failpoint::ALL.iter().all(|point| Failpoint::named(point.as_str()) == Some(*point)));
}

#[tokio::test(start_paused = true)]
async fn a_link_loses_doubles_delays_and_cuts_as_it_is_told() {
    let server = Lab::default().server();
    let long = Duration::from_secs(5);
    let mut wire = link(&server, move |direction, frame| match (direction, frame) {
        (Direction::ToServer, frame) if frame.contains("\"lost\"") => Fate::Lose,
        (Direction::ToServer, frame) if frame.contains("\"late\"") => Fate::Late(long),
        (Direction::ToServer, frame) if frame.contains("\"cut\"") => Fate::Cut,
        (Direction::ToClient, frame) if frame.starts_with("43/desks,2") => Fate::Twice,
        _ => Fate::Pass,
    })
    .await;
    let call =
        |ack: u32, word: &str| format!("42/desks,{ack}[\"join_desk\",{{\"desk\":\"{word}\"}}]");

    wire.send(call(1, "lost"));
    wire.send(call(2, "doubled"));
    let before = tokio::time::Instant::now();
    let answers = [next(&mut wire, "43").await, next(&mut wire, "43").await];
    wire.send(call(3, "late"));
    let late = next(&mut wire, "43").await;
    let waited = before.elapsed();
    wire.send(call(4, "cut"));

    assert!(answers[0].starts_with("43/desks,2[") && answers[0] == answers[1], "{answers:?}");
    assert!(late.starts_with("43/desks,3[") && waited >= long, "{late} after {waited:?}");
    assert_eq!(wire.next().await, None);
}

async fn link(
    server: &Server,
    decide: impl Fn(Direction, &str) -> Fate + Send + Sync + 'static,
) -> Wire {
    let mut wire = Connect::default().wire(server.router(), Arc::new(decide)).await.unwrap();
    wire.send("40/desks,{\"token\":\"ann\"}");
    next(&mut wire, "42/desks,[\"tautline:welcome\"").await;
    wire
}

async fn next(wire: &mut Wire, beginning: &str) -> String {
    loop {
        let frame = wire.next().await.unwrap();
        if frame.starts_with(beginning) {
            return frame;
        }
    }
}
