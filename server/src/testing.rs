//! A client in the same process: the real server and the real protocol, over memory instead of a
//! port. For the tests of services.
//!
//! It speaks Engine.IO 4 and Socket.IO 5 over a websocket, as any client would, and shows what the
//! wire carries. It does not resend, rejoin or refresh: what it does not do, the test can see.
//!
//! ```no_run
//! # use serde_json::json;
//! # use tautline_server::testing::TestClient;
//! # async fn example(app: axum::Router) {
//! let client = TestClient::connect(app).await.expect("the server takes connections");
//! let mut chat = client.enter("/chat", &json!({ "token": "…" })).await.expect("the token is good");
//!
//! let answer = chat.call::<serde_json::Value>("send_message", &json!({ "text": "hello" })).await;
//! assert_eq!(answer.expect("the message is good")["text"], "hello");
//! assert_eq!(chat.next_named("message_created").await.payload["text"], "hello");
//! # }
//! ```

mod connect;
mod packet;
mod presence;
mod rates;
mod socket;
mod streams;
mod switchboard;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use tautline::Problem;
use tokio::io::DuplexStream;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub use connect::{Connect, ConnectError};
pub use packet::Packet;
pub use presence::RoomPresence;
#[doc(hidden)]
pub use rates::RateChecks;
pub use socket::{Call, TestEvent, TestSocket};
pub use streams::{RoomStreams, SeenStream, StreamNews};
pub use wire::{Decide, Direction, Fate, Wire};

use switchboard::Switchboard;

/// How long the client waits for what should come, before it says what did not.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection to a server in the same process.
///
/// When it is dropped, the connection is cut, as if the client's machine had lost its power.
#[derive(Debug)]
pub struct TestClient {
    board: Arc<Switchboard>,
    is_reading: watch::Sender<bool>,
    tasks: [tokio::task::JoinHandle<()>; 3],
}

impl TestClient {
    /// Connects to an application that has the server in it, such as `server.router()`.
    ///
    /// # Errors
    /// When the server does not take the connection.
    pub async fn connect(app: Router) -> Result<Self, ConnectError> {
        Connect::default().to(app).await
    }

    /// Enters a namespace with this `auth`.
    ///
    /// # Errors
    /// The problem that the server refuses with.
    pub async fn enter(
        &self,
        path: &str,
        auth: &impl Serialize,
    ) -> Result<TestSocket, Box<Problem>> {
        TestSocket::enter(Arc::clone(&self.board), path, auth).await
    }

    /// Sends an Engine.IO packet as it is: `42/chat,["typing",{}]`.
    pub fn send_frame(&self, frame: impl Into<String>) {
        self.board.send(Message::text(frame.into()));
    }

    /// Stops reading, as a stuck client does. What the server sends piles up.
    pub fn stop_reading(&self) {
        self.is_reading.send_replace(false);
    }

    /// Reads again.
    pub fn resume_reading(&self) {
        self.is_reading.send_replace(true);
    }

    /// Waits until the connection has ended.
    pub async fn closed(&self) {
        self.board.closed().await;
    }

    /// Whether the connection has ended, as far as the client has read.
    pub fn is_closed(&self) -> bool {
        self.board.is_closed()
    }

    /// Closes the connection in order.
    pub fn close(&self) {
        self.board.send(Message::Close(None));
    }

    fn start(stream: WebSocketStream<DuplexStream>, server: tokio::task::JoinHandle<()>) -> Self {
        let (mut sink, mut frames) = stream.split();
        let (outbox, mut waiting) = mpsc::unbounded_channel();
        let (is_reading, mut may_read) = watch::channel(true);
        let board = Arc::new(Switchboard::new(outbox));

        // Apart from each other: a client that cannot write still reads.
        let writer = tokio::spawn(async move {
            while let Some(message) = waiting.recv().await {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
        });
        let own = Arc::clone(&board);
        let reader = tokio::spawn(async move {
            // Fails only when the client is gone.
            while may_read.wait_for(|may| *may).await.is_ok() {
                tokio::select! {
                    frame = frames.next() => match frame {
                        Some(Ok(frame)) => own.receive(frame),
                        Some(Err(_)) | None => break,
                    },
                    changed = may_read.changed() => if changed.is_err() { break },
                }
            }
            own.close();
        });
        Self { board, is_reading, tasks: [writer, reader, server] }
    }
}

impl Drop for TestClient {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.board.close();
    }
}

impl fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switchboard").field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
