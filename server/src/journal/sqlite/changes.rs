//! What becomes of streams, questions, receipts, bans and revocations.

use rusqlite::{Connection, params};
use tautline::Uuid;

use super::super::{
    BanRecord, Change, QuestionRecord, Receipt, RevocationRecord, RoomKey, StreamRecord,
};
use super::rooms::Rooms;
use super::rows::{id, pack, signed};
use crate::encode::json;

/// Writes a change down.
///
/// # Errors
/// What SQLite says.
pub(super) fn apply(
    connection: &Connection,
    rooms: &mut Rooms,
    change: &Change,
) -> rusqlite::Result<()> {
    match change {
        Change::StreamOpened(stream) => open_stream(connection, stream),
        Change::StreamExtended { id, number, text, lease_until } => {
            extend_stream(connection, id, *number, text, *lease_until)
        }
        Change::StreamClosed(stream) => {
            execute(connection, "DELETE FROM tautline_parts WHERE stream = ?1", stream)?;
            execute(connection, "DELETE FROM tautline_streams WHERE id = ?1", stream)
        }
        Change::QuestionOpened(question) => open_question(connection, question),
        Change::QuestionClosed(question) => {
            execute(connection, "DELETE FROM tautline_questions WHERE id = ?1", question)
        }
        Change::ReceiptGiven { room, subject, receipt } => {
            give_receipt(connection, rooms, room, subject, *receipt)
        }
        Change::BanChanged(ban) => change_ban(connection, ban),
        Change::TokensRevoked(revocation) => revoke(connection, revocation),
        Change::RoomOvertaken { room, known } => rooms.renew(connection, room, known),
    }
}

fn execute(connection: &Connection, sql: &str, name: &Uuid) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([id(name)]).map(drop)
}

fn open_stream(connection: &Connection, stream: &StreamRecord) -> rusqlite::Result<()> {
    let attachments = pack(&stream.payload.attachments);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO tautline_streams
             (id, namespace, name, rooms, payload, attachments, number, lease_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id(&stream.id),
            stream.namespace,
            stream.name,
            json(&stream.rooms),
            stream.payload.json,
            attachments,
            stream.number,
            signed(stream.lease_until),
        ])?;
    execute(connection, "DELETE FROM tautline_parts WHERE stream = ?1", &stream.id)?;
    add_part(connection, &stream.id, stream.number, &stream.text)
}

fn extend_stream(
    connection: &Connection,
    stream: &Uuid,
    number: u32,
    text: &str,
    lease_until: u64,
) -> rusqlite::Result<()> {
    let is_new = connection
        .prepare_cached(
            "UPDATE tautline_streams SET number = ?2, lease_until = ?3
             WHERE id = ?1 AND number < ?2",
        )?
        .execute(params![id(stream), number, signed(lease_until)])?;
    if is_new == 0 {
        return Ok(());
    }
    add_part(connection, stream, number, text)
}

/// Parts are rows of their own: a stream that goes on writes what is new, not all of it again.
fn add_part(
    connection: &Connection,
    stream: &Uuid,
    number: u32,
    text: &str,
) -> rusqlite::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT INTO tautline_parts (stream, number, text) VALUES (?1, ?2, ?3)")?
        .execute(params![id(stream), number, text])
        .map(drop)
}

fn open_question(connection: &Connection, question: &QuestionRecord) -> rusqlite::Result<()> {
    let attachments = pack(&question.payload.attachments);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO tautline_questions
             (id, namespace, name, rooms, payload, attachments, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id(&question.id),
            question.namespace,
            question.name,
            json(&question.rooms),
            question.payload.json,
            attachments,
            signed(question.expires_at),
        ])
        .map(drop)
}

fn change_ban(connection: &Connection, ban: &BanRecord) -> rusqlite::Result<()> {
    if ban.level == 0 {
        return connection
            .prepare_cached("DELETE FROM tautline_bans WHERE kind = ?1 AND name = ?2")?
            .execute([&ban.kind, &ban.name])
            .map(drop);
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO tautline_bans (kind, name, level, until) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![ban.kind, ban.name, ban.level, signed(ban.until)])
        .map(drop)
}

fn revoke(connection: &Connection, revocation: &RevocationRecord) -> rusqlite::Result<()> {
    let RevocationRecord { kind, name, until, expires_at } = revocation;
    connection
        .prepare_cached(
            "INSERT INTO tautline_revocations (kind, name, until, expires_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET
             until = max(until, excluded.until), expires_at = max(expires_at, excluded.expires_at)",
        )?
        .execute(params![kind, name, signed(*until), signed(*expires_at)])
        .map(drop)
}

fn give_receipt(
    connection: &Connection,
    rooms: &mut Rooms,
    room: &RoomKey,
    subject: &str,
    receipt: Receipt,
) -> rusqlite::Result<()> {
    let place = rooms.find(connection, room)?;
    let room = rooms.row(connection, place)?;
    let Receipt { delivered, read } = Receipt::default().merged(receipt);
    connection
        .prepare_cached(
            "INSERT INTO tautline_receipts (room, subject, delivered, read) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET
             delivered = max(delivered, excluded.delivered), read = max(read, excluded.read)",
        )?
        .execute(params![room, subject, signed(delivered), signed(read)])
        .map(drop)
}
