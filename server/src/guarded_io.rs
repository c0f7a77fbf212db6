//! The byte stream under a websocket, with a hand on it: it can be cut, its reads can pause, a peer
//! that stops reading is found out, and its bytes are counted. Works over TCP and in memory alike.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, Sleep};

/// The hand on the stream: shared by the stream and whoever watches or ends it.
#[derive(Debug)]
pub(crate) struct IoHandle {
    attached: AtomicBool,
    killed: AtomicBool,
    stalled: AtomicBool,
    pauses: AtomicUsize,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
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
            pauses: AtomicUsize::new(0),
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            progress: Notify::new(),
            watchers: AtomicUsize::new(0),
            limits,
        })
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
    fn give_up(&self) {
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

    /// Bytes read from the peer.
    pub(crate) fn bytes_in(&self) -> u64 {
        self.bytes_in.load(Ordering::Relaxed)
    }

    /// Bytes that the peer, or the kernel for it, took.
    pub(crate) fn bytes_out(&self) -> u64 {
        self.bytes_out.load(Ordering::Relaxed)
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

    fn is_paused(&self) -> bool {
        self.pauses.load(Ordering::Acquire) > 0
    }

    fn cut() -> io::Error {
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

/// A byte stream with an [`IoHandle`].
#[derive(Debug)]
pub struct GuardedIo<S> {
    inner: S,
    handle: Arc<IoHandle>,
    // Made when first needed: most streams never stall and never pause.
    stall: Option<Pin<Box<Sleep>>>,
    pause: Option<Pin<Box<Sleep>>>,
    /// The pause's time was up; reads go on until the next pause begins.
    pause_is_over: bool,
    farewell: Farewell,
}

/// What is called when the stream is dropped.
struct Farewell(Option<Box<dyn FnOnce() + Send>>);

impl fmt::Debug for Farewell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Farewell")
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if let Some(farewell) = self.0.take() {
            farewell();
        }
    }
}

impl<S> GuardedIo<S> {
    pub(crate) fn new(inner: S, handle: Arc<IoHandle>) -> Self {
        handle.attached.store(true, Ordering::Release);
        Self {
            inner,
            handle,
            stall: None,
            pause: None,
            pause_is_over: false,
            farewell: Farewell(None),
        }
    }

    /// The stream underneath.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Calls `farewell` when the stream is dropped, whoever drops it.
    pub(crate) fn on_drop(mut self, farewell: impl FnOnce() + Send + 'static) -> Self {
        self.farewell = Farewell(Some(Box::new(farewell)));
        self
    }

    /// Whether reads have to wait now.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.handle.is_paused() {
            self.pause = None;
            self.pause_is_over = false;
            return Poll::Ready(());
        }
        if self.pause_is_over {
            return Poll::Ready(());
        }
        self.handle.reader.register(cx.waker());
        // Looked at again after registering: the guard may have gone in between.
        if !self.handle.is_paused() || self.handle.is_killed() {
            return Poll::Ready(());
        }
        let limit = self.handle.limits.pause;
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        match pause.as_mut().poll(cx) {
            Poll::Ready(()) => {
                self.pause = None;
                self.pause_is_over = true;
                Poll::Ready(())
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Judges a write or flush: resets the clock on progress, fails when there was none for too long.
    fn judge<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(written) = written {
            self.stall = None;
            // A guarded stream below this one may have found out first.
            if matches!(&written, Err(error) if error.kind() == io::ErrorKind::TimedOut) {
                self.handle.give_up();
            }
            return Poll::Ready(written);
        }
        self.handle.writer.register(cx.waker());
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let limit = self.handle.limits.stall;
        let stall = self
            .stall
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + limit)));
        if stall.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.handle.give_up();
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer stopped reading")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.poll_pause(cx).is_pending() {
            return Poll::Pending;
        }
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let before = buffer.filled().len();
        match Pin::new(&mut self.inner).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let read = buffer.filled().len() - before;
                self.handle.bytes_in.fetch_add(read as u64, Ordering::Relaxed);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.handle.reader.register(cx.waker());
                if self.handle.is_killed() {
                    return Poll::Ready(Err(IoHandle::cut()));
                }
                Poll::Pending
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GuardedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = &written {
            self.handle.bytes_out.fetch_add(*count as u64, Ordering::Relaxed);
            if self.handle.watchers.load(Ordering::Acquire) > 0 {
                self.handle.progress.notify_waiters();
            }
        }
        self.judge(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        self.judge(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let closed = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.judge(cx, closed)
    }
}
