//! An allowance of bytes that have come already, so that they are waited for and not refused.
//!
//! Not `governor`, which counts events: it takes or refuses. Of many who wait for one of its buckets, those
//! who ask for least would always be first, and all wake for each turn. Here each is given the time at which
//! its turn comes, in the order in which they asked.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::limits::Allowance;
use crate::session::lock;

/// One allowance (GCRA): how far in the future everything that was taken is paid for, and nothing else.
#[derive(Debug)]
pub(crate) struct Meter {
    per_second: u64,
    /// How far ahead it may be without a wait, in nanoseconds.
    burst: u64,
    /// When it is full again, in nanoseconds of the clock.
    full: AtomicU64,
}

impl Meter {
    /// A full one.
    pub(crate) fn new(Allowance { burst, per_second }: Allowance) -> Self {
        // Zero is refused when the server is built.
        let per_second = u64::from(per_second.max(1));
        Self { per_second, burst: nanos(burst, per_second), full: AtomicU64::new(0) }
    }

    /// Takes so much, and says how long until it is there.
    pub(super) fn take(&self, count: u32, now: Duration) -> Duration {
        let (cost, now) = (nanos(count, self.per_second), as_nanos(now));
        let after = |full: u64| full.max(now).saturating_add(cost);
        let before = self.full.update(Ordering::Relaxed, Ordering::Relaxed, after);
        Duration::from_nanos(after(before).saturating_sub(now.saturating_add(self.burst)))
    }

    /// Gives back what was taken and is not waited for any more.
    pub(super) fn give_back(&self, count: u32) {
        let cost = nanos(count, self.per_second);
        let less = |full: u64| full.saturating_sub(cost);
        let _before = self.full.update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    fn is_full(&self, now: Duration) -> bool {
        self.full.load(Ordering::Relaxed) <= as_nanos(now)
    }
}

/// The meters of many, each under a name.
#[derive(Debug)]
pub(crate) struct Meters<K> {
    allowance: Allowance,
    meters: Mutex<HashMap<K, Arc<Meter>>>,
}

impl<K: Hash + Eq> Meters<K> {
    /// Full ones.
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self { allowance, meters: Mutex::default() }
    }

    /// The meter of this one.
    pub(crate) fn of(&self, key: K) -> Arc<Meter> {
        let mut meters = lock(&self.meters);
        let meter = meters.entry(key).or_insert_with(|| Arc::new(Meter::new(self.allowance)));
        Arc::clone(meter)
    }

    /// Forgets those that are full and that nobody holds. The others stay: whoever goes and comes again has
    /// no more than before.
    pub(crate) fn forget(&self, now: Duration) {
        let mut meters = lock(&self.meters);
        meters.retain(|_, meter| Arc::strong_count(meter) > 1 || !meter.is_full(now));
        meters.shrink_to_fit();
    }

    /// How many are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        lock(&self.meters).len()
    }
}

/// How long so much takes to come.
fn nanos(count: u32, per_second: u64) -> u64 {
    u64::from(count) * 1_000_000_000 / per_second
}

fn as_nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
