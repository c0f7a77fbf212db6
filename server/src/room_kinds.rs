//! What the contract says of rooms: which there are, and which keep more than their events, presence and receipts.

use std::collections::HashMap;

use tautline::{Contract, RoomFacts};

use crate::journal::RoomKey;

/// The kinds of room of each namespace. Most contracts have few.
#[derive(Debug, Default)]
pub(crate) struct RoomKinds(HashMap<&'static str, Vec<&'static RoomFacts>>);

impl RoomKinds {
    pub(crate) fn of(contract: &'static Contract) -> Self {
        Self(contract.namespaces.iter().map(|it| (it.path, it.rooms())).collect())
    }

    /// Whether anything is sent to this room.
    pub(crate) fn is_known(&self, room: &RoomKey) -> bool {
        self.find(room).is_some()
    }

    /// Whether the members of this room see each other.
    pub(crate) fn has_presence(&self, room: &RoomKey) -> bool {
        self.find(room).is_some_and(|facts| facts.presence.is_some())
    }

    /// Whether this room keeps how far each user has got.
    pub(crate) fn has_receipts(&self, room: &RoomKey) -> bool {
        self.find(room).is_some_and(|facts| facts.receipts)
    }

    fn find(&self, room: &RoomKey) -> Option<&'static RoomFacts> {
        let kinds = self.0.get(room.namespace)?;
        kinds.iter().copied().find(|facts| facts.matches(room.room.as_str()))
    }
}
