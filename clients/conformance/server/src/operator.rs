//! `POST /operator/revoke?subject=…`: what an operator does to a running server. Anybody may here, since
//! only tests reach it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::{Router, routing::post};
use chrono::Utc;
use serde::Deserialize;
use tautline_server::Server;

/// Whose tokens are revoked.
#[derive(Deserialize)]
struct Revoked {
    subject: String,
}

/// The operator's routes.
pub(crate) fn routes(server: Server) -> Router {
    Router::new().route("/operator/revoke", post(revoke)).with_state(server)
}

async fn revoke(
    State(server): State<Server>,
    Query(Revoked { subject }): Query<Revoked>,
) -> StatusCode {
    match server.revoke_subject(&subject, Utc::now()).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::error!(%error, "a revocation ends with the process");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
