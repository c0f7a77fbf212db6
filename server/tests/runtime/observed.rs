//! What an observer hears of a server.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tautline_server::journal::Memory;
use tautline_server::testing::TestClient;
use tautline_server::{Fact, Observer, Server};

use super::contract::{Desks, contract};
use super::lab::{Lab, Trusting, task};

/// Writes down what it hears.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Observer for Diary {
    fn observe(&self, fact: &Fact<'_>) {
        let line = match fact {
            Fact::Connected { is_new, .. } => format!("connected, new: {is_new}"),
            Fact::Refused { code, .. } => format!("refused: {code}"),
            Fact::Disconnected { reason, .. } => format!("disconnected: {}", reason.as_str()),
            Fact::Joined { room, .. } => format!("joined {}", room.as_str()),
            Fact::Left { room, .. } => format!("left {}", room.as_str()),
            Fact::Ran { event, code, .. } => format!("{event}: {}", code.unwrap_or("ok")),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn an_observer_hears_of_everything_once() {
    let (lab, diary) = (Lab::default(), Diary::default());
    let server = Server::builder(contract())
        .authenticator(Trusting)
        .journal(Memory::new())
        .observer(diary.clone())
        .namespace::<Desks>(lab.clone())
        .build()
        .unwrap();
    let client = TestClient::connect(server.router()).await.unwrap();
    let nowhere = client.enter("/desks", &json!({ "token": 7 })).await;
    let mut socket = client.enter("/desks", &json!({ "token": "ann" })).await.unwrap();

    socket.call::<Value>("join_desk", &json!({ "desk": "a" })).await.unwrap();
    socket.call::<Value>("run_task", &task("a", "one", "done")).await.unwrap();
    socket.call::<Value>("run_task", &task("a", "two", "refused")).await.unwrap_err();
    socket.call::<Value>("run_task", &json!({ "desk": "a" })).await.unwrap_err();
    socket.leave();
    lab.saw("disconnected ann client_left").await;
    server.shutdown().await;
    socket.left().await;

    assert!(nowhere.is_err());
    let heard = diary.0.lock().unwrap().join("\n");
    let expected = [
        "refused: invalid_payload",
        "connected, new: true",
        "join_desk: ok",
        "joined desk:a",
        "run_task: ok",
        "run_task: desk.busy",
        "run_task: invalid_payload",
        "disconnected: client_left",
        "left desk:a",
    ];
    assert_eq!(heard, expected.join("\n"));
}
