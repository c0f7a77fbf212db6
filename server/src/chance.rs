//! Randomness that spreads things in time and space, such as what must not beat together, and
//! names that come up in the order of things. Not for secrets.

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

/// A name that nothing else has: likewise.
pub(crate) fn id() -> Uuid {
    #[cfg(feature = "failpoints")]
    if let (Some(high), Some(low)) = (crate::failpoint::planted(), crate::failpoint::planted()) {
        let bytes = (u128::from(high) << 64 | u128::from(low)).to_be_bytes();
        return uuid::Builder::from_random_bytes(bytes).into_uuid();
    }
    Uuid::new_v4()
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
