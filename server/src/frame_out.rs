//! What goes out: a frame that is encoded once and cloned cheaply, and how much it matters.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use socketioxide_core::{Str, Value};
use tautline::RoomName;

/// A JSON array as Socket.IO carries it, encoded once and shared by everybody who receives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Payload {
    args: Str,
    attachments: Option<VecDeque<Bytes>>,
}

impl Payload {
    /// `args` is the whole array: `["name",{…},{meta}]` of an event, `[{…}]` of an acknowledgement.
    pub(crate) fn new(args: impl Into<String>, attachments: Vec<Bytes>) -> Self {
        let attachments = (!attachments.is_empty()).then(|| attachments.into());
        Self { args: Str::from(args.into()), attachments }
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
            Self::Volatile { .. } => "volatile",
        })
    }
}
