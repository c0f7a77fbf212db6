//! Gates: a test opens them when it wants a handler to go on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// Gates by name. Each is closed until it is opened, and open from then on.
#[derive(Default)]
pub(crate) struct Gates {
    gates: Mutex<HashMap<String, watch::Sender<bool>>>,
    waiting: AtomicU32,
}

impl Gates {
    /// Waits until the gate is open.
    pub(crate) async fn pass(&self, name: &str) {
        let mut gate = self.gate(name).subscribe();
        let _waiting = Waiting::new(&self.waiting);
        // The sender lives as long as the gates do.
        let _open = gate.wait_for(|is_open| *is_open).await;
    }

    /// Opens the gate.
    pub(crate) fn open(&self, name: &str) {
        self.gate(name).send_replace(true);
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    fn gate(&self, name: &str) -> watch::Sender<bool> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(name.to_owned()).or_default().clone()
    }
}

/// One that waits, also if it gives up.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
