//! A handler's deadline, which stands still while the handler waits for a client.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How long something may still take.
#[derive(Debug)]
pub(crate) struct Deadline {
    state: Mutex<State>,
    resumed: Notify,
}

#[derive(Debug)]
struct State {
    at: Instant,
    /// How many waits are going on, and since when the first.
    waits: u32,
    since: Instant,
}

impl Deadline {
    /// So long from now.
    pub(crate) fn after(time: Duration) -> Self {
        let now = Instant::now();
        let state = State { at: now + time, waits: 0, since: now };
        Self { state: Mutex::new(state), resumed: Notify::new() }
    }

    /// Stops the clock while the guard lives.
    pub(crate) fn pause(&self) -> Paused<'_> {
        let mut state = self.state();
        if state.waits == 0 {
            state.since = Instant::now();
        }
        state.waits += 1;
        Paused(self)
    }

    /// Waits until the time is over.
    pub(crate) async fn passed(&self) {
        loop {
            let resumed = self.resumed.notified();
            let at = {
                let state = self.state();
                (state.waits == 0).then_some(state.at)
            };
            match at {
                None => resumed.await,
                Some(at) if at <= Instant::now() => return,
                Some(at) => sleep_until(at).await,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The clock stands still.
#[derive(Debug)]
pub(crate) struct Paused<'a>(&'a Deadline);

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waits -= 1;
        if state.waits == 0 {
            let waited = state.since.elapsed();
            state.at += waited;
            self.0.resumed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn time_spent_waiting_does_not_count() {
        let deadline = Deadline::after(Duration::from_secs(10));
        let start = Instant::now();

        let (passed, ()) = tokio::join!(
            async {
                deadline.passed().await;
                start.elapsed()
            },
            async {
                tokio::time::sleep(Duration::from_secs(4)).await;
                let paused = deadline.pause();
                tokio::time::sleep(Duration::from_secs(60)).await;
                drop(paused);
            },
        );

        assert_eq!(passed, Duration::from_secs(70));
    }
}
