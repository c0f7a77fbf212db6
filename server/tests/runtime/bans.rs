//! Those who do what honest clients do not are warned, put out and banned, and nobody else notices.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tautline::Problem;
use tautline_server::journal::{Host, Memory, Sqlite};
use tautline_server::testing::{Connect, TestClient, TestSocket};
use tautline_server::{
    Allowance, ClientAddress, Decision, Limits, Offence, Server, Settings, Suspect, Suspicion,
    Verdict,
};

use super::journal::{FULL, Faulty, WELL};
use super::lab::{Lab, enter};

fn user(subject: &str) -> Suspect {
    Suspect::User(subject.to_owned())
}

fn address(address: &str) -> Suspect {
    Suspect::Address(ClientAddress::of(address.parse().unwrap()))
}

async fn come(server: &Server, from: &str) -> TestClient {
    let peer = SocketAddr::new(from.parse().unwrap(), 4711);
    Connect::default().peer(peer).to(server.router()).await.unwrap()
}

async fn enter_as(client: &TestClient, name: &str) -> Result<TestSocket, Box<Problem>> {
    client.enter("/desks", &json!({ "token": name })).await
}

/// Sends what nobody knows until the connection is over.
async fn annoy(socket: &mut TestSocket) {
    for _ in 0..1_000 {
        socket.emit("unheard_of", &json!({}));
        if socket.next().await.is_none() {
            return;
        }
    }
    panic!("it may go on for ever")
}

/// The last notice that arrives before the end.
async fn last_words(socket: &mut TestSocket) -> Value {
    let mut last = None;
    while let Some(event) = socket.next().await {
        if event.name == "tautline:notice" {
            last = Some(event.payload);
        }
    }
    last.expect("it is told something")
}

/// Who is told what, and what helps.
fn words(notice: &Value) -> [&str; 3] {
    let problem = &notice["problem"];
    [&notice["kind"], &problem["code"], &problem["recovery"]["action"]]
        .map(|word| word.as_str().unwrap())
}

/// A server that writes its decisions down.
fn watched(limits: Limits) -> (Server, Arc<Mutex<Vec<Decision>>>) {
    let decisions: Arc<Mutex<Vec<Decision>>> = Arc::default();
    let written = Arc::clone(&decisions);
    let server = Lab::default()
        .builder(Settings { limits, ..Settings::default() })
        .audit(move |decision| written.lock().unwrap().push(decision.clone()))
        .build()
        .unwrap();
    (server, decisions)
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_on_is_warned_then_put_out_then_banned() {
    let (server, decisions) = watched(Limits::default());
    let (_other_client, other) = enter(&server, "ben").await;
    let (_client, mut socket) = enter(&server, "ann").await;

    for _ in 0..50 {
        socket.emit("unheard_of", &json!({}));
    }
    let notice = socket.next_named("tautline:notice").await.payload;
    assert_eq!(notice["kind"], "suspicious");
    annoy(&mut socket).await;
    let problem = loop {
        let client = TestClient::connect(server.router()).await.unwrap();
        match enter_as(&client, "ann").await {
            Ok(mut socket) => annoy(&mut socket).await,
            Err(problem) => break problem,
        };
    };

    assert_eq!((problem.code.as_str(), problem.recovery.action.as_str()), ("banned", "reconnect"));
    let after = problem.recovery.after_ms.unwrap();
    assert!((58_000..=72_000).contains(&after), "{after}");
    other.call::<Value>("ping", &json!({})).await.unwrap();
    enter(&server, "cleo").await;
    tokio::time::sleep(Duration::from_millis(after.into())).await;
    enter(&server, "ann").await;

    let decisions = decisions.lock().unwrap().clone();
    let verdicts: Vec<Verdict> = decisions.iter().map(|decision| decision.verdict).collect();
    let [Verdict::Warned, Verdict::Disconnected, .., Verdict::Banned { .. }] = verdicts[..] else {
        panic!("{verdicts:?}")
    };
    assert!(verdicts.len() < 6, "{verdicts:?}");
    assert!(
        decisions
            .iter()
            .all(|it| it.suspect == user("ann") && it.offence == Some(Offence::Mistake))
    );
    let last = decisions.last().unwrap();
    assert!(last.connection.is_some() && last.score >= 100.0);
}

#[tokio::test(start_paused = true)]
async fn who_is_put_out_is_told_why_and_when_to_come_again() {
    let (server, decisions) = watched(Limits::default());
    let (_client, mut disconnected) = enter(&server, "ann").await;
    for _ in 0..200 {
        disconnected.emit("unheard_of", &json!({}));
    }

    let notice = last_words(&mut disconnected).await;

    assert_eq!(decisions.lock().unwrap().last().unwrap().verdict, Verdict::Disconnected);
    assert_eq!(words(&notice), ["closing", "rate_limited", "reconnect"]);
    assert_eq!(
        (&notice["afterMs"], &notice["problem"]["recovery"]["afterMs"]),
        (&json!(5_000), &json!(5_000))
    );
    assert_eq!(notice["problem"]["traceId"].as_str().unwrap().len(), 32);
}

#[tokio::test(start_paused = true)]
async fn who_is_banned_is_told_in_every_namespace_and_others_are_not() {
    let server = Lab::default().server();
    let client = come(&server, "192.0.2.1").await;
    let mut banned = enter_as(&client, "ann").await.unwrap();
    let neighbour = come(&server, "192.0.2.2").await;
    let mut other = enter_as(&neighbour, "ben").await.unwrap();

    server.bans().ban(address("192.0.2.1"), Some(Duration::from_secs(60))).await.unwrap();

    let notice = last_words(&mut banned).await;
    assert_eq!(words(&notice), ["closing", "banned", "reconnect"]);
    let after = notice["afterMs"].as_u64().unwrap();
    assert!((59_000..=60_000).contains(&after), "{after}");
    other.call::<Value>("ping", &json!({})).await.unwrap();
    while let Some(event) = other.next().await {
        assert_ne!(event.name, "tautline:notice");
        if event.name == "told" {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bad_tokens_are_held_against_their_address_and_expired_ones_are_not() {
    let limits = Limits { handshakes: None, ..Limits::default() };
    let server =
        Lab::default().builder(Settings { limits, ..Settings::default() }).build().unwrap();
    let mut codes = Vec::new();
    for _ in 0..11 {
        let client = come(&server, "192.0.2.1").await;
        codes.push(enter_as(&client, "a forged token").await.unwrap_err().code);
        let expired = come(&server, "192.0.2.9").await;
        assert_eq!(enter_as(&expired, "an expired token").await.unwrap_err().code, "token_expired");
    }

    assert_eq!(codes[9], "token_invalid");
    assert_eq!(codes[10], "banned");
    enter_as(&come(&server, "192.0.2.1").await, "ann").await.unwrap_err();
    enter_as(&come(&server, "192.0.2.9").await, "ann").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_flood_ends_in_a_ban_and_costs_nobody_else_anything() {
    let allowance = Some(Allowance { burst: 200, per_second: 50 });
    let (server, decisions) = watched(Limits { connection_events: allowance, ..Limits::default() });
    let (_other_client, other) = enter(&server, "ben").await;

    loop {
        let client = TestClient::connect(server.router()).await.unwrap();
        let Ok(socket) = enter_as(&client, "ann").await else { break };
        for _ in 0..1_000 {
            socket.emit("ping", &json!({}));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    for _ in 0..50 {
        other.call::<Value>("ping", &json!({})).await.unwrap();
    }
    let decisions = decisions.lock().unwrap().clone();
    let last = decisions.last().unwrap();
    assert_eq!((last.offence, &last.suspect), (Some(Offence::Flood), &user("ann")));
    assert!(matches!(last.verdict, Verdict::Banned { .. }), "{decisions:?}");
}

#[tokio::test(start_paused = true)]
async fn connections_that_never_ask_for_anything_end_in_a_ban() {
    let limits = Limits { handshakes: None, ..Limits::default() };
    let (server, decisions) = watched(limits);
    for _ in 0..55 {
        drop(come(&server, "192.0.2.1").await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_secs(60)).await;

    let decisions = decisions.lock().unwrap().clone();
    assert_eq!(decisions.last().unwrap().offence, Some(Offence::NeverEntered));
    assert!(matches!(decisions.last().unwrap().verdict, Verdict::Banned { .. }), "{decisions:?}");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_tries_one_namespace_after_the_other_is_banned() {
    let limits = Limits { handshakes: None, connections_per_address: None, ..Limits::default() };
    let (server, decisions) = watched(limits);

    for number in 0..200 {
        let client = come(&server, "192.0.2.1").await;
        let problem = client.enter(&format!("/admin{number}"), &json!({})).await.unwrap_err();
        assert_eq!(problem.code, "unknown_namespace");
    }

    let client = come(&server, "192.0.2.1").await;
    assert_eq!(enter_as(&client, "ann").await.unwrap_err().code, "banned");
    enter_as(&come(&server, "192.0.2.2").await, "ann").await.unwrap();
    let last = decisions.lock().unwrap().last().cloned().unwrap();
    assert_eq!((last.offence, last.suspect), (Some(Offence::Mistake), address("192.0.2.1")));
}

#[tokio::test(start_paused = true)]
async fn in_the_shadow_everything_is_written_down_and_nothing_done() {
    let suspicion = Suspicion { is_shadow: true, ..Suspicion::default() };
    let (server, decisions) = watched(Limits { suspicion, ..Limits::default() });
    let (_client, socket) = enter(&server, "ann").await;

    for _ in 0..300 {
        let answer = socket.call::<Value>("unheard_of", &json!({})).await;
        assert_eq!(answer.unwrap_err().code, "unknown_event");
    }

    let decisions = decisions.lock().unwrap();
    assert!(decisions.iter().all(|decision| decision.is_shadow));
    assert!(decisions.iter().any(|it| matches!(it.verdict, Verdict::Banned { .. })));
    assert!(server.bans().list().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_is_on_the_list_is_never_suspect() {
    let limits = Limits { allowed_users: vec!["monitor".to_owned()], ..Limits::default() };
    let (server, decisions) = watched(limits);
    let (_client, socket) = enter(&server, "monitor").await;

    for _ in 0..300 {
        socket.call::<Value>("unheard_of", &json!({})).await.unwrap_err();
    }

    assert!(decisions.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn somebody_banned_by_hand_is_put_out_until_the_ban_is_lifted() {
    let server = Lab::default().server();
    let (_client, mut socket) = enter(&server, "ann").await;

    server.bans().ban(user("ann"), None).await.unwrap();

    while socket.next().await.is_some() {}
    let client = TestClient::connect(server.router()).await.unwrap();
    let problem = enter_as(&client, "ann").await.unwrap_err();
    assert_eq!((problem.code.as_str(), problem.recovery.after_ms), ("banned", None));
    let bans = server.bans().list();
    assert_eq!((bans.len(), &bans[0].suspect, bans[0].until), (1, &user("ann"), None));

    server.bans().lift(user("ann")).await.unwrap();

    assert!(server.bans().list().is_empty());
    enter(&server, "ann").await;
}

#[tokio::test]
async fn bans_outlive_the_server_and_so_does_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Sqlite::open(folder.path().join("journal.db")).unwrap();
    let day = Some(Duration::from_secs(86_400));
    let first = Lab::default().server_with(open());
    for suspect in [user("ann"), user("ben"), address("192.0.2.1")] {
        first.bans().ban(suspect, day).await.unwrap();
    }
    first.bans().lift(user("ben")).await.unwrap();
    first.shutdown().await;
    drop(first);

    let second = Lab::default().server_with(open());
    enter(&second, "ben").await;

    let client = TestClient::connect(second.router()).await.unwrap();
    assert_eq!(enter_as(&client, "ann").await.unwrap_err().code, "banned");
    let client = come(&second, "192.0.2.1").await;
    assert_eq!(enter_as(&client, "cleo").await.unwrap_err().code, "banned");
    let banned: Vec<Suspect> = second.bans().list().into_iter().map(|ban| ban.suspect).collect();
    assert_eq!(banned, [address("192.0.2.1"), user("ann")]);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgiven_is_forgotten_in_the_journal_too() {
    use tautline_server::journal::Journal;
    let journal = Memory::new();
    let server = Lab::default().server_with(journal.clone());
    server.bans().ban(user("ann"), Some(Duration::from_secs(60))).await.unwrap();
    assert_eq!(journal.unfinished().await.unwrap().bans[0].level, 1);

    tokio::time::sleep(Duration::from_secs(86_400 + 180)).await;

    assert!(journal.unfinished().await.unwrap().bans.is_empty());
    drop(server);
}

#[tokio::test(start_paused = true)]
async fn a_ban_that_could_not_be_stored_is_stored_when_that_is_possible() {
    use tautline_server::journal::Journal;
    let journal = Faulty::new(Host::Task);
    let server = Lab::default().server_with(journal.clone());
    journal.set(FULL);

    let stored = server.bans().ban(user("ann"), None).await;
    let before = journal.unfinished().await.unwrap().bans.len();
    journal.set(WELL);
    tokio::time::sleep(Duration::from_secs(61)).await;

    assert!(stored.is_err());
    let bans = journal.unfinished().await.unwrap().bans;
    assert_eq!((before, bans.len(), bans[0].name.as_str()), (0, 1, "ann"));
}
