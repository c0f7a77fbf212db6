//! One queue of times for all streams: when parts are due and when leases are over.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::book::Streams;
use super::entry::Entry;
use crate::session::lock;

/// No time at all.
pub(super) const NEVER: u64 = u64::MAX;

/// When which stream is looked at. A stream is in it once for its parts and once for its lease: a
/// lease that begins anew is found out when its earlier time has come, so that a part costs nothing
/// here.
#[derive(Default)]
pub(crate) struct Timers {
    queue: Mutex<BinaryHeap<Reverse<Wake>>>,
    sooner: Notify,
    is_over: AtomicBool,
}

/// What a stream is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its next parts.
    Parts,
    /// Its lease.
    Lease,
}

/// When a stream is looked at next, for each reason.
#[derive(Debug)]
pub(super) struct Times([AtomicU64; 2]);

struct Wake {
    at: u64,
    reason: Reason,
    entry: Weak<Entry>,
}

impl Default for Times {
    fn default() -> Self {
        Self([AtomicU64::new(NEVER), AtomicU64::new(NEVER)])
    }
}

impl Times {
    fn of(&self, reason: Reason) -> &AtomicU64 {
        let [parts, lease] = &self.0;
        match reason {
            Reason::Parts => parts,
            Reason::Lease => lease,
        }
    }
}

impl Timers {
    /// Has the stream looked at, at this time or before.
    pub(super) fn wake(&self, entry: &Arc<Entry>, reason: Reason, at: u64) {
        if entry.times.of(reason).fetch_min(at, Ordering::AcqRel) <= at {
            return;
        }
        let is_next = {
            let mut queue = lock(&self.queue);
            let is_next = queue.peek().is_none_or(|Reverse(next)| at < next.at);
            queue.push(Reverse(Wake { at, reason, entry: Arc::downgrade(entry) }));
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

impl Wake {
    /// The stream, unless it is gone or another wake has come before this one.
    fn claim(self) -> Option<Arc<Entry>> {
        let entry = self.entry.upgrade()?;
        let time = entry.times.of(self.reason);
        let claimed = time.compare_exchange(self.at, NEVER, Ordering::AcqRel, Ordering::Acquire);
        claimed.is_ok().then_some(entry)
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
            Next::Due(wake) => {
                if let Some(entry) = wake.claim() {
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

#[cfg(test)]
mod tests {
    use tautline::{Encoded, Uuid};

    use super::super::entry::Making;
    use super::super::state::{Rules, StreamState};
    use super::*;
    use crate::stage::{PART, library_event};

    fn entry() -> Arc<Entry> {
        let state = StreamState::starting(Rules { lease_ms: 1, most_bytes: 1 }, 0);
        Entry::new(Making {
            id: Uuid::nil(),
            event: library_event(PART),
            rooms: Vec::new(),
            payload: Encoded::default(),
            cause: None,
            state,
        })
    }

    /// Those whose time has come, and the time of the next.
    fn due(timers: &Timers, now: u64) -> (usize, u64) {
        let mut claimed = 0;
        loop {
            match timers.next(now) {
                Next::At(at) => return (claimed, at),
                Next::Due(wake) => claimed += usize::from(wake.claim().is_some()),
            }
        }
    }

    #[test]
    fn a_stream_is_looked_at_at_the_earliest_of_its_times_and_once_for_each() {
        let (timers, entry) = (Timers::default(), entry());

        timers.wake(&entry, Reason::Lease, 100);
        timers.wake(&entry, Reason::Parts, 40);
        timers.wake(&entry, Reason::Parts, 30);
        assert_eq!(due(&timers, 29), (0, 30));
        assert_eq!(due(&timers, 99), (1, 100));
        assert_eq!(due(&timers, 100), (1, NEVER));
    }

    #[test]
    fn a_lease_that_moves_on_and_on_takes_no_more_room() {
        let (timers, entry) = (Timers::default(), entry());

        for now in (0..40_000).step_by(40) {
            timers.wake(&entry, Reason::Lease, now + 600_000);
            timers.wake(&entry, Reason::Parts, now + 40);
            due(&timers, now + 40);
        }

        assert_eq!(lock(&timers.queue).len(), 1);
    }

    #[test]
    fn a_stream_that_is_gone_is_not_looked_at() {
        let (timers, entry) = (Timers::default(), entry());

        timers.wake(&entry, Reason::Parts, 10);
        drop(entry);

        assert_eq!(due(&timers, 10), (0, NEVER));
    }
}
