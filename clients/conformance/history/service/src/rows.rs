//! An application's rows beside a journal that has no connection of its own: written in the same
//! transaction, taken back with it.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tautline_server::journal::{
    Change, Health, Host, Journal, JournalError, JournalFuture, JournalWriter, LedgerEntry,
    LedgerKey, NewEvent, Page, Receipt, RoomKey, Unfinished,
};
use tautline_server::{Extent, Position};

/// The rows of all rooms, in the order in which they were written. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Rows(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Rows {
    /// The rows of a room.
    pub fn of(&self, room: &str) -> Vec<String> {
        self.rows().get(room).cloned().unwrap_or_default()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a transaction has written so far: the connection that a step finds.
#[derive(Debug, Default)]
pub struct Pending(RefCell<Vec<(String, String)>>);

impl Pending {
    /// Writes a row.
    pub fn insert(&self, room: &str, mark: &str) {
        self.0.borrow_mut().push((room.to_owned(), mark.to_owned()));
    }
}

/// A journal with rows beside it.
#[derive(Debug)]
pub struct WithRows<J> {
    journal: J,
    rows: Rows,
}

impl<J: Journal> WithRows<J> {
    /// Puts rows beside a journal.
    pub fn new(journal: J, rows: Rows) -> Self {
        Self { journal, rows }
    }
}

impl<J: Journal> Journal for WithRows<J> {
    fn writer(&self) -> Result<Box<dyn JournalWriter>, JournalError> {
        Ok(Box::new(Writer {
            writer: self.journal.writer()?,
            rows: self.rows.clone(),
            pending: Pending::default(),
            mark: 0,
        }))
    }

    fn host(&self) -> Host {
        self.journal.host()
    }

    fn ledger(&self) -> String {
        self.journal.ledger()
    }

    fn extent<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Extent> {
        self.journal.extent(room)
    }

    fn read<'a>(&'a self, room: &'a RoomKey, since: u64, max: usize) -> JournalFuture<'a, Page> {
        self.journal.read(room, since, max)
    }

    fn unfinished(&self) -> JournalFuture<'_, Unfinished> {
        self.journal.unfinished()
    }

    fn receipts<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Vec<(String, Receipt)>> {
        self.journal.receipts(room)
    }

    fn secret(&self) -> [u8; 32] {
        self.journal.secret()
    }

    fn recall<'a>(&'a self, key: &'a LedgerKey) -> JournalFuture<'a, Option<LedgerEntry>> {
        self.journal.recall(key)
    }

    fn health(&self) -> Health {
        self.journal.health()
    }
}

struct Writer {
    writer: Box<dyn JournalWriter>,
    rows: Rows,
    pending: Pending,
    /// How many rows there were at the savepoint.
    mark: usize,
}

impl Writer {
    fn clear(&mut self) {
        self.pending.0.get_mut().clear();
        self.mark = 0;
    }
}

impl JournalWriter for Writer {
    fn begin(&mut self) -> Result<(), JournalError> {
        self.clear();
        self.writer.begin()
    }

    fn savepoint(&mut self) -> Result<(), JournalError> {
        self.mark = self.pending.0.get_mut().len();
        self.writer.savepoint()
    }

    fn append(&mut self, event: &NewEvent) -> Result<Position, JournalError> {
        self.writer.append(event)
    }

    fn head(&self, room: &RoomKey) -> Result<Position, JournalError> {
        self.writer.head(room)
    }

    fn remember(
        &mut self,
        key: &LedgerKey,
        entry: &LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError> {
        self.writer.remember(key, entry)
    }

    fn record(&mut self, change: &Change) -> Result<(), JournalError> {
        self.writer.record(change)
    }

    fn rollback(&mut self) -> Result<(), JournalError> {
        self.pending.0.get_mut().truncate(self.mark);
        self.writer.rollback()
    }

    fn release(&mut self) -> Result<(), JournalError> {
        self.writer.release()
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        self.writer.commit()?;
        let mut rows = self.rows.rows();
        for (room, mark) in self.pending.0.get_mut().drain(..) {
            rows.entry(room).or_default().push(mark);
        }
        Ok(())
    }

    fn can_store(&self) -> bool {
        self.writer.can_store()
    }

    fn abandon(&mut self) {
        self.clear();
        self.writer.abandon();
    }

    fn connection(&self) -> &dyn Any {
        &self.pending
    }
}
