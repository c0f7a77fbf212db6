//! How a test client connects: over memory, by the same handshake as over a port.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Decide, TestClient, Wire};

/// How many bytes the memory between client and server holds, in each direction.
const BUFFER: usize = 64 * 1024;

/// The server did not take the connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It answered the request with this status.
    #[error("the server answered {status}: {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The body, which is a [`Problem`](tautline::Problem) where the library refuses.
        body: String,
    },
    /// It did not answer as a websocket server does.
    #[error("no websocket: {0}")]
    Broken(#[source] Box<tungstenite::Error>),
}

/// How a [`TestClient`] connects.
#[derive(Debug)]
pub struct Connect {
    path: String,
    query: String,
    headers: http::HeaderMap,
    peer: Option<SocketAddr>,
    buffer: usize,
}

impl Default for Connect {
    fn default() -> Self {
        Self {
            path: "/socket.io/".to_owned(),
            query: String::new(),
            headers: http::HeaderMap::new(),
            peer: None,
            buffer: BUFFER,
        }
    }
}

impl Connect {
    /// The path of the Socket.IO requests, where it is not `/socket.io/`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Adds this to the query: `&sid=…`.
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = query.into();
        self
    }

    /// Sends this header with the first request.
    ///
    /// # Panics
    /// When it is not a header.
    #[expect(clippy::expect_used, reason = "a test's mistake is told by a panic")]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = http::HeaderName::try_from(name).expect("the header has a name");
        self.headers.append(name, value.parse().expect("the header has a value"));
        self
    }

    /// Comes from this address. Without one, nothing that counts addresses counts it.
    pub fn peer(mut self, address: SocketAddr) -> Self {
        self.peer = Some(address);
        self
    }

    /// How many bytes may be on their way in each direction. A small number makes a slow reader slow.
    pub fn buffer(mut self, bytes: usize) -> Self {
        self.buffer = bytes;
        self
    }

    /// Connects to the application.
    ///
    /// # Errors
    /// When the server does not take the connection.
    pub async fn to(self, app: Router) -> Result<TestClient, ConnectError> {
        let (stream, server) = self.open(app).await?;
        Ok(TestClient::start(stream, server))
    }

    /// Connects to the application, frame by frame, over a link on which `decide` says what becomes of
    /// each.
    ///
    /// # Errors
    /// When the server does not take the connection.
    pub async fn wire(self, app: Router, decide: Decide) -> Result<Wire, ConnectError> {
        let (stream, server) = self.open(app).await?;
        Ok(Wire::start(stream, server, decide))
    }

    async fn open(self, app: Router) -> Result<Opened, ConnectError> {
        let app = match self.peer {
            Some(peer) => app.layer(Extension(ConnectInfo(peer))),
            None => app,
        };
        let (near, far) = tokio::io::duplex(self.buffer);
        let server = tokio::spawn(serve(app, far));
        let uri = format!("ws://localhost{}?EIO=4&transport=websocket{}", self.path, self.query);
        let mut request = uri.into_client_request().map_err(ConnectError::broken)?;
        request.headers_mut().extend(self.headers);
        let (stream, _response) =
            client_async(request, near).await.map_err(ConnectError::refused)?;
        Ok((stream, server))
    }
}

/// A connection and the task that serves it.
type Opened = (WebSocketStream<DuplexStream>, JoinHandle<()>);

impl ConnectError {
    fn broken(error: tungstenite::Error) -> Self {
        Self::Broken(Box::new(error))
    }

    fn refused(error: tungstenite::Error) -> Self {
        let tungstenite::Error::Http(response) = error else { return Self::broken(error) };
        let body = response.body().as_deref().unwrap_or_default();
        Self::Refused {
            status: response.status().as_u16(),
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }
}

/// Serves the application on the other half of the memory.
async fn serve(app: Router, stream: DuplexStream) {
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "the connection of a test ended");
    }
}
