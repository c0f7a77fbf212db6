//! A contract with its types read: what every generator starts from.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tautline::{Contract, Errors, Event, EventKind, NamespaceFacts, RoomFacts, TypeRef};

use crate::{
    Mistake,
    schemas::{Direction, Schemas},
    typescript::types::Types,
};

/// A contract, its types in TypeScript and JSON Schema, and its hash.
#[derive(Debug)]
pub struct Described {
    /// The facts.
    pub contract: &'static Contract,
    /// The types in TypeScript.
    pub types: Types,
    /// The types as the server receives them.
    pub received: Schemas,
    /// The types as the server sends them.
    pub sent: Schemas,
    /// What of it can be seen on the wire.
    pub facts: Value,
    /// SHA-256 over the wire facts.
    pub hash: String,
    /// The folder of the contract crate.
    pub crate_root: PathBuf,
}

impl Described {
    /// Reads the types, and says what of them cannot be described.
    pub fn read(contract: &'static Contract, crate_root: &Path) -> (Self, Vec<Mistake>) {
        let (mut types, mistakes) = Types::read(contract.namespaces);
        let received = Schemas::read(Direction::Received, &all_types(contract));
        let sent = Schemas::read(Direction::Sent, &all_types(contract));
        types.add_variant_docs(&sent);
        let mut described = Self {
            contract,
            types,
            received,
            sent,
            facts: Value::Null,
            hash: String::new(),
            crate_root: crate_root.to_owned(),
        };
        described.facts = crate::wire_facts::collect(&described);
        described.hash = crate::canonical::hash(&described.facts);
        (described, mistakes)
    }

    /// The schemas in which a command's payload or a question's answer is read.
    pub fn schemas(&self, direction: Direction) -> &Schemas {
        match direction {
            Direction::Received => &self.received,
            Direction::Sent => &self.sent,
        }
    }
}

/// Which half of a namespace an event is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A client sends it.
    Command,
    /// The server sends it.
    Event,
}

impl Side {
    /// Which way the payload travels.
    pub const fn payload(self) -> Direction {
        match self {
            Self::Command => Direction::Received,
            Self::Event => Direction::Sent,
        }
    }

    /// Which way the answer travels: back, except that a stream ends the way it began.
    pub const fn answer(self, kind: EventKind) -> Direction {
        match (self, kind) {
            (Self::Event, EventKind::Question { .. } | EventKind::Plain | EventKind::Join) => {
                Direction::Received
            }
            (Self::Command, _) | (Self::Event, EventKind::Stream { .. }) => Direction::Sent,
        }
    }

    /// What people call it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Event => "event",
        }
    }
}

/// Every event of a namespace with its side, in the order in which it is written.
pub(crate) fn events_of(
    namespace: &NamespaceFacts,
) -> impl Iterator<Item = (Side, &'static Event)> {
    let commands = namespace.commands.iter().map(|event| (Side::Command, event));
    commands.chain(namespace.events.iter().map(|event| (Side::Event, event)))
}

/// Every type that a namespace mentions, its errors aside.
pub(crate) fn types_of(namespace: &NamespaceFacts) -> Vec<TypeRef> {
    let of_events =
        events_of(namespace).flat_map(|(_, event)| [event.payload, event.answer]).flatten();
    let of_rooms =
        namespace.rooms().into_iter().flat_map(|room| [Some(room.ty), room.presence]).flatten();
    let of_params = errors_of(namespace)
        .into_iter()
        .flat_map(|errors| errors.variants)
        .flat_map(|variant| variant.params.iter().map(|(_, ty)| *ty));
    of_events.chain(of_rooms).chain(of_params).collect()
}

/// The error enums of a namespace that hold an error, each once.
pub(crate) fn errors_of(namespace: &NamespaceFacts) -> Vec<&'static Errors> {
    unique(events_of(namespace).filter_map(|(_, event)| refusals(event)), |a, b| {
        a.ty.rust_name() == b.ty.rust_name()
    })
}

/// The error enums of a contract, each once.
pub(crate) fn errors(contract: &Contract) -> Vec<&'static Errors> {
    let all = contract.namespaces.iter().flat_map(|namespace| errors_of(namespace));
    unique(all, |a, b| a.ty.rust_name() == b.ty.rust_name())
}

/// The rooms of a contract, each once.
pub(crate) fn rooms(contract: &Contract) -> Vec<&'static RoomFacts> {
    let all = contract.namespaces.iter().flat_map(|namespace| namespace.rooms());
    unique(all, |a, b| (a.ty.rust_name(), a.pattern) == (b.ty.rust_name(), b.pattern))
}

/// The errors of an event, if it has some of its own.
pub(crate) fn refusals(event: &Event) -> Option<&'static Errors> {
    event.error.filter(|errors| !errors.variants.is_empty())
}

/// The join command of a room, if the namespace has one.
pub(crate) fn join_of(namespace: &NamespaceFacts, room: &RoomFacts) -> Option<&'static Event> {
    namespace.commands.iter().find(|event| {
        event.kind == EventKind::Join
            && event.policy.rooms.iter().any(|it| it.pattern == room.pattern)
    })
}

fn all_types(contract: &Contract) -> Vec<TypeRef> {
    contract.namespaces.iter().flat_map(|namespace| types_of(namespace)).collect()
}

fn unique<T>(items: impl Iterator<Item = T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    items.fold(Vec::new(), |mut known, item| {
        if !known.iter().any(|other| same(other, &item)) {
            known.push(item);
        }
        known
    })
}
