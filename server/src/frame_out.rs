//! What goes out: a frame that is encoded once and cloned cheaply, and how much it matters.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use socketioxide_core::{Str, Value};
use tautline::RoomName;

/// Above so many bytes a frame is large: a small multiple of what most messages are, and a small part
/// of what a connection costs anyway.
const LARGE: usize = 4 * 1024;

/// A JSON array as Socket.IO carries it, encoded once and shared by everybody who receives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Payload {
    args: Str,
    attachments: Option<VecDeque<Bytes>>,
    /// All of it as one websocket frame, where many get the same.
    whole: Option<Bytes>,
}

impl Payload {
    /// `args` is the whole array: `["name",{…},{meta}]` of an event, `[{…}]` of an acknowledgement.
    pub(crate) fn new(args: impl Into<String>, attachments: Vec<Bytes>) -> Self {
        let attachments = (!attachments.is_empty()).then(|| attachments.into());
        Self { args: Str::from(args.into()), attachments, whole: None }
    }

    /// The same as an event of this namespace, together with its frame for the short way. One with
    /// byte fields is several frames and has none.
    pub(crate) fn framed(&self, namespace: &str) -> Self {
        Self { whole: self.frame(namespace, None), ..self.clone() }
    }

    fn frame(&self, namespace: &str, ack: Option<i64>) -> Option<Bytes> {
        self.attachments.is_none().then(|| text_frame(namespace, ack, &self.args))
    }

    /// The websocket frame that [`Payload::framed`] has made.
    pub(crate) fn whole(&self) -> Option<&Bytes> {
        self.whole.as_ref()
    }

    /// In how many messages it travels.
    pub(crate) fn messages(&self) -> u64 {
        1 + self.attachments.as_ref().map_or(0, |attachments| attachments.len() as u64)
    }

    /// The array's text.
    #[cfg(test)]
    pub(crate) fn args(&self) -> &str {
        &self.args
    }

    /// The byte fields, in the order of their placeholders.
    pub(crate) fn attachments(&self) -> impl Iterator<Item = &Bytes> {
        self.attachments.iter().flatten()
    }

    /// How much it weighs in a queue.
    pub(crate) fn len(&self) -> usize {
        self.args.len() + self.attachments().map(Bytes::len).sum::<usize>()
    }

    /// As socketioxide takes it; shares the text.
    pub(crate) fn to_value(&self) -> Value {
        Value::Str(self.args.clone(), self.attachments.clone())
    }
}

/// An unmasked websocket frame (RFC 6455, section 5.2) with a whole packet in it: `4` for a message of
/// Engine.IO, `2` for an event of Socket.IO or `3` for an acknowledgement, the namespace, the
/// acknowledgement's number, the arguments.
fn text_frame(namespace: &str, ack: Option<i64>, args: &str) -> Bytes {
    let kind = if ack.is_some() { "43" } else { "42" };
    let namespace = if namespace == "/" { "" } else { namespace };
    let comma = if namespace.is_empty() { "" } else { "," };
    let number = ack.map(|number| number.to_string()).unwrap_or_default();
    let parts = [kind, namespace, comma, &number, args];
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    let mut frame = Vec::with_capacity(len + 10);
    frame.push(0x81);
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(short @ ..126), _) => frame.push(short),
        (_, Ok(middle)) => {
            frame.push(126);
            frame.extend(middle.to_be_bytes());
        }
        (_, Err(_)) => {
            frame.push(127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    parts.iter().for_each(|part| frame.extend(part.as_bytes()));
    frame.into()
}

/// One packet of a namespace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Frame {
    /// An event.
    Event(Payload),
    /// The answer to the command that the client gave this number.
    Ack(i64, Payload),
}

impl Frame {
    /// What it carries.
    pub(crate) fn payload(&self) -> &Payload {
        match self {
            Self::Event(payload) | Self::Ack(_, payload) => payload,
        }
    }

    /// The whole of it as one websocket frame, if it is a large one.
    pub(crate) fn large(&self, namespace: &str) -> Option<Bytes> {
        if self.payload().len() <= LARGE {
            return None;
        }
        match self {
            Self::Event(payload) => {
                payload.whole().cloned().or_else(|| payload.frame(namespace, None))
            }
            Self::Ack(number, payload) => payload.frame(namespace, Some(*number)),
        }
    }
}

/// How much a frame matters when its receiver reads too slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class<'a> {
    /// An acknowledgement: waits for room, is never dropped.
    Ack,
    /// A library event: likewise.
    Control,
    /// An event of a room's journal: dropped when there is no room, since its receiver can fetch it;
    /// the room is then dirty until [`Inbox::drained`](crate::link::Inbox::drained) names it.
    Durable {
        /// The room whose journal has it.
        room: &'a RoomName,
    },
    /// An event without a position: the first to be dropped, and counted.
    Live,
    /// A part of a stream: dropped like a live event, and its room is dirty then, since its receiver
    /// can fetch it.
    Part {
        /// The room in which the stream is.
        room: &'a RoomName,
    },
    /// An event of which only the newest of its name matters.
    Volatile {
        /// The event's name.
        conflate: &'static str,
    },
}

impl fmt::Display for Class<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ack => "ack",
            Self::Control => "control",
            Self::Durable { .. } => "durable",
            Self::Live => "live",
            Self::Part { .. } => "part",
            Self::Volatile { .. } => "volatile",
        })
    }
}
