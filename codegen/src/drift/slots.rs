//! Where the values of a contract travel: payloads, answers, the names of rooms, what members show
//! each other, and the parameters of refusals. Each type once for each direction.

use std::collections::BTreeSet;

use tautline::{Source, TypeRef};

use crate::{
    Described,
    described::{errors, events_of, rooms},
    schemas::Direction,
};

/// A type that travels, with the place that says so.
pub(super) struct Slot {
    pub ty: TypeRef,
    pub direction: Direction,
    pub source: Source,
    /// What it is, in the words of a message: ``the payload of `send_message` ``.
    pub what: String,
}

/// All of a contract, in its order.
pub(super) fn slots(described: &Described) -> Vec<Slot> {
    let contract = described.contract;
    let mut slots = Vec::new();
    for (side, event) in contract.namespaces.iter().flat_map(|it| events_of(it)) {
        let places = [
            ("payload", event.payload, side.payload()),
            ("answer", event.answer, side.answer(event.kind)),
        ];
        for (noun, ty, direction) in places {
            slots.extend(ty.map(|ty| Slot {
                ty,
                direction,
                source: event.source,
                what: format!("the {noun} of `{}`", event.name),
            }));
        }
    }
    for room in rooms(contract) {
        let slot = |ty, direction, what: &str| Slot {
            ty,
            direction,
            source: room.source,
            what: format!("{what} `{}`", room.name),
        };
        slots.push(slot(room.ty, Direction::Received, "the room"));
        if let Some(ty) = room.presence {
            slots.push(slot(ty, Direction::Received, "what is shown in"));
            slots.push(slot(ty, Direction::Sent, "what is seen in"));
        }
    }
    for variant in errors(contract).into_iter().flat_map(|errors| errors.variants) {
        slots.extend(variant.params.iter().map(|(name, ty)| Slot {
            ty: *ty,
            direction: Direction::Sent,
            source: variant.source,
            what: format!("`{name}` of `{}`", variant.code),
        }));
    }
    let mut known = BTreeSet::new();
    slots.retain(|slot| known.insert((slot.ty.rust_name(), slot.direction == Direction::Sent)));
    slots
}
