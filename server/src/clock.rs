//! What time it is. Follows tokio's clock, so that tests that pause it move the wall clock, too.
//!
//! A machine that sleeps stops that clock, and the system's goes on: whoever wakes up must not take
//! tokens that ended meanwhile.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// How far the system's clock may be ahead of ours before we follow it. Below, it is the same time, set
/// right now and then; and no test under virtual time takes so long.
const SLEPT: Duration = Duration::from_secs(60);

/// The wall clock, carried on by the monotonic one while that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    wall: Duration,
}

impl Clock {
    /// A clock that shows the present.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), wall: system() }
    }

    /// The time since it was made.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let now = awake(self.wall + self.elapsed(), system());
        u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
    }
}

/// The time of a machine whose clock has gone on to `carried`, and whose system says `system`.
fn awake(carried: Duration, system: Duration) -> Duration {
    if system > carried + SLEPT { system } else { carried }
}

fn system() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(43_200);

    #[test]
    fn a_machine_that_slept_takes_the_time_of_its_system() {
        let after_an_hour = NOON + Duration::from_secs(3_600);

        assert_eq!(awake(NOON, after_an_hour), after_an_hour);
    }

    #[test]
    fn a_clock_that_is_set_a_little_or_back_changes_nothing() {
        let second = Duration::from_secs(1);

        assert_eq!(awake(NOON, NOON + second), NOON);
        assert_eq!(awake(NOON, NOON - 7_200 * second), NOON);
    }

    #[tokio::test(start_paused = true)]
    async fn a_test_moves_it() {
        let clock = Clock::new();
        let before = clock.now_ms();

        tokio::time::advance(Duration::from_secs(86_400)).await;

        assert_eq!(clock.now_ms() - before, 86_400_000);
    }
}
