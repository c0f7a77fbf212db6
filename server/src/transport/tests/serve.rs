//! The server on a port of its own.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::*;

/// A server that ends when it is told to.
struct Served {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn serve(rig: &Rig) -> Served {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let (end, ended) = oneshot::channel();
    let transport = rig.transport.clone();
    let app = Router::new().route(
        "/address",
        get(|ConnectInfo(address): ConnectInfo<SocketAddr>| async move { address.to_string() }),
    );
    let task = tokio::spawn(async move {
        let ended = async {
            ended.await.unwrap();
            transport.shutdown().await;
        };
        transport.serve(tcp, app, ended).await
    });
    Served { address, end, task }
}

async fn connect(address: SocketAddr) -> Result<WebSocketStream<TcpStream>, Error> {
    let stream = TcpStream::connect(address).await?;
    let uri = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    Ok(client_async(uri, stream).await?.0)
}

async fn enter(address: SocketAddr) -> WebSocketStream<TcpStream> {
    let mut client = connect(address).await.unwrap();
    client.send(Message::text("40/chat,{}")).await.unwrap();
    loop {
        let message = client.next().await.unwrap().unwrap();
        if message.to_text().unwrap().contains("welcome") {
            return client;
        }
    }
}

#[tokio::test]
async fn clients_and_the_application_share_a_port() {
    let rig = Rig::open();
    let served = serve(&rig).await;

    let _client = enter(served.address).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let own = stream.local_addr().unwrap();
    let request = b"GET /address HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();

    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert!(response.ends_with(&own.to_string()), "{response}");
    let peer = rig.chat.link().connection().peer().address.unwrap();
    assert_eq!(peer.ip(), own.ip());
}

#[tokio::test]
async fn the_port_is_closed_after_everybody_was_told() {
    let rig = Rig::open();
    let served = serve(&rig).await;
    let mut client = enter(served.address).await;

    served.end.send(()).unwrap();
    let mut last = Vec::new();
    while let Some(Ok(message)) = client.next().await {
        last.push(message.to_string());
    }
    served.task.await.unwrap().unwrap();

    assert!(last.iter().any(|message| message.contains("shutting_down")), "{last:?}");
    // Engine.IO's CLOSE, and no Socket.IO DISCONNECT.
    assert!(
        last.contains(&"1".to_owned()) && !last.iter().any(|m| m.starts_with("41")),
        "{last:?}"
    );
    assert_eq!(rig.chat.closed().await, DisconnectReason::ShuttingDown);
    assert!(connect(served.address).await.is_err());
}

#[tokio::test]
async fn a_client_that_reads_nothing_over_tcp_is_cut() {
    let stall_timeout = Duration::from_millis(300);
    let rig = Rig::with(&OPEN, Settings { stall_timeout, ..Settings::default() });
    let served = serve(&rig).await;
    let _client = enter(served.address).await;

    // The kernel takes a few megabytes before the first write waits.
    let link = rig.chat.link();
    let flooding = tokio::spawn(async move {
        while link.is_open() {
            link.send(Class::Live, event("live", 0, 50_000));
            tokio::task::yield_now().await;
        }
    });

    assert_eq!(rig.chat.closed().await, DisconnectReason::Stalled);
    flooding.await.unwrap();
    assert_eq!(rig.chat.closings(), 1);
}

#[tokio::test]
async fn small_frames_are_not_held_back() {
    let rig = Rig::open();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let mut listener = rig.transport.listener(tcp);

    let (accepted, _client) =
        tokio::join!(axum::serve::Listener::accept(&mut listener), TcpStream::connect(address));

    assert!(accepted.0.get_ref().nodelay().unwrap());
}

#[tokio::test]
async fn who_does_not_say_what_it_wants_is_not_waited_for() {
    let settings = Settings {
        connect_timeout: Duration::from_millis(200),
        authentication_timeout: Duration::from_millis(100),
        ..Settings::default()
    };
    let rig = Rig::with(&OPEN, settings);
    let served = serve(&rig).await;

    let mut silent = TcpStream::connect(served.address).await.unwrap();
    silent.write_all(b"GET /address HTTP/1.1\r\nhost:").await.unwrap();

    // The end of the stream, perhaps after a status 408.
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).await.unwrap();
}
