//! After a COMMIT of which nobody knows whether it was written: what shows in the file that it was. A
//! group is stored whole or not at all, so that one thing of it is enough.

use rusqlite::{Connection, OptionalExtension, params};
use tautline::Uuid;

use super::super::{Change, LedgerKey, RoomKey};
use super::rooms::{Place, Rooms};
use super::rows::{id, number, signed};
use crate::position::Position;

/// What a group leaves, as long as its rooms are known.
#[derive(Debug)]
pub(super) enum Trace {
    /// The head of a room.
    Room(Place),
    /// An answer, and until when it is kept.
    Answer(LedgerKey, u64),
    /// The part of a stream of this number.
    Part(Uuid, u32),
}

/// What a group leaves, in a file that was opened anew.
#[derive(Debug)]
pub(super) enum Witness {
    Room(RoomKey, Position),
    Answer(LedgerKey, u64),
    Part(Uuid, u32),
}

impl Trace {
    /// What a command of a group leaves. Its events before all else: whatever ends a stream has one,
    /// and what is deleted shows nothing.
    pub(super) fn of(
        events: &[(Place, u64)],
        answer: Option<(LedgerKey, u64)>,
        changes: &[Change],
    ) -> Option<Self> {
        if let Some((place, _)) = events.last() {
            return Some(Self::Room(*place));
        }
        if let Some((key, expires_at)) = answer {
            return Some(Self::Answer(key, expires_at));
        }
        changes.iter().find_map(|change| match change {
            Change::StreamExtended { id, number, .. } => Some(Self::Part(*id, *number)),
            Change::StreamOpened(_)
            | Change::StreamClosed(_)
            | Change::QuestionOpened(_)
            | Change::QuestionClosed(_)
            | Change::ReceiptGiven { .. }
            | Change::BanChanged(_)
            | Change::TokensRevoked(_)
            | Change::RoomOvertaken { .. } => None,
        })
    }

    /// The same in words that are good for a file that was opened anew.
    pub(super) fn witness(self, rooms: &Rooms) -> Witness {
        match self {
            Self::Room(place) => {
                let (key, at) = rooms.at(place);
                Witness::Room(key, at)
            }
            Self::Answer(key, expires_at) => Witness::Answer(key, expires_at),
            Self::Part(id, number) => Witness::Part(id, number),
        }
    }
}

impl Witness {
    /// Whether the file has it.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn is_there(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let found = match self {
            Self::Room(key, at) => connection
                .prepare_cached(
                    "SELECT 1 FROM tautline_rooms
                     WHERE namespace = ?1 AND name = ?2 AND epoch = ?3 AND head >= ?4",
                )?
                .query_row(
                    params![key.namespace, key.room.as_str(), at.epoch, signed(at.seq)],
                    |row| number(row, 0),
                ),
            Self::Answer(key, expires_at) => connection
                .prepare_cached(
                    "SELECT 1 FROM tautline_answers
                     WHERE command = ?1 AND namespace = ?2 AND expires_at = ?3",
                )?
                .query_row(params![id(&key.id), key.namespace, signed(*expires_at)], |row| {
                    number(row, 0)
                }),
            Self::Part(stream, part) => connection
                .prepare_cached("SELECT 1 FROM tautline_streams WHERE id = ?1 AND number >= ?2")?
                .query_row(params![id(stream), part], |row| number(row, 0)),
        };
        Ok(found.optional()?.is_some())
    }
}
