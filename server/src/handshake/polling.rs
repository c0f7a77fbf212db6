//! Polling requests go to socketioxide, with a copy of what it would keep.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde::Deserialize;
use tautline::LibraryCode;
use tokio::sync::Semaphore;
use tower::{Layer, Service};

use super::visit::Visit;
use super::{Query, connection, copy_uri, refuse, refuse_full};
use crate::address::ClientAddress;
use crate::connection::{Connection, Polling};
use crate::transport::Core;

/// An Engine.IO CLOSE packet: what a client posts when it leaves.
const CLOSE: &str = "1";

/// Lets socketioxide answer the request.
pub(super) async fn forward(
    core: &Arc<Core>,
    request: Request<Body>,
    client: Option<ClientAddress>,
    visit: Option<Visit>,
) -> Response {
    let Some(uri) = copy_uri(request.uri()) else {
        return refuse(core, StatusCode::BAD_REQUEST, LibraryCode::ProtocolError);
    };
    let opens = request.method() == Method::GET && Query::read(&uri).session.is_none();
    let opened = match opens.then(|| connection(core, &request, client)).transpose() {
        Ok(opened) => opened,
        Err(full) => return refuse_full(core, client, full),
    };
    let mut engine_request = Request::new(Body::empty());
    *engine_request.method_mut() = request.method().clone();
    *engine_request.uri_mut() = uri;
    match &opened {
        // What the engine keeps for the session's life: nothing of the original.
        Some(connection) => {
            engine_request.extensions_mut().insert(Arc::clone(connection));
        }
        None => {
            let (parts, body) = request.into_parts();
            *engine_request.headers_mut() = parts.headers;
            *engine_request.body_mut() = match visit {
                Some(visit) => visit.read(body),
                // The engine knows no such session either, and reads nothing.
                None => Body::empty(),
            };
        }
    }
    if let Some(connection) = opened {
        // The preflight of a browser and the engine's own errors need these headers as well.
        let origin = connection.peer().headers.get(http::header::ORIGIN).cloned();
        if let Some(origin) = origin {
            engine_request.headers_mut().insert(http::header::ORIGIN, origin);
        }
        let response = call(core, engine_request).await;
        return remember(core, &connection, response).await;
    }
    call(core, engine_request).await
}

/// Calls socketioxide, with the headers that let an allowed page of another origin read the answer.
async fn call(core: &Core, request: Request<Body>) -> Response {
    let mut service = core.cors.layer(core.engine.clone());
    match service.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Learns the session's id from the response that opens it.
async fn remember(core: &Arc<Core>, connection: &Arc<Connection>, response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    // Made in memory a moment ago: reading it back neither waits nor fails.
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    if let Some(session) = session(&bytes) {
        let core = Arc::downgrade(core);
        let hang_up = {
            let (session, runtime) = (session.clone(), connection.runtime().clone());
            Box::new(move || {
                if let Some(core) = core.upgrade() {
                    runtime.spawn(close(core, session.clone()));
                }
            })
        };
        connection.set_polling(Polling { session, posting: Arc::new(Semaphore::new(1)), hang_up });
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The session id in an Engine.IO OPEN packet.
fn session(packet: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct Open {
        sid: String,
    }
    let open: Open = serde_json::from_slice(packet.strip_prefix(b"0")?).ok()?;
    Some(open.sid)
}

/// Ends a polling session. socketioxide has no call for it, so the server says it in the client's
/// stead; the answer for a session that is over is an error that nobody reads.
async fn close(core: Arc<Core>, session: String) {
    let uri = format!("{}/?EIO=4&transport=polling&sid={session}", core.settings.path);
    let request = Request::post(uri).body(Body::from(CLOSE));
    if let Ok(request) = request {
        let status = call(&core, request).await.status();
        tracing::debug!(%status, "ended a polling session");
    }
}
