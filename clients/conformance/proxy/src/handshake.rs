//! One HTTP connection of a client: which of its requests are websockets, which poll, and which are
//! none of Engine.IO's and pass as they are.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::desk::Desk;
use crate::link::Link;
use crate::upstream::{Answer, TurnedAway, Upstream, websocket_config, whole};
use crate::{polling, pump};

type Reply = Result<Response<Full<Bytes>>, TurnedAway>;

/// Serves one connection until it ends or the proxy does.
pub(crate) async fn serve(desk: Arc<Desk>, upstream: Upstream, stream: TcpStream) {
    let ended = desk.ended.clone();
    let service = service_fn(move |request| reply(Arc::clone(&desk), upstream.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        // A connection that fails was turned away, or its client is gone: the log has the reason.
        _ = connection => {}
        () = ended.cancelled() => {}
    }
}

async fn reply(desk: Arc<Desk>, upstream: Upstream, request: Request<Incoming>) -> Reply {
    if query(&request, "EIO").is_none() {
        let (head, body) = request.into_parts();
        let (head, body) = upstream.ask(head, whole(body).await?).await?;
        return Ok(Response::from_parts(head, Full::new(body)));
    }
    let is_websocket = request.headers().contains_key(UPGRADE);
    let link = match query(&request, "sid") {
        // A session that has ended here is unknown, whatever the server says.
        Some(session) => desk.link_of(session).ok_or(TurnedAway)?,
        None => desk.open().ok_or(TurnedAway)?,
    };
    let is_new = query(&request, "sid").is_none();
    let reply = if is_websocket {
        upgrade(&desk, &link, upstream, request).await
    } else {
        polling::carry(&desk, &link, &upstream, request).await
    };
    let is_over = match &reply {
        Ok(response) => is_new && !is_good(response),
        Err(TurnedAway) => true,
    };
    if is_over {
        desk.close(&link);
    }
    reply
}

async fn upgrade(
    desk: &Arc<Desk>,
    link: &Arc<Link>,
    upstream: Upstream,
    mut request: Request<Incoming>,
) -> Reply {
    let upgraded = hyper::upgrade::on(&mut request);
    let (client, _) = request.into_parts();
    let (server, theirs) = match upstream.upgrade(&client).await? {
        Answer::Taken(server, head) => (server, head),
        Answer::Refused(response) => return Ok(response),
    };
    let (desk, link) = (Arc::clone(desk), Arc::clone(link));
    tokio::spawn(async move {
        let Ok(upgraded) = upgraded.await else { return desk.close(&link) };
        let (io, config) = (TokioIo::new(upgraded), Some(websocket_config()));
        let client = WebSocketStream::from_raw_socket(io, Role::Server, config).await;
        pump::carry(&desk, &link, client, *server).await;
    });

    let key = client.headers.get(SEC_WEBSOCKET_KEY).ok_or(TurnedAway)?;
    let accept = derive_accept_key(key.as_bytes()).parse().map_err(|_| TurnedAway)?;
    let mut response = Response::from_parts(theirs, Full::default());
    response.headers_mut().insert(SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}

fn is_good(response: &Response<Full<Bytes>>) -> bool {
    response.status().is_success() || response.status().is_informational()
}

/// The value of a key of the query. Neither `EIO` nor `sid` needs decoding.
fn query<'a>(request: &'a Request<Incoming>, key: &str) -> Option<&'a str> {
    let pairs = request.uri().query()?.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key).map(|it| it.1)
}
