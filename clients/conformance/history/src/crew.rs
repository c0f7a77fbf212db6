//! The clients of a run: apps that ask for things at random times, over links that come and go. The
//! same under virtual time and on the full stack; a [`Way`] leads to the server.

pub(crate) mod driver;
pub(crate) mod link;
pub(crate) mod recorder;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use recorder::Recorder;

use crate::dice::Dice;

/// What all clients of a run share.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) habits: Habits,
    pub(crate) recorder: Recorder,
    is_calm: Arc<AtomicBool>,
}

/// How apps behave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// How many commands each asks for.
    pub(crate) commands: u32,
    /// The time between two things that it does, at most.
    pub(crate) pace_ms: u64,
    /// How long it lets a handler take, at most.
    pub(crate) pause_ms: u64,
}

impl Stage {
    pub(crate) fn new(habits: Habits) -> Self {
        Self { habits, recorder: Recorder::new(), is_calm: Arc::default() }
    }

    /// Whether the time of faults is over.
    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    /// Ends the time of faults.
    pub(crate) fn calm(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
        self.recorder.note("world", "the faults are over");
    }
}

/// Locks, also after a panic elsewhere: nothing in a run leaves anything half done.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The way to the server.
pub(crate) trait Way: Clone + Send + Sync + 'static {
    /// A connection.
    type Pipe: Pipe;

    /// Connects and enters the namespace; `None` if there is nobody. A guest shows what it was given
    /// before.
    fn connect(
        &self,
        name: &str,
        guest: Option<&str>,
        dice: Dice,
    ) -> impl Future<Output = Option<Self::Pipe>> + Send;
}

/// One connection, packet by packet.
pub(crate) trait Pipe: Send + 'static {
    /// Sends a packet.
    fn send(&mut self, packet: String);

    /// The next packet; `None` when the connection is over. May be cancelled without a loss.
    fn next(&mut self) -> impl Future<Output = Option<String>> + Send;
}
