//! One allowance, for one holder or for each of many.

use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{InsufficientCapacity, NotUntil, Quota, RateLimiter};
use tautline::Rate;

use crate::clock::Clock;
use crate::limits::Allowance;

type Decision = Result<Result<(), NotUntil<Nanos>>, InsufficientCapacity>;

/// So many in so long a time, in the words in which clients are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tariff {
    /// How many, at once or spread.
    pub(crate) count: u32,
    /// After how many milliseconds there are as many again.
    pub(crate) per_ms: u64,
}

/// What has to be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// How long.
    pub(crate) after: Duration,
    /// What holds.
    pub(crate) tariff: Tariff,
    /// How much there still is: less than was asked for.
    pub(crate) remaining: u32,
}

/// The allowance of one.
pub(crate) struct Bucket {
    tariff: Tariff,
    state: RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<Nanos>>,
    clock: Clock,
}

/// The allowances of many, each under a name.
pub(crate) struct Buckets<K: Hash + Eq + Clone> {
    tariff: Tariff,
    state: RateLimiter<K, DashMapStateStore<K>, Clock, NoOpMiddleware<Nanos>>,
    clock: Clock,
}

impl Tariff {
    /// The rate of an event.
    pub(crate) const fn of_rate(rate: Rate) -> Self {
        Self { count: rate.count, per_ms: rate.per_ms }
    }

    /// How long one takes to come back.
    fn each(self) -> Duration {
        let nanos = self.per_ms.saturating_mul(1_000_000) / u64::from(self.count.max(1));
        Duration::from_nanos(nanos.max(1))
    }

    fn quota(self) -> Quota {
        let count = NonZeroU32::new(self.count).unwrap_or(NonZeroU32::MIN);
        match Quota::with_period(self.each()) {
            Some(quota) => quota.allow_burst(count),
            None => unreachable!("the time of each is never zero"),
        }
    }

    fn judge(self, decision: Decision, asked: NonZeroU32, clock: &Clock) -> Result<(), Wait> {
        let each = self.each();
        let after = match decision {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(not_until)) => not_until.wait_time_from(governor::clock::Clock::now(clock)),
            // Refused when the server is built; whoever comes here waits as for all there is.
            Err(InsufficientCapacity(_)) => each * self.count,
        };
        let missing = after.as_nanos().div_ceil(each.as_nanos());
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        Err(Wait { after, tariff: self, remaining: asked.get().saturating_sub(missing) })
    }
}

impl From<Allowance> for Tariff {
    fn from(Allowance { burst, per_second }: Allowance) -> Self {
        let per_ms = u64::from(burst) * 1_000 / u64::from(per_second.max(1));
        Self { count: burst, per_ms: per_ms.max(1) }
    }
}

impl Bucket {
    /// A full one.
    pub(crate) fn new(tariff: Tariff, clock: Clock) -> Self {
        let state = RateLimiter::direct_with_clock(tariff.quota(), clock);
        Self { tariff, state, clock }
    }

    /// Takes so much, or nothing.
    pub(crate) fn take(&self, count: NonZeroU32) -> Result<(), Wait> {
        self.tariff.judge(self.state.check_n(count), count, &self.clock)
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Full ones.
    pub(crate) fn new(tariff: Tariff, clock: Clock) -> Self {
        let state = RateLimiter::dashmap_with_clock(tariff.quota(), clock);
        Self { tariff, state, clock }
    }

    /// Takes so much of this one's, or nothing.
    pub(crate) fn take(&self, key: &K, count: NonZeroU32) -> Result<(), Wait> {
        self.tariff.judge(self.state.check_key_n(key, count), count, &self.clock)
    }

    /// Forgets those that are full.
    pub(crate) fn forget(&self) {
        self.state.retain_recent();
        self.state.shrink_to_fit();
    }

    /// How many are known.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.state.len()
    }
}

/// Rates count on the same clock as everything else, so that tests move them.
impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.elapsed())
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("tariff", &self.tariff).finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone> fmt::Debug for Buckets<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buckets").field("tariff", &self.tariff).finish_non_exhaustive()
    }
}
