//! What must hold across a contract, found out while the contract crate compiles.

use crate::{Auth, Contract, Delivery, Event, EventKind, NamespaceFacts, RoomFacts};

/// The longest message; names beyond it are cut.
const LONGEST: usize = 400;

/// The first law that a contract breaks, in words.
pub struct Laws {
    text: [u8; LONGEST],
    length: usize,
}

impl Laws {
    /// Looks at a whole contract.
    pub const fn of(contract: &Contract) -> Self {
        let mut index = 0;
        while index < contract.namespaces.len() {
            let namespace = contract.namespaces[index];
            let mut before = 0;
            while before < index {
                let other = contract.namespaces[before];
                if is_same(namespace.path, other.path) {
                    return Self::say(&[
                        "`",
                        other.name,
                        "` and `",
                        namespace.name,
                        "` have one path, `",
                        namespace.path,
                        "`: give one of them another",
                    ]);
                }
                if is_same(namespace.name, other.name) {
                    return Self::say(&[
                        "two namespaces are called `",
                        namespace.name,
                        "`: generated files would collide, so rename one",
                    ]);
                }
                before += 1;
            }
            let broken = Self::of_events(contract, namespace, namespace.commands);
            if broken.length > 0 {
                return broken;
            }
            let broken = Self::of_events(contract, namespace, namespace.events);
            if broken.length > 0 {
                return broken;
            }
            index += 1;
        }
        Self::hold()
    }

    const fn of_events(
        contract: &Contract,
        namespace: &NamespaceFacts,
        events: &'static [Event],
    ) -> Self {
        let mut index = 0;
        while index < events.len() {
            let event = &events[index];
            let mut scope = 0;
            while scope < event.policy.scopes.len() {
                let asked = event.policy.scopes[scope];
                if !contains(contract.scopes, asked) {
                    return Self::say(&[
                        "`",
                        event.name,
                        "` of `",
                        namespace.path,
                        "` asks for the scope `",
                        asked,
                        "`, which the contract does not list: add it to `scopes`",
                    ]);
                }
                scope += 1;
            }
            if let Some(flag) = event.policy.flag
                && !contains(contract.flags, flag)
            {
                return Self::say(&[
                    "`",
                    event.name,
                    "` of `",
                    namespace.path,
                    "` waits for the flag `",
                    flag,
                    "`, which the contract does not list: add it to `flags`",
                ]);
            }
            if event.policy.guests && !contract.guests && !matches!(contract.auth, Auth::None) {
                return Self::say(&[
                    "`",
                    event.name,
                    "` of `",
                    namespace.path,
                    "` is open to guests, and the contract admits none: write `guests: true`, or leave out `guests`",
                ]);
            }
            let mut room = 0;
            while room < event.policy.rooms.len() {
                let broken = Self::of_room(contract, event.policy.rooms[room]);
                if broken.length > 0 {
                    return broken;
                }
                let broken = Self::of_what_is_kept(contract, event.policy.rooms[room]);
                if broken.length > 0 {
                    return broken;
                }
                room += 1;
            }
            index += 1;
        }
        Self::hold()
    }

    /// Two kinds of room must not have names in common.
    const fn of_room(contract: &Contract, room: &RoomFacts) -> Self {
        let mut namespace = 0;
        while namespace < contract.namespaces.len() {
            let facts = contract.namespaces[namespace];
            let mut side = 0;
            while side < 2 {
                let events = if side == 0 { facts.commands } else { facts.events };
                let mut event = 0;
                while event < events.len() {
                    let rooms = events[event].policy.rooms;
                    let mut index = 0;
                    while index < rooms.len() {
                        let other = rooms[index];
                        if !is_same(room.name, other.name)
                            && has_same_shape(room.pattern, other.pattern)
                        {
                            return Self::say(&[
                                "the rooms `",
                                room.name,
                                "` and `",
                                other.name,
                                "` have names in common, `",
                                room.pattern,
                                "` and `",
                                other.pattern,
                                "`: begin one of them with another word",
                            ]);
                        }
                        index += 1;
                    }
                    event += 1;
                }
                side += 1;
            }
            namespace += 1;
        }
        Self::hold()
    }

    /// A room whose members are known has a way in, and one that keeps receipts something to read.
    const fn of_what_is_kept(contract: &Contract, room: &RoomFacts) -> Self {
        let (mut is_joined, mut is_read) = (false, false);
        let mut namespace = 0;
        while namespace < contract.namespaces.len() {
            let facts = contract.namespaces[namespace];
            let mut command = 0;
            while command < facts.commands.len() {
                let event = &facts.commands[command];
                is_joined |= matches!(event.kind, EventKind::Join) && goes_to(event, room);
                command += 1;
            }
            let mut sent = 0;
            while sent < facts.events.len() {
                let event = &facts.events[sent];
                is_read |=
                    matches!(event.policy.delivery, Delivery::Durable) && goes_to(event, room);
                sent += 1;
            }
            namespace += 1;
        }
        if (room.presence.is_some() || room.receipts) && !is_joined {
            let what = if room.receipts { "keeps receipts" } else { "has presence" };
            return Self::say(&[
                "the room `",
                room.name,
                "` ",
                what,
                ", and no command enters it: give it a `#[join]`, or take that away",
            ]);
        }
        if room.receipts && !is_read {
            return Self::say(&[
                "the room `",
                room.name,
                "` keeps receipts, and no durable event goes to it: there is nothing to read",
            ]);
        }
        Self::hold()
    }

    /// What is broken, if something is.
    pub const fn broken(&self) -> Option<&str> {
        if self.length == 0 {
            return None;
        }
        match std::str::from_utf8(self.text.split_at(self.length).0) {
            Ok(text) => Some(text),
            Err(_) => Some("a law of contracts is broken"),
        }
    }

    const fn hold() -> Self {
        Self { text: [0; LONGEST], length: 0 }
    }

    const fn say(parts: &[&str]) -> Self {
        let mut laws = Self::hold();
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut index = 0;
            while index < bytes.len() && laws.length < LONGEST {
                laws.text[laws.length] = bytes[index];
                laws.length += 1;
                index += 1;
            }
            part += 1;
        }
        laws
    }
}

/// Text equality, as a constant.
pub const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether an event goes to a room of this kind.
const fn goes_to(event: &Event, room: &RoomFacts) -> bool {
    let mut index = 0;
    while index < event.policy.rooms.len() {
        if is_same(event.policy.rooms[index].name, room.name) {
            return true;
        }
        index += 1;
    }
    false
}

const fn contains(known: &[&str], word: &str) -> bool {
    let mut index = 0;
    while index < known.len() {
        if is_same(known[index], word) {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether two patterns differ in the names of their parameters at most.
const fn has_same_shape(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let (mut a, mut b) = (0, 0);
    while a < left.len() && b < right.len() {
        if left[a] != right[b] {
            return false;
        }
        if left[a] == b'{' {
            while left[a] != b'}' {
                a += 1;
            }
            while right[b] != b'}' {
                b += 1;
            }
        }
        a += 1;
        b += 1;
    }
    a == left.len() && b == right.len()
}
