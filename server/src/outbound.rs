//! The small queue between the runtime and a connection that takes frames more slowly than they come.
//!
//! While there is room, a frame goes straight through. When there is none, acknowledgements and
//! library events wait, live events are dropped first, of volatile ones the newest of a name stays,
//! and a durable one leaves its room marked as dirty. A connection that makes no progress for the
//! stall timeout is cut, so that its client comes back and catches up.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tautline::{DisconnectReason, RoomName};
use tokio::time::Instant;

use crate::frame_out::{Class, Frame};
use crate::link::{Blocked, Link};

/// How often a connection is tried again when nothing tells of its progress.
const POLLING_RETRY: Duration = Duration::from_millis(20);

/// Likewise when its stream does tell: only against a lost wake-up.
const STREAM_RETRY: Duration = Duration::from_millis(250);

/// What waits to be sent on one connection.
#[derive(Debug)]
pub(crate) struct Outbound {
    /// How many frames wait: read without the lock by every send.
    waiting: AtomicUsize,
    dropped: AtomicU64,
    queue: Mutex<Queue>,
    limits: OutboundLimits,
}

/// How much may wait, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutboundLimits {
    /// Above so many frames, durable and live ones are dropped.
    pub(crate) frames: usize,
    /// Above so many bytes, the connection is cut.
    pub(crate) bytes: usize,
    /// How long nothing may move.
    pub(crate) stall: Duration,
}

#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    /// Rooms whose durable frames were dropped, by link.
    dirty: Vec<(Arc<Link>, RoomName)>,
    is_pumping: bool,
}

#[derive(Debug)]
struct Item {
    link: Arc<Link>,
    what: What,
}

#[derive(Debug)]
enum What {
    Frame {
        keep: Keep,
        frame: Frame,
    },
    /// The link is over: tell the client.
    Leave,
}

/// An owned [`Class`].
#[derive(Clone, Debug, PartialEq, Eq)]
enum Keep {
    Ack,
    Control,
    Durable(RoomName),
    Live,
    Volatile(&'static str),
}

impl Outbound {
    pub(crate) fn new(limits: OutboundLimits) -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
            queue: Mutex::default(),
            limits,
        }
    }

    /// How many frames were dropped so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Sends a frame now, or lets it wait, or drops it.
    pub(crate) fn send(&self, link: &Arc<Link>, class: Class<'_>, frame: Frame) {
        if self.waiting.load(Ordering::Acquire) == 0 {
            match link.port().try_send(class, &frame) {
                Ok(()) | Err(Blocked::Gone) => return,
                Err(Blocked::Full) => {}
            }
        }
        let is_over = {
            let mut queue = self.queue();
            self.keep(&mut queue, link, class, frame);
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
        let is_full = queue.items.len() >= self.limits.frames;
        let keep = match class {
            Class::Ack => Keep::Ack,
            Class::Control => Keep::Control,
            Class::Live if is_full => return self.count_dropped(),
            Class::Live => Keep::Live,
            Class::Volatile { conflate } => {
                let keep = Keep::Volatile(conflate);
                if let Some(newest) = queue.find(link, &keep) {
                    *newest = frame;
                    return self.count_dropped();
                }
                if is_full {
                    return self.count_dropped();
                }
                keep
            }
            Class::Durable { room } => {
                let is_dirty = queue.is_dirty(link, room);
                if is_dirty || (is_full && !queue.evict()) {
                    if !is_dirty {
                        queue.dirty.push((Arc::clone(link), room.clone()));
                    }
                    return self.count_dropped();
                }
                if is_full {
                    self.count_dropped();
                }
                Keep::Durable(room.clone())
            }
        };
        queue.bytes += frame.payload().len();
        queue.items.push_back(Item { link: Arc::clone(link), what: What::Frame { keep, frame } });
    }

    fn count_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Publishes the queue's length and sees to it that somebody empties it.
    fn settle(&self, queue: &mut Queue, link: &Arc<Link>) {
        self.waiting.store(queue.waiting(), Ordering::Release);
        if queue.waiting() > 0 && !queue.is_pumping {
            queue.is_pumping = true;
            link.connection().runtime().spawn(pump(Arc::clone(link)));
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
            if let Some(Item { what: What::Frame { frame, .. }, .. }) = queue.items.pop_front() {
                queue.bytes = queue.bytes.saturating_sub(frame.payload().len());
            }
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
            return Next::Stop;
        }
        let dirty = std::mem::take(&mut queue.dirty);
        self.waiting.store(queue.waiting(), Ordering::Release);
        Next::Tell(dirty)
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

enum Next {
    Wait,
    Tell(Vec<(Arc<Link>, RoomName)>),
    Stop,
}

impl Queue {
    /// A dirty room counts: nothing may overtake the news of it.
    fn waiting(&self) -> usize {
        self.items.len() + self.dirty.len()
    }

    fn is_dirty(&self, link: &Arc<Link>, room: &RoomName) -> bool {
        self.dirty.iter().any(|(other, dirty)| Arc::ptr_eq(other, link) && dirty == room)
    }

    fn find(&mut self, link: &Arc<Link>, wanted: &Keep) -> Option<&mut Frame> {
        self.items.iter_mut().find_map(|item| match &mut item.what {
            What::Frame { keep, frame } if keep == wanted && Arc::ptr_eq(&item.link, link) => {
                Some(frame)
            }
            What::Frame { .. } | What::Leave => None,
        })
    }

    /// Drops the oldest frame that may be dropped without a trace.
    fn evict(&mut self) -> bool {
        let place = self.items.iter().position(|item| {
            matches!(&item.what, What::Frame { keep: Keep::Live | Keep::Volatile(_), .. })
        });
        let Some(item) = place.and_then(|place| self.items.remove(place)) else { return false };
        if let What::Frame { frame, .. } = item.what {
            self.bytes = self.bytes.saturating_sub(frame.payload().len());
        }
        true
    }
}

impl Keep {
    fn class(&self) -> Class<'_> {
        match self {
            Self::Ack => Class::Ack,
            Self::Control => Class::Control,
            Self::Durable(room) => Class::Durable { room },
            Self::Live => Class::Live,
            Self::Volatile(conflate) => Class::Volatile { conflate },
        }
    }
}

/// Empties the queue of the link's connection. One runs per connection, and only while something
/// waits.
async fn pump(link: Arc<Link>) {
    let connection = Arc::clone(link.connection());
    drop(link);
    let outbound = connection.outbound();
    let io = connection.io();
    let watch = io.watch();
    let retry = if io.is_attached() { STREAM_RETRY } else { POLLING_RETRY };
    let mut moved_at = Instant::now();
    let mut written = io.bytes_out();
    loop {
        // Listens before it tries: progress in between is not missed.
        let mut progress = std::pin::pin!(watch.progress());
        progress.as_mut().enable();
        if outbound.flush() || io.bytes_out() != written {
            moved_at = Instant::now();
            written = io.bytes_out();
        }
        match outbound.next() {
            Next::Stop => return,
            Next::Tell(dirty) => {
                tell(dirty);
                continue;
            }
            Next::Wait => {}
        }
        if io.is_killed() || connection.ended().is_some() {
            return outbound.abandon();
        }
        if moved_at.elapsed() >= outbound.limits.stall {
            tracing::warn!(connection = %connection.id(), "the client stopped reading");
            connection.end(DisconnectReason::Stalled);
            return outbound.abandon();
        }
        tokio::select! {
            () = progress => {}
            () = tokio::time::sleep(retry) => {}
        }
    }
}

/// Tells each link which of its rooms have to catch up.
fn tell(mut dirty: Vec<(Arc<Link>, RoomName)>) {
    while let Some((link, room)) = dirty.pop() {
        let mut rooms = vec![room];
        let (own, others): (Vec<_>, Vec<_>) =
            dirty.into_iter().partition(|(other, _)| Arc::ptr_eq(other, &link));
        rooms.extend(own.into_iter().map(|(_, room)| room));
        dirty = others;
        link.drained(rooms);
    }
}
