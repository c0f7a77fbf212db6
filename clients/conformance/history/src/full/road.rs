//! The way to a real server: a websocket over TCP.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::crew::{Pipe, Way};
use crate::dice::Dice;
use crate::model::client::NAMESPACE;

/// An origin: `http://127.0.0.1:4000`.
#[derive(Clone, Debug)]
pub(crate) struct Road(pub(crate) String);

impl Way for Road {
    type Pipe = Socket;

    async fn connect(&self, _: &str, guest: Option<&str>, _: Dice) -> Option<Socket> {
        let address = self.0.strip_prefix("http://")?;
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (stream, _) = client_async(url, stream).await.ok()?;
        let mut socket = Socket::start(stream);
        let open = socket.next().await?;
        let open = serde_json::from_str::<Value>(open.strip_prefix('0')?).ok()?;
        let ms = open["pingInterval"].as_u64()? + open["pingTimeout"].as_u64()?;
        socket.patience = Duration::from_millis(ms);
        let auth = guest.map_or_else(|| json!({}), |guest| json!({ "guest": guest }));
        socket.send(format!("40{NAMESPACE},{auth}"));
        Some(socket)
    }
}

/// A connection.
pub(crate) struct Socket {
    outbox: mpsc::UnboundedSender<String>,
    inbox: mpsc::UnboundedReceiver<String>,
    /// How long the server may be silent.
    patience: Duration,
    tasks: [JoinHandle<()>; 2],
}

impl Socket {
    fn start(stream: WebSocketStream<TcpStream>) -> Self {
        let (mut sink, mut frames) = stream.split();
        let (outbox, mut waiting) = mpsc::unbounded_channel::<String>();
        let (arrived, inbox) = mpsc::unbounded_channel();
        let writer = tokio::spawn(async move {
            while let Some(packet) = waiting.recv().await {
                if sink.send(Message::text(packet)).await.is_err() {
                    return;
                }
            }
        });
        let pongs = outbox.clone();
        let reader = tokio::spawn(async move {
            while let Some(Ok(message)) = frames.next().await {
                let Message::Text(text) = message else { continue };
                if text.starts_with('2') {
                    // A connection that is gone needs no pong.
                    let _is_open = pongs.send("3".to_owned());
                }
                if arrived.send(text.to_string()).is_err() {
                    return;
                }
            }
        });
        let patience = Duration::from_secs(10);
        Self { outbox, inbox, patience, tasks: [writer, reader] }
    }
}

impl Pipe for Socket {
    fn send(&mut self, packet: String) {
        // A connection that is gone is noticed by `next`.
        let _is_open = self.outbox.send(packet);
    }

    async fn next(&mut self) -> Option<String> {
        timeout(self.patience, self.inbox.recv()).await.ok().flatten()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
