//! The byte stream under a websocket, with a hand on it: it can be cut, its reads can pause, a peer
//! that stops reading is found out, and its bytes are counted. Works over TCP and in memory alike.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::io_handle::IoHandle;
use crate::pace::Pace;

/// A byte stream that the server can cut, pause and judge: what [`GuardedListener`](crate::GuardedListener)
/// accepts.
#[derive(Debug)]
pub struct GuardedIo<S> {
    inner: S,
    handle: Arc<IoHandle>,
    // Made when first needed: most streams never stall and never pause.
    stall: Option<Stall>,
    pause: Option<Pin<Box<Sleep>>>,
    /// The pause's time was up; reads go on until the next pause begins.
    pause_is_over: bool,
    /// How fast it is read, if that matters. Boxed: most streams are plain requests.
    pace: Option<Box<Pace>>,
    farewell: Farewell,
}

/// A write waits.
#[derive(Debug)]
struct Stall {
    /// When it has waited for too long.
    limit: Pin<Box<Sleep>>,
    /// How much the peer had taken when that began.
    bytes_out: u64,
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
        handle.attach();
        Self {
            inner,
            handle,
            stall: None,
            pause: None,
            pause_is_over: false,
            pace: None,
            farewell: Farewell(None),
        }
    }

    /// Reads it no faster than this.
    pub(crate) fn paced(mut self, pace: Option<Pace>) -> Self {
        self.pace = pace.map(Box::new);
        self
    }

    /// The hand on it.
    pub(crate) fn handle(&self) -> Arc<IoHandle> {
        Arc::clone(&self.handle)
    }

    /// Only the stream underneath: nobody watches it any more.
    pub(crate) fn into_inner(self) -> S {
        self.inner
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
        self.handle.wake_reader(cx.waker());
        // Looked at again after registering: the guard may have gone in between.
        if !self.handle.is_paused() || self.handle.is_killed() {
            return Poll::Ready(());
        }
        let limit = self.handle.limits().pause;
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

    /// Whether what was read before is paid for.
    fn poll_pace(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(pace) = &mut self.pace else { return Poll::Ready(()) };
        let paid = pace.poll(cx);
        if paid.is_ready() {
            return Poll::Ready(());
        }
        self.handle.wake_reader(cx.waker());
        if self.handle.is_killed() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Judges a write or flush: resets the clock on progress, fails when there was none for too long.
    fn judge<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(written) = written {
            if self.stall.take().is_some() {
                self.handle.unblock();
            }
            // A guarded stream below this one may have found out first.
            if let Err(error) = &written {
                self.handle.fail();
                if error.kind() == io::ErrorKind::TimedOut {
                    self.handle.give_up();
                }
            }
            return Poll::Ready(written);
        }
        self.handle.wake_writer(cx.waker());
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let limit = self.handle.limits().stall;
        let handle = &self.handle;
        let stall = self.stall.get_or_insert_with(|| {
            handle.block();
            Stall { limit: Box::pin(tokio::time::sleep(limit)), bytes_out: handle.bytes_out() }
        });
        while stall.limit.as_mut().poll(cx).is_ready() {
            let bytes_out = handle.bytes_out();
            if bytes_out == stall.bytes_out {
                self.handle.give_up();
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the peer stopped reading",
                )));
            }
            // It waits for a frame that goes the short way, and the peer does take that.
            stall.bytes_out = bytes_out;
            stall.limit.as_mut().reset(tokio::time::Instant::now() + limit);
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.poll_pause(cx).is_pending() || self.poll_pace(cx).is_pending() {
            return Poll::Pending;
        }
        if self.handle.is_killed() {
            return Poll::Ready(Err(IoHandle::cut()));
        }
        let before = buffer.filled().len();
        let this = &mut *self;
        let at_once = this.pace.as_ref().map_or(u64::MAX, |pace| pace.at_once());
        match Pin::new(&mut (&mut this.inner).take(at_once)).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                if let Some(pace) = &mut this.pace {
                    pace.took(&buffer.filled()[before..]);
                }
                let count = buffer.filled().len() - before;
                if count == 0 {
                    self.handle.fail();
                }
                self.handle.count_read(count);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => {
                self.handle.fail();
                Poll::Ready(Err(error))
            }
            Poll::Pending => {
                self.handle.wake_reader(cx.waker());
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
            self.handle.count_written(*count);
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
