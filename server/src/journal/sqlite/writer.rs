//! The writing half: groups are transactions, and nearly no command costs a savepoint.
//!
//! What a command appends, changes and answers waits in memory until it is released, so that taking
//! it back costs nothing. Only a command that asks for the connection, to write rows of the
//! application's own, gets a savepoint of SQLite's: one of those costs as much as storing an event.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use tautline::Retention;

use super::super::{
    Change, EventBody, JournalError, JournalWriter, LedgerEntry, LedgerKey, NewEvent,
};
use super::changes;
use super::common::Common;
use super::error::{of_commit, spoils_connection, storage_fault, unavailable};
use super::guard::SAVEPOINT;
use super::keeper::Keeper;
use super::rooms::{Place, Rooms};
use super::rows::{self, id, optional_json, pack, signed};
use super::store::Store;
use super::sweep::Sweeper;
use crate::encode::json;
use crate::position::Position;
use crate::problems::Chain;

/// Writes to the file. There is one per file.
pub(super) struct Writer {
    common: Arc<Common>,
    /// `None` after the connection was spoilt, until the next group.
    store: Option<Store>,
    rooms: Rooms,
    /// What SQLite says of writers other than this one.
    data_version: i64,
    pending: Pending,
    lent: Cell<Lent>,
    /// What a step has met.
    fault: RefCell<Option<Fault>>,
    sweeper: Sweeper,
    keeper: Keeper,
    /// Held as long as the file is open.
    _lock: File,
}

/// What the command at hand has asked for and not yet got.
#[derive(Default)]
struct Pending {
    events: Vec<(Place, u64, Retention, EventBody)>,
    changes: Vec<Change>,
    answer: Option<(LedgerKey, LedgerEntry)>,
}

/// Whether the command at hand has the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lent {
    No,
    /// In a savepoint of its own.
    Yes,
    /// It should have got it, and SQLite could not.
    Failed,
}

/// The application has ended the transaction that it shares with other commands: by an
/// `OR ROLLBACK`, the one way that SQLite does not ask about.
#[derive(Debug, thiserror::Error)]
#[error("a step has ended the transaction, and with it took back what other commands had written")]
struct Ended;

/// The application's own statement has met a fault of the file.
#[derive(Debug, thiserror::Error)]
#[error("a step has met a fault of the file: {reason}")]
struct Fault {
    reason: String,
    spoils_connection: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("no savepoint could be opened")]
struct NoSavepoint;

impl Writer {
    pub(super) fn new(common: Arc<Common>, store: Store, lock: File) -> Self {
        let keeper = Keeper::start(Arc::clone(&common), Arc::clone(&store.log_pages));
        Self {
            common,
            store: Some(store),
            rooms: Rooms::default(),
            data_version: 0,
            pending: Pending::default(),
            lent: Cell::new(Lent::No),
            fault: RefCell::default(),
            sweeper: Sweeper::default(),
            keeper,
            _lock: lock,
        }
    }

    fn open_group(&mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let store = match self.store.take() {
            Some(store) => store,
            None => {
                let store = Store::reopen(&self.common.options, &self.common.run)?;
                self.keeper.watch(Arc::clone(&store.log_pages));
                store
            }
        };
        let connection = &self.store.insert(store).connection;
        self.keeper.finish(connection)?;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let version: i64 =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if version != self.data_version {
            self.rooms.clear();
            self.data_version = version;
        }
        Ok(())
    }

    /// The connection of a group that was begun.
    fn connection_in(store: &Option<Store>) -> Result<&Connection, JournalError> {
        let store = store.as_ref().ok_or_else(|| unavailable("no group was begun"))?;
        Ok(&store.connection)
    }

    /// Notes a failure for those who look at the server's health.
    fn failed<T>(&mut self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if let Err(JournalError::Unavailable(error) | JournalError::Unknown(error)) = &result {
            self.common.health.writing_failed(&**error);
            let spoilt = error.downcast_ref().is_some_and(spoils_connection)
                || error.downcast_ref().is_some_and(|fault: &Fault| fault.spoils_connection);
            if spoilt {
                self.store = None;
                self.rooms.clear();
            }
        }
        result
    }

    /// Ends the application's part of the command at hand.
    fn take_back(&mut self) -> Result<bool, JournalError> {
        let lent = self.lent.replace(Lent::No);
        let store = self.store.as_ref().ok_or_else(|| unavailable("no group was begun"))?;
        store.guard.set(false);
        if let Some(fault) = self.fault.take() {
            return Err(unavailable(fault));
        }
        if store.connection.is_autocommit() {
            return Err(unavailable(Ended));
        }
        match lent {
            Lent::No => Ok(false),
            Lent::Yes => Ok(true),
            Lent::Failed => Err(unavailable(NoSavepoint)),
        }
    }

    fn keep_command(&mut self) -> Result<(), JournalError> {
        let has_savepoint = self.take_back()?;
        let connection = Self::connection_in(&self.store)?;
        for (place, seq, retention, body) in self.pending.events.drain(..) {
            let room = self.rooms.row(connection, place)?;
            self.rooms.note(place, retention, body.ts);
            insert_event(connection, room, seq, &body)?;
            self.sweeper.owe(1);
        }
        for change in self.pending.changes.drain(..) {
            changes::apply(connection, &mut self.rooms, &change)?;
        }
        if let Some((key, entry)) = self.pending.answer.take() {
            let now = self.common.clock.now_ms();
            insert_answer(connection, &key, &entry, now)?;
            self.common.seen.insert(&key, entry.expires_at, now);
            self.sweeper.owe(1);
        }
        if has_savepoint {
            connection.prepare_cached(&format!("RELEASE {SAVEPOINT}"))?.execute([])?;
        }
        Ok(())
    }

    fn drop_command(&mut self) -> Result<(), JournalError> {
        for (place, ..) in self.pending.events.drain(..).rev() {
            self.rooms.retreat(place);
        }
        self.pending = Pending::default();
        if self.take_back()? {
            let connection = Self::connection_in(&self.store)?;
            connection.prepare_cached(&format!("ROLLBACK TO {SAVEPOINT}"))?.execute([])?;
            connection.prepare_cached(&format!("RELEASE {SAVEPOINT}"))?.execute([])?;
        }
        Ok(())
    }

    fn close_group(&mut self) -> Result<(), JournalError> {
        let connection = Self::connection_in(&self.store)?;
        self.rooms.flush(connection)?;
        let now = self.common.clock.now_ms();
        self.sweeper.pay(connection, now)?;
        connection.prepare_cached("COMMIT")?.execute([]).map_err(of_commit)?;
        Ok(())
    }

    /// A group that stores nothing but what falls due.
    fn sweep(&mut self) -> Result<bool, JournalError> {
        let begun = self.begin();
        begun?;
        let swept = (|| {
            let connection = Self::connection_in(&self.store)?;
            // A file that could not be written has to show that it can be again.
            let touch = "UPDATE tautline_meta SET is_clean = 0";
            if !self.common.health.can_write() {
                connection.execute(touch, [])?;
            }
            let now = self.common.clock.now_ms();
            let goes_on = self.sweeper.sweep(connection, now)?;
            connection.prepare_cached("COMMIT")?.execute([]).map_err(of_commit)?;
            Ok(goes_on)
        })();
        // Rooms may be gone.
        self.rooms.clear();
        let swept = self.failed(swept);
        match &swept {
            Ok(_) => self.common.health.writing_works(),
            Err(_) => self.abandon(),
        }
        swept
    }

    /// The answer that the file has, or that the command at hand has given.
    fn answered(&self, key: &LedgerKey) -> Result<Option<LedgerEntry>, JournalError> {
        let pending = self.pending.answer.as_ref().filter(|(known, _)| known == key);
        if let Some((_, entry)) = pending {
            return Ok(Some(entry.clone()));
        }
        if !self.common.seen.may_have(key) {
            return Ok(None);
        }
        let connection = Self::connection_in(&self.store)?;
        Ok(find_answer(connection, key, self.common.clock.now_ms())?)
    }
}

impl JournalWriter for Writer {
    fn begin(&mut self) -> Result<(), JournalError> {
        self.abandon();
        let begun = self.open_group().map_err(JournalError::Unavailable);
        self.failed(begun)
    }

    fn savepoint(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    fn append(&mut self, event: &NewEvent) -> Result<Position, JournalError> {
        let found = Self::connection_in(&self.store).and_then(|connection| {
            self.rooms.find(connection, &event.room).map_err(JournalError::from)
        });
        let place = self.failed(found)?;
        let at = self.rooms.advance(place)?;
        self.pending.events.push((place, at.seq, event.retention, event.body.clone()));
        Ok(at)
    }

    fn remember(
        &mut self,
        key: &LedgerKey,
        entry: LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError> {
        let known = self.answered(key);
        let known = self.failed(known)?;
        if known.is_none() {
            self.pending.answer = Some((key.clone(), entry));
        }
        Ok(known)
    }

    fn record(&mut self, change: &Change) -> Result<(), JournalError> {
        self.pending.changes.push(change.clone());
        Ok(())
    }

    fn step_failed(&self, error: &(dyn std::error::Error + 'static)) {
        let fault = storage_fault(error).map(|error| Fault {
            reason: error.to_string(),
            spoils_connection: spoils_connection(error),
        });
        self.fault.replace(fault);
    }

    fn rollback(&mut self) -> Result<(), JournalError> {
        let dropped = self.drop_command();
        self.failed(dropped)
    }

    fn release(&mut self) -> Result<(), JournalError> {
        let kept = self.keep_command();
        self.failed(kept)
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        let closed = self.close_group();
        let closed = self.failed(closed);
        if closed.is_ok() {
            self.common.health.writing_works();
            self.rooms.trim();
            self.keeper.committed();
        }
        closed
    }

    fn abandon(&mut self) {
        self.pending = Pending::default();
        self.lent.set(Lent::No);
        self.fault.replace(None);
        let Some(store) = &self.store else { return };
        store.guard.set(false);
        if store.connection.is_autocommit() {
            return;
        }
        self.rooms.clear();
        self.sweeper.forgive();
        if let Err(error) = store.connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "a group could not be rolled back: its connection is closed");
            self.store = None;
        }
    }

    fn connection(&self) -> &dyn Any {
        let Some(store) = &self.store else { return &() };
        if self.lent.get() == Lent::No {
            let opened = store.connection.prepare_cached(&format!("SAVEPOINT {SAVEPOINT}"));
            let lent = match opened.and_then(|mut savepoint| savepoint.execute([])) {
                Ok(_) => Lent::Yes,
                Err(error) => {
                    tracing::error!(%error, "no savepoint");
                    Lent::Failed
                }
            };
            self.lent.set(lent);
        }
        if self.lent.get() == Lent::Failed {
            return &();
        }
        store.guard.set(true);
        &store.connection
    }

    fn tend(&mut self) -> bool {
        match self.sweep() {
            Ok(goes_on) => {
                self.keeper.committed();
                goes_on
            }
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the journal could not be swept");
                false
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.keeper.stop();
        if let Some(Err(error)) = self.store.as_ref().map(Store::close) {
            tracing::warn!(%error, "the journal could not be closed in good order");
        }
    }
}

fn insert_event(
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

fn insert_answer(
    connection: &Connection,
    key: &LedgerKey,
    entry: &LedgerEntry,
    now: u64,
) -> Result<(), JournalError> {
    let LedgerEntry { hash, answer, at, expires_at } = entry;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO tautline_answers
             (command, namespace, expires_at, hash, answer, attachments, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at, hash = excluded.hash,
             answer = excluded.answer, attachments = excluded.attachments, at = excluded.at
             WHERE expires_at <= ?8",
        )?
        .execute(params![
            id(&key.id),
            key.namespace,
            signed(*expires_at),
            hash,
            answer.json,
            pack(&answer.attachments),
            json(at),
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
