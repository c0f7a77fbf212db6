//! Randomness that spreads things in time and space, such as what must not beat together. Not for
//! secrets and not for names.

use std::hash::{BuildHasher, DefaultHasher, Hash};

use tautline::Uuid;

/// 64 random bits: the system's, unless a test has planted a seed on this thread.
pub(crate) fn bits() -> u64 {
    #[cfg(feature = "failpoints")]
    if let Some(bits) = crate::failpoint::planted() {
        return bits;
    }
    let (high, low) = Uuid::new_v4().as_u64_pair();
    // The halves that hold neither version nor variant.
    high >> 32 << 32 | low & 0xffff_ffff
}

/// A hasher that nobody outside can foresee.
#[derive(Clone, Debug)]
pub(crate) struct Salted(u64);

impl Salted {
    pub(crate) fn new() -> Self {
        Self(bits())
    }
}

impl BuildHasher for Salted {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher
    }
}
