//! The streams that are open, by id and by room; and what is told of them to whoever enters a room.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tautline::{Encoded, Uuid};
use tokio::sync::watch;

use super::entry::Entry;
use super::error::StreamError;
use super::found::Begun;
use super::frames::append;
use super::state::{Refused, Rules};
use super::timers::Timers;
use crate::clock::Clock;
use crate::commit::WriterHandle;
use crate::encode::{event, json, renumbered};
use crate::frame_out::Payload;
use crate::journal::RoomKey;
use crate::session::lock;
use crate::stage::PART;

/// All streams of a server.
pub(crate) struct Streams {
    pub(super) writer: WriterHandle,
    pub(super) clock: Clock,
    pub(super) timers: Arc<Timers>,
    most_bytes: usize,
    book: Mutex<Book>,
    is_closing: AtomicBool,
    /// What this server began while it was still looking for what was begun before.
    pub(crate) begun: Begun,
    /// Whether those of the time before the start are in the book.
    is_ready: watch::Sender<bool>,
}

#[derive(Default)]
struct Book {
    /// Also those whose start is on its way to the journal.
    open: HashMap<Uuid, Arc<Entry>>,
    by_room: HashMap<RoomKey, Vec<Arc<Entry>>>,
}

impl Streams {
    /// None yet. Their leases run on the tokio runtime around it.
    pub(crate) fn start(writer: WriterHandle, clock: Clock, most_bytes: usize) -> Arc<Self> {
        let streams = Arc::new(Self {
            writer,
            clock,
            timers: Arc::default(),
            most_bytes,
            book: Mutex::default(),
            is_closing: AtomicBool::new(false),
            begun: Begun::default(),
            is_ready: watch::Sender::new(false),
        });
        tokio::spawn(super::timers::run(Arc::clone(&streams.timers), Arc::downgrade(&streams)));
        streams
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    /// What holds for streams of this lease.
    pub(super) fn rules(&self, lease_ms: u32) -> Rules {
        Rules { lease_ms: lease_ms.into(), most_bytes: self.most_bytes }
    }

    /// The open stream of this id.
    pub(super) fn find(&self, id: &Uuid) -> Option<Arc<Entry>> {
        lock(&self.book).open.get(id).cloned()
    }

    /// Knows a stream from now on, by its id.
    pub(super) fn insert(&self, entry: &Arc<Entry>) {
        lock(&self.book).open.insert(entry.id, Arc::clone(entry));
    }

    /// Shows a stream to whoever enters its rooms.
    pub(super) fn show(&self, entry: &Arc<Entry>) {
        let mut book = lock(&self.book);
        for (room, _) in &entry.rooms {
            book.by_room.entry(room.clone()).or_default().push(Arc::clone(entry));
        }
    }

    /// Forgets a stream that has ended, or was never stored.
    pub(super) fn remove(&self, entry: &Entry) {
        let mut book = lock(&self.book);
        book.open.remove(&entry.id);
        for (room, _) in &entry.rooms {
            if let Some(entries) = book.by_room.get_mut(room) {
                entries.retain(|other| other.id != entry.id);
                if entries.is_empty() {
                    book.by_room.remove(room);
                }
            }
        }
    }

    /// Those of the time before the start are in the book.
    pub(super) fn ready(&self) {
        self.is_ready.send_replace(true);
    }

    /// Waits for those of the time before the start: nobody may enter a room before.
    pub(crate) async fn found(&self) {
        let mut is_ready = self.is_ready.subscribe();
        // The sender lives as long as this.
        let _always = is_ready.wait_for(|is_ready| *is_ready).await;
    }

    /// Whether the server is going down.
    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    /// The server is going down: producers hear of it, what they gave is stored, and the leases stand
    /// still until the next start.
    pub(crate) fn close(self: &Arc<Self>) {
        self.is_closing.store(true, Ordering::Release);
        let open: Vec<Arc<Entry>> = lock(&self.book).open.values().cloned().collect();
        for entry in open {
            self.pump_rest(&entry);
            entry.changed.notify_waiters();
        }
    }

    /// In the words of a producer.
    pub(super) fn error(&self, entry: &Entry, refused: Refused) -> StreamError {
        match refused {
            Refused::Fenced => StreamError::Fenced,
            Refused::Ended => StreamError::NotOpen,
            Refused::NotStarted => entry.fault().unwrap_or(StreamError::NotOpen),
            Refused::Full => entry.fault().unwrap_or(StreamError::Behind),
            Refused::TooLong => StreamError::TooLong { limit: self.most_bytes },
            Refused::Gap(next) => StreamError::Gap { next },
        }
    }

    /// The last part of each open stream of the room once more, for one who may have missed it: nothing
    /// comes behind it that would show the gap.
    pub(crate) fn reminders(&self, room: &RoomKey) -> Vec<Payload> {
        let entries = lock(&self.book).by_room.get(room).cloned().unwrap_or_default();
        let reminder = |entry: &Arc<Entry>| {
            let state = entry.state();
            let part = state.last().filter(|_| state.is_seen())?;
            Some(event(PART, &append(entry, room, part.number, &part.text)))
        };
        entries.iter().filter_map(reminder).collect()
    }

    /// Adds the room's open streams to an answer, as a JSON list.
    pub(crate) fn push_open(&self, room: &RoomKey, answer: &mut Encoded) {
        let entries = lock(&self.book).by_room.get(room).cloned().unwrap_or_default();
        answer.json.push('[');
        for entry in entries {
            let state = entry.state();
            if !state.is_seen() {
                continue;
            }
            if !answer.json.ends_with('[') {
                answer.json.push(',');
            }
            let payload = renumbered(&entry.payload, answer.attachments.len());
            // Writing to a `String` cannot fail.
            let _ = write!(
                answer.json,
                "{{\"id\":\"{}\",\"name\":\"{}\",\"payload\":{payload},\"room\":{},\"number\":{},\"text\":{}}}",
                entry.id,
                entry.event.name,
                json(&room.room),
                state.number(),
                json(state.text()),
            );
            drop(state);
            answer.attachments.extend(entry.payload.attachments.iter().cloned());
        }
        answer.json.push(']');
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        self.timers.stop();
    }
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").field("open", &lock(&self.book).open.len()).finish()
    }
}
