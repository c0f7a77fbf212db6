//! What is to be done later, by key: one queue and at most one task that watches it.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::session::lock;

/// Alarms by key: each key has one, and the earliest that was set counts.
pub(crate) struct Alarms<K> {
    queue: Mutex<Queue<K>>,
    /// The earliest alarm has become another one.
    sooner: Notify,
}

struct Queue<K> {
    in_order: BTreeSet<(Instant, K)>,
    by_key: HashMap<K, Instant>,
    /// Whether a task waits for the earliest.
    is_watched: bool,
}

impl<K: Ord + Hash + Clone + Send + Sync + 'static> Alarms<K> {
    /// No alarms.
    pub(crate) fn new() -> Arc<Self> {
        let queue = Queue { in_order: BTreeSet::new(), by_key: HashMap::new(), is_watched: false };
        Arc::new(Self { queue: Mutex::new(queue), sooner: Notify::new() })
    }

    /// Calls `ring` with the key after this time, unless it is to ring earlier. `ring` is asked for
    /// only if no task watches yet; a task ends with the last alarm.
    pub(crate) fn set<F: Fn(K) + Send + 'static>(
        self: &Arc<Self>,
        runtime: &Handle,
        (key, after): (K, Duration),
        ring: impl FnOnce() -> F,
    ) {
        // Entered for the clock: callers may be on the journal's thread.
        let at = {
            let _context = runtime.enter();
            Instant::now() + after
        };
        let is_watched = {
            let mut queue = lock(&self.queue);
            match queue.by_key.get(&key) {
                Some(earlier) if *earlier <= at => return,
                Some(later) => {
                    let later = (*later, key.clone());
                    queue.in_order.remove(&later);
                }
                None => {}
            }
            queue.by_key.insert(key.clone(), at);
            queue.in_order.insert((at, key));
            std::mem::replace(&mut queue.is_watched, true)
        };
        if is_watched {
            self.sooner.notify_one();
        } else {
            runtime.spawn(Self::watch(Arc::clone(self), ring()));
        }
    }

    async fn watch(self: Arc<Self>, ring: impl Fn(K) + Send) {
        let _watch = Watch(&self);
        while let Some(at) = self.earliest() {
            tokio::select! {
                () = tokio::time::sleep_until(at) => {
                    for key in self.take_due() {
                        ring(key);
                    }
                }
                () = self.sooner.notified() => {}
            }
        }
    }

    /// When the next one rings. Without one the watch is over.
    fn earliest(&self) -> Option<Instant> {
        let mut queue = lock(&self.queue);
        let earliest = queue.in_order.first().map(|(at, _)| *at);
        queue.is_watched = earliest.is_some();
        earliest
    }

    fn take_due(&self) -> Vec<K> {
        let now = Instant::now();
        let mut queue = lock(&self.queue);
        let mut due = Vec::new();
        while queue.in_order.first().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, key)) = queue.in_order.pop_first() {
                queue.by_key.remove(&key);
                due.push(key);
            }
        }
        due
    }
}

/// A watch that a panic ends is taken up by the next alarm that is set.
struct Watch<'a, K>(&'a Alarms<K>);

impl<K> Drop for Watch<'_, K> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).is_watched = false;
        }
    }
}

impl<K> fmt::Debug for Alarms<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarms").field("set", &lock(&self.queue).by_key.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn they_ring_in_their_order_and_a_key_rings_once() {
        let (rung, mut rings) = mpsc::unbounded_channel();
        let alarms = Alarms::new();
        let began = Instant::now();
        let set = |key: &'static str, after| {
            let rung = rung.clone();
            alarms.set(&Handle::current(), (key, after), || {
                move |key| rung.send((key, began.elapsed())).unwrap()
            });
        };

        set("late", SECOND * 3);
        set("early", SECOND);
        set("late", SECOND * 2);
        set("early", SECOND * 5);
        let first = rings.recv().await.unwrap();
        let second = rings.recv().await.unwrap();

        assert_eq!((first.0, second.0), ("early", "late"));
        assert!(first.1 < SECOND * 2 && second.1 < SECOND * 3, "{first:?}, {second:?}");
        tokio::time::sleep(SECOND * 10).await;
        assert!(rings.try_recv().is_err());
        set("early", SECOND);
        assert_eq!(rings.recv().await.unwrap().0, "early");
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_costs_no_later_alarm() {
        let (rung, mut rings) = mpsc::unbounded_channel();
        let alarms = Alarms::new();
        let set = |key: &'static str, after| {
            let rung = rung.clone();
            alarms.set(&Handle::current(), (key, after), || {
                move |key| {
                    assert_ne!(key, "bad", "a bad key");
                    rung.send(key).unwrap();
                }
            });
        };

        set("bad", SECOND);
        set("good", SECOND * 2);
        tokio::time::sleep(SECOND * 3).await;
        set("later", SECOND);

        assert_eq!(rings.recv().await, Some("good"));
        assert_eq!(rings.recv().await, Some("later"));
    }
}
