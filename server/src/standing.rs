//! What stands in a room beside its events, and what whoever enters it is told with its position.

use tautline::{Encoded, RoomName};

use crate::journal::RoomKey;
use crate::runtime::Runtime;
use crate::session::Session;

/// Adds `"questions":[…],"streams":[…]`, and `"receipts":{…}` and `"presence":{…}` where the room has
/// them, to an object that is being written; byte fields go to its attachments.
pub(crate) fn push(runtime: &Runtime, room: &RoomKey, answer: &mut Encoded) {
    answer.json.push_str("\"questions\":");
    runtime.questions.push_open(room, answer);
    answer.json.push_str(",\"streams\":");
    runtime.streams.push_open(room, answer);
    if runtime.kinds.has_receipts(room) {
        answer.json.push_str(",\"receipts\":");
        runtime.receipts.push(room, answer);
    }
    if runtime.kinds.has_presence(room) {
        answer.json.push_str(",\"presence\":");
        runtime.presence.push(room, answer);
    }
}

/// Tells a session where these rooms stand: it missed something in them.
pub(crate) fn remind(runtime: &Runtime, session: &Session, rooms: Vec<RoomName>) {
    for room in &rooms {
        let key = RoomKey { namespace: session.facts().path, room: room.clone() };
        if !session.is_in(room) {
            continue;
        }
        if let Some(receipts) = runtime.receipts.reminder(&key) {
            session.send_control(receipts);
        }
        runtime.presence.nudge(&key);
        for part in runtime.streams.reminders(&key) {
            session.send_control(part);
        }
    }
    crate::heads::send(&runtime.rooms, session, rooms);
}
