//! A journal that dies with its server, and is there again for the next one: what was committed
//! stays, whatever a crashed server still tries is refused. It writes down what it stores, it may
//! fail, and it takes its time to read.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tautline_server::journal::{
    Change, EventBody, Health, Host, Journal, JournalError, JournalFuture, JournalWriter,
    LedgerEntry, LedgerKey, NewEvent, Page, Receipt, RoomKey, Unfinished,
};
use tautline_server::{Extent, Position};

use super::plan::Plan;
use super::storage::wait;
use super::world::Life;
use crate::crew::{Stage, lock};
use crate::dice::Dice;
use crate::history::{KeptRoom, Place, What};

/// Every event that was ever stored, by room, without rows: a room forgets, this does not.
pub(super) type Stored = BTreeMap<String, KeptRoom>;

/// What all lives of a server share.
#[derive(Clone)]
pub(super) struct Archive {
    pub(super) stage: Stage,
    pub(super) stored: Arc<Mutex<Stored>>,
    pub(super) dice: Arc<Mutex<Dice>>,
    pub(super) plan: Arc<Plan>,
}

/// The journal of one life.
pub(super) struct Mortal {
    archive: Archive,
    journal: Arc<dyn Journal>,
    life: Arc<Life>,
}

impl Archive {
    pub(super) fn stored(&self) -> Stored {
        lock(&self.stored).clone()
    }

    fn permille(&self, often: u32) -> bool {
        !self.stage.is_calm() && lock(&self.dice).permille(often)
    }
}

impl Mortal {
    pub(super) fn new(archive: Archive, journal: Arc<dyn Journal>, life: Arc<Life>) -> Self {
        Self { archive, journal, life }
    }

    /// Lets something take its time, by the run's clock, and none besides.
    fn slowly<'a, T: Send + 'a>(&self, read: JournalFuture<'a, T>) -> JournalFuture<'a, T> {
        let most = self.archive.plan.read_ms;
        let ms = if most == 0 { 0 } else { lock(&self.archive.dice).between(0, most) };
        Box::pin(async move {
            if ms > 0 {
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
            wait(read)
        })
    }
}

impl Journal for Mortal {
    fn writer(&self) -> Result<Box<dyn JournalWriter>, JournalError> {
        Ok(Box::new(Writer {
            archive: self.archive.clone(),
            life: Arc::clone(&self.life),
            writer: self.journal.writer()?,
            pending: Vec::new(),
            mark: 0,
            has_stored: None,
        }))
    }

    /// Always: a thread would have a time of its own.
    fn host(&self) -> Host {
        Host::Task
    }

    fn ledger(&self) -> String {
        self.journal.ledger()
    }

    fn extent<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Extent> {
        self.slowly(self.journal.extent(room))
    }

    fn read<'a>(&'a self, room: &'a RoomKey, since: u64, max: usize) -> JournalFuture<'a, Page> {
        self.slowly(self.journal.read(room, since, max))
    }

    fn unfinished(&self) -> JournalFuture<'_, Unfinished> {
        // At once: those who wait for it at the start would be woken in any order.
        let unfinished = self.journal.unfinished();
        Box::pin(async move { wait(unfinished) })
    }

    fn receipts<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Vec<(String, Receipt)>> {
        self.slowly(self.journal.receipts(room))
    }

    fn secret(&self) -> [u8; 32] {
        self.journal.secret()
    }

    fn recall<'a>(&'a self, key: &'a LedgerKey) -> JournalFuture<'a, Option<LedgerEntry>> {
        self.slowly(self.journal.recall(key))
    }

    fn health(&self) -> Health {
        self.journal.health()
    }
}

struct Writer {
    archive: Archive,
    life: Arc<Life>,
    writer: Box<dyn JournalWriter>,
    pending: Vec<(String, Place, EventBody)>,
    /// How much was pending at the savepoint.
    mark: usize,
    /// Of the last group that it did not know of.
    has_stored: Option<bool>,
}

impl JournalWriter for Writer {
    fn begin(&mut self) -> Result<(), JournalError> {
        self.pending.clear();
        self.mark = 0;
        if self.life.is_over() {
            return Err(unavailable("the server has crashed"));
        }
        if self.archive.permille(self.archive.plan.unstored) {
            self.archive.stage.recorder.note("journal", "cannot store a group");
            return Err(unavailable("the plan wants it so"));
        }
        self.writer.begin()
    }

    fn savepoint(&mut self) -> Result<(), JournalError> {
        self.mark = self.pending.len();
        self.writer.savepoint()
    }

    fn append(&mut self, event: &NewEvent) -> Result<Position, JournalError> {
        let position = self.writer.append(event)?;
        let place = Place { epoch: position.epoch.clone(), seq: position.seq };
        self.pending.push((event.room.room.as_str().to_owned(), place, event.body.clone()));
        Ok(position)
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
        self.pending.truncate(self.mark);
        self.writer.rollback()
    }

    fn release(&mut self) -> Result<(), JournalError> {
        self.writer.release()
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        if self.life.is_over() {
            return Err(unavailable("the server has crashed"));
        }
        let is_unsure = self.archive.permille(self.archive.plan.unsure);
        if is_unsure && self.archive.permille(500) {
            self.has_stored = Some(false);
            self.archive.stage.recorder.note("journal", "did not store a group, and does not know");
            return Err(unknown());
        }
        self.writer.commit()?;
        let mut stored = lock(&self.archive.stored);
        for (room, place, body) in self.pending.drain(..) {
            let kept = stored.entry(room.clone()).or_default();
            let mark = kept.note(place.clone(), &body);
            self.archive.stage.recorder.write("journal", What::Stored { room, place, mark });
        }
        if is_unsure {
            self.has_stored = Some(true);
            self.archive.stage.recorder.note("journal", "stored a group, and does not know");
            return Err(unknown());
        }
        Ok(())
    }

    fn can_store(&self) -> bool {
        !self.life.is_over() && self.writer.can_store()
    }

    fn has_stored(&mut self) -> Option<bool> {
        self.has_stored.take()
    }

    fn abandon(&mut self) {
        self.pending.clear();
        self.writer.abandon();
    }

    fn connection(&self) -> &dyn Any {
        self.writer.connection()
    }
}

fn unavailable(why: &str) -> JournalError {
    JournalError::Unavailable(why.into())
}

fn unknown() -> JournalError {
    JournalError::Unknown("the plan wants it so".into())
}
