//! The load: plain websocket clients that speak just enough Socket.IO, so that they cost little.

use anyhow::{Context as _, bail};
use futures_util::{SinkExt as _, StreamExt as _, future};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::payload::{News, Note};
use crate::process;
use crate::serve::Child;

/// How many clients send acknowledged events.
const SENDERS: usize = 16;
/// How many acknowledged events each round measures.
const ACKS: usize = 64_000;
/// How many deliveries each round measures.
const DELIVERIES: usize = 300_000;

/// How many connections are idle at once.
const IDLE: usize = 1_000;

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) enum Workload {
    /// Acknowledged events, so many in flight per client.
    Acks {
        /// How many.
        in_flight: usize,
    },
    /// Events to a room of so many.
    FanOut {
        /// How many.
        members: usize,
    },
    /// Connections in a namespace that say nothing.
    Idle,
}

impl Workload {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 5] = [
        Self::Acks { in_flight: 1 },
        Self::Acks { in_flight: 16 },
        Self::FanOut { members: 100 },
        Self::FanOut { members: 1_000 },
        Self::Idle,
    ];

    /// The name in the table.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Acks { in_flight } => format!("ack, {in_flight} in flight"),
            Self::FanOut { members } => format!("broadcast to {members}"),
            Self::Idle => "idle connection, KiB".to_owned(),
        }
    }
}

/// The server's CPU per operation of a workload, in microseconds; of [`Workload::Idle`] its memory
/// per connection, in KiB.
///
/// # Errors
/// When the server drops an event or answers something else.
pub(crate) async fn measure(server: &Child, workload: Workload) -> anyhow::Result<f64> {
    match workload {
        Workload::Acks { in_flight } => acks(server, in_flight).await,
        Workload::FanOut { members } => fan_out(server, members).await,
        Workload::Idle => idle(server).await,
    }
}

async fn acks(server: &Child, in_flight: usize) -> anyhow::Result<f64> {
    let mut clients = connect_all(server, SENDERS).await?;
    let rounds = ACKS / SENDERS / in_flight;
    burst(&mut clients, rounds / 8, in_flight).await?;

    let before = process::used_ns(server.pid())?;
    burst(&mut clients, rounds, in_flight).await?;
    let used = process::used_ns(server.pid())? - before;

    Ok(used as f64 / (rounds * in_flight * SENDERS) as f64 / 1_000.0)
}

/// Every client sends `in_flight` events, waits for their answers, and does so `rounds` times.
async fn burst(clients: &mut [Client], rounds: usize, in_flight: usize) -> anyhow::Result<()> {
    future::try_join_all(clients.iter_mut().map(async |client| {
        for round in 0..rounds {
            let first = round * in_flight;
            for number in first..first + in_flight {
                client.send("take", number, &Note::sample(number as u32)).await?;
            }
            for _ in 0..in_flight {
                client.next("43/bench,").await?;
            }
        }
        anyhow::Ok(())
    }))
    .await?;
    Ok(())
}

async fn fan_out(server: &Child, members: usize) -> anyhow::Result<f64> {
    let mut clients = connect_all(server, members).await?;
    future::try_join_all(clients.iter_mut().map(async |client| {
        client.send("join_hall", 0, &serde_json::json!({ "hall": "main" })).await?;
        client.next("43/bench,").await
    }))
    .await?;
    let rounds = DELIVERIES / members;
    announce(&mut clients, rounds / 8).await?;

    let before = process::used_ns(server.pid())?;
    announce(&mut clients, rounds).await?;
    let used = process::used_ns(server.pid())? - before;

    Ok(used as f64 / (rounds * members) as f64 / 1_000.0)
}

/// The first client says `rounds` notes, one at a time; every member hears each in order.
async fn announce(clients: &mut [Client], rounds: usize) -> anyhow::Result<()> {
    for round in 0..rounds {
        let news = News { hall: "main".to_owned(), note: Note::sample(round as u32) };
        clients[0].send("announce", round, &news).await?;
        let expected = format!("\"number\":{round},");
        future::try_join_all(clients.iter_mut().map(async |client| {
            let heard = client.next("42/bench,[\"news\"").await?;
            anyhow::ensure!(heard.contains(&expected), "expected {expected} in {heard}");
            anyhow::Ok(())
        }))
        .await?;
    }
    Ok(())
}

async fn idle(server: &Child) -> anyhow::Result<f64> {
    // What the first connections set up is not theirs alone.
    let first = connect_all(server, IDLE / 10).await?;
    let before = process::memory_kib(server.pid())?;
    let clients = connect_all(server, IDLE).await?;
    let used = process::memory_kib(server.pid())? - before;

    drop((first, clients));
    Ok(used as f64 / IDLE as f64)
}

async fn connect_all(server: &Child, count: usize) -> anyhow::Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        clients.push(Client::connect(&server.address).await?);
    }
    Ok(clients)
}

/// One client of the namespace `/bench`.
struct Client(WebSocketStream<TcpStream>);

impl Client {
    async fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = client_async(url, stream).await?;
        let mut client = Self(socket);
        client.next("0").await?;
        client.0.send(Message::text("40/bench,{}")).await?;
        client.next("40/bench,").await?;
        Ok(client)
    }

    async fn send<T: serde::Serialize>(
        &mut self,
        event: &str,
        ack: usize,
        payload: &T,
    ) -> anyhow::Result<()> {
        let payload = serde_json::to_string(payload)?;
        let frame = format!("42/bench,{ack}[\"{event}\",{payload}]");
        self.0.send(Message::text(frame)).await?;
        Ok(())
    }

    /// The next message that starts so; answers heartbeats and passes over the rest.
    async fn next(&mut self, prefix: &str) -> anyhow::Result<String> {
        loop {
            let message = self.0.next().await.context("the server closed the connection")??;
            let Message::Text(text) = message else { continue };
            if text.as_str() == "2" {
                self.0.send(Message::text("3")).await?;
            } else if text.starts_with(prefix) {
                return Ok(text.to_string());
            } else if text.contains("\"error\"") {
                bail!("the server refused: {text}");
            }
        }
    }
}
