//! Retention: takes out what nobody is given any more, a little at a time.
//!
//! What readers are given is exact, since they look at the bounds themselves. The sweep only makes
//! room: it goes through each table from its first row to its last, over and over, a few rows whenever
//! an event has taken the place of another one, and a few from time to time. So a room that fell silent
//! is swept like any other, the work is the same however much there is, and no second index has to be
//! kept.

use rusqlite::Connection;

use super::rows::signed;

/// How many rows are looked at in one go.
const STEP: i64 = 512;

/// How many rows are looked at for each that makes another one go. A row that could go is met after
/// half as many were written as there are: so a table is at most about twice what it has to be.
const PER_ROW: i64 = 2;

/// How long a room without events keeps its position: as long as a client may have been away and
/// still hear that it has missed nothing. Afterwards it enters anew, as a new client does.
const ROOM_MS: u64 = 30 * 86_400_000;

/// How many free pages the file keeps, and how many are given back at once.
const FREE_PAGES: i64 = 4_096;
const FREED_PAGES: i64 = 256;

/// A table that is gone through, and what of its rows with ids in `?1 < id <= ?2` can go at `?3`.
struct Table {
    name: &'static str,
    remove: &'static str,
}

const EVENTS: Table = Table {
    name: "tautline_events",
    remove:
        "DELETE FROM tautline_events WHERE id IN (
               SELECT events.id FROM tautline_events AS events
               JOIN tautline_rooms AS rooms ON rooms.id = events.room
               WHERE events.id > ?1 AND events.id <= ?2
               AND (events.seq <= rooms.head - rooms.keep_count OR events.ts < ?3 - rooms.keep_ms))",
};

const ANSWERS: Table = Table {
    name: "tautline_answers",
    remove: "DELETE FROM tautline_answers WHERE id > ?1 AND id <= ?2 AND expires_at <= ?3",
};

const ROOMS: Table = Table {
    name: "tautline_rooms",
    remove: "DELETE FROM tautline_rooms WHERE id > ?1 AND id <= ?2 AND touched <= ?3
             AND NOT EXISTS (SELECT 1 FROM tautline_events WHERE room = tautline_rooms.id)
             RETURNING id",
};

const REVOCATIONS: Table = Table {
    name: "tautline_revocations",
    remove: "DELETE FROM tautline_revocations WHERE id > ?1 AND id <= ?2 AND expires_at <= ?3",
};

/// How far it is in each table.
#[derive(Debug, Default)]
pub(super) struct Sweeper {
    events: i64,
    answers: i64,
    rooms: i64,
    revocations: i64,
    /// How many rows are to be looked at before more are written.
    owed: i64,
}

impl Sweeper {
    /// Notes that an event was written for which another one can go.
    pub(super) fn owe(&mut self) {
        self.owed += PER_ROW;
    }

    /// Those rows were taken back.
    pub(super) fn forgive(&mut self) {
        self.owed = 0;
    }

    /// Does what is owed, if it is worth a statement.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn pay(&mut self, connection: &Connection, now: u64) -> rusqlite::Result<()> {
        if self.owed < STEP {
            return Ok(());
        }
        self.owed -= STEP;
        remove(connection, &EVENTS, &mut self.events, STEP, now).map(drop)
    }

    /// Goes on a step in every table, and gives room back to the disk. Says whether it is worth going
    /// on at once.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn sweep(&mut self, connection: &Connection, now: u64) -> rusqlite::Result<bool> {
        let mut removed = remove(connection, &EVENTS, &mut self.events, STEP, now)?;
        removed += remove(connection, &ANSWERS, &mut self.answers, STEP, now)?;
        removed += remove(connection, &REVOCATIONS, &mut self.revocations, STEP, now)?;
        self.remove_rooms(connection, now)?;
        let free: i64 = connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
        if free > FREE_PAGES {
            connection.execute_batch(&format!("PRAGMA incremental_vacuum({FREED_PAGES})"))?;
        }
        Ok(removed > 0)
    }

    fn remove_rooms(&mut self, connection: &Connection, now: u64) -> rusqlite::Result<()> {
        let Some((after, last)) = next(connection, &ROOMS, &mut self.rooms, STEP)? else {
            return Ok(());
        };
        let oldest = signed(now.saturating_sub(ROOM_MS));
        let gone = connection
            .prepare_cached(ROOMS.remove)?
            .query_map((after, last, oldest), |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        for room in &gone {
            let forget = "DELETE FROM tautline_receipts WHERE room = ?1";
            connection.prepare_cached(forget)?.execute([room])?;
        }
        if !gone.is_empty() {
            // A room that comes back must not begin its old sequence again.
            super::epoch::renew_seed(connection)?;
        }
        Ok(())
    }
}

/// Removes what can go among the next rows of a table.
fn remove(
    connection: &Connection,
    table: &Table,
    cursor: &mut i64,
    step: i64,
    now: u64,
) -> rusqlite::Result<usize> {
    let Some((after, last)) = next(connection, table, cursor, step)? else { return Ok(0) };
    connection.prepare_cached(table.remove)?.execute((after, last, signed(now)))
}

/// The next rows of a table: the ids behind which they begin and with which they end. After the last
/// row comes the first.
fn next(
    connection: &Connection,
    table: &Table,
    cursor: &mut i64,
    step: i64,
) -> rusqlite::Result<Option<(i64, i64)>> {
    let after = *cursor;
    let name = table.name;
    let (last, count): (Option<i64>, i64) = connection
        .prepare_cached(&format!(
            "SELECT max(id), count(*)
             FROM (SELECT id FROM {name} WHERE id > ?1 ORDER BY id LIMIT ?2)"
        ))?
        .query_row((after, step), |row| Ok((row.get(0)?, row.get(1)?)))?;
    // At the end it begins anew: it must not run after new rows for ever.
    *cursor = last.filter(|_| count == step).unwrap_or(0);
    Ok(last.map(|last| (after, last)))
}
