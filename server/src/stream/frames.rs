//! What a stream's parts and its end look like on the wire. Its start looks as the contract says.

use tautline::control::StreamOutcome;
use tautline::{Encoded, Uuid};

use super::SoFar;
use super::entry::Entry;
use super::work::Ending;
use crate::encode::json;
use crate::journal::RoomKey;

/// The payload of `tautline:append`.
pub(super) fn append(entry: &Entry, room: &RoomKey, number: u32, text: &str) -> Encoded {
    let json = format!(
        "{{\"room\":{},\"stream\":\"{}\",\"number\":{number},\"text\":{}}}",
        json(&room.room),
        entry.id,
        json(text)
    );
    Encoded { json, attachments: Vec::new() }
}

/// The payload of `tautline:ended`. The answer is of the contract, and may have byte fields. The text
/// goes along when there is no answer that says what it came to.
pub(super) fn ended(id: &Uuid, name: &str, so_far: &SoFar, ending: &Ending) -> Encoded {
    let (outcome, answer, problem) = match ending {
        Ending::Finished(answer) => (StreamOutcome::Finished, Some(answer), None),
        Ending::Cancelled => (StreamOutcome::Cancelled, None, None),
        Ending::Failed(problem) => (StreamOutcome::Failed, None, Some(problem)),
    };
    let mut text = format!(
        "{{\"stream\":\"{id}\",\"name\":{},\"outcome\":{},\"number\":{}",
        json(name),
        json(&outcome),
        so_far.number
    );
    if answer.is_none_or(|answer| answer.json == "null") {
        text.push_str(",\"text\":");
        text.push_str(&json(&so_far.text));
    }
    if let Some(answer) = answer {
        text.push_str(",\"answer\":");
        text.push_str(&answer.json);
    }
    if let Some(problem) = problem {
        text.push_str(",\"problem\":");
        text.push_str(&json(problem));
    }
    text.push('}');
    let attachments = answer.map(|answer| answer.attachments.clone()).unwrap_or_default();
    Encoded { json: text, attachments }
}
