//! The writing half: groups are transactions, and nearly no command costs a savepoint.
//!
//! What a command appends and answers is written at once, and deleted again if the command is taken
//! back, which hardly ever happens. Only a command that asks for the connection, to write rows of
//! the application's own, gets a savepoint of SQLite's: one of those costs half as much as storing an
//! event and an answer.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::sync::Arc;

use rusqlite::Connection;

use super::super::{
    Change, JournalError, JournalWriter, LedgerEntry, LedgerKey, NewEvent, RoomKey,
};
use super::bounds::Bounds;
use super::changes;
use super::common::Common;
use super::error::{is_full, of_commit, spoils_connection, storage_fault, unavailable};
use super::guard::SAVEPOINT;
use super::keeper::Keeper;
use super::rooms::{Place, Rooms};
use super::rows::{id, signed};
use super::statements::{find_answer, insert_answer, insert_event};
use super::store::Store;
use super::sweep::Sweeper;
use super::witness::{Trace, Witness};
use crate::position::Position;
use crate::problems::Chain;

/// Writes to the file. There is one per file.
pub(super) struct Writer {
    common: Arc<Common>,
    /// `None` after the connection was spoilt, until the next group.
    store: Option<Store>,
    /// Whether a group was begun and is neither stored nor given up.
    is_in_group: bool,
    rooms: Rooms,
    /// What SQLite says of writers other than this one.
    data_version: i64,
    pending: Pending,
    /// What shows that the group is stored, if it is.
    trace: Option<Trace>,
    /// Likewise of a group of which nobody knew.
    doubt: Option<Witness>,
    lent: Cell<Lent>,
    /// What a step has met.
    fault: RefCell<Option<Fault>>,
    sweeper: Sweeper,
    /// A group did not fit: the room that is left is looked at when the group is taken back.
    has_overflowed: bool,
    /// How many pages were left when a group did not fit into the bounds of the file.
    left_when_full: Option<u64>,
    keeper: Keeper,
    /// Held as long as the file is open.
    _lock: File,
}

/// What the command at hand has got, to be taken back, and what it still has to get.
#[derive(Default)]
struct Pending {
    events: Vec<(Place, u64)>,
    answer: Option<(LedgerKey, u64)>,
    changes: Vec<Change>,
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
    is_full: bool,
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
            is_in_group: false,
            rooms: Rooms::default(),
            data_version: 0,
            pending: Pending::default(),
            trace: None,
            doubt: None,
            lent: Cell::new(Lent::No),
            fault: RefCell::default(),
            sweeper: Sweeper::default(),
            has_overflowed: false,
            left_when_full: None,
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
        self.is_in_group = true;
        let version: i64 =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if version != self.data_version {
            self.rooms.clear();
            self.data_version = version;
        }
        Ok(())
    }

    /// The connection of a group that was begun, for statements of our own.
    fn own(store: &Option<Store>) -> Result<&Connection, JournalError> {
        let store = store.as_ref().ok_or_else(|| unavailable("no group was begun"))?;
        store.guard.set(false);
        Ok(&store.connection)
    }

    /// Notes a failure for those who look at the server's health.
    fn failed<T>(&mut self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if let Err(JournalError::Unavailable(error) | JournalError::Unknown(error)) = &result {
            self.common.health.writing_failed(&**error);
            let spoilt = error.downcast_ref().is_some_and(spoils_connection)
                || error.downcast_ref().is_some_and(|fault: &Fault| fault.spoils_connection);
            self.has_overflowed |= error.downcast_ref().is_some_and(is_full)
                || error.downcast_ref().is_some_and(|fault: &Fault| fault.is_full);
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
        let connection = Self::own(&self.store)?;
        if let Some(fault) = self.fault.take() {
            return Err(unavailable(fault));
        }
        if connection.is_autocommit() {
            return Err(unavailable(Ended));
        }
        match lent {
            Lent::No => Ok(false),
            Lent::Yes => Ok(true),
            Lent::Failed => Err(unavailable(NoSavepoint)),
        }
    }

    fn append_now(&mut self, event: &NewEvent) -> Result<Position, JournalError> {
        let connection = Self::own(&self.store)?;
        let NewEvent { room, retention, body } = event;
        let place = self.rooms.find(connection, room)?;
        let at = self.rooms.advance(place)?;
        self.pending.events.push((place, at.seq));
        let row = self.rooms.row(connection, place)?;
        self.rooms.note(place, *retention, body.ts);
        insert_event(connection, row, at.seq, body)?;
        if retention.count.is_some_and(|count| at.seq > count.into()) {
            self.sweeper.owe();
        }
        Ok(at)
    }

    fn remember_now(
        &mut self,
        key: &LedgerKey,
        entry: &LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError> {
        let connection = Self::own(&self.store)?;
        let now = self.common.clock.now_ms();
        if self.common.seen.may_have(key)
            && let Some(known) = find_answer(connection, key, now)?
        {
            return Ok(Some(known));
        }
        insert_answer(connection, key, entry, now)?;
        self.pending.answer = Some((key.clone(), entry.expires_at));
        self.common.seen.insert(key, entry.expires_at, now);
        Ok(None)
    }

    fn keep_command(&mut self) -> Result<(), JournalError> {
        let has_savepoint = self.take_back()?;
        let connection = Self::own(&self.store)?;
        let Pending { events, answer, changes } = &mut self.pending;
        self.trace = Trace::of(events, answer.take(), changes).or(self.trace.take());
        events.clear();
        for change in self.pending.changes.drain(..) {
            changes::apply(connection, &mut self.rooms, &change)?;
        }
        if has_savepoint {
            connection.prepare_cached(&format!("RELEASE {SAVEPOINT}"))?.execute([])?;
        }
        self.rooms.keep_rows();
        Ok(())
    }

    fn drop_command(&mut self) -> Result<(), JournalError> {
        let Pending { events, answer, .. } = std::mem::take(&mut self.pending);
        let has_savepoint = self.take_back()?;
        let connection = Self::own(&self.store)?;
        // What was written before there was a savepoint is still there.
        for (place, seq) in events.into_iter().rev() {
            let delete = "DELETE FROM tautline_events WHERE room = ?1 AND seq = ?2";
            let row = self.rooms.row(connection, place)?;
            connection.prepare_cached(delete)?.execute((row, signed(seq)))?;
            self.rooms.retreat(place);
        }
        if let Some((key, _)) = answer {
            let delete = "DELETE FROM tautline_answers WHERE command = ?1 AND namespace = ?2";
            connection.prepare_cached(delete)?.execute((id(&key.id), key.namespace))?;
        }
        if has_savepoint {
            connection.prepare_cached(&format!("ROLLBACK TO {SAVEPOINT}"))?.execute([])?;
            connection.prepare_cached(&format!("RELEASE {SAVEPOINT}"))?.execute([])?;
            self.rooms.forget_rows();
        }
        Ok(())
    }

    fn close_group(&mut self) -> Result<(), JournalError> {
        let connection = Self::own(&self.store)?;
        self.rooms.flush(connection)?;
        let now = self.common.clock.now_ms();
        self.sweeper.pay(connection, now)?;
        connection.prepare_cached("COMMIT")?.execute([]).map_err(of_commit)?;
        self.is_in_group = false;
        Ok(())
    }

    fn take_group_back(&mut self) {
        self.pending = Pending::default();
        self.trace = None;
        self.lent.set(Lent::No);
        self.fault.replace(None);
        if !std::mem::replace(&mut self.is_in_group, false) {
            return;
        }
        self.rooms.clear();
        self.sweeper.forgive();
        let Some(store) = &self.store else { return };
        store.guard.set(false);
        // A full disk has rolled it back already.
        if store.connection.is_autocommit() {
            return;
        }
        if let Err(error) = store.connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "a group could not be rolled back: its connection is closed");
            self.store = None;
        }
    }

    /// Whether there is more room than when a group did not fit.
    fn has_room(&self) -> bool {
        let Some(before) = self.left_when_full else { return true };
        let bounds = self.store.as_ref().map(|store| Bounds::of(&store.connection));
        bounds.is_some_and(|bounds| bounds.is_ok_and(|bounds| bounds.left() > before))
    }

    /// A group that stores nothing but what falls due.
    fn sweep(&mut self) -> Result<bool, JournalError> {
        let begun = self.begin();
        begun?;
        let swept = (|| {
            let connection = Self::own(&self.store)?;
            // A file that could not be written has to show that it can be again.
            let touch = "UPDATE tautline_meta SET is_clean = 0";
            if !self.common.health.can_write() {
                connection.execute(touch, [])?;
            }
            let now = self.common.clock.now_ms();
            let goes_on = self.sweeper.sweep(connection, now)?;
            connection.prepare_cached("COMMIT")?.execute([]).map_err(of_commit)?;
            self.is_in_group = false;
            Ok(goes_on)
        })();
        // Rooms may be gone.
        self.rooms.clear();
        let swept = self.failed(swept);
        match &swept {
            Ok(_) if self.has_room() => self.common.health.writing_works(),
            // What little was written now says nothing of the next command.
            Ok(_) => {}
            Err(_) => self.abandon(),
        }
        swept
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
        let appended = self.append_now(event);
        self.failed(appended)
    }

    fn head(&self, room: &RoomKey) -> Result<Position, JournalError> {
        let store = self.store.as_ref().ok_or_else(|| unavailable("no group was begun"))?;
        // Not `own`: the step may have the connection.
        Ok(self.rooms.head(&store.connection, room)?)
    }

    fn remember(
        &mut self,
        key: &LedgerKey,
        entry: &LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError> {
        let known = self.remember_now(key, entry);
        self.failed(known)
    }

    fn record(&mut self, change: &Change) -> Result<(), JournalError> {
        self.pending.changes.push(change.clone());
        Ok(())
    }

    fn step_failed(&self, error: &(dyn std::error::Error + 'static)) {
        let fault = storage_fault(error).map(|error| Fault {
            reason: error.to_string(),
            spoils_connection: spoils_connection(error),
            is_full: is_full(error),
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
        if let (Err(JournalError::Unknown(_)), Some(trace)) = (&closed, self.trace.take()) {
            self.doubt = Some(trace.witness(&self.rooms));
        }
        let closed = self.failed(closed);
        if closed.is_ok() {
            self.left_when_full = None;
            self.common.health.writing_works();
            self.rooms.trim();
            self.keeper.committed();
        }
        closed
    }

    fn has_stored(&mut self) -> Option<bool> {
        let witness = self.doubt.take()?;
        let asked = Self::own(&self.store).and_then(|connection| Ok(witness.is_there(connection)?));
        self.failed(asked).ok()
    }

    fn abandon(&mut self) {
        self.take_group_back();
        if std::mem::take(&mut self.has_overflowed)
            && let Some(store) = &self.store
            && self.common.options.max_bytes.is_some()
        {
            self.left_when_full =
                Bounds::of(&store.connection).ok().and_then(Bounds::left_if_reached);
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

    fn can_store(&self) -> bool {
        self.common.health.can_write()
    }

    fn tend(&mut self) -> bool {
        let is_news = self.common.health.can_write();
        match self.sweep() {
            Ok(goes_on) => {
                self.keeper.committed();
                goes_on
            }
            Err(error) if is_news => {
                tracing::warn!(error = %Chain(&error), "the journal could not be tended");
                false
            }
            // As it was a second ago.
            Err(_) => false,
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
