//! The HTTP side of a connection: takes the requests for the Socket.IO path out of an axum service
//! and leaves all others alone.
//!
//! A websocket is upgraded here and not in socketioxide, so that its stream is ours to guard and its
//! request does not stay in memory for as long as the connection lives.

mod polling;
mod upgrade;
mod visit;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use futures_util::future::Either;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri};
use tautline::{LibraryCode, Problem, RecoveryAction};
use tower::{Layer, Service};

use crate::address::ClientAddress;
use crate::arrivals::Full;
use crate::connection::{Connection, Peer};
use crate::sentry::{Offence, Suspect};
use crate::trace::TraceId;
use crate::transport::Core;
use visit::Visit;

/// The most bytes of headers: they are kept as long as the connection.
const MOST_HEADERS: usize = 16 * 1024;

/// When somebody comes again who has too many connections: one that was cut is found out by then.
const CROWDED: Duration = Duration::from_secs(30);

/// Adds the server to an axum `Router`, whose routes, state, middleware and fallback stay as they
/// are: [`Server::layer`](crate::Server::layer).
#[derive(Clone)]
pub struct SocketLayer(pub(crate) Arc<Core>);

impl<S> Layer<S> for SocketLayer {
    type Service = SocketService<S>;

    fn layer(&self, inner: S) -> SocketService<S> {
        SocketService { inner, core: Arc::clone(&self.0) }
    }
}

/// A service with the server in front of it. Made by [`SocketLayer`].
#[derive(Clone)]
pub struct SocketService<S> {
    inner: S,
    core: Arc<Core>,
}

/// A response that is being made here.
type Made<E> = Pin<Box<dyn Future<Output = Result<Response, E>> + Send>>;

impl<S> Service<Request<Body>> for SocketService<S>
where
    S: Service<Request<Body>, Response = Response>,
    S::Error: 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<S::Future, Made<S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !is_ours(request.uri().path(), &self.core.settings.path) {
            return Either::Left(self.inner.call(request));
        }
        let core = Arc::clone(&self.core);
        Either::Right(Box::pin(async move { Ok(answer(core, request).await) }))
    }
}

impl fmt::Debug for SocketLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketLayer").field("path", &self.0.settings.path).finish()
    }
}

impl<S: fmt::Debug> fmt::Debug for SocketService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// What stands behind the server in a `Router` of its own: nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nothing;

impl Service<Request<Body>> for Nothing {
    type Response = Response;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<Body>) -> Self::Future {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        std::future::ready(Ok(response))
    }
}

/// `/socket.io` and `/socket.io/`, as Socket.IO clients ask.
fn is_ours(path: &str, own: &str) -> bool {
    path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest == "/")
}

async fn answer(core: Arc<Core>, mut request: Request<Body>) -> Response {
    let query = Query::read(request.uri());
    if query.session.is_none() && core.is_draining() {
        return refuse(&core, StatusCode::SERVICE_UNAVAILABLE, LibraryCode::ShuttingDown);
    }
    let client = core.arrivals.client(peer(&request), request.headers());
    if !core.settings.allowed_origins.allow(request.headers()) {
        let origin = request.headers().get(http::header::ORIGIN);
        tracing::info!(client = client.map(tracing::field::display), ?origin, "refused an origin");
        return refuse(&core, StatusCode::FORBIDDEN, LibraryCode::OriginDenied);
    }
    if header_bytes(request.headers()) > MOST_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return refuse(&core, status, LibraryCode::PayloadTooLarge);
    }
    let polling = query.session.and_then(|session| core.roster.polling(session));
    let is_known = polling.is_some();
    if let Some(connection) = &polling
        && !core.settings.roaming_sessions
        && connection.peer().client() != client
    {
        // The id stands in the URL, where whoever writes down requests has it.
        tracing::info!(
            client = client.map(tracing::field::display),
            connection = %connection.id(),
            "refused a session of another address"
        );
        core.sentry.accuse(client.map(Suspect::Address), Offence::UnknownSession, None);
        return refuse(&core, StatusCode::BAD_REQUEST, LibraryCode::ProtocolError);
    }
    // Guessing sessions is no cheaper than opening them.
    if !is_known && let Err(full) = core.arrivals.handshake(client) {
        core.sentry.accuse(client.map(Suspect::Address), Offence::Handshakes, None);
        return refuse_full(&core, client, full);
    }
    if !is_known && query.session.is_some() {
        core.sentry.accuse(client.map(Suspect::Address), Offence::UnknownSession, None);
    }
    let visit = polling.map(|connection| Visit::new(&core, &connection, &request, client));
    let visit = match visit {
        Some(visit) => match visit.begin().await {
            Some(visit) => Some(visit),
            None => return refuse(&core, StatusCode::BAD_REQUEST, LibraryCode::ProtocolError),
        },
        None => None,
    };
    if query.is_websocket && query.is_version_4 && core.settings.transports.has_websocket() {
        let session = query.session.map(str::to_owned);
        return upgrade::upgrade(&core, &mut request, client, session.as_deref());
    }
    polling::forward(&core, request, client, visit).await
}

/// What the query of a request says.
struct Query<'a> {
    session: Option<&'a str>,
    is_websocket: bool,
    is_version_4: bool,
}

impl<'a> Query<'a> {
    fn read(uri: &'a Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        Self {
            session: value("sid"),
            is_websocket: value("transport") == Some("websocket"),
            is_version_4: value("EIO") == Some("4"),
        }
    }
}

/// A new connection for the client that sent this request.
///
/// # Errors
/// When the client's address has too many.
fn connection(
    core: &Core,
    request: &Request<Body>,
    client: Option<ClientAddress>,
) -> Result<Arc<Connection>, Full> {
    let seat = core.arrivals.seat_of_address(client)?;
    let headers = copy_headers(request.headers());
    Ok(core.connection(Peer { address: peer(request), headers, seat }))
}

/// The other end of the request's TCP connection.
fn peer(request: &Request<Body>) -> Option<SocketAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0)
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// A copy that shares nothing with the original: its values are slices of the request's buffer.
/// What only this one request was about is left out.
fn copy_headers(headers: &HeaderMap) -> HeaderMap {
    let kept = || headers.iter().filter(|(name, _)| !is_of_one_request(name));
    let mut copy = HeaderMap::with_capacity(kept().count());
    for (name, value) in kept() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            copy.append(name, value);
        }
    }
    copy
}

fn is_of_one_request(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("sec-websocket-")
        || matches!(name, "connection" | "upgrade" | "cache-control" | "pragma" | "content-length")
}

/// The URI without the rest of the request's buffer, as socketioxide reads it.
fn copy_uri(uri: &Uri) -> Option<Uri> {
    Uri::try_from(uri.path_and_query()?.as_str().to_owned()).ok()
}

/// A refusal before there is a connection.
fn refuse(core: &Core, status: StatusCode, code: LibraryCode) -> Response {
    let is_for_now = status == StatusCode::SERVICE_UNAVAILABLE;
    let wait = is_for_now.then_some(core.settings.retry_after);
    refuse_with(core, status, code.problem(), wait)
}

/// Refuses an address that comes too often.
fn refuse_full(core: &Core, client: Option<ClientAddress>, full: Full) -> Response {
    let client = client.map(|client| client.to_string());
    tracing::info!(client, ?full, "refused a handshake");
    match full {
        Full::TooFast(wait) => {
            let mut problem = LibraryCode::RateLimited.problem();
            problem.recovery.action = RecoveryAction::Reconnect;
            problem.recovery.after_ms = u32::try_from(wait.as_millis() + 1).ok();
            refuse_with(core, StatusCode::TOO_MANY_REQUESTS, problem, Some(wait))
        }
        Full::TooMany => {
            refuse_with(core, StatusCode::TOO_MANY_REQUESTS, too_many(), Some(CROWDED))
        }
    }
}

/// What a client hears whose address or user has too many connections.
pub(crate) fn too_many() -> Problem {
    let mut problem = LibraryCode::Capacity.problem();
    problem.recovery.action = RecoveryAction::Reconnect;
    problem.recovery.after_ms = u32::try_from(CROWDED.as_millis()).ok();
    problem
}

/// The problem is the body.
fn refuse_with(
    core: &Core,
    status: StatusCode,
    mut problem: Problem,
    wait: Option<Duration>,
) -> Response {
    core.help.fill(&mut problem);
    let trace = TraceId::new();
    problem.trace_id = trace.to_string();
    tracing::info!(trace_id = %trace, code = problem.code, status = status.as_u16(), "refused a request");
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(wait) = wait {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    response
}
