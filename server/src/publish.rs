//! The one seam through which everything goes to rooms: one publisher per shard of the room table,
//! each in the order in which it was given its messages.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::runtime::Handle;

use crate::journal::RoomKey;
use crate::room_table::{Message, RoomTable, SHARDS};
use crate::session::lock;

/// Up to so many members, whoever publishes sends at once. A larger fan-out gets a task, so that the
/// journal's writer goes on meanwhile.
const AT_ONCE: usize = 256;

/// One message for one room.
#[derive(Debug)]
pub(crate) struct Publication {
    /// The room.
    pub(crate) key: RoomKey,
    /// The message.
    pub(crate) message: Message,
    /// Rooms whose members have it already.
    pub(crate) unless_in: Vec<RoomKey>,
    /// Released when all messages of a command are out.
    pub(crate) release: Option<Arc<Release>>,
}

/// Runs something when its last holder is done.
pub(crate) struct Release(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Release {
    pub(crate) fn new(then: impl FnOnce() + Send + 'static) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(Box::new(then)))))
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        if let Some(then) = lock(&self.0).take() {
            then();
        }
    }
}

impl std::fmt::Debug for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Release")
    }
}

/// Publishes to the rooms of this process.
#[derive(Debug)]
pub(crate) struct Publisher {
    table: Arc<RoomTable>,
    shards: Vec<Mutex<Shard>>,
    runtime: Handle,
}

#[derive(Debug, Default)]
struct Shard {
    queue: VecDeque<Publication>,
    /// Whether somebody is emptying the queue.
    is_busy: bool,
}

impl Publisher {
    pub(crate) fn new(table: Arc<RoomTable>, runtime: Handle) -> Arc<Self> {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Arc::new(Self { table, shards, runtime })
    }

    /// Publishes. Messages of one room go out in the order of these calls.
    pub(crate) fn publish(self: &Arc<Self>, publication: Publication) {
        let place = self.table.shard_of(&publication.key);
        let is_large = self.table.count(&publication.key) > AT_ONCE;
        {
            let mut shard = lock(&self.shards[place]);
            shard.queue.push_back(publication);
            if std::mem::replace(&mut shard.is_busy, true) {
                return;
            }
        }
        if is_large {
            let publisher = Arc::clone(self);
            self.runtime.spawn(async move { publisher.empty(place) });
        } else {
            self.empty(place);
        }
    }

    fn empty(&self, place: usize) {
        loop {
            let (next, is_last) = {
                let mut shard = lock(&self.shards[place]);
                let next = shard.queue.pop_front();
                shard.is_busy = next.is_some();
                (next, shard.queue.is_empty())
            };
            let Some(Publication { key, message, unless_in, release }) = next else { return };
            // More to come goes out together: then the engine's one write for all is cheaper.
            self.table.publish(&key, &message, &unless_in, is_last);
            drop(release);
        }
    }
}
