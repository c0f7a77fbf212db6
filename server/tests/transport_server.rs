//! A whole server of one small contract, from the outside: inside an application, on a port, and on
//! every way out of it.

#![expect(clippy::unwrap_used, missing_docs, reason = "a test says what it does by its names")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::routing::get;
use serde_json::json;
use tautline::{DisconnectReason, NoRefusal, contract, namespace, payload};
use tautline_server::testing::{Connect, TestClient, TestSocket};
use tautline_server::{Answer, Context, Server, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

/// Something said at the door.
#[payload]
pub struct Knock {
    pub words: String,
}

/// What a client may ask of the house.
#[namespace("/house", client = HouseClient)]
pub trait HouseServer {
    /// Knocks.
    #[event(guests = true)]
    async fn knock(knock: Knock) -> Result<Knock, NoRefusal>;
}

/// What the house tells its clients.
#[namespace("/house", side = client)]
pub trait HouseClient {
    /// Something is heard from inside.
    #[event]
    fn noise(knock: Knock);
}

contract! { name: "house", version: "1.0.0", namespaces: [House], scopes: [], auth: none, guests: true }

/// Notes who came and who went.
#[derive(Clone, Default)]
struct Porter(Arc<Book>);

#[derive(Default)]
struct Book {
    came: Mutex<usize>,
    went: Mutex<Vec<DisconnectReason>>,
    changed: Notify,
}

impl HouseServer for Porter {
    type Context = Context<House>;

    async fn knock(&self, _cx: &Self::Context, knock: Knock) -> Answer<Knock> {
        Ok(knock)
    }

    async fn connected(&self, _cx: &Self::Context) -> Answer<()> {
        *self.0.came.lock().unwrap() += 1;
        Ok(())
    }

    async fn disconnected(&self, _cx: &Self::Context, reason: DisconnectReason) {
        self.0.went.lock().unwrap().push(reason);
        self.0.changed.notify_one();
    }
}

impl Porter {
    /// Why the client went; there must be one, and it must go once.
    async fn only_reason(&self) -> DisconnectReason {
        while self.0.went.lock().unwrap().is_empty() {
            self.0.changed.notified().await;
        }
        assert_eq!(*self.0.came.lock().unwrap(), 1);
        let went = self.0.went.lock().unwrap();
        assert_eq!(went.len(), 1, "{went:?}");
        went[0]
    }
}

fn server(porter: &Porter, settings: Settings) -> Server {
    let builder = Server::builder(contract()).settings(settings);
    builder.namespace::<House>(porter.clone()).build().unwrap()
}

async fn enter(server: &Server) -> (TestClient, TestSocket) {
    let client = Connect::default().buffer(2_048).to(server.router()).await.unwrap();
    let socket = client.enter("/house", &json!({})).await.unwrap();
    (client, socket)
}

async fn knock(socket: &TestSocket) {
    let knocked = socket.call::<Knock>("knock", &Knock { words: "hello".to_owned() }).await;
    assert_eq!(knocked.unwrap().words, "hello");
}

#[tokio::test]
async fn a_client_that_leaves_has_left_once() {
    let porter = Porter::default();
    let server = server(&porter, Settings::default());
    let (_client, socket) = enter(&server).await;

    knock(&socket).await;
    socket.leave();

    assert_eq!(porter.only_reason().await, DisconnectReason::ClientLeft);
    assert_eq!(server.links(), 0);
}

#[tokio::test]
async fn a_client_whose_power_is_cut_has_left_once() {
    let porter = Porter::default();
    let server = server(&porter, Settings::default());
    let (client, socket) = enter(&server).await;

    knock(&socket).await;
    drop(client);

    assert_eq!(porter.only_reason().await, DisconnectReason::ConnectionLost);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_heartbeat_has_left_once() {
    let porter = Porter::default();
    let server = server(&porter, Settings::default());
    let (client, _socket) = enter(&server).await;

    client.stop_reading();

    assert_eq!(porter.only_reason().await, DisconnectReason::HeartbeatTimeout);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_has_left_once_within_the_stall_timeout() {
    let porter = Porter::default();
    let server = server(&porter, Settings { engine_packets: 4, ..Settings::default() });
    let (client, _socket) = enter(&server).await;
    let started = Instant::now();

    client.stop_reading();
    for _ in 0..100 {
        let noise = Knock { words: "x".repeat(1_000) };
        server.emitter::<House>().noise(&noise).await.unwrap();
    }

    assert_eq!(porter.only_reason().await, DisconnectReason::Stalled);
    assert!(started.elapsed() <= Duration::from_secs(16), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn when_the_server_goes_down_everybody_has_left_once_before_it_is_down() {
    let porter = Porter::default();
    let server = server(&porter, Settings::default());
    let (_client, mut socket) = enter(&server).await;

    server.shutdown().await;

    assert_eq!(*porter.0.went.lock().unwrap(), [DisconnectReason::ShuttingDown]);
    assert_eq!(socket.next_named("tautline:notice").await.payload["kind"], "shutting_down");
}

#[tokio::test]
async fn it_shares_a_port_with_an_application_and_its_state() {
    let porter = Porter::default();
    let server = server(&porter, Settings::default());
    let hello =
        async |State(name): State<&'static str>, ConnectInfo(_): ConnectInfo<SocketAddr>| name;
    let app = Router::new().route("/hello", get(hello)).with_state("the application");
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let stop = Arc::new(Notify::new());
    let serving = tokio::spawn({
        let (server, app, stop) = (server.clone(), app.clone(), Arc::clone(&stop));
        async move { server.serve(tcp, app, stop.notified()).await }
    });

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    stop.notify_one();
    serving.await.unwrap().unwrap();

    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert!(response.ends_with("the application"), "{response}");
    assert!(TcpStream::connect(address).await.is_err());
}
