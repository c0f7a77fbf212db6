//! One queue of times for all streams: when parts are due and when leases are over.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::book::{Entry, Streams};
use crate::session::lock;

/// No time at all.
pub(super) const NEVER: u64 = u64::MAX;

/// When which stream is looked at. A stream is in it once: a time that moves back is found out when
/// the earlier one has come, so that a part that comes costs nothing here.
#[derive(Default)]
pub(crate) struct Timers {
    queue: Mutex<BinaryHeap<Reverse<Wake>>>,
    sooner: Notify,
    is_over: AtomicBool,
}

struct Wake {
    at: u64,
    entry: Weak<Entry>,
}

impl Timers {
    /// Has the stream looked at, at this time or before.
    pub(super) fn wake(&self, entry: &Arc<Entry>, at: u64) {
        if entry.wake_at.fetch_min(at, Ordering::AcqRel) <= at {
            return;
        }
        let is_next = {
            let mut queue = lock(&self.queue);
            let is_next = queue.peek().is_none_or(|Reverse(next)| at < next.at);
            queue.push(Reverse(Wake { at, entry: Arc::downgrade(entry) }));
            is_next
        };
        if is_next {
            self.sooner.notify_one();
        }
    }

    /// Ends [`run`].
    pub(super) fn stop(&self) {
        self.is_over.store(true, Ordering::Release);
        self.sooner.notify_one();
    }

    /// Takes a stream whose time has come, or gives the time of the next.
    fn next(&self, now: u64) -> Next {
        let mut queue = lock(&self.queue);
        match queue.peek() {
            None => Next::At(NEVER),
            Some(Reverse(wake)) if wake.at > now => Next::At(wake.at),
            Some(_) => match queue.pop() {
                Some(Reverse(wake)) => Next::Due(wake),
                None => Next::At(NEVER),
            },
        }
    }
}

enum Next {
    Due(Wake),
    At(u64),
}

/// Looks at streams when their time has come, for as long as there are any who could have one.
pub(super) async fn run(timers: Arc<Timers>, streams: Weak<Streams>) {
    while !timers.is_over.load(Ordering::Acquire) {
        let Some(until) = look(&timers, &streams) else { return };
        let sleep = tokio::time::sleep(Duration::from_millis(until));
        tokio::select! {
            () = sleep => {}
            () = timers.sooner.notified() => {}
        }
    }
}

/// Looks at all whose time has come. Gives the milliseconds until the next one's.
fn look(timers: &Timers, streams: &Weak<Streams>) -> Option<u64> {
    let streams = streams.upgrade()?;
    let now = streams.clock.now_ms();
    loop {
        match timers.next(now) {
            Next::At(at) => return Some(at.saturating_sub(now).min(LONGEST)),
            Next::Due(Wake { at, entry }) => {
                let Some(entry) = entry.upgrade() else { continue };
                // An entry that a later, earlier one has made superfluous.
                let is_mine =
                    entry.wake_at.compare_exchange(at, NEVER, Ordering::AcqRel, Ordering::Acquire);
                if is_mine.is_ok() {
                    streams.look_at(&entry);
                }
            }
        }
    }
}

/// How long nothing is looked at, at most: tokio's timers do not reach for ever.
const LONGEST: u64 = 3_600_000;

impl PartialEq for Wake {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Wake {}

impl PartialOrd for Wake {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wake {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl std::fmt::Debug for Timers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timers").field("waiting", &lock(&self.queue).len()).finish()
    }
}
