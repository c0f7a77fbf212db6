//! What stands in a room beside its events, and what whoever enters it is told with its position.

use tautline::Encoded;

use crate::journal::RoomKey;
use crate::runtime::Runtime;

/// Adds `"questions":[…]` to an object that is being written, byte fields to its attachments.
pub(crate) fn push(runtime: &Runtime, room: &RoomKey, answer: &mut Encoded) {
    answer.json.push_str("\"questions\":");
    runtime.questions.push_open(room, answer);
}
