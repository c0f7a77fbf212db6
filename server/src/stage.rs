//! Emits that wait for their command: kept as they travel, published only if the command succeeds.

use std::sync::Arc;

use tautline::control::Control;
use tautline::{
    Delivery, Encoded, Event, Namespace, Retention, Room, RoomName, User, Wire, encode,
};

use crate::frame_out::{Class, Frame, Payload};
use crate::journal::RoomKey;
use crate::link::Link;
use crate::position::Position;
use crate::publish::Publication;
use crate::room_table::{Kind, Message};

/// The room of all connections of a namespace. No contract can name it: patterns are not empty.
pub(crate) fn everyone(namespace: &'static str) -> RoomKey {
    RoomKey { namespace, room: RoomName::from_wire("") }
}

/// The personal room of a caller.
pub(crate) fn personal(namespace: &'static str, subject: &str) -> RoomKey {
    RoomKey { namespace, room: User { subject: subject.to_owned() }.name() }
}

/// Whether every connection is in it by itself: the subject's room, and the namespace's.
pub(crate) fn is_own(key: &RoomKey) -> bool {
    key.room.as_str().is_empty() || User::parse(key.room.as_str()).is_some()
}

/// One emit that was made and not yet sent.
#[derive(Debug)]
pub(crate) struct Staged {
    /// The contract's event.
    pub(crate) event: &'static Event,
    /// Where it goes.
    pub(crate) target: Target,
    /// The payload as it travels.
    pub(crate) payload: Encoded,
}

/// Where an emit goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// To the members of these rooms, each with the time that it keeps its events.
    Rooms(Vec<(RoomKey, Retention)>),
    /// To one connection.
    Connection(Arc<Link>),
}

impl Staged {
    /// Serialises a payload.
    ///
    /// # Errors
    /// What serde says; a type of the portable profile never fails.
    pub(crate) fn new<P: Wire>(
        event: &'static Event,
        target: Target,
        payload: &P,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self { event, target, payload: encode(payload)? })
    }

    /// Whether it gets a place in a room.
    pub(crate) fn is_durable(&self) -> bool {
        matches!(self.target, Target::Rooms(_)) && self.event.policy.delivery == Delivery::Durable
    }

    /// The rooms that it goes to.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &RoomKey> {
        let rooms = match &self.target {
            Target::Rooms(rooms) => &rooms[..],
            Target::Connection(_) => &[],
        };
        rooms.iter().map(|(room, _)| room)
    }

    /// How many places it takes in a room.
    pub(crate) fn places_in(&self, key: &RoomKey) -> u64 {
        if self.is_durable() { self.rooms().map(|room| u64::from(room == key)).sum() } else { 0 }
    }

    /// The message of an event that gets no place.
    pub(crate) fn message(&self) -> Message {
        let kind = match self.event.policy.delivery {
            Delivery::Volatile => Kind::Volatile(self.event.name),
            Delivery::Live if self.event.name == PART => Kind::Part,
            Delivery::Live | Delivery::Durable | Delivery::AtMostOnce | Delivery::Idempotent => {
                Kind::Live
            }
        };
        Message { kind, payload: crate::encode::event(self.event.name, &self.payload) }
    }
}

/// The rooms of an event's payload, with what the contract says of each.
pub(crate) fn rooms_of<N: Namespace>(
    event: &'static Event,
    rooms: Vec<RoomName>,
) -> Vec<(RoomKey, Retention)> {
    let retention = |place: usize| {
        event.policy.rooms.get(place).map_or(Retention::DEFAULT, |facts| facts.retention)
    };
    rooms
        .into_iter()
        .enumerate()
        .map(|(place, room)| (RoomKey { namespace: N::FACTS.path, room }, retention(place)))
        .collect()
}

/// The event that carries a part of a stream.
pub(crate) const PART: &str = "tautline:append";

/// One of the library's own events.
pub(crate) fn library_event(name: &str) -> &'static Event {
    let Some(event) = Control::FACTS.events.iter().find(|event| event.name == name) else {
        unreachable!("the library's own events are written in one file");
    };
    event
}

/// The durable form of a message.
pub(crate) fn durable(at: Position, payload: Payload) -> Message {
    Message { kind: Kind::Durable(at), payload }
}

/// Sends a message to one connection.
pub(crate) fn send_to(link: &Arc<Link>, message: Message) {
    let class = match &message.kind {
        Kind::Volatile(conflate) => Class::Volatile { conflate },
        Kind::Control | Kind::Standing => Class::Control,
        Kind::Live | Kind::Part | Kind::Durable(_) => Class::Live,
    };
    link.send(class, Frame::Event(message.payload));
}

/// The messages of an event without a place: one per room, and each member gets one of them.
pub(crate) fn live(emit: &Staged) -> Vec<Publication> {
    let Target::Rooms(rooms) = &emit.target else { return Vec::new() };
    let message = emit.message();
    let publication = |place: usize| Publication {
        key: rooms[place].0.clone(),
        message: message.clone(),
        unless_in: rooms[..place].iter().map(|(key, _)| key.clone()).collect(),
        release: None,
    };
    (0..rooms.len()).map(publication).collect()
}
