//! Who may be in a room is asked at every way into it and whenever it may have changed, and whoever may not is
//! told in words that help: the service's own where it has some.

use serde_json::{Value, json};
use tautline::{LibraryCode, Problem};
use tautline_server::Server;
use tautline_server::testing::TestSocket;

use super::contract::{Desk, Desks};
use super::lab::{Lab, enter, join};

const LOCKED: [&str; 3] = ["desk.locked", "give_up", "Take another one."];
const DENIED: [&str; 3] = ["room_denied", "give_up", "Ask its owner for access."];

/// What a problem asks for.
fn words(problem: &Value) -> [&str; 3] {
    let recovery = &problem["recovery"];
    [&problem["code"], &recovery["action"], &recovery["hint"]].map(|word| word.as_str().unwrap())
}

/// The problem with which the socket was put out of desk `a`.
async fn put_out(socket: &mut TestSocket) -> Value {
    let closed = socket.next_named("tautline:room_closed").await.payload;
    assert_eq!(closed["room"], "desk:a");
    assert_eq!(closed["problem"]["traceId"].as_str().unwrap().len(), 32, "{closed}");
    closed["problem"].clone()
}

fn desk(server: &Server) -> tautline_server::RoomHandle {
    server.room::<Desks>(&Desk { desk: "a".to_owned() })
}

async fn refused(socket: &TestSocket, name: &str, payload: &Value) -> Value {
    let problem = socket.call::<Value>(name, payload).await.unwrap_err();
    serde_json::to_value(*problem).unwrap()
}

#[tokio::test]
async fn joining_subscribing_and_resuming_ask() {
    let lab = Lab::default();
    let server = lab.server();
    let (client, socket) = join(&server, "ann", "a").await;
    drop((client, socket));
    // The right was there before the cut.
    lab.lock("a");
    let (_client, socket) = enter(&server, "ann").await;

    let joined = refused(&socket, "join_desk", &json!({ "desk": "a" })).await;
    let subscribed = refused(&socket, "tautline:subscribe", &json!({ "room": "desk:a" })).await;
    let resume = json!({ "rooms": [{ "room": "desk:a" }] });
    let resumed = socket.call::<Value>("tautline:resume", &resume).await.unwrap();

    let resumed = &resumed["rooms"][0]["problem"];
    assert_eq!([words(&joined), words(&subscribed), words(resumed)], [LOCKED; 3]);
    assert!(desk(&server).members().is_empty());
}

#[tokio::test]
async fn a_newer_token_asks_again_for_every_room() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;
    let _other: Value = socket.call("join_desk", &json!({ "desk": "b" })).await.unwrap();
    lab.lock("a");

    socket.call::<Value>("tautline:refresh", &json!({ "token": "ann" })).await.unwrap();

    assert_eq!(words(&put_out(&mut socket).await), LOCKED);
    let note = |desk: &str| json!({ "desk": desk, "text": "x" });
    assert_eq!(refused(&socket, "write_note", &note("a")).await["code"], "not_joined");
    socket.call::<Value>("write_note", &note("b")).await.unwrap();
}

#[tokio::test]
async fn a_right_that_has_changed_is_asked_for_on_all_connections_of_its_user() {
    let lab = Lab::default();
    let server = lab.server();
    let (_one, mut here) = join(&server, "ann", "a").await;
    let (_two, mut there) = join(&server, "ann", "a").await;
    let (_three, _ben) = join(&server, "ben", "a").await;
    lab.lock("a");

    server.authorize_again("ann");

    for socket in [&mut here, &mut there] {
        assert_eq!(words(&put_out(socket).await), LOCKED);
    }
    assert_eq!(desk(&server).members().len(), 1, "nobody asked about ben");
}

#[tokio::test]
async fn one_who_is_kicked_hears_why_and_may_come_back_if_the_service_lets_it() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;

    desk(&server).kick("ann", None);
    let without_words = put_out(&mut socket).await;
    let _back: Value = socket.call("join_desk", &json!({ "desk": "a" })).await.unwrap();
    let mut problem: Problem = LibraryCode::RoomDenied.problem();
    problem.recovery.hint = "Ask ben.".to_owned();
    desk(&server).kick("ann", Some(problem));
    let with_words = put_out(&mut socket).await;

    assert_eq!(words(&without_words), DENIED);
    assert_eq!(words(&with_words), ["room_denied", "give_up", "Ask ben."]);
}

#[tokio::test]
async fn one_whose_token_is_revoked_is_out_of_its_rooms_and_asked_to_sign_in() {
    let lab = Lab::default();
    let server = lab.server();
    let (client, mut socket) = join(&server, "ann", "a").await;
    let (_other, _ben) = join(&server, "ben", "a").await;

    server.revoke_subject("ann", tautline::Utc::now()).await.unwrap();

    let notice = socket.next_named("tautline:notice").await.payload;
    assert_eq!(notice["kind"], "closing");
    assert_eq!(words(&notice["problem"]), ["token_revoked", "reauthenticate", "Sign in again."]);
    client.closed().await;
    lab.saw("disconnected ann token_expired").await;
    assert_eq!(desk(&server).members().len(), 1);
}
