//! Going down: everybody is told, and everybody comes back.

use super::*;
use crate::testing::{Connect, ConnectError};

#[tokio::test(start_paused = true)]
async fn everybody_gets_the_notice_and_is_closed_once() {
    let rig = Rig::open();
    let (client, mut chat) = rig.enter().await;

    rig.transport.shutdown().await;

    assert_eq!(chat.next().await.unwrap().name, "notice");
    // No DISCONNECT: a stock client would take it for good and stay away.
    assert_eq!(chat.next().await, None);
    client.closed().await;
    let entries = rig.chat.entries();
    let end = [Seen::ShuttingDown, Seen::Closed(DisconnectReason::ShuttingDown)];
    assert_eq!(entries[entries.len() - 2..], end);
    assert_eq!(rig.chat.closings(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_never_entered_is_cut_as_well() {
    let rig = Rig::open();
    let client = rig.client().await;

    rig.transport.shutdown().await;

    client.closed().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_holds_nobody_up() {
    let settings = Settings { engine_packets: 4, ..Settings::default() };
    let rig = Rig::with(&OPEN, settings);
    let client = Connect::default().buffer(512).to(rig.transport.router()).await.unwrap();
    client.enter("/chat", &json!({})).await.unwrap();
    client.stop_reading();
    for number in 0..20 {
        rig.chat.link().send(Class::Live, event("live", number, 2_000));
    }
    let started = tokio::time::Instant::now();

    rig.transport.shutdown().await;

    assert!(started.elapsed() <= Duration::from_secs(6), "{:?}", started.elapsed());
    assert_eq!(rig.chat.closings(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_is_told_to_come_again() {
    let rig = Rig::open();

    rig.transport.shutdown().await;
    let refused = TestClient::connect(rig.transport.router()).await.unwrap_err();

    let ConnectError::Refused { status, body } = refused else { panic!("{refused}") };
    let problem: tautline::Problem = serde_json::from_str(&body).unwrap();
    assert_eq!((status, problem.code.as_str()), (503, "shutting_down"));
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_is_told_when() {
    let rig = Rig::open();
    rig.transport.core.drain();
    let uri = "/socket.io/?EIO=4&transport=websocket";

    let router: axum::Router = rig.transport.router();
    let request = http::Request::get(uri).body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();

    assert_eq!(response.headers()[http::header::RETRY_AFTER], "2");
}
