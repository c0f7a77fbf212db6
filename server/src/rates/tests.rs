//! Buckets on a clock that stands still until it is moved.

use std::collections::VecDeque;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::advance;

use super::{Bucket, Buckets, Tariff};
use crate::clock::Clock;

const ONE: NonZeroU32 = NonZeroU32::MIN;

fn some(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

fn on_a_clock<T>(test: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(test)
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_is_left_and_when_there_is_enough() {
    let bucket = Bucket::new(Tariff { count: 5, per_ms: 1_000 }, Clock::new());
    bucket.take(some(3)).unwrap();

    let wait = bucket.take(some(4)).unwrap_err();

    assert_eq!((wait.remaining, wait.after), (2, Duration::from_millis(400)));
    advance(wait.after).await;
    assert_eq!(bucket.take(some(4)), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn one_holder_takes_nothing_from_another() {
    let buckets: Buckets<Arc<str>> = Buckets::new(Tariff { count: 1, per_ms: 1_000 }, Clock::new());
    let (ann, ben) = (Arc::from("ann"), Arc::from("ben"));
    buckets.take(&ann, ONE).unwrap();

    assert!(buckets.take(&ann, ONE).is_err());
    assert!(buckets.take(&ben, ONE).is_ok());
}

#[tokio::test(start_paused = true)]
async fn whoever_has_everything_back_is_forgotten() {
    let buckets: Buckets<Arc<str>> = Buckets::new(Tariff { count: 2, per_ms: 1_000 }, Clock::new());
    for number in 0..1_000 {
        buckets.take(&Arc::from(format!("guest {number}")), ONE).unwrap();
    }
    buckets.forget();
    assert_eq!(buckets.len(), 1_000);

    advance(Duration::from_secs(2)).await;
    buckets.take(&Arc::from("ann"), ONE).unwrap();
    buckets.forget();

    assert_eq!(buckets.len(), 1);
}

proptest! {
    /// Whatever is asked for and when: within any time passes at most what may come at once and what
    /// came back meanwhile, whoever waits as long as told gets it, and what is said to be left is there.
    #[test]
    fn no_more_passes_than_may_and_waiting_helps(
        count in 1_u32..50,
        per_ms in 1_u64..5_000,
        asked in prop::collection::vec((0_u64..2_000, 1_u32..50), 1..80),
    ) {
        on_a_clock(async move {
            let clock = Clock::new();
            let bucket = Bucket::new(Tariff { count, per_ms }, clock);
            let mut passed: VecDeque<(Duration, u32)> = VecDeque::new();
            for (pause, wanted) in asked {
                advance(Duration::from_millis(pause)).await;
                let wanted = wanted.min(count);
                if let Err(wait) = bucket.take(some(wanted)) {
                    prop_assert!(wait.remaining < wanted);
                    if let Some(remaining) = NonZeroU32::new(wait.remaining) {
                        prop_assert!(bucket.take(remaining).is_ok());
                        passed.push_back((clock.elapsed(), wait.remaining));
                    }
                    let again = bucket.take(some(wanted));
                    let Err(wait) = again else { panic!("{wanted} are there after all") };
                    // The clock of tests counts in milliseconds.
                    advance(wait.after + Duration::from_millis(1)).await;
                    prop_assert!(bucket.take(some(wanted)).is_ok());
                }
                passed.push_back((clock.elapsed(), wanted));
            }
            for (first, (since, _)) in passed.iter().enumerate() {
                let mut sum = 0;
                for (until, taken) in passed.iter().skip(first) {
                    sum += u64::from(*taken);
                    let back = (*until - *since).as_secs_f64() * 1_000.0 * f64::from(count) / per_ms as f64;
                    prop_assert!(sum as f64 <= f64::from(count) + back + 1.0, "{sum} passed");
                }
            }
            Ok(())
        })?;
    }
}
