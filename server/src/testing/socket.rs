//! One namespace of a test client.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tautline::{LibraryCode, Problem, decode_with_attachments, encode};
use tokio::sync::{mpsc, oneshot};

use super::PATIENCE;
use super::packet::Packet;
use super::switchboard::{Arrival, Switchboard};

/// One namespace of a [`TestClient`](super::TestClient).
#[derive(Debug)]
pub struct TestSocket {
    board: Arc<Switchboard>,
    namespace: String,
    mailbox: mpsc::UnboundedReceiver<Arrival>,
}

/// The answer to a command that is on its way. Dropping it takes nothing back.
pub type Call<T> = Pin<Box<dyn Future<Output = Result<T, Box<Problem>>> + Send>>;

/// An event that the server sent.
#[derive(Clone, Debug, PartialEq)]
pub struct TestEvent {
    /// Its name.
    pub name: String,
    /// Its payload, with placeholders where byte fields go.
    pub payload: Value,
    /// What the library says of it; `Value::Null` where it says nothing.
    pub meta: Value,
    /// The byte fields.
    pub attachments: Vec<Bytes>,
}

impl TestEvent {
    /// The payload as the contract's type.
    ///
    /// # Panics
    /// When it is not one.
    pub fn payload<T: DeserializeOwned>(&self) -> T {
        decode(&self.name, self.payload.clone(), self.attachments.clone())
    }
}

impl TestSocket {
    pub(super) async fn enter(
        board: Arc<Switchboard>,
        path: &str,
        auth: &impl Serialize,
    ) -> Result<Self, Box<Problem>> {
        let mailbox = board.mailbox(path);
        let mut socket = Self { board, namespace: path.to_owned(), mailbox };
        let auth = serde_json::to_string(auth).unwrap_or_else(|error| panic!("no auth: {error}"));
        socket.send('0', None, auth, Vec::new());
        let answer = socket.arrival("an answer to CONNECT").await.ok_or_else(closed)?;
        match answer.packet.kind {
            '0' => Ok(socket),
            '4' => Err(refusal(&answer.packet.data)),
            kind => panic!("the server answered CONNECT with a packet of type {kind}"),
        }
    }

    /// Sends an event.
    pub fn emit(&self, name: &str, payload: &impl Serialize) {
        let (args, attachments) = event(name, payload, None);
        self.send('2', None, args, attachments);
    }

    /// Sends a command at once, and gives its answer when it comes.
    ///
    /// # Panics
    /// When the answer is not a `T`, or when there is none for half a minute.
    pub fn call<T: DeserializeOwned>(&self, name: &str, payload: &impl Serialize) -> Call<T> {
        let answer = self.begin(name, payload, None);
        let name = name.to_owned();
        Box::pin(async move {
            let (mut answer, attachments) = answer.await?;
            if let Some(problem) = answer.get_mut("error") {
                return Err(decode(&name, problem.take(), Vec::new()));
            }
            let value = answer.get_mut("ok").map(Value::take);
            let value = value.unwrap_or_else(|| panic!("the answer to `{name}` has no `ok`"));
            Ok(decode(&name, value, attachments))
        })
    }

    /// Likewise with `meta`, and the whole acknowledgement: `{ ok, at?, replayed? }` or `{ error }`.
    pub fn call_with(&self, name: &str, payload: &impl Serialize, meta: &Value) -> Call<Value> {
        let answer = self.begin(name, payload, Some(meta));
        Box::pin(async move { Ok(answer.await?.0) })
    }

    /// The next event; `None` when the connection or the namespace is over.
    pub async fn next(&mut self) -> Option<TestEvent> {
        loop {
            let arrival = self.arrival("an event").await?;
            match arrival.packet.kind {
                '2' | '5' => return Some(TestEvent::from(arrival)),
                '1' => {
                    self.mailbox.close();
                    return None;
                }
                // An answer to a CONNECT that the test sent by hand.
                _ => {}
            }
        }
    }

    /// The next event of this name; passes over others.
    ///
    /// # Panics
    /// When the connection ends before.
    pub async fn next_named(&mut self, name: &str) -> TestEvent {
        loop {
            match self.next().await {
                Some(event) if event.name == name => return event,
                Some(_) => {}
                None => panic!("the namespace was left before `{name}` came"),
            }
        }
    }

    /// Waits until the server has taken the client out of the namespace or ended the connection.
    pub async fn left(&mut self) {
        while self.next().await.is_some() {}
    }

    /// Leaves the namespace.
    pub fn leave(&self) {
        self.send('1', None, String::new(), Vec::new());
    }

    fn begin(
        &self,
        name: &str,
        payload: &impl Serialize,
        meta: Option<&Value>,
    ) -> Call<(Value, Vec<Bytes>)> {
        let (id, answer) = self.board.expect_answer(&self.namespace);
        let (args, attachments) = event(name, payload, meta);
        self.send('2', Some(id), args, attachments);
        Box::pin(answered(name.to_owned(), answer))
    }

    fn send(&self, kind: char, id: Option<i64>, data: String, attachments: Vec<Bytes>) {
        let kind = if attachments.is_empty() { kind } else { '5' };
        let namespace = self.namespace.clone();
        let packet = Packet { kind, attachments: attachments.len(), namespace, id, data };
        self.board.send_packet(&packet, attachments);
    }

    async fn arrival(&mut self, what: &str) -> Option<Arrival> {
        match tokio::time::timeout(PATIENCE, self.mailbox.recv()).await {
            Ok(arrival) => arrival,
            Err(_) => panic!("`{}` waited too long for {what}", self.namespace),
        }
    }
}

impl From<Arrival> for TestEvent {
    fn from(arrival: Arrival) -> Self {
        let (name, payload, meta) = match serde_json::from_str(&arrival.packet.data) {
            Ok(Value::Array(args)) => {
                let mut args = args.into_iter();
                (args.next(), args.next(), args.next())
            }
            Ok(_) | Err(_) => (None, None, None),
        };
        Self {
            name: name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
            payload: payload.unwrap_or_default(),
            meta: meta.unwrap_or_default(),
            attachments: arrival.attachments,
        }
    }
}

/// The array of an event, and the byte fields beside it.
fn event(name: &str, payload: &impl Serialize, meta: Option<&Value>) -> (String, Vec<Bytes>) {
    let encoded = encode(payload).unwrap_or_else(|error| panic!("no payload: {error}"));
    let mut args = format!("[{},{}", json!(name), encoded.json);
    if let Some(meta) = meta {
        args.push(',');
        args.push_str(&meta.to_string());
    }
    args.push(']');
    (args, encoded.attachments)
}

async fn answered(
    name: String,
    answer: oneshot::Receiver<Arrival>,
) -> Result<(Value, Vec<Bytes>), Box<Problem>> {
    let arrival = match tokio::time::timeout(PATIENCE, answer).await {
        Ok(arrival) => arrival.map_err(|_| closed())?,
        Err(_) => panic!("`{name}` was not answered"),
    };
    match serde_json::from_str(&arrival.packet.data) {
        Ok(Value::Array(args)) if args.len() == 1 => {
            Ok((args.into_iter().next().unwrap_or_default(), arrival.attachments))
        }
        _ => panic!("the answer to `{name}` is not one value: {}", arrival.packet.data),
    }
}

fn decode<T: DeserializeOwned>(what: &str, value: Value, attachments: Vec<Bytes>) -> T {
    let text = value.to_string();
    decode_with_attachments(attachments, || serde_json::from_value(value))
        .unwrap_or_else(|error| panic!("`{what}` does not fit: {error}: {text}"))
}

/// The problem in a CONNECT_ERROR.
fn refusal(data: &str) -> Box<Problem> {
    let message = serde_json::from_str::<Value>(data).ok();
    let message = message.as_ref().and_then(|data| data["message"].as_str()).unwrap_or_default();
    let problem = serde_json::from_str(message);
    // socketioxide itself has no words that we know of.
    problem.unwrap_or_else(|_| Box::new(LibraryCode::ProtocolError.problem()))
}

fn closed() -> Box<Problem> {
    Box::new(LibraryCode::ConnectionClosed.problem())
}
