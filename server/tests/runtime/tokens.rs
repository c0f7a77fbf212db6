//! Tokens for as long as a connection lives: they end, are renewed, rotate with their keys, and are taken
//! back. Time is virtual.

mod provider;

use std::path::Path;
use std::time::Duration;

use chrono::DateTime;
use serde_json::{Value, json};
use tautline_server::journal::{Host, Journal, Memory, Sqlite};
use tautline_server::testing::{TestClient, TestSocket};
use tautline_server::{Builder, Jwt, Revocations, Server, Settings};
use tokio::time::sleep;

use super::contract::{DeskState, Desks, contract};
use super::journal::{FULL, Faulty};
use super::lab::Lab;
use provider::{Provider, document};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

fn publish(file: &Path, keys: &[usize]) {
    // As a whole or not at all: it is being read.
    let next = file.with_extension("next");
    std::fs::write(&next, document(keys).to_string()).unwrap();
    std::fs::rename(next, file).unwrap();
}

/// A server that takes the tokens of a provider, and its file of keys.
fn server(lab: &Lab, revocations: &Revocations) -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    publish(&folder.path().join("jwks.json"), &[0]);
    let server = builder(lab, folder.path(), Memory::new(), revocations).build().unwrap();
    (server, folder)
}

/// Likewise, with the keys in this folder and with this journal.
fn builder(lab: &Lab, folder: &Path, journal: impl Journal, revocations: &Revocations) -> Builder {
    Server::builder(contract())
        .jwt(Jwt::jwks_file(folder.join("jwks.json")))
        .journal(journal)
        .revocations(revocations.clone())
        .namespace::<Desks>(lab.clone())
}

async fn enter(server: &Server, token: &str) -> Result<(TestClient, TestSocket), String> {
    let client = TestClient::connect(server.router()).await.unwrap();
    let entered = client.enter("/desks", &json!({ "token": token })).await;
    entered.map(|socket| (client, socket)).map_err(|problem| problem.code)
}

async fn refresh(socket: &TestSocket, token: &str) -> Result<Value, String> {
    let refreshed = socket.call::<Value>("tautline:refresh", &json!({ "token": token })).await;
    refreshed.map_err(|problem| problem.code)
}

async fn notice(socket: &mut TestSocket) -> Value {
    socket.next_named("tautline:notice").await.payload
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_renewed_ends_its_connection_after_a_notice_and_some_grace() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, _folder) = server(&lab, &Revocations::new());
    let token = provider.sign(0, 10 * MINUTE, json!({}));
    let (client, mut socket) = enter(&server, &token).await.unwrap();

    sleep(Duration::from_secs(9 * MINUTE)).await;
    let told = notice(&mut socket).await;
    sleep(Duration::from_secs(MINUTE + 24)).await;
    let is_there = !client.is_closed();
    let closing = notice(&mut socket).await;
    client.closed().await;

    assert_eq!(told["kind"], "token_expiring");
    assert!((58_000..=60_000).contains(&told["afterMs"].as_u64().unwrap()), "{told}");
    assert!(is_there);
    assert_eq!(
        (&closing["kind"], &closing["problem"]["code"], &closing["problem"]["recovery"]["action"]),
        (&json!("closing"), &json!("token_expired"), &json!("reauthenticate"))
    );
    lab.saw("disconnected ann token_expired").await;
    assert_eq!(enter(&server, &token).await.unwrap_err(), "token_expired");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_shown_again_is_not_told_of_again() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, _folder) = server(&lab, &Revocations::new());
    let token = provider.sign(0, 10 * MINUTE, json!({}));
    let (client, mut socket) = enter(&server, &token).await.unwrap();

    sleep(Duration::from_secs(9 * MINUTE)).await;
    let told = notice(&mut socket).await;
    refresh(&socket, &token).await.unwrap();
    sleep(Duration::from_secs(MINUTE + 24)).await;
    let next = notice(&mut socket).await;
    client.closed().await;

    assert_eq!((&told["kind"], &next["kind"]), (&json!("token_expiring"), &json!("closing")));
}

#[tokio::test(start_paused = true)]
async fn a_day_of_token_life() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, folder) = server(&lab, &Revocations::new());
    let file = folder.path().join("jwks.json");
    let first = provider.sign(0, HOUR, json!({}));
    let (client, mut socket) = enter(&server, &first).await.unwrap();
    let _state: DeskState = socket.call("join_desk", &json!({ "desk": "a" })).await.unwrap();

    // Each key signs for eight hours and stays published for one more.
    let mut renewals = 0;
    for hour in 0..24_u64 {
        let key = (hour / 8) as usize;
        match hour {
            8 | 16 => publish(&file, &[key - 1, key]),
            9 | 17 => publish(&file, &[key]),
            _ => {}
        }
        sleep(Duration::from_secs(HOUR - MINUTE - 5)).await;
        assert_eq!(notice(&mut socket).await["kind"], "token_expiring");
        let token = provider.sign(key, HOUR, json!({}));
        refresh(&socket, &token).await.unwrap();
        renewals += 1;
    }

    assert_eq!(renewals, 24);
    assert!(!client.is_closed());
    assert_eq!(
        server.room::<Desks>(&super::contract::Desk { desk: "a".into() }).members().len(),
        1
    );
    // The key of the morning is withdrawn: what it signs counts no more, whatever it says.
    let stolen = provider.sign(0, HOUR, json!({}));
    assert_eq!(enter(&server, &stolen).await.unwrap_err(), "token_invalid");
    assert_eq!(refresh(&socket, &stolen).await.unwrap_err(), "token_invalid");
    assert_eq!(lab.count("disconnected ann token_expired"), 0);
}

#[tokio::test(start_paused = true)]
async fn the_algorithm_is_the_keys_and_not_the_tokens() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, _folder) = server(&lab, &Revocations::new());

    assert_eq!(enter(&server, &provider.forge(0)).await.unwrap_err(), "token_invalid");
    // A key that is not published, and a secret that should not be.
    assert_eq!(
        enter(&server, &provider.sign(1, HOUR, json!({}))).await.unwrap_err(),
        "token_invalid"
    );
}

#[tokio::test(start_paused = true)]
async fn keys_that_cannot_be_read_are_used_for_a_day() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, folder) = server(&lab, &Revocations::new());
    enter(&server, &provider.sign(0, HOUR, json!({}))).await.unwrap();

    std::fs::write(folder.path().join("jwks.json"), "<html>").unwrap();
    sleep(Duration::from_secs(23 * HOUR)).await;
    let with_old_keys = enter(&server, &provider.sign(0, HOUR, json!({}))).await.map(|_| ());
    sleep(Duration::from_secs(2 * HOUR)).await;
    let a_day_later = enter(&server, &provider.sign(0, HOUR, json!({}))).await.map(|_| ());

    assert_eq!((with_old_keys, a_day_later), (Ok(()), Err("internal".to_owned())));
}

#[tokio::test]
async fn a_revoked_token_ends_its_connection_and_is_not_taken_again() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, _folder) = server(&lab, &Revocations::new());
    let token = |id: &str| provider.sign(0, HOUR, json!({ "jti": id }));
    let (client, mut stolen) = enter(&server, &token("t1")).await.unwrap();
    let (_other, own) = enter(&server, &token("t2")).await.unwrap();

    let until = DateTime::from_timestamp(provider.now() as i64 + 3_600, 0).unwrap();
    server.revoke_token("t1", until).await.unwrap();

    let closing = notice(&mut stolen).await;
    assert_eq!(closing["problem"]["code"], "token_revoked");
    client.closed().await;
    assert_eq!(enter(&server, &token("t1")).await.unwrap_err(), "token_revoked");
    // The same subject with another token is not touched, and cannot take the stolen one up.
    assert_eq!(refresh(&own, &token("t1")).await.unwrap_err(), "token_revoked");
    own.call::<Value>("ping", &json!({})).await.unwrap();
}

#[tokio::test]
async fn signing_out_everywhere_ends_what_there_was_and_lets_in_what_comes() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let revocations = Revocations::new();
    let (server, _folder) = server(&lab, &revocations);
    let issued = |before: u64| provider.sign(0, HOUR, json!({ "iat": provider.now() - before }));
    let (client, _socket) = enter(&server, &issued(100)).await.unwrap();
    let ben = provider.sign(0, HOUR, json!({ "sub": "ben", "iat": provider.now() - 100 }));
    let (_other, other) = enter(&server, &ben).await.unwrap();

    let until = DateTime::from_timestamp(provider.now() as i64 - 50, 0).unwrap();
    server.revoke_subject("ann", until).await.unwrap();

    client.closed().await;
    assert_eq!(enter(&server, &issued(60)).await.unwrap_err(), "token_revoked");
    enter(&server, &issued(40)).await.unwrap();
    other.call::<Value>("ping", &json!({})).await.unwrap();
}

#[tokio::test]
async fn a_permission_that_is_withdrawn_puts_out_with_the_services_own_words() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let (server, _folder) = server(&lab, &Revocations::new());
    let (_client, mut socket) = enter(&server, &provider.sign(0, HOUR, json!({}))).await.unwrap();
    for desk in ["a", "b"] {
        let _state: DeskState = socket.call("join_desk", &json!({ "desk": desk })).await.unwrap();
    }

    lab.lock("a");
    server.authorize_again("nobody");
    server.authorize_again("ann");

    let closed = socket.next_named("tautline:room_closed").await.payload;
    assert_eq!(
        (&closed["room"], &closed["problem"]["code"]),
        (&json!("desk:a"), &json!("desk.locked"))
    );
    assert_eq!(
        server.room::<Desks>(&super::contract::Desk { desk: "b".into() }).members().len(),
        1
    );
}

#[tokio::test]
async fn what_was_revoked_is_revoked_after_a_restart_too() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let folder = tempfile::tempdir().unwrap();
    publish(&folder.path().join("jwks.json"), &[0]);
    let open = || {
        let journal = Sqlite::open(folder.path().join("journal.db")).unwrap();
        builder(&lab, folder.path(), journal, &Revocations::new()).build().unwrap()
    };
    let at = |seconds: i64| DateTime::from_timestamp(provider.now() as i64 + seconds, 0).unwrap();
    let token = |claims: Value| provider.sign(0, HOUR, claims);
    let stolen = token(json!({ "jti": "t1" }));
    let of_ben = |before: u64| token(json!({ "sub": "ben", "iat": provider.now() - before }));
    let first = open();
    first.revoke_token("t1", at(3_600)).await.unwrap();
    first.revoke_token("over soon", at(-1)).await.unwrap();
    first.revoke_subject("ben", at(-50)).await.unwrap();
    first.shutdown().await;
    drop(first);

    let second = open();

    assert_eq!(enter(&second, &stolen).await.unwrap_err(), "token_revoked");
    assert_eq!(enter(&second, &of_ben(60)).await.unwrap_err(), "token_revoked");
    enter(&second, &of_ben(40)).await.unwrap();
    enter(&second, &token(json!({ "jti": "t2" }))).await.unwrap();
    enter(&second, &token(json!({ "jti": "over soon" }))).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_revocation_is_forgotten_when_its_tokens_are_over() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let folder = tempfile::tempdir().unwrap();
    publish(&folder.path().join("jwks.json"), &[0]);
    let journal = Memory::new();
    let longest_token = Duration::from_secs(3 * HOUR);
    let server = builder(&lab, folder.path(), journal.clone(), &Revocations::new())
        .settings(Settings { longest_token, ..Settings::default() })
        .build()
        .unwrap();
    let at = |seconds: u64| DateTime::from_timestamp((provider.now() + seconds) as i64, 0).unwrap();
    server.revoke_token("t1", at(HOUR)).await.unwrap();
    server.revoke_subject("ann", at(0)).await.unwrap();
    let kept = async || {
        let revocations = journal.unfinished().await.unwrap().revocations;
        revocations.into_iter().map(|revocation| revocation.name).collect::<Vec<_>>()
    };
    let before = kept().await;

    sleep(Duration::from_secs(2 * HOUR)).await;
    let later = kept().await;
    sleep(Duration::from_secs(2 * HOUR)).await;

    assert_eq!((before.len(), later), (2, vec!["ann".to_owned()]));
    assert_eq!(kept().await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_revocation_that_cannot_be_stored_holds_and_says_so() {
    let (lab, provider) = (Lab::default(), Provider::new());
    let folder = tempfile::tempdir().unwrap();
    publish(&folder.path().join("jwks.json"), &[0]);
    let journal = Faulty::new(Host::Task);
    let server =
        builder(&lab, folder.path(), journal.clone(), &Revocations::new()).build().unwrap();
    let token = provider.sign(0, HOUR, json!({ "jti": "t1" }));
    let (client, _socket) = enter(&server, &token).await.unwrap();
    let until = DateTime::from_timestamp((provider.now() + HOUR) as i64, 0).unwrap();

    journal.set(FULL);
    let stored = server.revoke_token("t1", until).await;

    assert!(stored.unwrap_err().to_string().starts_with("it holds, but is not stored"));
    client.closed().await;
    assert_eq!(enter(&server, &token).await.unwrap_err(), "token_revoked");
}
