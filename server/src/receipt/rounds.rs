//! Rounds: what a room's users give is stored in one commit, then told, then acknowledged.

use std::sync::Arc;
use std::time::Duration;

use tautline::LibraryCode;
use tokio::sync::oneshot;

use super::book::{Book, Given};
use super::{Receipts, Waiting, frame};
use crate::commit::{CommitError, Work};
use crate::journal::{Change, Receipt, RoomKey};
use crate::problems::Trouble;
use crate::publish::Publication;
use crate::room_table::{Kind, Message};
use crate::session::lock;

impl Receipts {
    /// Takes a receipt, and returns when it is stored.
    ///
    /// # Errors
    /// When it could not be stored, or the giver has left the room.
    pub(super) async fn give(
        self: &Arc<Self>,
        key: &RoomKey,
        subject: &str,
        receipt: Receipt,
    ) -> Result<(), Trouble> {
        let stored = {
            let mut rooms = lock(&self.rooms);
            // Known for as long as somebody is in the room: it was loaded for the giver.
            let Some(room) = rooms.get_mut(key) else { return Err(LibraryCode::NotJoined.into()) };
            match room.book.give(subject, receipt) {
                Given::Known => return Ok(()),
                Given::Waits => {
                    let (tell, stored) = oneshot::channel();
                    room.waiting.push(tell);
                    self.wake(key, &room.book);
                    stored
                }
            }
        };
        stored.await.unwrap_or(Err(CommitError::Gone)).map_err(Trouble::Commit)
    }

    /// Stores what waits, if it is time.
    fn round(self: &Arc<Self>, key: RoomKey) {
        let now = self.clock.now_ms();
        let mut rooms = lock(&self.rooms);
        let Some(room) = rooms.get_mut(&key) else { return };
        let Some(batch) = room.book.begin(now, self.is_closing()) else {
            return self.wake(&key, &room.book);
        };
        let waiting = std::mem::take(&mut room.waiting);
        drop(rooms);
        let mut work = Work::new();
        work.effects.changes = batch
            .into_iter()
            .map(|(subject, receipt)| Change::ReceiptGiven { room: key.clone(), subject, receipt })
            .collect();
        let (receipts, stored) = (Arc::clone(self), self.writer.store(work));
        self.runtime.spawn(async move { receipts.ended(key, stored.await.map(drop), waiting) });
    }

    /// A round is stored, or could not be.
    fn ended(
        self: &Arc<Self>,
        key: RoomKey,
        result: Result<(), CommitError>,
        waiting: Vec<Waiting>,
    ) {
        let mut rooms = lock(&self.rooms);
        if let Some(room) = rooms.get_mut(&key) {
            let moved = room.book.end(result.is_ok());
            self.wake(&key, &room.book);
            // Shown to those who enter before it is told to those who are in: nobody misses it.
            drop(rooms);
            if !moved.is_empty() {
                self.publisher.publish(Publication {
                    message: Message { kind: Kind::Standing, payload: frame(&key.room, &moved) },
                    key: key.clone(),
                    unless_in: Vec::new(),
                    release: None,
                });
            }
        }
        for waiting in waiting {
            // One whose deadline has passed does not wait any more.
            let _gone = waiting.send(result.clone());
        }
        self.tidy(&key);
    }

    pub(super) fn wake(self: &Arc<Self>, key: &RoomKey, book: &Book) {
        let Some(at) = book.next_round() else { return };
        let wait = if self.is_closing() { 0 } else { at.saturating_sub(self.clock.now_ms()) };
        let key = (key.clone(), Duration::from_millis(wait));
        self.alarms.set(&self.runtime, key, || {
            let receipts = Arc::clone(self);
            move |key| receipts.round(key)
        });
    }
}
