//! The server behind the proxy: how it is reached for a websocket and for a single request.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::SEC_WEBSOCKET_EXTENSIONS;
use http::{Request, Response, Uri, request, response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Error};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// The largest body and the largest message that are taken: more than any server takes, so that the
/// server is the one who refuses.
const LARGEST: usize = 16 * 1024 * 1024;

/// How many bytes the kernel may hold that were not read.
const RECEIVED: u32 = 32 * 1024;
/// The largest segment, as of an Ethernet. That of the loopback is forty times as large, and so is what
/// a sender's kernel takes before it says that nobody reads.
const SEGMENT: u32 = 1460;

/// The client is turned away without an answer, as by a server that is not there.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection ends here")]
pub(crate) struct TurnedAway;

/// Where the server listens.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    pub(crate) authority: String,
}

/// What the server says to a websocket.
pub(crate) enum Answer {
    /// It takes it.
    Taken(Box<WebSocketStream<TcpStream>>, response::Parts),
    /// It answers like this instead.
    Refused(Response<Full<Bytes>>),
}

/// How large messages may be.
pub(crate) fn websocket_config() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST))
}

/// A socket that holds little: who sends to a link that takes nothing must feel it soon, and not after
/// megabytes in the kernel.
pub(crate) fn small_socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_recv_buffer_size(RECEIVED)?;
    SockRef::from(&socket).set_tcp_mss(SEGMENT)?;
    Ok(socket)
}

/// Reads a body to its end.
pub(crate) async fn whole(body: Incoming) -> Result<Bytes, TurnedAway> {
    let body = Limited::new(body, LARGEST).collect().await.map_err(|_| TurnedAway)?;
    Ok(body.to_bytes())
}

impl Upstream {
    /// Sends a request as it is, and reads the whole answer.
    pub(crate) async fn ask(
        &self,
        head: request::Parts,
        body: Bytes,
    ) -> Result<(response::Parts, Bytes), TurnedAway> {
        let stream = self.connect().await?;
        let io = TokioIo::new(stream);
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(io).await.map_err(|_| TurnedAway)?;
        // Ends with the sender, which is dropped at the end of this function.
        tokio::spawn(connection);
        let request = Request::from_parts(head, Full::new(body));
        let response = sender.send_request(request).await.map_err(|_| TurnedAway)?;
        let (head, body) = response.into_parts();
        Ok((head, whole(body).await?))
    }

    /// Asks for a websocket in the client's words, but for compression, which could not be read.
    pub(crate) async fn upgrade(&self, client: &request::Parts) -> Result<Answer, TurnedAway> {
        let stream = self.connect().await?;
        let path = client.uri.path_and_query().ok_or(TurnedAway)?;
        let uri =
            Uri::try_from(format!("ws://{}{path}", self.authority)).map_err(|_| TurnedAway)?;
        let mut request = Request::new(());
        *request.uri_mut() = uri;
        *request.headers_mut() = client.headers.clone();
        request.headers_mut().remove(SEC_WEBSOCKET_EXTENSIONS);

        match client_async_with_config(request, stream, Some(websocket_config())).await {
            Ok((websocket, response)) => {
                Ok(Answer::Taken(Box::new(websocket), response.into_parts().0))
            }
            Err(Error::Http(response)) => Ok(Answer::Refused(plain(*response))),
            Err(_) => Err(TurnedAway),
        }
    }

    async fn connect(&self) -> Result<TcpStream, TurnedAway> {
        let addresses = tokio::net::lookup_host(&self.authority).await.map_err(|_| TurnedAway)?;
        for address in addresses {
            let Ok(socket) = small_socket(address) else { continue };
            let Ok(stream) = socket.connect(address).await else { continue };
            // Without it, small frames would wait for each other.
            return stream.set_nodelay(true).map(|()| stream).map_err(|_| TurnedAway);
        }
        Err(TurnedAway)
    }
}

fn plain(response: tungstenite::handshake::client::Response) -> Response<Full<Bytes>> {
    let (mut head, body) = response.into_parts();
    head.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(head, Full::from(body.unwrap_or_default()))
}
