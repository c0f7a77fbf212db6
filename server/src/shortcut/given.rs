//! How many of our messages the engine was given, counted without a lock: senders must not wait for
//! a write of the same connection.

use std::sync::atomic::{AtomicU64, Ordering};

/// The count, and in its lowest bits how many senders are about to add to it.
#[derive(Debug, Default)]
pub(super) struct Given(AtomicU64);

/// How many bits those have. More threads than that do not fit into a machine.
const SENDERS: u32 = 16;

impl Given {
    /// So many messages are about to be given: counted before the engine can write them.
    pub(super) fn begin(&self, messages: u64) {
        self.0.fetch_add((messages << SENDERS) + 1, Ordering::AcqRel);
    }

    /// The engine has taken them.
    pub(super) fn taken(&self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }

    /// The engine has not taken them.
    pub(super) fn kept(&self, messages: u64) {
        self.0.fetch_sub((messages << SENDERS) + 1, Ordering::AcqRel);
    }

    /// How many there are, with those that may not be taken yet.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire) >> SENDERS
    }

    /// How many there are, if nobody is about to change that.
    pub(super) fn settled(&self) -> Option<u64> {
        let state = self.0.load(Ordering::Acquire);
        (state & ((1 << SENDERS) - 1) == 0).then_some(state >> SENDERS)
    }
}
