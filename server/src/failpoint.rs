//! Failpoints: named places in the life of a command at which a test stops the server, as a crash
//! would. Without the feature `failpoints` nothing of them is in a program.
//!
//! Own code and not the crate `fail`: that one has one registry for all servers of a process, while
//! runs under virtual time have many, and none of its actions is "stop here, and say so".

#[cfg(feature = "failpoints")]
use std::cell::Cell;
#[cfg(feature = "failpoints")]
use std::sync::Arc;

/// A place at which a server can be stopped, in the order in which a command passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "failpoints"), expect(unreachable_pub, reason = "nobody reaches it then"))]
pub enum Failpoint {
    /// The handler is about to run.
    Handler,
    /// The journal's writer has the commit, and may not have begun with it.
    Staged,
    /// The journal has stored a group, and nobody has heard of it.
    Committed,
    /// What a commit emitted is published, and its caller has not heard of it.
    Published,
    /// The acknowledgement is handed to the connection.
    Acked,
}

/// What happens at the failpoints of one server: nothing, unless a test has said what.
#[derive(Clone, Default)]
pub(crate) struct Failpoints {
    #[cfg(feature = "failpoints")]
    hit: Option<Arc<dyn Fn(Failpoint) + Send + Sync>>,
}

impl Failpoints {
    /// A command is here.
    #[inline]
    #[cfg_attr(not(feature = "failpoints"), expect(unused_variables, reason = "nothing happens"))]
    pub(crate) fn hit(&self, point: Failpoint) {
        #[cfg(feature = "failpoints")]
        if let Some(hit) = &self.hit {
            hit(point);
        }
    }
}

#[cfg(feature = "failpoints")]
impl Failpoint {
    /// All of them, in the order in which a command passes them.
    pub const ALL: [Self; 5] =
        [Self::Handler, Self::Staged, Self::Committed, Self::Published, Self::Acked];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Staged => "staged",
            Self::Committed => "committed",
            Self::Published => "published",
            Self::Acked => "acked",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.as_str() == name)
    }
}

#[cfg(feature = "failpoints")]
thread_local! {
    static PLANTED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Plants a seed: what servers on this thread leave to chance, such as when they tell of heads, comes
/// from it from now on. So a run that lives in one thread can be had a second time.
#[cfg(feature = "failpoints")]
pub fn plant(seed: Option<u64>) {
    PLANTED.set(seed);
}

/// The next bits of the seed, if there is one.
#[cfg(feature = "failpoints")]
pub(crate) fn planted() -> Option<u64> {
    // SplitMix64.
    let state = PLANTED.get()?.wrapping_add(0x9e37_79b9_7f4a_7c15);
    PLANTED.set(Some(state));
    let bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Some(bits ^ (bits >> 31))
}

#[cfg(feature = "failpoints")]
impl crate::Builder {
    /// Calls `hit` whenever a command is at a failpoint, on the task or thread that carries it, which
    /// goes on when `hit` returns. For tests: one that never returns stops the command there, and one
    /// that cuts everything off that a server can do makes a crash of it.
    pub fn failpoints(mut self, hit: impl Fn(Failpoint) + Send + Sync + 'static) -> Self {
        self.failpoints = Failpoints { hit: Some(Arc::new(hit)) };
        self
    }
}
