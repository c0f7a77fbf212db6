//! Sessions without a websocket, and their way to one.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::settings::Transports;

/// A client that polls by hand.
pub(super) struct Poller {
    app: Router,
    session: String,
    peer: Option<SocketAddr>,
}

impl Poller {
    pub(super) async fn open(rig: &Rig) -> Self {
        Self::open_from(rig, None).await
    }

    async fn open_from(rig: &Rig, peer: Option<SocketAddr>) -> Self {
        let app: Router = rig.transport.router();
        let mut poller = Self { app, session: String::new(), peer };
        let (status, open) = poller.request("GET", "").await;
        assert_eq!(status, StatusCode::OK, "{open}");
        let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
        poller.session = format!("&sid={}", open["sid"].as_str().unwrap());
        poller
    }

    pub(super) async fn request(&self, method: &str, body: &str) -> (StatusCode, String) {
        self.request_with(method, Body::from(body.to_owned())).await
    }

    pub(super) async fn request_with(&self, method: &str, body: Body) -> (StatusCode, String) {
        let uri = format!("/socket.io/?EIO=4&transport=polling{}", self.session);
        let request =
            Request::builder().method(method).uri(uri).header("origin", "http://page.org");
        let mut request = request.header("host", "page.org").body(body).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    pub(super) async fn send(&self, packet: &str) {
        assert_eq!(self.request("POST", packet).await, (StatusCode::OK, "ok".to_owned()));
    }

    async fn poll(&self) -> String {
        let (status, body) = self.request("GET", "").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub(super) async fn enter(rig: &Rig) -> Self {
        Self::enter_from(rig, None).await
    }

    /// Comes from this address. Without one, nothing that counts addresses counts it.
    pub(super) async fn enter_from(rig: &Rig, peer: Option<SocketAddr>) -> Self {
        let poller = Self::open_from(rig, peer).await;
        poller.send("40/chat,{}").await;
        // The engine's first ping may come alone.
        while !poller.poll().await.contains("40/chat,{\"sid\":") {}
        rig.chat.until(|entries| matches!(entries.last(), Some(Seen::Opened(_)))).await;
        poller
    }
}

pub(super) fn rig() -> Rig {
    let transports = Transports::WebsocketAndPolling;
    Rig::with(&OPEN, Settings { transports, ..Settings::default() })
}

#[tokio::test]
async fn a_client_that_polls_is_a_client() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;

    poller.send("42/chat,7[\"say\",1]").await;

    let mut polled = poller.poll().await;
    while !polled.contains("43/chat,7") {
        polled = poller.poll().await;
    }
    assert!(polled.contains("43/chat,7[{\"ok\":1}]"), "{polled}");
}

#[tokio::test]
async fn a_client_that_polls_can_be_ended() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;

    rig.chat.link().close(DisconnectReason::TokenExpired);

    assert_eq!(rig.chat.closed().await, DisconnectReason::TokenExpired);
    let roster = &rig.transport.core.roster;
    rig.chat.links.lock().unwrap().clear();
    while !roster.connections().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(poller.request("GET", "").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn frames_beyond_the_engines_queue_wait_for_the_next_poll() {
    let settings =
        Settings { transports: Transports::PollingOnly, engine_packets: 4, ..Settings::default() };
    let rig = Rig::with(&OPEN, settings);
    let poller = Poller::enter(&rig).await;

    for number in 0..50 {
        rig.chat.link().send(Class::Control, event("control", number, 0));
    }

    let mut received = 0;
    while received < 50 {
        received += poller.poll().await.matches("[\"control\"").count();
    }
    assert_eq!(received, 50);
}

#[tokio::test]
async fn an_upgrade_of_a_session_that_is_not_there_is_refused() {
    let rig = rig();
    let connect = crate::testing::Connect::default();

    let refused = connect.query("&sid=AAAAAAAAAAAAAAAA").to(rig.transport.router()).await;

    assert!(matches!(refused, Err(crate::testing::ConnectError::Refused { status: 400, .. })));
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_poll() {
    let rig = rig();
    let uri = "/socket.io/?EIO=4&transport=polling";
    let request = Request::get(uri).header("origin", "https://evil.org").header("host", "page.org");

    let app: Router = rig.transport.router();
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();

    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

/// Begins the way from polling to a websocket.
pub(super) async fn begin_upgrade(rig: &Rig, poller: &Poller) -> TestClient {
    let connect = crate::testing::Connect::default().query(poller.session.clone());
    let client = connect.to(rig.transport.router()).await.unwrap();
    client.send_frame("2probe");
    client
}

#[tokio::test]
async fn a_client_that_polls_may_go_over_to_a_websocket() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;

    let client = begin_upgrade(&rig, &poller).await;
    client.send_frame("5");
    let tasks = client.enter("/tasks", &json!({})).await.unwrap();

    assert_eq!(tasks.call::<u8>("say", &7).await.unwrap(), 7);
    assert_eq!(rig.tasks.link().id(), rig.chat.link().id());
    let connection = Arc::clone(rig.chat.link().connection());
    assert!(connection.io().is_attached() && connection.io().bytes_in() > 0);

    drop(client);
    assert_eq!(rig.chat.closed().await, DisconnectReason::ConnectionLost);
}

#[tokio::test]
async fn an_upgrade_that_fails_halfway_leaves_nothing_behind() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;

    drop(begin_upgrade(&rig, &poller).await);

    assert_eq!(rig.chat.closed().await, DisconnectReason::ConnectionLost);
    assert_eq!(poller.request("GET", "").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_session_gets_one_websocket() {
    let rig = rig();
    let poller = Poller::enter(&rig).await;
    let _first = begin_upgrade(&rig, &poller).await;

    let second = crate::testing::Connect::default().query(poller.session.clone());
    let refused = second.to(rig.transport.router()).await.unwrap_err();

    assert!(matches!(refused, crate::testing::ConnectError::Refused { status: 400, .. }));
}

#[tokio::test]
async fn a_page_of_a_listed_origin_may_read_what_it_polls() {
    let origin = "http://localhost:5173";
    let settings = Settings {
        transports: Transports::PollingOnly,
        allowed_origins: crate::origin::AllowedOrigins::List(vec![origin.to_owned()]),
        ..Settings::default()
    };
    let rig = Rig::with(&OPEN, settings);
    let app: Router = rig.transport.router();
    let uri = "/socket.io/?EIO=4&transport=polling";

    for method in ["GET", "OPTIONS"] {
        let request = Request::builder().method(method).uri(uri).header("origin", origin);
        let request = request.header("access-control-request-method", "POST").body(Body::empty());
        let response = app.clone().oneshot(request.unwrap()).await.unwrap();

        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["access-control-allow-origin"], origin);
        assert_eq!(response.headers()["access-control-allow-credentials"], "true");
    }
}
