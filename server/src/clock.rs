//! What time it is. Follows tokio's clock, so that tests that pause it move the wall clock, too.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// The wall clock, read once and then carried on by the monotonic one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    wall: Duration,
}

impl Clock {
    /// A clock that shows the present.
    pub(crate) fn new() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), wall }
    }

    /// The time since it was made.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let now = self.wall + self.elapsed();
        u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
    }
}
