//! How fast is read what clients send, whatever carries it, with the clock stopped.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use futures_util::{FutureExt, StreamExt, future, stream};
use http::StatusCode;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::polling::{Poller, begin_upgrade};
use super::*;
use crate::limits::{Allowance, Limits};
use crate::settings::Transports;
use crate::testing::Connect;

const KIB: u32 = 1024;
const PLENTY: Allowance = Allowance { burst: 512 * KIB, per_second: 128 * KIB };
const LITTLE: Allowance = Allowance { burst: 256 * KIB, per_second: 64 * KIB };

/// Everything may come at once, but for bytes.
fn rig(connection_bytes: Allowance, address_bytes: Allowance) -> Rig {
    let limits = Limits {
        connection_bytes: Some(connection_bytes),
        address_bytes: Some(address_bytes),
        handshakes: None,
        ..Limits::default()
    };
    let transports = Transports::WebsocketAndPolling;
    Rig::with(&OPEN, Settings { limits, transports, ..Settings::default() })
}

fn at(address: &str) -> Option<SocketAddr> {
    Some(SocketAddr::new(address.parse().unwrap(), 4711))
}

/// An event of so many bytes.
fn say(bytes: u32) -> String {
    let empty = "42/chat,[\"say\",\"\"]";
    let filling = "x".repeat(bytes as usize - empty.len());
    format!("42/chat,[\"say\",\"{filling}\"]")
}

/// How long it takes until so many bodies of 128 KiB have been read.
async fn post(poller: &Poller, bodies: usize) -> Duration {
    let began = Instant::now();
    for _ in 0..bodies {
        poller.send(&say(128 * KIB)).await;
    }
    began.elapsed()
}

/// A client of an address in `/chat`, over a websocket.
async fn enter_from(rig: &Rig, address: &str) -> (TestClient, TestSocket) {
    let connect = Connect::default().peer(at(address).unwrap());
    let client = connect.to(rig.transport.router()).await.unwrap();
    let mut chat = client.enter("/chat", &json!({})).await.unwrap();
    assert_eq!(chat.next().await.unwrap().name, "welcome");
    (client, chat)
}

/// How long it takes until so many frames of 128 KiB have been answered.
async fn call(chat: &TestSocket, frames: usize) -> Duration {
    let began = Instant::now();
    for _ in 0..frames {
        chat.call::<String>("say", &"x".repeat(128 * KIB as usize)).await.unwrap();
    }
    began.elapsed()
}

fn assert_about(took: Duration, seconds: f64) {
    let took = took.as_secs_f64();
    assert!((took - seconds).abs() < 0.1 * seconds + 0.1, "{took} s");
}

#[tokio::test(start_paused = true)]
async fn what_is_posted_is_read_as_fast_as_a_connection_may_send() {
    let rig = rig(LITTLE, PLENTY);
    let poller = Poller::enter(&rig).await;

    let took = post(&poller, 6).await;

    assert_about(took, 8.0);
    assert!(rig.chat.link().connection().io().is_slowed());
    let all =
        |entries: &[Seen]| entries.iter().filter(|it| matches!(it, Seen::Received(_))).count();
    assert_eq!(all(&rig.chat.entries()), 6, "nothing is lost");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_paid_for_is_left_with_its_sender() {
    let rig = rig(LITTLE, PLENTY);
    let poller = Poller::enter(&rig).await;
    let taken = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&taken);
    let part = "x".repeat(32 * KIB as usize);
    let parts = stream::repeat_with(move || {
        counter.fetch_add(32, Ordering::Relaxed);
        Ok::<_, std::io::Error>(part.clone())
    });

    let posted = poller.request_with("POST", Body::from_stream(parts.take(32)));
    let posted = tokio::time::timeout(Duration::from_secs(2), posted).await;

    assert!(posted.is_err());
    // 256 KiB at once, 128 KiB since, and the part that is waited for.
    let taken = taken.load(Ordering::Relaxed);
    assert!((352..=416).contains(&taken), "{taken} KiB");
}

#[tokio::test(start_paused = true)]
async fn many_packets_cost_more_than_their_bytes_and_so_do_requests() {
    let rig = rig(LITTLE, PLENTY);
    let one_body = Poller::enter(&rig).await;
    let began = Instant::now();
    one_body.send(&["3"; 512].join("\x1e")).await;
    assert_about(began.elapsed(), 4.0);

    let many_requests = Poller::enter(&rig).await;
    let began = Instant::now();
    for _ in 0..512 {
        many_requests.send("3").await;
    }
    assert!(began.elapsed() > Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_session_has_one_allowance_whatever_carries_it() {
    let rig = rig(LITTLE, PLENTY);
    let poller = Poller::enter(&rig).await;
    assert!(post(&poller, 2).await < Duration::from_secs(1));

    let client = begin_upgrade(&rig, &poller).await;
    client.send_frame("5");
    let chat = client.enter("/tasks", &json!({})).await.unwrap();
    let took = call(&chat, 2).await;

    // The second is answered before it is paid for in full.
    assert!(took > Duration::from_secs(2), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_sessions_of_an_address_share_what_it_may_send_and_another_has_its_own() {
    let rig = rig(PLENTY, LITTLE);
    let polling = Poller::enter_from(&rig, at("192.0.2.1")).await;
    let (_client, chat) = enter_from(&rig, "192.0.2.1").await;
    let others = Poller::enter_from(&rig, at("198.51.100.2")).await;
    let (_other_client, others_chat) = enter_from(&rig, "198.51.100.3").await;
    let nobody_counts = Poller::enter_from(&rig, at("127.0.0.1")).await;

    let (posting, calling) = tokio::join!(post(&polling, 4), call(&chat, 4));

    // 1 MiB, of which a quarter may come at once.
    assert_about(posting.max(calling), 12.0);
    let (first, second) = tokio::join!(post(&others, 1), call(&others_chat, 1));
    assert_eq!(first.max(second), Duration::ZERO);
    assert_eq!(post(&nobody_counts, 3).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn many_sessions_of_an_address_are_all_done_in_the_time_that_its_bytes_take() {
    let rig = rig(PLENTY, LITTLE);
    let mut pollers = Vec::new();
    let mut chats = Vec::new();
    post(&Poller::enter_from(&rig, at("192.0.2.1")).await, 2).await;
    for _ in 0..20 {
        pollers.push(Poller::enter_from(&rig, at("192.0.2.1")).await);
        chats.push(enter_from(&rig, "192.0.2.1").await);
    }
    let began = Instant::now();
    let text = say(32 * KIB);

    let posting = future::join_all(pollers.iter().map(async |poller| {
        poller.send(&text).await;
        began.elapsed()
    }));
    let calling = future::join_all(chats.iter().map(async |(_, chat)| {
        chat.call::<Value>("say", &text).await.unwrap();
        began.elapsed()
    }));
    let (posted, called) = tokio::join!(posting, calling);

    // 40 times 33 KiB at 64 KiB per second.
    assert_about(began.elapsed(), 20.6);
    let first = posted.iter().chain(&called).min().unwrap();
    assert!(*first > Duration::from_secs(17), "somebody was first: {posted:?}, {called:?}");
}

#[tokio::test(start_paused = true)]
async fn one_request_at_a_time_brings_packets() {
    let rig = rig(PLENTY, PLENTY);
    let poller = Poller::enter(&rig).await;
    let (part, parts) = mpsc::channel::<Result<String, std::io::Error>>(1);
    let parts = stream::unfold(parts, async |mut parts| Some((parts.recv().await?, parts)));
    let first = poller.request_with("POST", Body::from_stream(parts));
    let mut first = std::pin::pin!(first);
    assert!(first.as_mut().now_or_never().is_none());

    let (status, problem) = poller.request("POST", "42/chat,[\"say\",2]").await;
    part.send(Ok("42/chat,[\"say\",1]".to_owned())).await.unwrap();
    drop(part);
    let answered = first.await;
    poller.send("42/chat,[\"say\",3]").await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem.contains("protocol_error"), "{problem}");
    assert_eq!(answered, (StatusCode::OK, "ok".to_owned()));
    let said = [1, 3].map(|number| Seen::Received(format!("[\"say\",{number}]")));
    assert_eq!(rig.chat.entries()[1..], said);
}

#[tokio::test(start_paused = true)]
async fn what_a_client_takes_back_before_it_is_paid_for_has_not_come() {
    let rig = rig(LITTLE, PLENTY);
    let poller = Poller::enter(&rig).await;
    post(&poller, 2).await;

    let text = say(64 * KIB);
    let taken_back = tokio::time::timeout(Duration::from_millis(500), poller.send(&text)).await;
    let before = rig.chat.entries().len();
    poller.send("42/chat,[\"say\",1]").await;

    assert!(taken_back.is_err());
    assert_eq!(rig.chat.entries().len(), before + 1);
    assert_eq!(rig.chat.entries().last(), Some(&Seen::Received("[\"say\",1]".to_owned())));
}
