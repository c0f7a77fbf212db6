//! Who may come, and how often: by address, behind proxies, and by user.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use tautline::Problem;
use tower::ServiceExt;

use super::{CLOSED, OPEN, Rig, token};
use crate::limits::{Allowance, Limits};
use crate::settings::{Settings, Transports};
use crate::testing::{Connect, ConnectError, TestClient};

fn from(address: &str) -> Connect {
    Connect::default().peer(SocketAddr::new(address.parse().unwrap(), 4711))
}

async fn come(rig: &Rig, connect: Connect) -> Result<TestClient, (u16, Problem)> {
    connect.to(rig.transport.router()).await.map_err(|error| match error {
        ConnectError::Refused { status, body } => (status, serde_json::from_str(&body).unwrap()),
        ConnectError::Broken(error) => panic!("{error}"),
    })
}

/// Three at once and one per second from an address.
fn slow() -> Limits {
    Limits { handshakes: Some(Allowance { burst: 3, per_second: 1 }), ..Limits::default() }
}

fn rig(limits: Limits) -> Rig {
    Rig::with(&OPEN, Settings { limits, ..Settings::default() })
}

#[tokio::test(start_paused = true)]
async fn an_address_that_comes_too_often_is_told_when_to_come_again_and_others_come() {
    let rig = rig(slow());
    for _ in 0..3 {
        come(&rig, from("192.0.2.1")).await.unwrap();
    }

    let (status, problem) = come(&rig, from("192.0.2.1")).await.unwrap_err();

    assert_eq!((status, problem.code.as_str()), (429, "rate_limited"));
    assert_eq!(problem.recovery.action.as_str(), "reconnect");
    come(&rig, from("192.0.2.2")).await.unwrap();
    let after = problem.recovery.after_ms.unwrap();
    tokio::time::sleep(Duration::from_millis(after.into())).await;
    come(&rig, from("192.0.2.1")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_network_of_ipv6_is_one_client() {
    let rig = rig(slow());
    for number in 1..4 {
        come(&rig, from(&format!("2001:db8::{number}"))).await.unwrap();
    }

    assert!(come(&rig, from("2001:db8::ffff:1")).await.is_err());
    assert!(come(&rig, from("2001:db8:0:1::1")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_forged_header_makes_nobody_else_of_a_client() {
    let rig = rig(slow());
    let forged =
        |number: u8| from("192.0.2.1").header("x-forwarded-for", &format!("198.51.100.{number}"));
    for number in 0..3 {
        come(&rig, forged(number)).await.unwrap();
    }

    assert_eq!(come(&rig, forged(3)).await.unwrap_err().0, 429);
    come(&rig, from("198.51.100.3")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let rig = Rig::with(
        &OPEN,
        Settings {
            limits: slow(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..Settings::default()
        },
    );
    let behind = |client: &str| from("10.0.0.1").header("x-forwarded-for", client);
    for _ in 0..3 {
        come(&rig, behind("198.51.100.1")).await.unwrap();
    }

    assert!(come(&rig, behind("203.0.113.9, 198.51.100.1")).await.is_err());
    assert!(come(&rig, behind("198.51.100.2")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn nobody_counts_those_who_may_be_everybody() {
    let rig = rig(slow());

    for _ in 0..20 {
        come(&rig, from("127.0.0.1")).await.unwrap();
        come(&rig, from("::1")).await.unwrap();
        come(&rig, from("10.1.2.3").header("x-forwarded-for", "198.51.100.1")).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_has_so_many_connections_and_a_new_one_when_one_is_gone() {
    let rig = rig(Limits { connections_per_address: Some(2), ..Limits::default() });
    let first = come(&rig, from("192.0.2.1")).await.unwrap();
    let _second = come(&rig, from("192.0.2.1")).await.unwrap();

    let (status, problem) = come(&rig, from("192.0.2.1")).await.unwrap_err();
    drop(first);
    // Its session goes when the engine has looked at it once more.
    tokio::time::sleep(Duration::from_secs(30)).await;

    assert_eq!((status, problem.code.as_str()), (429, "capacity"));
    assert_eq!(problem.recovery.after_ms, Some(30_000));
    come(&rig, from("192.0.2.1")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn guessing_sessions_is_as_slow_as_opening_them() {
    let rig = rig(slow());
    let guess = |number: u8| from("192.0.2.1").query(format!("&sid=guess{number}"));
    for number in 0..3 {
        assert_eq!(come(&rig, guess(number)).await.unwrap_err().0, 400);
    }

    assert_eq!(come(&rig, guess(3)).await.unwrap_err().0, 429);
}

#[tokio::test]
async fn a_user_has_so_many_connections_and_any_number_of_namespaces_on_each() {
    let limits = Limits { connections_per_user: Some(2), ..Limits::default() };
    let rig = Rig::with(&CLOSED, Settings { limits, ..Settings::default() });
    let ada = json!({ "token": token(json!({})) });
    let (first, second, third) = (rig.client().await, rig.client().await, rig.client().await);
    let chat = first.enter("/chat", &ada).await.unwrap();
    let _tasks = first.enter("/tasks", &ada).await.unwrap();
    let _second = second.enter("/chat", &ada).await.unwrap();

    let problem = third.enter("/chat", &ada).await.unwrap_err();
    let ben = json!({ "token": token(json!({ "sub": "ben" })) });
    let other = third.enter("/chat", &ben).await;

    assert_eq!(
        (problem.code.as_str(), problem.recovery.action.as_str()),
        ("capacity", "reconnect")
    );
    assert!(other.is_ok());
    drop(chat);
}

/// What a polling request from an address is answered with, and its body.
async fn poll(rig: &Rig, address: &str, session: &str) -> (u16, String) {
    let uri = format!("/socket.io/?EIO=4&transport=polling{session}");
    let mut request = Request::get(uri).body(Body::empty()).unwrap();
    let peer = SocketAddr::new(address.parse().unwrap(), 4711);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = rig.transport.router::<()>().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_polling_session_is_its_addresss_unless_it_may_roam() {
    for (roaming_sessions, expected) in [(false, 400), (true, 200)] {
        let transports = Transports::WebsocketAndPolling;
        let settings = Settings { transports, roaming_sessions, ..Settings::default() };
        let rig = Rig::with(&OPEN, settings);
        let (_, open) = poll(&rig, "192.0.2.1", "").await;
        let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
        let session = format!("&sid={}", open["sid"].as_str().unwrap());

        assert_eq!(poll(&rig, "198.51.100.2", &session).await.0, expected);
        assert_eq!(poll(&rig, "192.0.2.1", &session).await.0, 200);
    }
}
