//! `GET /stats` and `GET /health`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tautline_server::Server;
use tautline_server::journal::Health;

/// The routes.
pub(crate) fn router(server: &Server) -> Router {
    Router::new()
        .route("/stats", get(stats))
        .route("/health", get(health))
        .with_state(server.clone())
}

async fn stats(State(server): State<Server>) -> Json<Value> {
    Json(json!({ "connections": server.links() }))
}

/// Whether it can do its work: a server that cannot store refuses all that matters.
async fn health(State(server): State<Server>) -> (StatusCode, Json<Value>) {
    match server.journal_health() {
        Health::Ready => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Health::Failing(reason) => {
            tracing::warn!(reason, "asked for its health while the journal fails");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing" })))
        }
    }
}
