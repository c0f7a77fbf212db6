//! Sorts what comes in by namespace and by acknowledgement.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Message;

use super::packet::Packet;

/// Everything that one connection waits for.
pub(super) struct Switchboard {
    outbox: mpsc::UnboundedSender<Message>,
    state: Mutex<State>,
    is_closed: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    mailboxes: HashMap<String, mpsc::UnboundedSender<Arrival>>,
    answers: HashMap<(String, i64), oneshot::Sender<Arrival>>,
    next_id: i64,
    /// A packet whose attachments are still to come.
    partial: Option<Arrival>,
}

/// A packet with its attachments.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) packet: Packet,
    pub(super) attachments: Vec<Bytes>,
}

impl Switchboard {
    pub(super) fn new(outbox: mpsc::UnboundedSender<Message>) -> Self {
        Self { outbox, state: Mutex::default(), is_closed: watch::Sender::new(false) }
    }

    pub(super) fn send(&self, message: Message) {
        // A closed connection takes nothing; whoever waits for an answer learns of it there.
        let _is_open = self.outbox.send(message);
    }

    /// Sends a packet and its attachments.
    pub(super) fn send_packet(&self, packet: &Packet, attachments: Vec<Bytes>) {
        // `4` makes it an Engine.IO message.
        self.send(Message::text(format!("4{packet}")));
        for bytes in attachments {
            self.send(Message::Binary(bytes));
        }
    }

    /// What comes from now on for a namespace.
    pub(super) fn mailbox(&self, namespace: &str) -> mpsc::UnboundedReceiver<Arrival> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut state = self.state();
        if !self.is_closed() {
            state.mailboxes.insert(namespace.to_owned(), sender);
        }
        receiver
    }

    /// A number for a new event of a namespace, and its answer.
    pub(super) fn expect_answer(&self, namespace: &str) -> (i64, oneshot::Receiver<Arrival>) {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        state.next_id += 1;
        let id = state.next_id;
        if !self.is_closed() {
            state.answers.insert((namespace.to_owned(), id), sender);
        }
        (id, receiver)
    }

    /// Takes one websocket message.
    pub(super) fn receive(&self, message: Message) {
        match message {
            Message::Text(text) => match text.split_at_checked(1) {
                // A ping: the server takes silence for death.
                Some(("2", _)) => self.send(Message::text("3")),
                Some(("4", packet)) => {
                    if let Some(packet) = Packet::parse(packet) {
                        self.sort(Arrival { packet, attachments: Vec::new() });
                    }
                }
                Some(_) | None => {}
            },
            Message::Binary(bytes) => {
                let Some(mut arrival) = self.state().partial.take() else { return };
                arrival.attachments.push(bytes);
                self.sort(arrival);
            }
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
        }
    }

    fn sort(&self, arrival: Arrival) {
        let mut state = self.state();
        if arrival.attachments.len() < arrival.packet.attachments {
            state.partial = Some(arrival);
            return;
        }
        let namespace = &arrival.packet.namespace;
        if matches!(arrival.packet.kind, '3' | '6') {
            let key = (namespace.clone(), arrival.packet.id.unwrap_or_default());
            if let Some(answer) = state.answers.remove(&key) {
                // Nobody waits any more.
                let _is_awaited = answer.send(arrival);
            }
        } else if let Some(mailbox) = state.mailboxes.get(namespace) {
            let _is_open = mailbox.send(arrival);
        }
    }

    /// The connection has ended: everybody who waits learns of it.
    pub(super) fn close(&self) {
        let mut state = self.state();
        self.is_closed.send_replace(true);
        *state = State::default();
    }

    pub(super) fn is_closed(&self) -> bool {
        *self.is_closed.borrow()
    }

    pub(super) async fn closed(&self) {
        let mut ending = self.is_closed.subscribe();
        // The sender lives in `self`, so this ends only when the connection does.
        let _ended = ending.wait_for(|is_closed| *is_closed).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
