//! Which commands the ledger surely does not know.
//!
//! Every idempotent command asks the ledger before it runs, and nearly all of them are new. A Bloom
//! filter of all that was answered says so without a look into the file; what it is not sure of, at most
//! one in fifty, is looked up.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use super::super::LedgerKey;

/// How many commands the first part is for. Each further one is for twice as many.
const FIRST: usize = 1 << 16;

/// The largest part: 8 MiB.
const LARGEST: usize = 1 << 22;

/// The commands that may have an answer.
#[derive(Debug, Default)]
pub(super) struct Seen {
    parts: RwLock<Vec<Part>>,
    /// Whether all that the file has is in it. Until then nothing is sure.
    is_complete: AtomicBool,
    hasher: RandomState,
}

/// A filter of a size: 16 bits per command, all of one command in one word.
#[derive(Debug)]
struct Part {
    words: Box<[u64]>,
    /// For how many it has room.
    left: usize,
    /// When the last of them may be forgotten, in Unix milliseconds.
    expires_at: u64,
}

impl Seen {
    /// Notes a command that has an answer until then.
    pub(super) fn insert(&self, key: &LedgerKey, expires_at: u64, now: u64) {
        self.insert_hash(self.hasher.hash_one((key.namespace, key.id)), expires_at, now);
    }

    /// Likewise, of a row.
    pub(super) fn insert_row(&self, namespace: &str, id: tautline::Uuid, expires_at: u64) {
        self.insert_hash(self.hasher.hash_one((namespace, id)), expires_at, 0);
    }

    fn insert_hash(&self, hash: u64, expires_at: u64, now: u64) {
        let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
        if parts.last().is_none_or(|part| part.left == 0) {
            parts.retain(|part| part.expires_at > now);
            let before = parts.last().map_or(FIRST / 2, |part| part.words.len() * 4);
            parts.push(Part::new((before * 2).min(LARGEST)));
        }
        if let Some(part) = parts.last_mut() {
            part.insert(hash, expires_at);
        }
    }

    /// From now on it knows what the file has.
    pub(super) fn complete(&self) {
        self.is_complete.store(true, Ordering::Release);
    }

    /// Whether the command may have an answer. No means no.
    pub(super) fn may_have(&self, key: &LedgerKey) -> bool {
        if !self.is_complete.load(Ordering::Acquire) {
            return true;
        }
        let hash = self.hasher.hash_one((key.namespace, key.id));
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        parts.iter().any(|part| part.may_have(hash))
    }
}

impl Part {
    fn new(room: usize) -> Self {
        Self { words: vec![0; room / 4].into(), left: room, expires_at: 0 }
    }

    /// The word of a command and its five bits in it.
    fn place(&self, hash: u64) -> (usize, u64) {
        let bits = (0..5).fold(0, |bits, turn| bits | 1 << (hash >> (turn * 6) & 63));
        // The length is a power of two.
        let word = usize::try_from(hash >> 32).unwrap_or(0) & (self.words.len() - 1);
        (word, bits)
    }

    fn insert(&mut self, hash: u64, expires_at: u64) {
        let (word, bits) = self.place(hash);
        self.words[word] |= bits;
        self.left -= 1;
        self.expires_at = self.expires_at.max(expires_at);
    }

    fn may_have(&self, hash: u64) -> bool {
        let (word, bits) = self.place(hash);
        self.words[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tautline::Uuid;

    use super::*;

    fn key(number: u128) -> LedgerKey {
        LedgerKey { namespace: "/t", id: Uuid::from_u128(number) }
    }

    #[test]
    fn nothing_is_sure_before_it_knows_the_file() {
        let seen = Seen::default();

        assert!(seen.may_have(&key(1)));
        seen.complete();
        assert!(!seen.may_have(&key(1)));
    }

    #[test]
    fn few_of_those_it_has_not_seen_are_looked_up() {
        let seen = Seen::default();
        seen.complete();
        let count = FIRST as u128 * 3;
        (0..count).for_each(|number| seen.insert(&key(number), u64::MAX, 0));

        let in_vain = (count..count * 2).filter(|number| seen.may_have(&key(*number))).count();

        assert!(in_vain as u128 * 50 < count, "{in_vain} of {count}");
    }

    #[test]
    fn parts_whose_time_is_over_are_dropped() {
        let seen = Seen::default();
        seen.complete();
        (0..FIRST as u128).for_each(|number| seen.insert(&key(number), 10, 0));

        seen.insert(&key(1 << 100), 30, 20);

        assert_eq!(seen.parts.read().unwrap().len(), 1);
        assert!(seen.may_have(&key(1 << 100)));
    }

    proptest! {
        /// No means no: a command that has an answer is always looked up.
        #[test]
        fn what_it_has_seen_it_may_have(numbers in prop::collection::vec(any::<u128>(), 1..200)) {
            let seen = Seen::default();
            seen.complete();
            numbers.iter().for_each(|number| seen.insert(&key(*number), u64::MAX, 0));

            prop_assert!(numbers.iter().all(|number| seen.may_have(&key(*number))));
        }
    }
}
