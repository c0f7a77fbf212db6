//! What a contract may say and today's runtime does not carry out. The catalogue marks it.
//!
//! This is the one place to change when the runtime learns something.

use tautline::{Event, EventKind, RoomFacts};

/// The sign in the catalogue.
pub(crate) const MARK: &str = "○";

/// The sign behind a fact.
const BEHIND: &str = " ○";

/// A fact of an event that the runtime ignores so far.
struct Unenforced {
    /// What it is called in the catalogue.
    fact: &'static str,
    /// Whether the event states it.
    stated: fn(&Event) -> bool,
}

const OF_EVENTS: &[Unenforced] = &[
    Unenforced { fact: "rate", stated: |event| event.policy.rate.is_some() },
    Unenforced { fact: "cost", stated: |event| event.policy.cost != 1 },
    Unenforced { fact: "flag", stated: |event| event.policy.flag.is_some() },
    Unenforced { fact: "stream", stated: |event| matches!(event.kind, EventKind::Stream { .. }) },
];

/// A fact of a room that the runtime ignores so far.
struct UnenforcedOfRoom {
    /// What it is called in the catalogue.
    fact: &'static str,
    /// Whether the room states it.
    stated: fn(&RoomFacts) -> bool,
}

const OF_ROOMS: &[UnenforcedOfRoom] = &[
    UnenforcedOfRoom { fact: "presence", stated: |room| room.presence.is_some() },
    UnenforcedOfRoom { fact: "receipts", stated: |room| room.receipts },
];

/// The mark behind a fact of an event, if the runtime ignores it.
pub(crate) fn mark(event: &Event, fact: &str) -> &'static str {
    let ignored = OF_EVENTS.iter().any(|it| it.fact == fact && (it.stated)(event));
    if ignored { BEHIND } else { "" }
}

/// The mark behind a fact of a room, if the runtime ignores it.
pub(crate) fn mark_of_room(room: &RoomFacts, fact: &str) -> &'static str {
    let ignored = OF_ROOMS.iter().any(|it| it.fact == fact && (it.stated)(room));
    if ignored { BEHIND } else { "" }
}

/// All that the runtime ignores, in words.
pub(crate) fn all() -> String {
    let events = OF_EVENTS.iter().map(|it| it.fact);
    events.chain(OF_ROOMS.iter().map(|it| it.fact)).collect::<Vec<_>>().join(", ")
}
