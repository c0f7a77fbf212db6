//! The hand on a connection's byte stream, for whoever watches or ends it. The stream itself is in
//! `guarded_io`.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use crate::session::lock;

/// The hand on the stream: shared by the stream and whoever watches or ends it.
#[derive(Debug)]
pub(crate) struct IoHandle {
    attached: AtomicBool,
    killed: AtomicBool,
    stalled: AtomicBool,
    /// Whether the peer, or the network, has ended it.
    failed: AtomicBool,
    /// Whether it was ever read more slowly than the peer sent.
    slowed: AtomicBool,
    pauses: AtomicUsize,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    /// Since when a write waits, if one does.
    blocked_since: Mutex<Option<Instant>>,
    reader: AtomicWaker,
    writer: AtomicWaker,
    progress: Notify,
    /// How many wait for progress: most writes need not tell anybody.
    watchers: AtomicUsize,
    limits: IoLimits,
}

/// Somebody waits for a stream's progress.
#[derive(Debug)]
pub(crate) struct Watch(Arc<IoHandle>);

impl Watch {
    /// Fires after each write that makes progress from now on.
    pub(crate) fn progress(&self) -> Notified<'_> {
        self.0.progress.notified()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.watchers.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How patient a stream is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IoLimits {
    /// How long a write may make no progress.
    pub(crate) stall: Duration,
    /// How long reads may pause at a stretch. Heartbeats are read from the same stream, so an
    /// endless pause would end the connection.
    pub(crate) pause: Duration,
}

impl IoHandle {
    pub(crate) fn new(limits: IoLimits) -> Arc<Self> {
        Arc::new(Self {
            attached: AtomicBool::new(false),
            killed: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            slowed: AtomicBool::new(false),
            pauses: AtomicUsize::new(0),
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            blocked_since: Mutex::default(),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            progress: Notify::new(),
            watchers: AtomicUsize::new(0),
            limits,
        })
    }

    /// How patient the stream is.
    pub(crate) fn limits(&self) -> IoLimits {
        self.limits
    }

    /// A stream carries the connection from now on.
    pub(crate) fn attach(&self) {
        self.attached.store(true, Ordering::Release);
    }

    /// Whether a stream carries this connection; polling has none of its own.
    pub(crate) fn is_attached(&self) -> bool {
        self.attached.load(Ordering::Acquire)
    }

    /// Cuts the stream: both directions fail from now on.
    pub(crate) fn kill(&self) {
        self.killed.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
        self.progress.notify_waiters();
    }

    /// Cuts the stream of a peer that does not read. The reader has to notice too: the engine ends a
    /// session by its reads.
    pub(crate) fn give_up(&self) {
        self.stalled.store(true, Ordering::Release);
        self.kill();
    }

    /// Whether it was cut, by us or because it stalled.
    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    /// Whether the peer stopped reading for too long.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Acquire)
    }

    /// Nothing comes from the peer any more, or goes to it.
    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::Release);
    }

    /// The peer sends more than it may.
    pub(crate) fn slow(&self) {
        self.slowed.store(true, Ordering::Relaxed);
    }

    /// Whether the peer has ever sent more than it may.
    pub(crate) fn is_slowed(&self) -> bool {
        self.slowed.load(Ordering::Relaxed)
    }

    /// Whether there is a stream that neither side nor the network has ended.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_attached() && !self.is_killed() && !self.failed.load(Ordering::Acquire)
    }

    /// Wakes the reader when the stream is cut or a pause ends.
    pub(crate) fn wake_reader(&self, waker: &Waker) {
        self.reader.register(waker);
    }

    /// Wakes the writer when the stream is cut.
    pub(crate) fn wake_writer(&self, waker: &Waker) {
        self.writer.register(waker);
    }

    /// So many bytes came from the peer.
    pub(crate) fn count_read(&self, bytes: usize) {
        self.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// So many bytes went to the peer.
    pub(crate) fn count_written(&self, bytes: usize) {
        self.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
        if self.watchers.load(Ordering::Acquire) > 0 {
            self.progress.notify_waiters();
        }
    }

    /// Bytes read from the peer.
    pub(crate) fn bytes_in(&self) -> u64 {
        self.bytes_in.load(Ordering::Relaxed)
    }

    /// Bytes that the peer, or the kernel for it, took.
    pub(crate) fn bytes_out(&self) -> u64 {
        self.bytes_out.load(Ordering::Relaxed)
    }

    /// A write begins to wait.
    pub(crate) fn block(&self) {
        *lock(&self.blocked_since) = Some(Instant::now());
    }

    /// A write that waited is done.
    pub(crate) fn unblock(&self) {
        *lock(&self.blocked_since) = None;
    }

    /// Since when a write waits, if one does.
    pub(crate) fn blocked_since(&self) -> Option<Instant> {
        *lock(&self.blocked_since)
    }

    /// Watches for progress.
    pub(crate) fn watch(self: &Arc<Self>) -> Watch {
        self.watchers.fetch_add(1, Ordering::AcqRel);
        Watch(Arc::clone(self))
    }

    /// Stops reading while the guard lives.
    pub(crate) fn pause_reading(self: &Arc<Self>) -> ReadPause {
        self.pauses.fetch_add(1, Ordering::AcqRel);
        ReadPause(Arc::clone(self))
    }

    /// Whether reads are to wait.
    pub(crate) fn is_paused(&self) -> bool {
        self.pauses.load(Ordering::Acquire) > 0
    }

    /// What both directions of a cut stream say.
    pub(crate) fn cut() -> io::Error {
        io::Error::new(io::ErrorKind::ConnectionAborted, "the server cut the connection")
    }
}

/// Keeps a connection's reads stopped, so that TCP holds its sender back, until it is dropped.
#[must_use = "reading goes on when this is dropped"]
#[derive(Debug)]
pub(crate) struct ReadPause(Arc<IoHandle>);

impl Drop for ReadPause {
    fn drop(&mut self) {
        if self.0.pauses.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.reader.wake();
        }
    }
}
