//! `Observer`: hears what happens on a server, for statistics and metrics. The same facts go to the log.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tautline::{DisconnectReason, RoomName};

/// Hears what happens on a server. Called where it happens: count, and return.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use tautline_server::{Fact, Observer};
///
/// #[derive(Default)]
/// struct Refusals(AtomicU64);
///
/// impl Observer for Refusals {
///     fn observe(&self, fact: &Fact<'_>) {
///         if let Fact::Ran { code: Some(_), .. } = fact {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Takes note of it.
    fn observe(&self, fact: &Fact<'_>);
}

/// What happens on a server.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Fact<'a> {
    /// A client has entered a namespace.
    Connected {
        /// The namespace's path.
        namespace: &'static str,
        /// Whether its connection is new: the first namespace that it enters.
        is_new: bool,
    },
    /// A client was not let into a namespace.
    Refused {
        /// The namespace's path.
        namespace: &'static str,
        /// The code of the problem.
        code: &'a str,
    },
    /// A client has left a namespace.
    Disconnected {
        /// The namespace's path.
        namespace: &'static str,
        /// Why.
        reason: DisconnectReason,
    },
    /// A client has entered a room, or come back into it.
    Joined {
        /// The namespace's path.
        namespace: &'static str,
        /// The room's name as it travels.
        room: &'a RoomName,
    },
    /// A client has left a room, or was put out, or lost its connection.
    Left {
        /// The namespace's path.
        namespace: &'static str,
        /// The room's name as it travels.
        room: &'a RoomName,
    },
    /// A command was answered.
    Ran {
        /// The namespace's path.
        namespace: &'static str,
        /// The event; one of the library's own begins with `tautline:`. If it was refused before it
        /// ran it may be anything that a client writes.
        event: &'a str,
        /// From its arrival to its answer.
        took: Duration,
        /// The code of the problem, if it was refused or has failed.
        code: Option<&'a str>,
    },
}

/// Who hears it, if somebody does.
#[derive(Clone, Default)]
pub(crate) struct Observers(pub(crate) Option<Arc<dyn Observer>>);

impl Observers {
    pub(crate) fn observe(&self, fact: &Fact<'_>) {
        if let Some(observer) = &self.0 {
            observer.observe(fact);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").field("is_set", &self.0.is_some()).finish()
    }
}
