//! The rooms that the writer knows: where each is, without asking the file again.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};
use tautline::{Retention, SafeInt};

use super::super::{JournalError, RoomKey};
use super::epoch;
use super::error::unavailable;
use super::rows::{number, signed};
use crate::position::Position;

/// How many rooms are known at most. Beyond it all are forgotten, which costs a look-up each.
const KNOWN: usize = 65_536;

/// The rooms that the writer knows.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    places: HashMap<RoomKey, usize>,
    rooms: Vec<Known>,
    /// Those whose head has moved since the last commit.
    moved: Vec<usize>,
    /// Those that got their row from the command at hand.
    made: Vec<usize>,
}

#[derive(Debug)]
struct Known {
    key: RoomKey,
    /// `None` before it has a row.
    id: Option<i64>,
    epoch: String,
    head: u64,
    retention: Retention,
    touched: u64,
    has_moved: bool,
    /// Whether its epoch was made since the file was opened.
    is_new: bool,
}

impl Known {
    /// What the file says of a room, or the beginning of a new one.
    fn look_up(connection: &Connection, key: &RoomKey) -> rusqlite::Result<Self> {
        let found = connection
            .prepare_cached(
                "SELECT id, epoch, head, keep_count, keep_ms, touched FROM tautline_rooms
                 WHERE namespace = ?1 AND name = ?2",
            )?
            .query_row((key.namespace, key.room.as_str()), |row| {
                Ok(Self {
                    key: key.clone(),
                    id: row.get(0)?,
                    epoch: row.get(1)?,
                    head: number(row, 2)?,
                    retention: retention(row, 3)?,
                    touched: number(row, 5)?,
                    has_moved: false,
                    is_new: false,
                })
            })
            .optional()?;
        Ok(match found {
            Some(known) => known,
            None => Self {
                key: key.clone(),
                id: None,
                epoch: epoch::of_new(&epoch::seed(connection)?, key),
                head: 0,
                retention: Retention { count: None, age_ms: None },
                touched: 0,
                has_moved: false,
                is_new: false,
            },
        })
    }
}

/// A place in [`Rooms`].
pub(super) type Place = usize;

impl Rooms {
    /// Forgets everything: somebody else may have written, or what was written was taken back.
    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.rooms.clear();
        self.moved.clear();
        self.made.clear();
    }

    /// Finds a room.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn find(
        &mut self,
        connection: &Connection,
        key: &RoomKey,
    ) -> rusqlite::Result<Place> {
        if let Some(place) = self.places.get(key) {
            return Ok(*place);
        }
        let known = Known::look_up(connection, key)?;
        self.places.insert(key.clone(), self.rooms.len());
        self.rooms.push(known);
        Ok(self.rooms.len() - 1)
    }

    /// Where a room is.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn head(
        &self,
        connection: &Connection,
        key: &RoomKey,
    ) -> rusqlite::Result<Position> {
        let at = |room: &Known| Position { epoch: room.epoch.clone(), seq: room.head };
        match self.places.get(key) {
            Some(place) => Ok(at(&self.rooms[*place])),
            None => Known::look_up(connection, key).map(|room| at(&room)),
        }
    }

    /// The next position of a room, from now on its head.
    ///
    /// # Errors
    /// When the room has had all.
    pub(super) fn advance(&mut self, place: Place) -> Result<Position, JournalError> {
        let room = &mut self.rooms[place];
        let Some(seq) = SafeInt::new(room.head + 1) else {
            return Err(JournalError::Exhausted(room.key.room.clone()));
        };
        room.head = seq.get();
        Ok(Position { epoch: room.epoch.clone(), seq: room.head })
    }

    /// A room, and where it is.
    pub(super) fn at(&self, place: Place) -> (RoomKey, Position) {
        let Known { key, epoch, head, .. } = &self.rooms[place];
        (key.clone(), Position { epoch: epoch.clone(), seq: *head })
    }

    /// Takes the last position back.
    pub(super) fn retreat(&mut self, place: Place) {
        self.rooms[place].head -= 1;
    }

    /// The id of a room's row, which is made now if there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn row(&mut self, connection: &Connection, place: Place) -> rusqlite::Result<i64> {
        let room = &mut self.rooms[place];
        if let Some(id) = room.id {
            return Ok(id);
        }
        connection
            .prepare_cached(
                "INSERT INTO tautline_rooms (namespace, name, epoch, head, touched)
                 VALUES (?1, ?2, ?3, 0, 0)",
            )?
            .execute((room.key.namespace, room.key.room.as_str(), &room.epoch))?;
        let id = connection.last_insert_rowid();
        room.id = Some(id);
        self.made.push(place);
        Ok(id)
    }

    /// The rows that the command at hand has made stay.
    pub(super) fn keep_rows(&mut self) {
        self.made.clear();
    }

    /// They are taken back.
    pub(super) fn forget_rows(&mut self) {
        for place in self.made.drain(..) {
            self.rooms[place].id = None;
        }
    }

    /// Notes that something was written to a room that keeps it so long.
    pub(super) fn note(&mut self, place: Place, retention: Retention, ts: u64) {
        let room = &mut self.rooms[place];
        room.retention = retention;
        room.touched = room.touched.max(ts);
        if !std::mem::replace(&mut room.has_moved, true) {
            self.moved.push(place);
        }
    }

    /// Gives a room a new epoch, if somebody can know more of the old one than there is.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn renew(
        &mut self,
        connection: &Connection,
        key: &RoomKey,
        known: &Position,
    ) -> rusqlite::Result<()> {
        let place = self.find(connection, key)?;
        let room = &self.rooms[place];
        if room.is_new || room.epoch != known.epoch || room.head >= known.seq {
            return Ok(());
        }
        tracing::warn!(
            room = key.room.as_str(),
            head = room.head,
            known = known.seq,
            "a client knows more of a room than there is: the room begins anew"
        );
        let id = self.row(connection, place)?;
        let room = &mut self.rooms[place];
        room.epoch = epoch::renew(connection, id)?;
        room.is_new = true;
        Ok(())
    }

    /// Writes down where the rooms are that moved: once per group and room, not once per event.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let mut update = connection.prepare_cached(
            "UPDATE tautline_rooms SET head = ?2, keep_count = ?3, keep_ms = ?4, touched = ?5
             WHERE id = ?1",
        )?;
        for place in self.moved.drain(..) {
            let room = &mut self.rooms[place];
            room.has_moved = false;
            let Retention { count, age_ms } = room.retention;
            let (head, touched) = (signed(room.head), signed(room.touched));
            update.execute((room.id, head, count, age_ms.map(signed), touched))?;
        }
        Ok(())
    }

    /// Makes room for others, between two groups.
    pub(super) fn trim(&mut self) {
        if self.rooms.len() > KNOWN {
            self.clear();
        }
    }
}

/// A room's retention from two columns.
pub(super) fn retention(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Retention> {
    let age_ms: Option<i64> = row.get(column + 1)?;
    Ok(Retention {
        count: row.get(column)?,
        age_ms: age_ms.map(|age| u64::try_from(age).unwrap_or(0)),
    })
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        unavailable(error)
    }
}
