//! Which rooms keep more than their events: presence and receipts, by what the contract says.

use std::collections::HashMap;

use tautline::{Contract, RoomFacts};

use crate::journal::RoomKey;

/// The kinds of room of each namespace that have presence or receipts. Most contracts have few.
#[derive(Debug, Default)]
pub(crate) struct RoomKinds(HashMap<&'static str, Vec<&'static RoomFacts>>);

impl RoomKinds {
    pub(crate) fn of(contract: &'static Contract) -> Self {
        let mut kinds: HashMap<_, Vec<_>> = HashMap::new();
        for namespace in contract.namespaces {
            for room in namespace.rooms() {
                if room.presence.is_some() || room.receipts {
                    kinds.entry(namespace.path).or_default().push(room);
                }
            }
        }
        Self(kinds)
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
