//! What readers are asked.

use rusqlite::{Connection, OptionalExtension, params};
use tautline::{Retention, RoomName, Uuid};

use super::super::{
    BanRecord, Page, QuestionRecord, Receipt, RevocationRecord, RoomKey, StoredEvent, StreamRecord,
    Unfinished,
};
use super::epoch;
use super::rooms::retention;
use super::rows::{self, number, parsed, payload, signed};
use crate::position::{Extent, Position};

/// A room's row.
struct Room {
    id: i64,
    head: Position,
    retention: Retention,
}

fn find(connection: &Connection, key: &RoomKey) -> rusqlite::Result<Option<Room>> {
    connection
        .prepare_cached(
            "SELECT id, epoch, head, keep_count, keep_ms FROM tautline_rooms
             WHERE namespace = ?1 AND name = ?2",
        )?
        .query_row((key.namespace, key.room.as_str()), |row| {
            Ok(Room {
                id: row.get(0)?,
                head: Position { epoch: row.get(1)?, seq: number(row, 2)? },
                retention: retention(row, 3)?,
            })
        })
        .optional()
}

/// What a room can give at this time.
///
/// # Errors
/// What SQLite says.
pub(super) fn extent(connection: &Connection, key: &RoomKey, now: u64) -> rusqlite::Result<Extent> {
    match find(connection, key)? {
        Some(room) => extent_of(connection, room, now),
        None => {
            let epoch = epoch::of_new(&epoch::seed(connection)?, key);
            Ok(Extent { head: Position { epoch, seq: 0 }, first: 1 })
        }
    }
}

fn extent_of(connection: &Connection, room: Room, now: u64) -> rusqlite::Result<Extent> {
    let Room { id, head, retention } = room;
    let oldest = retention.count.map_or(0, |count| head.seq.saturating_sub(count.into()));
    let since = retention.age_ms.map_or(0, |age| now.saturating_sub(age));
    let first = first_since(connection, id, oldest + 1, head.seq, since)?;
    Ok(Extent { head, first })
}

/// The first event from `low` to `head` that is not older than `since`; `head + 1` if there is none.
/// Times go up with the numbers, so half of what is left is decided by each look.
fn first_since(
    connection: &Connection,
    room: i64,
    low: u64,
    head: u64,
    since: u64,
) -> rusqlite::Result<u64> {
    let mut next = connection.prepare_cached(
        "SELECT seq, ts FROM tautline_events WHERE room = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1",
    )?;
    let mut at_or_after = |seq: u64| {
        let found =
            next.query_row((room, signed(seq)), |row| Ok((number(row, 0)?, number(row, 1)?)));
        found.optional()
    };
    // Nearly always it is the first one.
    let (mut low, mut high) = match at_or_after(low)? {
        None => return Ok(head + 1),
        Some((seq, ts)) if ts >= since => return Ok(seq),
        Some((seq, _)) => (seq + 1, head + 1),
    };
    while low < high {
        let middle = low + (high - low) / 2;
        match at_or_after(middle)? {
            Some((seq, ts)) if ts < since => low = seq + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// The events after `since`, as many as fit.
///
/// # Errors
/// What SQLite says.
pub(super) fn page(
    connection: &Connection,
    key: &RoomKey,
    since: u64,
    max_bytes: usize,
    now: u64,
) -> rusqlite::Result<Page> {
    let Some(room) = find(connection, key)? else {
        return Ok(Page { extent: extent(connection, key, now)?, events: Vec::new() });
    };
    let id = room.id;
    let mut extent = extent_of(connection, room, now)?;
    let columns = rows::EVENT;
    let mut select = connection.prepare_cached(&format!(
        "SELECT {columns} FROM tautline_events WHERE room = ?1 AND seq >= ?2 ORDER BY seq"
    ))?;
    let from = extent.first.max(since.saturating_add(1));
    let mut events: Vec<StoredEvent> = Vec::new();
    let mut bytes = 0;
    for event in select.query_map((id, signed(from)), rows::event)? {
        let event = event?;
        // The clock of the machine was set back, and what is between was older: then this is where
        // the room begins.
        if events.last().is_some_and(|before| before.seq + 1 != event.seq) {
            extent.first = event.seq;
            events.clear();
            bytes = 0;
        }
        bytes += event.bytes();
        if bytes > max_bytes && !events.is_empty() {
            break;
        }
        events.push(event);
    }
    Ok(Page { extent, events })
}

/// What was begun and not ended.
///
/// # Errors
/// What SQLite says.
pub(super) fn unfinished(connection: &Connection) -> rusqlite::Result<Unfinished> {
    let mut parts = connection
        .prepare_cached("SELECT text FROM tautline_parts WHERE stream = ?1 ORDER BY number")?;
    let mut streams = connection.prepare_cached(
        "SELECT id, namespace, name, rooms, payload, attachments, number, lease_until
         FROM tautline_streams ORDER BY id",
    )?;
    let streams = streams.query_map([], |row| {
        let id: Uuid = row.get(0)?;
        let text = parts
            .query_map([rows::id(&id)], |part| part.get::<_, String>(0))?
            .collect::<rusqlite::Result<String>>()?;
        Ok(StreamRecord {
            id,
            namespace: row.get(1)?,
            name: row.get(2)?,
            rooms: parsed::<Vec<RoomName>>(row, 3)?,
            payload: payload(row, 4, 5)?,
            number: row.get(6)?,
            text,
            lease_until: number(row, 7)?,
        })
    })?;
    let streams = streams.collect::<rusqlite::Result<_>>()?;
    let mut questions = connection.prepare_cached(
        "SELECT id, namespace, name, rooms, payload, attachments, expires_at
         FROM tautline_questions ORDER BY id",
    )?;
    let questions = questions.query_map([], |row| {
        Ok(QuestionRecord {
            id: row.get(0)?,
            namespace: row.get(1)?,
            name: row.get(2)?,
            rooms: parsed::<Vec<RoomName>>(row, 3)?,
            payload: payload(row, 4, 5)?,
            expires_at: number(row, 6)?,
        })
    })?;
    let questions = questions.collect::<rusqlite::Result<_>>()?;
    let mut bans = connection
        .prepare_cached("SELECT kind, name, level, until FROM tautline_bans ORDER BY kind, name")?;
    let bans = bans.query_map([], |row| {
        let (kind, name, level) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(BanRecord { kind, name, level, until: number(row, 3)? })
    })?;
    let bans = bans.collect::<rusqlite::Result<_>>()?;
    let mut revocations = connection.prepare_cached(
        "SELECT kind, name, until, expires_at FROM tautline_revocations ORDER BY kind, name",
    )?;
    let revocations = revocations.query_map([], |row| {
        let (kind, name) = (row.get(0)?, row.get(1)?);
        Ok(RevocationRecord { kind, name, until: number(row, 2)?, expires_at: number(row, 3)? })
    })?;
    let revocations = revocations.collect::<rusqlite::Result<_>>()?;
    Ok(Unfinished { streams, questions, bans, revocations })
}

/// How far each user has got in a room.
///
/// # Errors
/// What SQLite says.
pub(super) fn receipts(
    connection: &Connection,
    key: &RoomKey,
) -> rusqlite::Result<Vec<(String, Receipt)>> {
    connection
        .prepare_cached(
            "SELECT subject, delivered, read FROM tautline_receipts
             JOIN tautline_rooms ON id = room WHERE namespace = ?1 AND name = ?2 ORDER BY subject",
        )?
        .query_map(params![key.namespace, key.room.as_str()], |row| {
            let receipt = Receipt { delivered: number(row, 1)?, read: number(row, 2)? };
            Ok((row.get(0)?, receipt))
        })?
        .collect()
}

/// Every command that has an answer, with the time until which it has it.
///
/// # Errors
/// What SQLite says.
pub(super) fn answered(
    connection: &Connection,
    mut note: impl FnMut(&str, Uuid, u64),
) -> rusqlite::Result<()> {
    let mut select =
        connection.prepare("SELECT command, namespace, expires_at FROM tautline_answers")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        note(row.get_ref(1)?.as_str()?, row.get(0)?, number(row, 2)?);
    }
    Ok(())
}
