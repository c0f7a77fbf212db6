//! What the writer says to SQLite of single rows: an event, and the answer of a command.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{EventBody, JournalError, LedgerEntry, LedgerKey};
use super::error::unavailable;
use super::rows::{self, id, optional_json, pack, signed};
use crate::encode::json;

/// Stores an event at its place.
///
/// # Errors
/// What SQLite says.
pub(super) fn insert_event(
    connection: &Connection,
    room: i64,
    seq: u64,
    body: &EventBody,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO tautline_events
             (room, seq, ts, name, payload, attachments, cause, question, stream)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            room,
            signed(seq),
            signed(body.ts),
            body.name,
            body.payload.json,
            pack(&body.payload.attachments),
            body.cause.as_ref().map(id),
            optional_json(body.question.as_ref()),
            optional_json(body.stream.as_ref()),
        ])
        .map(drop)
}

/// Stores the answer of a command, over one whose time is over.
///
/// # Errors
/// What SQLite says, and when there is one already.
pub(super) fn insert_answer(
    connection: &Connection,
    key: &LedgerKey,
    entry: &LedgerEntry,
    now: u64,
) -> Result<(), JournalError> {
    let LedgerEntry { hash, answer, is_refusal, at, expires_at } = entry;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO tautline_answers
             (command, namespace, expires_at, hash, answer, attachments, at, is_refusal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at, hash = excluded.hash,
             answer = excluded.answer, attachments = excluded.attachments, at = excluded.at,
             is_refusal = excluded.is_refusal
             WHERE expires_at <= ?9",
        )?
        .execute(params![
            id(&key.id),
            key.namespace,
            signed(*expires_at),
            hash,
            answer.json,
            pack(&answer.attachments),
            json(at),
            is_refusal,
            signed(now),
        ])?;
    // `remember` has looked: it could not be there.
    if inserted == 1 { Ok(()) } else { Err(unavailable("an answer was there all the same")) }
}

/// The answer of a command, unless its time is over.
///
/// # Errors
/// What SQLite says.
pub(super) fn find_answer(
    connection: &Connection,
    key: &LedgerKey,
    now: u64,
) -> rusqlite::Result<Option<LedgerEntry>> {
    let columns = rows::ANSWER;
    connection
        .prepare_cached(&format!(
            "SELECT {columns} FROM tautline_answers
             WHERE command = ?1 AND namespace = ?2 AND expires_at > ?3"
        ))?
        .query_row(params![id(&key.id), key.namespace, signed(now)], rows::answer)
        .optional()
}
