//! Spares a journal that cannot store, and those who would wait for it: after a few groups in a row that
//! were given up, or one that takes too long, whatever has to be stored is refused at once. Reading goes
//! on. The journal is asked once a second whether it works again, and that alone ends it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use crate::chance;
use crate::clock::Clock;
use crate::journal::{Health, JournalError};
use crate::session::lock;

/// So many groups in a row, and it is the journal and not what one of them held. The usual breakers take
/// five calls; ours takes groups, which fail together.
const FAILURES: u32 = 3;

/// How long until the journal is asked again: as often as it is tended.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Keeps commits away from a journal that cannot store.
#[derive(Debug)]
pub(super) struct Breaker {
    clock: Clock,
    /// How many groups in a row were given up.
    failures: AtomicU32,
    /// Whether there is a rest: asked for each commit.
    is_open: AtomicBool,
    rest: Mutex<Option<Rest>>,
}

/// The journal is left alone.
#[derive(Debug)]
struct Rest {
    reason: String,
    since: u64,
    /// When it is asked again.
    until: u64,
    /// How many commits were refused meanwhile.
    refused: u64,
}

/// Why something is not even given to the journal.
#[derive(Debug, thiserror::Error)]
#[error("the journal has failed, and is asked again in {} ms", after.as_millis())]
pub(crate) struct Resting {
    /// When it may be tried again: not by everybody at once.
    pub(crate) after: Duration,
}

impl Resting {
    /// What is the matter, if it is this.
    pub(crate) fn of(error: &JournalError) -> Option<&Self> {
        match error {
            JournalError::Unavailable(cause) => cause.downcast_ref(),
            JournalError::Unknown(_)
            | JournalError::Unanswerable(_)
            | JournalError::Exhausted(_) => None,
        }
    }
}

impl Breaker {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            failures: AtomicU32::new(0),
            is_open: AtomicBool::new(false),
            rest: Mutex::default(),
        }
    }

    /// Whether commits are refused.
    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Whether the journal is to be left alone now.
    ///
    /// # Errors
    /// When it is. What is refused was not executed.
    pub(super) fn check(&self) -> Result<(), JournalError> {
        if !self.is_open() {
            return Ok(());
        }
        let mut rest = lock(&self.rest);
        let Some(rest) = rest.as_mut() else { return Ok(()) };
        rest.refused += 1;
        let left = Duration::from_millis(rest.until.saturating_sub(self.clock.now_ms()));
        let pause = u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        let after = left + Duration::from_millis(1 + chance::bits() % pause);
        Err(JournalError::Unavailable(Box::new(Resting { after })))
    }

    /// A group was stored.
    pub(super) fn stored(&self) {
        if self.failures.load(Ordering::Relaxed) > 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// A group was given up.
    pub(super) fn failed(&self, reason: &dyn std::fmt::Display) {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES {
            self.open(reason);
        }
    }

    /// The journal does not come back from what it is asked to do.
    pub(super) fn hangs(&self, patience: Duration) {
        self.open(&format_args!("it has not answered for {} ms", patience.as_millis()));
    }

    /// It was asked whether it can store. If so commits may come again, and the first group that is given
    /// up now is enough.
    pub(super) fn asked(&self, can_store: bool) {
        if !self.is_open() {
            return;
        }
        let mut rest = lock(&self.rest);
        if !can_store {
            if let Some(rest) = rest.as_mut() {
                rest.until = self.next();
            }
            return;
        }
        self.failures.store(FAILURES - 1, Ordering::Relaxed);
        self.is_open.store(false, Ordering::Release);
        if let Some(Rest { since, refused, .. }) = rest.take() {
            let after_ms = self.clock.now_ms().saturating_sub(since);
            tracing::info!(after_ms, refused, "the journal stores again");
        }
    }

    /// What operators are told while there is a rest.
    pub(super) fn health(&self) -> Health {
        match &*lock(&self.rest) {
            Some(rest) => Health::Failing(rest.reason.clone()),
            None => Health::Ready,
        }
    }

    fn open(&self, reason: &dyn std::fmt::Display) {
        let mut rest = lock(&self.rest);
        if rest.is_some() {
            return;
        }
        let reason = reason.to_string();
        tracing::error!(
            reason,
            "the journal cannot store: whatever has to be stored is refused until it can"
        );
        *rest = Some(Rest { reason, since: self.clock.now_ms(), until: self.next(), refused: 0 });
        self.is_open.store(true, Ordering::Release);
    }

    fn next(&self) -> u64 {
        self.clock.now_ms().saturating_add(u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// When a commit that is refused may come again, in milliseconds; `None` if it is not refused.
    fn after(breaker: &Breaker) -> Option<u128> {
        match breaker.check() {
            Ok(()) => None,
            Err(error) => Some(Resting::of(&error).unwrap().after.as_millis()),
        }
    }

    fn open() -> Breaker {
        let breaker = Breaker::new(Clock::new());
        for _ in 0..FAILURES {
            assert_eq!(after(&breaker), None);
            breaker.failed(&"no disk");
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn closed_open_asked_open_asked_closed() {
        let breaker = open();

        assert!((1_001..=2_000).contains(&after(&breaker).unwrap()));
        assert_eq!(breaker.health(), Health::Failing("no disk".to_owned()));
        advance(Duration::from_millis(900)).await;
        assert!((101..=1_100).contains(&after(&breaker).unwrap()));
        // While it is being asked, nothing gets through either.
        advance(Duration::from_millis(100)).await;
        assert!(after(&breaker).is_some());
        breaker.asked(false);
        assert!((1_001..=2_000).contains(&after(&breaker).unwrap()));
        advance(PAUSE).await;
        breaker.asked(true);

        assert_eq!((after(&breaker), breaker.health()), (None, Health::Ready));
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_that_fails_now_and_then_changes_nothing() {
        let breaker = Breaker::new(Clock::new());

        for _ in 0..10 {
            breaker.failed(&"busy");
            breaker.failed(&"busy");
            breaker.stored();
        }

        assert_eq!((after(&breaker), breaker.health()), (None, Health::Ready));
    }

    #[tokio::test(start_paused = true)]
    async fn a_journal_that_only_says_that_it_works_is_believed_once() {
        let breaker = open();
        breaker.asked(true);

        breaker.failed(&"no disk");

        assert!(after(&breaker).is_some());
        breaker.asked(true);
        breaker.stored();
        breaker.failed(&"busy");
        assert_eq!(after(&breaker), None, "after a group was stored it is as good as any");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_left_alone_at_once() {
        let breaker = Breaker::new(Clock::new());

        breaker.hangs(Duration::from_secs(5));
        breaker.failed(&"what came of it");

        assert_eq!(breaker.health(), Health::Failing("it has not answered for 5000 ms".to_owned()));
    }
}
