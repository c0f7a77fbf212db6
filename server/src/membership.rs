//! The ways into a room and out of it. Besides the table of those who receive, a room may have
//! presence and receipts, which follow from here.

use std::sync::Arc;

use tautline::DisconnectReason;

use crate::journal::RoomKey;
use crate::observe::Fact;
use crate::presence::Departure;
use crate::room_table::{Admitted, Entry};
use crate::runtime::Runtime;
use crate::session::Session;
use crate::stage::is_own;
use crate::standing;

/// The verdict is yes. The answer that holds the room's state has gone out before.
pub(crate) fn admit(runtime: &Runtime, entry: &Entry, session: &Arc<Session>) {
    match runtime.rooms.admit(entry, session) {
        Admitted::Complete => {}
        Admitted::Lossy => standing::remind(runtime, session, vec![entry.key.room.clone()]),
    }
    if runtime.kinds.has_presence(&entry.key) {
        runtime.presence.settle(&entry.key, session, Departure::ForGood);
    }
}

/// The verdict is no.
pub(crate) fn withdraw(runtime: &Runtime, entry: &Entry, session: &Arc<Session>) {
    runtime.rooms.withdraw(entry, session);
    follow(runtime, &entry.key, session, Departure::ForGood);
}

/// A connection is out.
pub(crate) fn leave(runtime: &Runtime, key: &RoomKey, session: &Session, how: Departure) {
    if runtime.rooms.leave(key, session) && !is_own(key) {
        let (namespace, room) = (key.namespace, &key.room);
        runtime.observers.observe(&Fact::Left { namespace, room });
        tracing::info!(
            connection = %session.link.id(),
            namespace,
            subject = session.link.identity().subject,
            room = room.as_str(),
            "left"
        );
    }
    follow(runtime, key, session, how);
}

fn follow(runtime: &Runtime, key: &RoomKey, session: &Session, how: Departure) {
    if runtime.kinds.has_presence(key) {
        runtime.presence.settle(key, session, how);
    }
    if runtime.kinds.has_receipts(key) {
        runtime.receipts.tidy(key);
    }
}

/// Whether a connection that has ended may come back.
pub(crate) fn departure(reason: DisconnectReason) -> Departure {
    match reason {
        DisconnectReason::ClientLeft | DisconnectReason::Kicked => Departure::ForGood,
        DisconnectReason::ConnectionLost
        | DisconnectReason::HeartbeatTimeout
        | DisconnectReason::Stalled
        | DisconnectReason::ProtocolError
        | DisconnectReason::TokenExpired
        | DisconnectReason::ShuttingDown => Departure::Cut,
    }
}
