//! Copies the write-ahead log into the file, on a thread of its own: within a commit, as SQLite does
//! it by itself, it makes every tenth group wait for two more syncs and a thousand pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::common::Common;

/// From how many pages on the log is copied. SQLite's own default.
const PAGES: u32 = 1_000;

/// Knows how long the log is, and wakes the thread.
pub(super) struct Keeper {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    log_pages: Arc<AtomicU32>,
    /// The log is copied, up to what was written meanwhile.
    is_nearly_done: Arc<AtomicBool>,
}

impl Keeper {
    pub(super) fn start(common: Arc<Common>, log_pages: Arc<AtomicU32>) -> Self {
        let (wake, woken) = sync_channel(1);
        let is_nearly_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_nearly_done);
        let spawned = std::thread::Builder::new()
            .name("tautline-checkpoint".to_owned())
            .spawn(move || run(&common, &woken, &done));
        let thread = spawned
            .inspect_err(|error| tracing::error!(%error, "the log is copied by nobody"))
            .ok();
        Self { wake: Some(wake), thread, log_pages, is_nearly_done }
    }

    /// Watches the log of another connection.
    pub(super) fn watch(&mut self, log_pages: Arc<AtomicU32>) {
        self.log_pages = log_pages;
    }

    /// A group was committed.
    pub(super) fn committed(&self) {
        if self.log_pages.load(Ordering::Relaxed) < PAGES {
            return;
        }
        if let Some(wake) = &self.wake {
            // If it is awake already, it sees the longer log.
            let _is_awake = wake.try_send(());
        }
    }

    /// Copies the rest of the log, which is short then, before the next group: only a log that is
    /// copied to its end begins anew, and under load the thread alone never gets there.
    pub(super) fn finish(&self, connection: &Connection) -> rusqlite::Result<()> {
        if self.is_nearly_done.swap(false, Ordering::AcqRel) {
            checkpoint(connection)?;
        }
        Ok(())
    }

    /// Ends the thread.
    pub(super) fn stop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic of it is in the log already, and there is nothing left to do for it.
            let _ended = thread.join();
        }
    }
}

fn run(common: &Common, woken: &Receiver<()>, is_nearly_done: &AtomicBool) {
    let mut connection = None;
    while woken.recv().is_ok() {
        let copied = (|| {
            let connection = match connection.take() {
                Some(connection) => connection,
                None => common.options.connect()?,
            };
            checkpoint(&connection)?;
            Ok::<_, rusqlite::Error>(connection)
        })();
        match copied {
            Ok(kept) => {
                connection = Some(kept);
                is_nearly_done.store(true, Ordering::Release);
            }
            Err(error) => tracing::warn!(%error, "the log was not copied into the file"),
        }
    }
}

/// Copies what no reader and no writer hinders.
fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
}
