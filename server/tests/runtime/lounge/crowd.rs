//! A crowd on several threads: whoever comes, goes and is put out at the same moment, when it is quiet
//! again a room and its presence agree.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::contract::Lounges;
use super::house::{Guest, lounge, server};

const GUESTS: usize = 8;
const ROUNDS: usize = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_room_and_its_presence_agree_after_a_crowd() {
    let server = server();
    let together = Arc::new(Barrier::new(GUESTS + 1));
    let guests = (0..GUESTS).map(|number| {
        let (server, together) = (server.clone(), Arc::clone(&together));
        tokio::spawn(async move {
            let auth = json!({ "token": format!("g{number}") });
            let guest = Guest::enter(&server, &auth).await;
            for round in 0..ROUNDS {
                together.wait().await;
                visit(&guest, (round + number) % 3 == 0).await;
                together.wait().await;
                // It is quiet, and the others look.
                together.wait().await;
            }
        })
    });
    let guests: Vec<_> = guests.collect();

    for round in 0..ROUNDS {
        together.wait().await;
        for number in 0..GUESTS {
            server.room::<Lounges>(&lounge("a")).kick(&format!("g{number}"), None);
            tokio::task::yield_now().await;
        }
        together.wait().await;
        let present = server.presence::<Lounges, _>(&lounge("a"));
        let members = server.room::<Lounges>(&lounge("a")).members();
        assert_eq!(present.len(), members.len(), "round {round}: {present:?}");
        together.wait().await;
    }

    for guest in guests {
        guest.await.unwrap();
    }
}

/// Entering, showing and leaving at once: different tasks decide about them.
async fn visit(guest: &Guest, is_short: bool) {
    let room = json!({ "room": "lounge:a" });
    let call = |name: &str, payload: &Value| guest.socket.call::<Value>(name, payload);
    let joining = call("join_lounge", &json!({ "lounge": "a" }));
    let showing = call("tautline:present", &room);
    let leaving = is_short.then(|| call("tautline:unsubscribe", &room));
    // Behind the others in the room's lane: it runs when they have taken effect.
    let looking = call("look_around", &json!({ "lounge": "a" }));
    joining.await.unwrap();
    if let Some(leaving) = leaving {
        leaving.await.unwrap();
    }
    // Both are refused if they come too early, or after a kick.
    let _answers = (showing.await, looking.await);
}
