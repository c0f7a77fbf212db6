//! Where everybody writes what happens, with the time of the run's clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::history::{Entry, What};

/// The history of a run that goes on. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    entries: Arc<Mutex<Vec<Entry>>>,
    began: Instant,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self { entries: Arc::default(), began: Instant::now() }
    }

    /// Milliseconds since the run began.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn write(&self, who: &str, what: What) {
        let entry = Entry { at_ms: self.now(), who: who.to_owned(), what };
        self.entries().push(entry);
    }

    pub(crate) fn note(&self, who: &str, text: impl Into<String>) {
        self.write(who, What::Noted { text: text.into() });
    }

    /// Whether anybody has asked for anything yet.
    pub(crate) fn has_commands(&self) -> bool {
        self.entries().iter().any(|entry| matches!(entry.what, What::Invoked { .. }))
    }

    /// What was written so far.
    pub(crate) fn history(&self) -> Vec<Entry> {
        self.entries().clone()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
