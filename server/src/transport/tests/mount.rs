//! The server inside an application's router: nothing of the application changes.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::origin::AllowedOrigins;
use crate::testing::{Connect, ConnectError};

async fn mark(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-application", "yes".parse().unwrap());
    response
}

/// An application with a route, state, middleware and a fallback of its own.
fn application() -> Router<&'static str> {
    Router::new()
        .route("/hello", get(|State(name): State<&'static str>| async move { name }))
        .fallback(|| async { (StatusCode::IM_A_TEAPOT, "the application's fallback") })
        .layer(middleware::from_fn(mark))
}

async fn get_text(app: &Router, path: &str) -> (StatusCode, bool, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let is_marked = parts.headers.contains_key("x-application");
    (parts.status, is_marked, String::from_utf8(body.to_vec()).unwrap())
}

async fn check_application(app: Router) {
    let (hello, fallback) = ("ada".to_owned(), "the application's fallback".to_owned());
    assert_eq!(get_text(&app, "/hello").await, (StatusCode::OK, true, hello));
    assert_eq!(get_text(&app, "/other").await, (StatusCode::IM_A_TEAPOT, true, fallback.clone()));
    let near = get_text(&app, "/socket.iou/").await;
    assert_eq!(near, (StatusCode::IM_A_TEAPOT, true, fallback));

    let client = TestClient::connect(app).await.unwrap();
    let chat = client.enter("/chat", &json!({})).await.unwrap();
    assert_eq!(chat.call::<u8>("say", &7).await.unwrap(), 7);
}

#[tokio::test]
async fn as_a_layer_it_leaves_the_application_alone() {
    let rig = Rig::open();

    check_application(application().with_state("ada").layer(rig.transport.layer())).await;
}

#[tokio::test]
async fn merged_it_leaves_the_application_alone() {
    let rig = Rig::open();

    check_application(application().merge(rig.transport.router()).with_state("ada")).await;
}

#[tokio::test]
async fn it_listens_where_it_is_told() {
    let rig = Rig::with(&OPEN, Settings { path: "/live".to_owned(), ..Settings::default() });
    let app = Router::new().nest("/api", rig.transport.router());

    let client = Connect::default().path("/api/live/").to(app).await.unwrap();

    client.enter("/chat", &json!({})).await.unwrap();
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_on_the_upgrade() {
    let rig = Rig::open();
    let connect = Connect::default().header("origin", "https://evil.example.com");

    let refused = connect.to(rig.transport.router()).await.unwrap_err();

    let ConnectError::Refused { status, body } = refused else { panic!("{refused}") };
    let problem: tautline::Problem = serde_json::from_str(&body).unwrap();
    assert_eq!((status, problem.code.as_str()), (403, "origin_denied"));
    assert_eq!(rig.transport.core.roster.connections().len(), 0);
}

#[tokio::test]
async fn a_page_of_a_listed_origin_may_connect() {
    let allowed_origins = AllowedOrigins::List(vec!["http://localhost:5173".to_owned()]);
    let rig = Rig::with(&OPEN, Settings { allowed_origins, ..Settings::default() });
    let connect = Connect::default().header("origin", "http://localhost:5173");

    connect.to(rig.transport.router()).await.unwrap();
}

#[tokio::test]
async fn half_a_websocket_request_is_refused() {
    let rig = Rig::open();
    let uri = "/socket.io/?EIO=4&transport=websocket";
    let request = Request::get(uri).header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");

    let router: Router = rig.transport.router();
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();

    assert_eq!(response.status(), StatusCode::UPGRADE_REQUIRED);
}

#[tokio::test]
async fn polling_is_refused_unless_it_is_allowed() {
    let rig = Rig::open();

    let app: Router = rig.transport.router();
    let (status, _, body) = get_text(&app, "/socket.io/?EIO=4&transport=polling").await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("\"code\":\"3\""), "{body}");
}

#[tokio::test]
async fn a_request_with_a_library_of_headers_is_refused() {
    let rig = Rig::open();
    let connect = Connect::default().header("cookie", &"x".repeat(20_000));

    let refused = connect.to(rig.transport.router()).await.unwrap_err();

    assert!(matches!(refused, ConnectError::Refused { status: 431, .. }), "{refused}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let settings = Settings { path: "live".to_owned(), event_bytes: 0, ..Settings::default() };

    let mistakes = Transport::mistakes(&CLOSED, &settings, None);

    assert_eq!(mistakes.len(), 3, "{mistakes:#?}");
}
