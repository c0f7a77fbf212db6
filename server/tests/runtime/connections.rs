//! Who is connected, as whoever runs the server sees it, and the end of a connection by hand.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tautline::{LibraryCode, Uuid};
use tautline_server::testing::{Connect, TestClient, TestSocket};
use tautline_server::{Carrier, Connected, ConnectionFilter, ContractFit, Server, Settings};

use super::contract::{Desk, Desks, contract};
use super::lab::{Lab, enter, join};

async fn come(server: &Server, from: &str) -> TestClient {
    let peer = SocketAddr::new(from.parse().unwrap(), 4711);
    Connect::default().peer(peer).to(server.router()).await.unwrap()
}

fn all(server: &Server) -> Vec<Connected> {
    server.connections().list(&ConnectionFilter::default())
}

fn only(server: &Server) -> Connected {
    let mut all = all(server);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

fn subjects(found: &[Connected]) -> Vec<&str> {
    found.iter().map(|connected| connected.namespaces[0].subject.as_str()).collect()
}

fn id(welcome: &Value) -> Uuid {
    welcome["connection"].as_str().unwrap().parse().unwrap()
}

async fn enter_with(client: &TestClient, auth: &Value) -> (TestSocket, Value) {
    let mut socket = client.enter("/desks", auth).await.unwrap();
    let welcome = socket.next_named("tautline:welcome").await.payload;
    (socket, welcome)
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_shown_with_all_that_is_known_of_it_and_no_secret() {
    let server = Lab::default().server();
    let client = come(&server, "192.0.2.1").await;
    let auth = json!({
        "token": "ann+s3cret",
        "client": { "name": "@tautline/client", "version": "1.2.3" },
        "contract": { "name": contract().name, "version": "1.0.0", "hash": contract().hash },
    });
    let (socket, welcome) = enter_with(&client, &auth).await;
    let before = only(&server);
    tokio::time::sleep(Duration::from_secs(60)).await;
    socket.call::<Value>("join_desk", &json!({ "desk": "a" })).await.unwrap();
    socket.call::<Value>("join_desk", &json!({ "desk": "b" })).await.unwrap();
    tokio::time::sleep(Duration::from_secs(30)).await;

    let connected = only(&server);

    assert_eq!((connected.id, before.id), (id(&welcome), id(&welcome)));
    assert_eq!(server.connections().find(connected.id), Some(connected.clone()));
    assert_eq!(connected.address, Some("192.0.2.1".parse().unwrap()));
    assert_eq!(connected.carrier, Carrier::Websocket);
    let entered = &connected.namespaces[0];
    assert_eq!(
        (entered.namespace, entered.subject.as_str(), entered.guest),
        ("/desks", "ann", false)
    );
    assert_eq!(entered.client.as_deref(), Some("@tautline/client 1.2.3"));
    assert_eq!(entered.contract_version.as_deref(), Some("1.0.0"));
    assert_eq!((entered.contract, entered.since), (ContractFit::Same, connected.since));
    assert_eq!(
        entered.rooms.iter().map(|room| room.as_str()).collect::<Vec<_>>(),
        ["desk:a", "desk:b"]
    );
    assert_eq!((before.events_in, before.last_event), (0, None));
    assert_eq!(connected.events_in, 2);
    assert!(connected.events_out >= before.events_out + 2, "{connected:?}");
    assert_eq!(connected.last_event, Some(connected.since + 60_000));
    assert!(connected.bytes_in > before.bytes_in && connected.bytes_out > before.bytes_out);
    assert_eq!((connected.waiting_frames, connected.stalled_ms), (0, None));
    let shown = serde_json::to_string(&connected).unwrap();
    assert!(shown.contains("\"bytesIn\":") && shown.contains("\"contract\":\"same\""), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn connections_are_found_by_user_address_and_room() {
    let server = Lab::default().server();
    let (here, there) = (come(&server, "192.0.2.1").await, come(&server, "2001:db8::1").await);
    let (at_a, _) = enter_with(&here, &json!({ "token": "ann" })).await;
    at_a.call::<Value>("join_desk", &json!({ "desk": "a" })).await.unwrap();
    let (_at_none, _) = enter_with(&there, &json!({ "token": "ben" })).await;
    let found = |filter: ConnectionFilter| server.connections().list(&filter);
    let desk = |name: &str| Desk { desk: name.to_owned() };
    let any = ConnectionFilter::default;

    assert_eq!(subjects(&found(any())), ["ann", "ben"]);
    assert_eq!(subjects(&found(any().subject("ben"))), ["ben"]);
    assert_eq!(subjects(&found(any().address("2001:db8::ffff".parse().unwrap()))), ["ben"]);
    assert_eq!(subjects(&found(any().address("192.0.2.1".parse().unwrap()))), ["ann"]);
    assert_eq!(subjects(&found(any().room::<Desks>(&desk("a")))), ["ann"]);
    assert_eq!(subjects(&found(any().room::<Desks>(&desk("b")))), [""; 0]);
    assert_eq!(subjects(&found(any().room::<Desks>(&desk("a")).subject("ben"))), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn who_has_not_come_in_is_there_too_until_its_time_is_over() {
    let server = Lab::default().server();
    let client = come(&server, "192.0.2.1").await;

    let waiting = only(&server);
    client.closed().await;
    drop(client);
    while !all(&server).is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    assert_eq!((waiting.namespaces.len(), waiting.events_in, waiting.score), (0, 0, 0.0));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_stalled_and_one_that_goes_on_is_not() {
    let lab = Lab::default();
    let settings = Settings { engine_packets: 4, ..Settings::default() };
    let server = lab.builder(settings).build().unwrap();
    let client = Connect::default().buffer(512).to(server.router()).await.unwrap();
    let (socket, _) = enter_with(&client, &json!({ "token": "ann" })).await;
    socket.call::<Value>("join_desk", &json!({ "desk": "a" })).await.unwrap();
    let (_quick, _socket) = join(&server, "ben", "a").await;

    client.stop_reading();
    for _ in 0..20 {
        let note = super::contract::Note { desk: "a".into(), text: "x".repeat(2_000), number: 0 };
        server.emitter::<Desks>().noted(&note).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(6)).await;
    let stalled = |seconds| {
        let filter = ConnectionFilter::default().stalled_for(Duration::from_secs(seconds));
        server.connections().list(&filter)
    };

    let now = stalled(5);
    assert_eq!(subjects(&now), ["ann"]);
    assert!(now[0].waiting_bytes > 10_000 && now[0].waiting_frames > 5, "{now:?}");
    assert_eq!(subjects(&stalled(7)), [""; 0]);
    client.resume_reading();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(all(&server)[0].stalled_ms, None);
}

#[tokio::test]
async fn a_score_is_that_of_who_is_connected() {
    let server = Lab::default().server();
    let (_client, socket) = enter(&server, "ann").await;
    let (_other, _quiet) = enter(&server, "ben").await;

    for _ in 0..4 {
        socket.call::<Value>("unheard_of", &json!({})).await.unwrap_err();
    }

    let all = all(&server);
    assert!((1.9..=2.0).contains(&all[0].score), "{all:?}");
    assert_eq!(all[1].score, 0.0);
}

#[tokio::test]
async fn a_connection_that_is_ended_by_hand_is_told_why_and_nobody_else_notices() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = enter(&server, "ann").await;
    let (_other_client, other) = enter(&server, "ann").await;
    let first = all(&server)[0].id;

    let was_there = server.connections().disconnect(first, None);
    let was_nobody = server.connections().disconnect(Uuid::new_v4(), None);
    let notice = socket.next_named("tautline:notice").await.payload;
    while socket.next().await.is_some() {}

    assert_eq!((was_there, was_nobody), (true, false));
    assert_eq!(
        (&notice["kind"], &notice["problem"]["code"]),
        (&json!("closing"), &json!("capacity"))
    );
    assert_eq!(notice["problem"]["recovery"]["action"], "reconnect");
    lab.saw("disconnected ann kicked").await;
    other.call::<Value>("ping", &json!({})).await.unwrap();
    assert_ne!(only(&server).id, first);
}

#[tokio::test]
async fn a_connection_can_be_ended_with_words_of_ones_own() {
    let server = Lab::default().server();
    let (_client, mut socket) = enter(&server, "ann").await;
    let mut problem = LibraryCode::UpgradeClient.problem();
    problem.message = "Please reload.".to_owned();

    server.connections().disconnect(only(&server).id, Some(problem));

    let notice = socket.next_named("tautline:notice").await.payload;
    assert_eq!(
        (&notice["message"], &notice["problem"]["code"]),
        (&json!("Please reload."), &json!("upgrade_client"))
    );
}
