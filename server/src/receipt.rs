//! Receipts: how far each user has received and read a room's events. Cursors beside the room's own
//! numbering, which only move on.
//!
//! Once a second at most, a room stores what moved in one commit, then tells its members, then
//! answers those who gave it: an acknowledged receipt is stored. Guests count by their subject.
//! What is shown to anybody is read from the journal when somebody enters the room, and kept while
//! somebody is in it.

mod book;
mod give;
#[cfg(test)]
mod mirror;
mod rounds;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde::Serialize;
use tautline::{Encoded, RoomName};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::alarms::Alarms;
use crate::clock::Clock;
use crate::commit::{CommitError, WriterHandle};
use crate::encode::{self, json};
use crate::frame_out::Payload;
use crate::journal::{Journal, JournalError, Receipt, RoomKey};
use crate::publish::Publisher;
use crate::room_table::RoomTable;
use crate::session::lock;
use book::Book;

pub(crate) use give::give;

/// The receipts of all rooms that keep them and have members.
pub(crate) struct Receipts {
    rooms: Mutex<HashMap<RoomKey, Room>>,
    alarms: Arc<Alarms<RoomKey>>,
    is_closing: AtomicBool,
    journal: Arc<dyn Journal>,
    writer: WriterHandle,
    table: Arc<RoomTable>,
    publisher: Arc<Publisher>,
    clock: Clock,
    runtime: Handle,
}

struct Room {
    book: Book,
    /// Those whose receipts wait for the next round.
    waiting: Vec<Waiting>,
}

type Waiting = oneshot::Sender<Result<(), CommitError>>;

/// What [`Receipts`] works with.
pub(crate) struct Parts {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) writer: WriterHandle,
    pub(crate) table: Arc<RoomTable>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) clock: Clock,
    pub(crate) runtime: Handle,
}

impl Receipts {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        let Parts { journal, writer, table, publisher, clock, runtime } = parts;
        Arc::new(Self {
            rooms: Mutex::default(),
            alarms: Alarms::new(),
            is_closing: AtomicBool::new(false),
            journal,
            writer,
            table,
            publisher,
            clock,
            runtime,
        })
    }

    /// Reads a room's receipts, unless they are known. For one who has entered: they stay known while
    /// somebody is in the room.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) async fn load(&self, key: &RoomKey) -> Result<(), JournalError> {
        if lock(&self.rooms).contains_key(key) {
            return Ok(());
        }
        let book = Book::new(self.read(key).await?);
        let room = Room { book, waiting: Vec::new() };
        // Somebody else may have read them meanwhile, and given some since: theirs count.
        lock(&self.rooms).entry(key.clone()).or_insert(room);
        Ok(())
    }

    /// What the journal has, within what the room has had: after a new numbering nothing is left.
    async fn read(&self, key: &RoomKey) -> Result<Vec<(String, Receipt)>, JournalError> {
        let receipts = self.journal.receipts(key).await?;
        let head = self.journal.extent(key).await?.head.seq;
        let within = receipts.into_iter().map(|(subject, Receipt { delivered, read })| {
            (subject, Receipt { delivered: delivered.min(head), read: read.min(head) })
        });
        Ok(within.collect())
    }

    /// How far everybody is.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) async fn all(
        &self,
        key: &RoomKey,
    ) -> Result<BTreeMap<String, Receipt>, JournalError> {
        let known = lock(&self.rooms).get(key).map(|room| room.book.all());
        match known {
            Some(known) => Ok(known),
            None => Ok(self.read(key).await?.into_iter().collect()),
        }
    }

    /// Adds how far everybody is to an answer.
    pub(crate) fn push(&self, key: &RoomKey, answer: &mut Encoded) {
        let rooms = lock(&self.rooms);
        let told = rooms.get(key).map(|room| room.book.told()).unwrap_or_default();
        answer.json.push_str(&json(&told));
    }

    /// How far everybody is, as an event: for a receiver that has missed some.
    pub(crate) fn reminder(&self, key: &RoomKey) -> Option<Payload> {
        let rooms = lock(&self.rooms);
        Some(frame(&key.room, &rooms.get(key)?.book.told()))
    }

    /// From now on nothing waits for its second: what was given is stored before the server is gone.
    pub(crate) fn close(self: &Arc<Self>) {
        self.is_closing.store(true, Ordering::Release);
        for (key, room) in lock(&self.rooms).iter() {
            self.wake(key, &room.book);
        }
    }

    fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    /// Forgets a room in which nobody is. The journal has it.
    pub(crate) fn tidy(&self, key: &RoomKey) {
        let mut rooms = lock(&self.rooms);
        let is_at_rest = rooms.get(key).is_some_and(|room| room.book.is_at_rest());
        if is_at_rest && self.table.count(key) == 0 {
            rooms.remove(key);
        }
    }
}

/// `["tautline:receipts",{…}]`.
fn frame<K: Ord + Serialize>(room: &RoomName, receipts: &BTreeMap<K, Receipt>) -> Payload {
    #[derive(Serialize)]
    struct Told<'a, K: Ord + Serialize> {
        room: &'a RoomName,
        receipts: &'a BTreeMap<K, Receipt>,
    }
    encode::control("receipts", &Told { room, receipts })
}

impl fmt::Debug for Receipts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipts").field("rooms", &lock(&self.rooms).len()).finish_non_exhaustive()
    }
}
