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
use crate::address::ClientAddress;
use crate::limits::Limits;
use crate::sentry::{Bans, Suspect};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_and_small_frames_arrive_in_the_order_in_which_they_were_sent() {
    let rig = Rig::open();
    let served = serve(&rig).await;
    let mut client = enter(served.address).await;

    let link = rig.chat.link();
    let sending = std::thread::spawn(move || {
        for number in 0..60 {
            let bytes = [0, 10, 30_000, 5_000, 0, 100_000][number % 6];
            match event("live", number, bytes) {
                Frame::Event(payload) if number % 2 == 0 => {
                    link.send(Class::Ack, Frame::Ack(number as i64, payload));
                }
                frame => link.send(Class::Control, frame),
            }
        }
    });

    for number in 0..60 {
        let mut message = client.next().await.unwrap().unwrap();
        if message == Message::text("2") {
            message = client.next().await.unwrap().unwrap();
        }
        let (packet, args) = message.to_text().unwrap().split_once('[').unwrap();
        let ack = format!("43/chat,{number}");
        assert_eq!(packet, if number % 2 == 0 { &ack } else { "42/chat," });
        let args: Value = serde_json::from_str(&format!("[{args}")).unwrap();
        assert_eq!(args[1]["number"], number);
    }
    sending.join().unwrap();
    drop(client);
    served.end.send(()).unwrap();
    served.task.await.unwrap().unwrap();
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

    for said in ["", "GET /address HTTP/1.1\r\nhost:"] {
        let mut silent = TcpStream::connect(served.address).await.unwrap();
        silent.write_all(said.as_bytes()).await.unwrap();

        // The end of the stream, perhaps after a status 408.
        let mut rest = Vec::new();
        silent.read_to_end(&mut rest).await.unwrap();
    }
}

/// For whom nobody is a proxy.
fn strangers(limits: Limits) -> Rig {
    let limits = Limits { allowed_networks: Vec::new(), ..limits };
    Rig::with(&OPEN, Settings { limits, ..Settings::default() })
}

#[tokio::test]
async fn an_address_has_so_many_sockets_that_are_no_websockets() {
    let rig = strangers(Limits { sockets_per_address: Some(2), ..Limits::default() });
    let served = serve(&rig).await;
    let _one = enter(served.address).await;
    let _two = enter(served.address).await;
    let silent = TcpStream::connect(served.address).await.unwrap();
    let _other = TcpStream::connect(served.address).await.unwrap();

    let mut refused = TcpStream::connect(served.address).await.unwrap();
    let mut rest = Vec::new();
    // Closed or reset, as the kernel likes.
    let _how = refused.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    drop(silent);

    while connect(served.address).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_is_held_against_its_sender_and_a_cut_is_not() {
    let rig = strangers(Limits::default());
    let served = serve(&rig).await;
    let address = Suspect::Address(ClientAddress::of(served.address.ip()));
    let score = || Bans(Arc::clone(&rig.transport.core.sentry)).score(&address);

    drop(enter(served.address).await.into_inner());
    assert_eq!(rig.chat.closed().await, DisconnectReason::ConnectionLost);
    assert!(score() < 0.1, "{}", score());

    let mut client = enter(served.address).await;
    // Its rest may not be taken any more.
    let _sent = client.send(Message::text("x".repeat(2 * 1024 * 1024))).await;
    while client.next().await.is_some_and(|message| message.is_ok()) {}

    rig.chat.until(|_| rig.chat.closings() == 2).await;
    assert!((4.9..=5.0).contains(&score()), "{}", score());
    let last = rig.chat.entries().pop();
    assert!(matches!(last, Some(Seen::Closed(DisconnectReason::ProtocolError))), "{last:?}");
}
