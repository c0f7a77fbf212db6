//! Small values to store.

use std::time::{SystemTime, UNIX_EPOCH};

use tautline::{Encoded, Retention, RoomName, Uuid};
use tautline_server::journal::*;

/// A room of the namespace `/t`.
pub(crate) fn key(room: &str) -> RoomKey {
    RoomKey { namespace: "/t", room: RoomName::from_wire(room) }
}

/// A payload.
pub(crate) fn text(json: &str) -> Encoded {
    Encoded { json: json.to_owned(), attachments: Vec::new() }
}

/// An event of now, in a room that keeps everything.
pub(crate) fn event(room: &str, json: &str) -> NewEvent {
    NewEvent {
        room: key(room),
        retention: Retention { count: None, age_ms: None },
        body: EventBody {
            name: "e".into(),
            payload: text(json),
            ts: now(),
            cause: None,
            question: None,
            stream: None,
        },
    }
}

/// An event of a room that keeps so many.
pub(crate) fn kept(room: &str, json: &str, count: u32) -> NewEvent {
    let retention = Retention { count: Some(count), age_ms: None };
    NewEvent { retention, ..event(room, json) }
}

/// An event of a room that keeps everything for so long, and that happened so long ago.
pub(crate) fn aged(room: &str, json: &str, keep_ms: u64, ago_ms: u64) -> NewEvent {
    let mut event = event(room, json);
    event.retention = Retention { count: None, age_ms: Some(keep_ms) };
    event.body.ts = now() - ago_ms;
    event
}

/// The command of this number.
pub(crate) fn id(number: u128) -> LedgerKey {
    LedgerKey { namespace: "/t", id: Uuid::from_u128(number) }
}

/// An answer that is kept for an hour.
pub(crate) fn answer(json: &str) -> LedgerEntry {
    LedgerEntry {
        hash: [7; 32],
        answer: text(json),
        is_refusal: false,
        at: Vec::new(),
        expires_at: now() + 3_600_000,
    }
}

/// Milliseconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// Stores a group of one command.
pub(crate) fn store(writer: &mut dyn JournalWriter, fill: impl FnOnce(&mut dyn JournalWriter)) {
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    fill(writer);
    writer.release().unwrap();
    writer.commit().unwrap();
}

/// What a room gives from its start, as JSON.
pub(crate) async fn all(journal: &dyn Journal, room: &str) -> Vec<String> {
    let page = journal.read(&key(room), 0, usize::MAX).await.unwrap();
    page.events.into_iter().map(|event| event.body.payload.json).collect()
}
