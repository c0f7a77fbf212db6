//! The small queue between the runtime and a connection that takes frames more slowly than they come.
//!
//! While there is room, a frame goes straight through. When there is none, acknowledgements and
//! library events wait, live events are dropped first, of volatile ones the newest of a name stays,
//! and a durable one leaves its room marked as dirty. A connection that makes no progress for the
//! stall timeout is cut, so that its client comes back and catches up.

mod pump;
mod queue;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tautline::{DisconnectReason, RoomName};
use tokio::time::Instant;

use crate::frame_out::{Class, Frame};
use crate::link::Link;
use crate::port::Blocked;
use queue::{Item, Keep, Queue, What};

/// What waits to be sent on one connection.
#[derive(Debug)]
pub(crate) struct Outbound {
    /// How many frames wait: read without the lock by every send.
    waiting: AtomicUsize,
    dropped: AtomicU64,
    sent: AtomicU64,
    queue: Mutex<Queue>,
    limits: OutboundLimits,
}

/// What waits for a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
    /// Since when it has taken nothing, if something waits.
    pub(crate) since: Option<Instant>,
}

/// How much may wait, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutboundLimits {
    /// Above so many frames, durable and live ones are dropped.
    pub(crate) frames: usize,
    /// Above so many bytes, too; and acknowledgements and library events end the connection.
    pub(crate) bytes: usize,
    /// How long nothing may move.
    pub(crate) stall: Duration,
}

impl Outbound {
    pub(crate) fn new(limits: OutboundLimits) -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            queue: Mutex::default(),
            limits,
        }
    }

    /// How many frames were dropped so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// How many frames were handed over so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// What waits.
    pub(crate) fn waiting(&self) -> Waiting {
        let queue = self.queue();
        Waiting { frames: queue.items.len(), bytes: queue.bytes, since: queue.moved_at }
    }

    /// Sends a frame now, or lets it wait, or drops it.
    pub(crate) fn send(&self, link: &Arc<Link>, class: Class<'_>, frame: &Frame) {
        if self.waiting.load(Ordering::Acquire) == 0 {
            match link.port().try_send(class, frame) {
                Ok(()) => return self.count_sent(),
                Err(Blocked::Gone) => return,
                Err(Blocked::Full) => {}
            }
        }
        let is_over = {
            let mut queue = self.queue();
            self.keep(&mut queue, link, class, frame.clone());
            self.settle(&mut queue, link);
            queue.bytes > self.limits.bytes
        };
        if is_over {
            tracing::warn!(connection = %link.id(), "too much waits to be sent");
            link.close(DisconnectReason::Stalled);
        }
    }

    /// Takes the link's client out of the namespace, after everything that waits for it.
    pub(crate) fn leave(&self, link: &Arc<Link>) {
        if self.waiting.load(Ordering::Acquire) == 0 && link.port().leave() != Err(Blocked::Full) {
            return;
        }
        let mut queue = self.queue();
        queue.items.push_back(Item { link: Arc::clone(link), what: What::Leave });
        self.settle(&mut queue, link);
    }

    /// Puts a frame into the queue, or drops it or another one.
    fn keep(&self, queue: &mut Queue, link: &Arc<Link>, class: Class<'_>, frame: Frame) {
        // A burst that a healthy client takes in its own time is thinned out, not punished: only
        // what may not be dropped can fill the queue further, and ends the connection.
        let is_full = queue.items.len() >= self.limits.frames
            || queue.bytes + frame.payload().len() > self.limits.bytes;
        let keep = match class {
            Class::Ack => Keep::Ack,
            Class::Control => Keep::Control,
            Class::Live if is_full => return self.count_dropped(),
            Class::Live => Keep::Live,
            Class::Volatile { conflate } => {
                let keep = Keep::Volatile(conflate);
                if queue.replace(link, &keep, &frame) {
                    return self.count_dropped();
                }
                if is_full {
                    return self.count_dropped();
                }
                keep
            }
            Class::Part { room } if is_full || queue.is_dirty(link, room) => {
                queue.soil(link, room);
                return self.count_dropped();
            }
            Class::Part { room } => Keep::Part(room.clone()),
            Class::Durable { room } => {
                if queue.is_dirty(link, room) || (is_full && !queue.evict()) {
                    queue.soil(link, room);
                    return self.count_dropped();
                }
                if is_full {
                    self.count_dropped();
                }
                Keep::Durable(room.clone())
            }
        };
        queue.push(link, keep, frame);
    }

    fn count_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    fn count_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Publishes the queue's length and sees to it that somebody empties it.
    fn settle(&self, queue: &mut Queue, link: &Arc<Link>) {
        self.waiting.store(queue.waiting(), Ordering::Release);
        if queue.waiting() > 0 && !queue.is_pumping {
            queue.is_pumping = true;
            queue.moved_at = Some(Instant::now());
            link.connection().runtime().spawn(pump::pump(Arc::clone(link)));
        }
    }

    /// Sends what there is room for. Says whether anything moved.
    fn flush(&self) -> bool {
        let mut queue = self.queue();
        let mut moved = false;
        while let Some(item) = queue.items.front() {
            let sent = match &item.what {
                What::Frame { keep, frame } => item.link.port().try_send(keep.class(), frame),
                What::Leave => item.link.port().leave(),
            };
            if sent == Err(Blocked::Full) {
                break;
            }
            moved = true;
            if sent.is_ok() {
                self.count_sent();
            }
            queue.pop();
        }
        self.waiting.store(queue.waiting(), Ordering::Release);
        moved
    }

    /// What the pump does next.
    fn next(&self) -> Next {
        let mut queue = self.queue();
        if !queue.items.is_empty() {
            return Next::Wait;
        }
        if queue.dirty.is_empty() {
            queue.is_pumping = false;
            queue.moved_at = None;
            return Next::Stop;
        }
        let dirty = std::mem::take(&mut queue.dirty);
        self.waiting.store(queue.waiting(), Ordering::Release);
        Next::Tell(dirty)
    }

    /// Notes that the client takes something.
    fn note_moved(&self, at: Instant) {
        self.queue().moved_at = Some(at);
    }

    /// Forgets everything: nobody is there to receive it.
    fn abandon(&self) {
        let mut queue = self.queue();
        *queue = Queue::default();
        self.waiting.store(0, Ordering::Release);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the pump does next.
enum Next {
    Wait,
    Tell(Vec<(Arc<Link>, RoomName)>),
    Stop,
}
