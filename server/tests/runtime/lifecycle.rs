//! A connection's beginning and end, and what the server says by itself.

use serde_json::{Value, json};
use tautline_server::Server;
use tautline_server::testing::TestClient;

use super::contract::{Decision, Desks, contract};
use super::lab::{Lab, enter, join};

#[tokio::test]
async fn the_first_frame_says_who_the_caller_is_and_what_holds() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = enter(&server, "ann+desks:admin").await;

    let welcome = socket.next().await.unwrap();

    assert_eq!(welcome.name, "tautline:welcome");
    let welcome = welcome.payload;
    assert_eq!(welcome["subject"], "ann");
    assert_eq!(welcome["guest"], false);
    assert_eq!(welcome["scopes"], json!(["desks:admin"]));
    assert_eq!(
        welcome["contract"],
        json!({ "name": "desks", "version": "1.0.0", "hash": contract().hash })
    );
    assert_eq!(
        welcome["limits"],
        json!({ "eventBytes": 65_536, "frameBytes": 1_048_576, "rooms": 128, "inFlight": 32 })
    );
    assert!(welcome["serverTime"].as_u64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn each_hook_runs_once_and_the_second_after_the_first() {
    let lab = Lab::default();
    let server = lab.server();

    let (client, socket) = enter(&server, "gated ann").await;
    lab.saw("at gated ann").await;
    drop((client, socket));
    let (_other_client, other) = enter(&server, "bob").await;
    other.leave();
    lab.saw("disconnected bob client_left").await;
    assert_eq!(lab.count("disconnected gated ann connection_lost"), 0);
    lab.open("gated ann");
    lab.saw("disconnected gated ann connection_lost").await;

    let log = lab.log();
    let of_ann: Vec<&String> = log.iter().filter(|line| line.contains("gated ann")).collect();
    assert_eq!(
        of_ann,
        ["at gated ann", "connected gated ann", "disconnected gated ann connection_lost"]
    );
}

#[tokio::test]
async fn a_shutdown_tells_every_client_and_every_service() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, mut ann) = join(&server, "ann", "a").await;
    let (_two, mut bob) = join(&server, "bob", "a").await;

    server.shutdown().await;

    for socket in [&mut ann, &mut bob] {
        let notice = socket.next_named("tautline:notice").await;
        assert_eq!(notice.payload["kind"], "shutting_down");
    }
    assert_eq!(lab.count("disconnected ann shutting_down"), 1);
    assert_eq!(lab.count("disconnected bob shutting_down"), 1);
}

#[tokio::test]
async fn the_server_reaches_everybody_one_caller_or_one_connection() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, mut ann) = enter(&server, "ann").await;
    let (_two, mut bob) = enter(&server, "bob").await;
    let connection = bob.next_named("tautline:welcome").await.payload["connection"].clone();
    lab.saw("connected ann").await;
    lab.saw("connected bob").await;
    let words = |words: &str| Decision { words: words.to_owned() };

    server.emitter::<Desks>().told(&words("all")).await.unwrap();
    server.to_user::<Desks>("ann").told(&words("ann")).await.unwrap();
    let connection = connection.as_str().unwrap().parse().unwrap();
    server.to_connection::<Desks>(connection).told(&words("bob")).await.unwrap();
    let gone = server.to_connection::<Desks>(tautline::Uuid::nil()).told(&words("x")).await;

    for (socket, own) in [(&mut ann, "ann"), (&mut bob, "bob")] {
        assert_eq!(socket.next_named("told").await.payload["words"], "all");
        assert_eq!(socket.next_named("told").await.payload["words"], own);
    }
    assert!(gone.is_err());
}

#[tokio::test]
async fn a_roomless_emit_of_a_handler_goes_to_its_caller_before_the_answer() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, mut ann) = enter(&server, "ann").await;

    let answer = ann.call_with("ping", &json!({}), &json!({})).await.unwrap();

    assert_eq!(answer, json!({ "ok": null }));
    assert_eq!(ann.next_named("told").await.payload["words"], "pong");
}

#[tokio::test]
async fn a_refreshed_token_counts_at_once_and_must_be_of_the_same_subject() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;
    let refresh =
        |token: &str| socket.call_with("tautline:refresh", &json!({ "token": token }), &json!({}));

    let stranger = refresh("bob+desks:admin").await.unwrap();
    let before = socket.call::<Value>("administer", &json!({})).await;
    lab.lock("a");
    let own = refresh("ann+desks:admin").await.unwrap();
    let after = socket.call::<Value>("administer", &json!({})).await;

    assert_eq!(stranger["error"]["code"], "token_invalid");
    assert_eq!(before.unwrap_err().code, "permission_denied");
    assert!(own.get("ok").is_some(), "{own}");
    assert!(after.is_ok());
    let closed = socket.next_named("tautline:room_closed").await.payload;
    assert_eq!(
        (&closed["room"], &closed["problem"]["code"]),
        (&json!("desk:a"), &json!("desk.locked"))
    );
}

#[tokio::test]
async fn a_server_without_its_namespace_is_not_built() {
    let missing = Server::builder(contract()).build().unwrap_err();
    let lab = Lab::default();
    let twice = Server::builder(contract())
        .namespace::<Desks>(lab.clone())
        .namespace::<Desks>(lab)
        .build()
        .unwrap_err();

    assert!(missing.to_string().contains("add `.namespace::<Desks>(service)`"), "{missing}");
    assert!(twice.to_string().contains("mounted 2 times"), "{twice}");
}

#[tokio::test]
async fn four_hundred_clients_that_emit_at_once_lose_nothing() {
    let lab = Lab::default();
    let server = lab.server();

    let clients = (0..400).map(async |number| {
        let client = TestClient::connect(server.router()).await.unwrap();
        let token = json!({ "token": format!("client {number}") });
        let socket = client.enter("/desks", &token).await.unwrap();
        socket.call::<Value>("ping", &json!({})).await.unwrap();
        client
    });
    let clients = futures_util::future::join_all(clients).await;

    assert_eq!(clients.len(), 400);
}
