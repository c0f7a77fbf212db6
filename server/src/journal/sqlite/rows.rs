//! Between our values and SQLite's.

use std::borrow::Cow;

use bytes::Bytes;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tautline::{Encoded, RoomName, Uuid};

use super::super::{EventBody, LedgerEntry, StoredEvent};
use crate::encode::json;
use crate::position::Position;

/// SQLite's integers are signed. Ours are positions, times and counts, which end long before.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A column that holds such a number.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// Attachments as one blob: the length of each, then its bytes. `None` if there are none.
pub(super) fn pack(attachments: &[Bytes]) -> Option<Vec<u8>> {
    if attachments.is_empty() {
        return None;
    }
    let mut packed = Vec::with_capacity(attachments.iter().map(|bytes| bytes.len() + 8).sum());
    for attachment in attachments {
        packed.extend_from_slice(&(attachment.len() as u64).to_le_bytes());
        packed.extend_from_slice(attachment);
    }
    Some(packed)
}

fn unpack(packed: Option<Vec<u8>>) -> Option<Vec<Bytes>> {
    let mut rest = Bytes::from(packed.unwrap_or_default());
    let mut attachments = Vec::new();
    while !rest.is_empty() {
        let length = rest.get(..8)?.try_into().ok().map(u64::from_le_bytes)?;
        let end = usize::try_from(length).ok()?.checked_add(8).filter(|end| *end <= rest.len())?;
        attachments.push(rest.split_to(end).slice(8..));
    }
    Some(attachments)
}

/// A payload from its two columns.
pub(super) fn payload(row: &Row<'_>, text: usize, packed: usize) -> rusqlite::Result<Encoded> {
    let attachments = unpack(row.get(packed)?);
    let attachments =
        attachments.ok_or_else(|| damaged(packed, "attachments that end too soon"))?;
    Ok(Encoded { json: row.get(text)?, attachments })
}

/// A column that holds JSON.
pub(super) fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| damaged(column, error))
}

/// Likewise, or NULL.
fn optional<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(serde_json::from_str).transpose().map_err(|error| damaged(column, error))
}

fn damaged(
    column: usize,
    why: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// JSON of an optional column.
pub(super) fn optional_json<T: Serialize>(value: Option<&T>) -> Option<String> {
    value.map(json)
}

/// The columns that [`event`] reads, in its order.
pub(super) const EVENT: &str = "seq, ts, name, payload, attachments, cause, question, stream";

/// An event of its row.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        seq: number(row, 0)?,
        body: EventBody {
            ts: number(row, 1)?,
            name: Cow::Owned(row.get(2)?),
            payload: payload(row, 3, 4)?,
            cause: row.get(5)?,
            question: optional(row, 6)?,
            stream: optional(row, 7)?,
        },
    })
}

/// The columns that [`answer`] reads, in its order.
pub(super) const ANSWER: &str = "expires_at, hash, answer, attachments, at, is_refusal";

/// An answer of its row.
pub(super) fn answer(row: &Row<'_>) -> rusqlite::Result<LedgerEntry> {
    let at: Vec<(RoomName, Position)> = parsed(row, 4)?;
    Ok(LedgerEntry {
        expires_at: number(row, 0)?,
        hash: row.get(1)?,
        answer: payload(row, 2, 3)?,
        is_refusal: row.get(5)?,
        at,
    })
}

/// An id, which SQLite keeps as a blob.
pub(super) fn id(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_come_back_as_they_were() {
        let attachments = vec![Bytes::from_static(b"one"), Bytes::new(), Bytes::from_static(b"3")];

        let packed = pack(&attachments);

        assert_eq!(unpack(packed), Some(attachments));
        assert_eq!(unpack(pack(&[])), Some(Vec::new()));
    }

    #[test]
    fn attachments_that_were_cut_are_no_attachments() {
        let mut packed = pack(&[Bytes::from_static(b"one")]).unwrap();
        packed.pop();

        assert_eq!(unpack(Some(packed)), None);
        assert_eq!(unpack(Some(vec![1, 0])), None);
        assert_eq!(unpack(Some(vec![0xff; 9])), None);
    }
}
