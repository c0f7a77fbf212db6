//! What a service is told of who is in a room.

use tautline::Room;

use super::Presence;
use crate::journal::RoomKey;

/// One user who is in a room, with however many connections. `P` is what the room's contract says
/// that members show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present<P> {
    /// The user's subject.
    pub subject: String,
    /// What the user shows, last set on any connection.
    pub state: Option<P>,
    /// Since when, in Unix milliseconds.
    pub since: u64,
}

impl Presence {
    /// Who is in the room now, in the order in which they came. Nobody, if it has no presence.
    pub(crate) fn of<R: Room>(&self, key: &RoomKey) -> Vec<Present<R::Presence>> {
        let present = self.members(key).into_iter().map(|member| Present {
            subject: member.subject.to_string(),
            // It was read as this type before it was kept.
            state: member.state.and_then(|state| serde_json::from_str(state.json()).ok()),
            since: member.since,
        });
        present.collect()
    }
}
