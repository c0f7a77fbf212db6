//! Those who are not there any more, or never came in: each is found out without a byte from them, and
//! leaves nothing behind. Who only reads stays.

use axum::body::Body;
use futures_util::stream;
use http::StatusCode;
use tokio::time::Instant;

use super::polling::{Poller, begin_upgrade, rig};
use super::*;

/// Waits until nobody is connected, and says after how many seconds that was.
async fn alone(rig: &Rig, since: Instant) -> u64 {
    rig.chat.links.lock().unwrap().clear();
    while !rig.transport.core.roster.connections().is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    since.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_session_that_never_enters_ends_also_when_it_polls() {
    let rig = rig();
    let opened = Instant::now();
    let poller = Poller::open(&rig).await;
    // It answers each ping, as a client does that is well.
    let polling = async {
        while poller.request("GET", "").await.0.is_success() {
            poller.request("POST", "3").await;
        }
    };

    let (seconds, ()) = tokio::join!(alone(&rig, opened), polling);

    assert_eq!(seconds, 10);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_goes_over_to_a_websocket_and_never_enters_ends() {
    let rig = rig();
    let opened = Instant::now();
    let poller = Poller::open(&rig).await;

    let client = begin_upgrade(&rig, &poller).await;
    client.send_frame("5");
    client.closed().await;

    assert_eq!(alone(&rig, opened).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_polling_is_found_out_by_the_heartbeat() {
    let rig = rig();
    let _poller = Poller::enter(&rig).await;
    let silent = Instant::now();

    assert_eq!(rig.chat.closed().await, DisconnectReason::HeartbeatTimeout);
    assert!(alone(&rig, silent).await <= 25 + 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_withholds_a_body_is_found_out_and_its_request_ends() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;
    let silent = Instant::now();

    let withheld = Body::from_stream(stream::pending::<Result<String, std::io::Error>>());
    let (status, _) = poller.request_with("POST", withheld).await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(silent.elapsed().as_secs(), 25 + 20);
    assert_eq!(rig.chat.closed().await, DisconnectReason::HeartbeatTimeout);
    assert_eq!(alone(&rig, silent).await, 25 + 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_begins_an_upgrade_and_does_not_end_it_is_found_out() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;
    let begun = Instant::now();

    let _client = begin_upgrade(&rig, &poller).await;

    rig.chat.closed().await;
    assert!(alone(&rig, begun).await <= 25 + 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_went_without_a_word_is_found_out_though_nobody_writes_to_it() {
    let rig = Rig::open();
    let (client, _chat) = rig.enter().await;
    let silent = Instant::now();

    client.stop_reading();

    assert_eq!(rig.chat.closed().await, DisconnectReason::HeartbeatTimeout);
    assert!(alone(&rig, silent).await <= 25 + 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_only_listens_is_not_stale() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;

    tokio::time::sleep(Duration::from_secs(3_600)).await;

    assert_eq!(chat.call::<u8>("say", &7).await.unwrap(), 7);
    assert_eq!(rig.chat.closings(), 0);
}
