//! Turns a request into a websocket whose stream we guard (RFC 6455, section 4.2).

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use tautline::LibraryCode;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tower::Service;

use super::{connection, copy_uri, refuse, refuse_full};
use crate::address::ClientAddress;
use crate::connection::Connection;
use crate::guarded_io::GuardedIo;
use crate::pace::Pieces;
use crate::shortcut::Shortcut;
use crate::transport::Core;

/// Answers the request; the websocket begins when the answer is out.
pub(super) fn upgrade(
    core: &Arc<Core>,
    request: &mut Request<Body>,
    client: Option<ClientAddress>,
    session: Option<&str>,
) -> Response {
    let Some(accept) = accept(request) else {
        let mut response = refuse(core, StatusCode::UPGRADE_REQUIRED, LibraryCode::ProtocolError);
        let headers = response.headers_mut();
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        return response;
    };
    let Some(uri) = copy_uri(request.uri()) else {
        return refuse(core, StatusCode::BAD_REQUEST, LibraryCode::ProtocolError);
    };
    let is_new = session.is_none();
    let connection = match session {
        None => match connection(core, request, client) {
            Ok(connection) => connection,
            Err(full) => return refuse_full(core, client, full),
        },
        Some(session) => match core.roster.polling(session) {
            Some(connection) if connection.begin_upgrade() => connection,
            // The session is over, of another node, or has its websocket already.
            Some(_) | None => {
                return refuse(core, StatusCode::BAD_REQUEST, LibraryCode::ProtocolError);
            }
        },
    };
    let mut engine_request = Request::new(());
    *engine_request.uri_mut() = uri;
    engine_request.extensions_mut().insert(Arc::clone(&connection));

    let upgrade = hyper::upgrade::on(request);
    let pace = core.pace(&connection, client, Pieces::of_websocket());
    let mut engine = core.engine.clone();
    tokio::spawn(async move {
        let stream = match upgrade.await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::debug!(%error, "a websocket did not begin");
                return connection.hang_up();
            }
        };
        // Nobody can tell what a session that polled before still has to send.
        let plain = if is_new { bare_tcp(stream) } else { Err(stream) };
        let begun = match plain {
            Ok((tcp, early)) => {
                let (stream, shortcut) = Shortcut::split(tcp, early, Arc::clone(connection.io()));
                connection.set_shortcut(shortcut);
                engine.call((guard(stream, &connection, is_new).paced(pace), engine_request)).await
            }
            Err(stream) => {
                let stream = guard(TokioIo::new(stream), &connection, is_new).paced(pace);
                engine.call((stream, engine_request)).await
            }
        };
        // Reads the query once more, as we did: it does not fail.
        if let Err(error) = begun {
            tracing::debug!(%error, "the engine refused a websocket");
        }
    });

    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// The TCP stream of a connection that our own listener has accepted, and what was read of it
/// already. Any other stream, such as one in TLS, is given back.
fn bare_tcp(stream: Upgraded) -> Result<(TcpStream, Bytes), Upgraded> {
    type Ours = TokioIo<GuardedIo<TcpStream>>;
    let (io, read) = match stream.downcast::<Ours>() {
        Ok(parts) => (parts.io, parts.read_buf),
        // `axum::serve` has its own hand on it.
        Err(stream) => {
            let parts = downcast::<Ours>(stream)?;
            (parts.io, parts.read_buf)
        }
    };
    Ok((io.into_inner().into_inner(), read))
}

/// The stream with the connection's hand on it.
fn guard<S>(stream: S, connection: &Arc<Connection>, is_new: bool) -> GuardedIo<S> {
    let stream = GuardedIo::new(stream, Arc::clone(connection.io()));
    if is_new {
        return stream;
    }
    // An upgrade that fails halfway leaves its session behind, where heartbeats wait for the upgrade
    // to end. A session that is over already does not mind.
    let connection = Arc::downgrade(connection);
    stream.on_drop(move || {
        if let Some(connection) = connection.upgrade() {
            connection.hang_up();
        }
    })
}

/// The accept key, if the request asks for a websocket in every way in which it has to.
fn accept(request: &Request<Body>) -> Option<HeaderValue> {
    let headers = request.headers();
    let asks = request.method() == Method::GET
        && has_token(headers, &CONNECTION, "upgrade")
        && has_token(headers, &UPGRADE, "websocket")
        && headers.get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|_| asks)?;
    HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}
