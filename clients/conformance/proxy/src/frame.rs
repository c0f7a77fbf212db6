//! What rules act on: an Engine.IO packet, or a Socket.IO packet together with its attachments, which
//! travel as messages of their own and are of no use apart. Pure.

use serde::{Deserialize, Serialize};

use crate::engine_packet::{EnginePacket, Piece};
use crate::socket_packet::{SocketKind, SocketPacket};

/// The most attachments that are waited for, in number and in bytes: beyond these the parts of a
/// packet pass one by one, so that nobody can make the proxy hold what it likes.
const MAX_ATTACHMENTS: usize = 1024;
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

impl Direction {
    /// The other one.
    pub fn opposite(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No frame: a client that comes. Rules may refuse it.
    Link,
    /// The handshake of Engine.IO.
    Open,
    /// The end of Engine.IO.
    Close,
    /// A ping of Engine.IO, or of an upgrade.
    Ping,
    /// Its answer.
    Pong,
    /// The end of an upgrade.
    Upgrade,
    /// Nothing.
    Noop,
    /// Asks for a namespace, or grants it.
    Connect,
    /// Leaves a namespace, or takes it away.
    Disconnect,
    /// An event. A rule for it is one for events with attachments, too.
    Event,
    /// An answer. A rule for it is one for answers with attachments, too.
    Ack,
    /// Refuses a namespace.
    ConnectError,
    /// An event with attachments.
    BinaryEvent,
    /// An answer with attachments.
    BinaryAck,
    /// Nothing that a client or a server should send.
    Unknown,
}

impl Kind {
    /// Whether a rule for this kind is one for `other`.
    pub fn includes(self, other: Self) -> bool {
        match self {
            Self::Event => matches!(other, Self::Event | Self::BinaryEvent),
            Self::Ack => matches!(other, Self::Ack | Self::BinaryAck),
            _ => self == other,
        }
    }
}

/// A frame on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: Kind,
    /// The namespace of a Socket.IO packet.
    pub namespace: Option<String>,
    /// The name of an event; of an answer, once somebody knows it, that of the event it answers.
    pub event: Option<String>,
    /// What ties an answer to its event.
    pub id: Option<u64>,
    /// The messages in which it travels.
    pub pieces: Vec<Piece>,
}

impl Frame {
    /// How many bytes travel.
    pub fn bytes(&self) -> usize {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Leaves the first so many bytes, of text whole characters, and nothing of what comes after.
    pub fn truncate(&mut self, bytes: usize) {
        let mut left = bytes;
        self.pieces.retain_mut(|piece| {
            let whole = piece.len();
            match piece {
                Piece::Text(text) => text.truncate(text.floor_char_boundary(left)),
                Piece::Binary(data) => data.truncate(left),
            }
            left = left.saturating_sub(whole);
            !piece.is_empty()
        });
    }

    /// The text by which the proxy itself refuses a namespace, as a server would.
    pub(crate) fn refusal(namespace: &str, message: &str) -> Self {
        let data = serde_json::json!({ "message": message }).to_string();
        let packet = SocketPacket {
            kind: SocketKind::ConnectError,
            attachments: 0,
            namespace,
            id: None,
            data: &data,
        };
        let text = EnginePacket::Message(&packet.to_string()).to_string();
        read_text(text).0
    }
}

/// Makes frames of the messages of one direction.
#[derive(Debug, Default)]
pub struct Assembler {
    /// A packet, and how many attachments it waits for.
    incomplete: Option<(Frame, usize)>,
}

impl Assembler {
    /// Takes a message; gives the frames that are complete now, in order.
    pub fn push(&mut self, piece: Piece) -> Vec<Frame> {
        match piece {
            Piece::Text(text) => {
                let (frame, attachments) = read_text(text);
                // Pings go between a packet and its attachments; another packet says that the
                // attachments never come.
                let is_between = frame.namespace.is_none();
                let given_up = if is_between { None } else { self.give_up() };
                if (1..=MAX_ATTACHMENTS).contains(&attachments) {
                    self.incomplete = Some((frame, attachments));
                    return given_up.into_iter().collect();
                }
                given_up.into_iter().chain([frame]).collect()
            }
            Piece::Binary(_) => self.attach(piece).into_iter().collect(),
        }
    }

    /// What came of a packet whose attachments did not all come.
    pub fn give_up(&mut self) -> Option<Frame> {
        self.incomplete.take().map(|(frame, _)| frame)
    }

    fn attach(&mut self, piece: Piece) -> Option<Frame> {
        let Some((mut frame, missing)) = self.incomplete.take() else {
            return Some(unknown(piece));
        };
        frame.pieces.push(piece);
        if missing == 1 || frame.bytes() > MAX_BYTES {
            return Some(frame);
        }
        self.incomplete = Some((frame, missing - 1));
        None
    }
}

fn unknown(piece: Piece) -> Frame {
    Frame { kind: Kind::Unknown, namespace: None, event: None, id: None, pieces: vec![piece] }
}

/// The frame that a text is, and how many attachments belong to it.
fn read_text(text: String) -> (Frame, usize) {
    let Some(packet) = EnginePacket::parse(&text) else { return (unknown(Piece::Text(text)), 0) };
    let kind = match packet {
        EnginePacket::Open(_) => Kind::Open,
        EnginePacket::Close => Kind::Close,
        EnginePacket::Ping(_) => Kind::Ping,
        EnginePacket::Pong(_) => Kind::Pong,
        EnginePacket::Upgrade => Kind::Upgrade,
        EnginePacket::Noop => Kind::Noop,
        EnginePacket::Message(data) => return read_message(data, &text),
    };
    (Frame { kind, ..unknown(Piece::Text(text)) }, 0)
}

fn read_message(data: &str, text: &str) -> (Frame, usize) {
    let whole = Piece::Text(text.to_owned());
    let Some(packet) = SocketPacket::parse(data) else { return (unknown(whole), 0) };
    let kind = match packet.kind {
        SocketKind::Connect => Kind::Connect,
        SocketKind::Disconnect => Kind::Disconnect,
        SocketKind::Event => Kind::Event,
        SocketKind::Ack => Kind::Ack,
        SocketKind::ConnectError => Kind::ConnectError,
        SocketKind::BinaryEvent => Kind::BinaryEvent,
        SocketKind::BinaryAck => Kind::BinaryAck,
    };
    let frame = Frame {
        kind,
        namespace: Some(packet.namespace.to_owned()),
        event: packet.event(),
        id: packet.id,
        pieces: vec![whole],
    };
    (frame, packet.attachments)
}

#[cfg(test)]
mod tests;
