//! The short way to a websocket: one frame, made once, is written to the sockets of a whole room by
//! whoever publishes it, past the engine's queue and its writing task.
//!
//! It is taken only where nobody can tell the difference: everything that the engine was given for
//! this connection has gone out, and the stream stands between two of its frames. Otherwise the frame
//! goes the regular way. What the kernel does not take at once follows before anything else.

mod cursor;
mod stream;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::{fmt, io};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::runtime::Handle;

use crate::io_handle::IoHandle;
use cursor::Cursor;
pub(crate) use stream::ShortcutStream;

/// The writing side of one TCP connection, shared by the engine and by publishers.
pub(crate) struct Shortcut {
    /// How many of our messages the engine was given.
    given: AtomicU64,
    side: Mutex<Side>,
    io: Arc<IoHandle>,
    runtime: Handle,
}

struct Side {
    /// `None` once the engine has let go of the stream.
    tcp: Option<OwnedWriteHalf>,
    /// Where the engine's own bytes stand.
    cursor: Cursor,
    /// The rest of a frame that took the short way.
    rest: Bytes,
    /// The engine's task, if it waits to write.
    engine: Option<Waker>,
}

impl Shortcut {
    /// Splits a stream into the one that the engine gets and the short way around it. `early` was
    /// read already.
    pub(crate) fn split(
        tcp: TcpStream,
        early: Bytes,
        io: Arc<IoHandle>,
    ) -> (ShortcutStream, Arc<Self>) {
        let (reads, writes) = tcp.into_split();
        let side =
            Side { tcp: Some(writes), cursor: Cursor::default(), rest: Bytes::new(), engine: None };
        let shortcut = Arc::new(Self {
            given: AtomicU64::new(0),
            side: Mutex::new(side),
            io,
            runtime: Handle::current(),
        });
        (ShortcutStream::new(reads, early, Arc::clone(&shortcut)), shortcut)
    }

    /// So many messages are about to be given to the engine: until they have gone out, the short way
    /// is closed.
    pub(crate) fn giving(&self, messages: u64) {
        self.given.fetch_add(messages, Ordering::AcqRel);
    }

    /// The engine has not taken them.
    pub(crate) fn kept(&self, messages: u64) {
        self.given.fetch_sub(messages, Ordering::AcqRel);
    }

    /// Writes a whole frame, if that can be done now. False: it has to go the regular way.
    pub(crate) fn write(self: &Arc<Self>, frame: &Bytes) -> bool {
        let mut side = self.side();
        let is_open = side.rest.is_empty()
            && side.cursor.is_between_frames()
            && side.cursor.messages() == self.given.load(Ordering::Acquire)
            && !self.io.is_killed();
        let Some(tcp) = side.tcp.as_ref().filter(|_| is_open) else { return false };
        // Also when it would block, and when the connection is gone: the engine finds that out.
        let Ok(written) = tcp.try_write(frame) else { return false };
        self.io.count_written(written);
        if written < frame.len() {
            side.rest = frame.slice(written..);
            drop(side);
            self.runtime.spawn(finish(Arc::clone(self)));
        }
        true
    }

    /// Writes for the engine.
    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut side = self.side();
        if !side.rest.is_empty() {
            side.engine = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let written = side.poll(cx, |tcp, cx| std::pin::Pin::new(tcp).poll_write(cx, bytes));
        match &written {
            Poll::Ready(Ok(count)) => {
                side.cursor.pass(&bytes[..*count]);
                side.engine = None;
            }
            Poll::Ready(Err(_)) => side.engine = None,
            Poll::Pending => side.engine = Some(cx.waker().clone()),
        }
        written
    }

    /// Ends the writing side for the engine.
    fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut side = self.side();
        if !side.rest.is_empty() {
            side.engine = Some(cx.waker().clone());
            return Poll::Pending;
        }
        side.poll(cx, |tcp, cx| std::pin::Pin::new(tcp).poll_shutdown(cx))
    }

    /// The engine has let go of the stream.
    fn close(&self) {
        let tcp = {
            let mut side = self.side();
            side.rest = Bytes::new();
            side.tcp.take()
        };
        drop(tcp);
    }

    /// Writes the rest of a frame. Ready when there is none.
    fn poll_rest(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut side = self.side();
        while !side.rest.is_empty() {
            let rest = side.rest.clone();
            match side.poll(cx, |tcp, cx| std::pin::Pin::new(tcp).poll_write(cx, &rest)) {
                Poll::Ready(Ok(count)) => {
                    self.io.count_written(count);
                    side.rest.advance(count);
                }
                // The engine meets the same error when it goes on.
                Poll::Ready(Err(_)) => side.rest = Bytes::new(),
                Poll::Pending => return Poll::Pending,
            }
        }
        if let Some(engine) = side.engine.take() {
            engine.wake();
        }
        Poll::Ready(())
    }

    fn side(&self) -> MutexGuard<'_, Side> {
        self.side.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Side {
    fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        run: impl FnOnce(&mut OwnedWriteHalf, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.tcp {
            Some(tcp) => run(tcp, cx),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

/// Writes the rest of a frame, as far as its receiver reads within the stall timeout.
async fn finish(shortcut: Arc<Shortcut>) {
    let watch = shortcut.io.watch();
    loop {
        // Listens before it looks: a cut in between is not missed.
        let mut progress = std::pin::pin!(watch.progress());
        progress.as_mut().enable();
        if shortcut.io.is_killed() {
            return;
        }
        let before = shortcut.io.bytes_out();
        tokio::select! {
            () = std::future::poll_fn(|cx| shortcut.poll_rest(cx)) => return,
            // Progress, or the connection was cut.
            () = progress => {}
            () = tokio::time::sleep(shortcut.io.limits().stall) => {
                if shortcut.io.bytes_out() == before {
                    return shortcut.io.give_up();
                }
            }
        }
    }
}

impl fmt::Debug for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shortcut").field("given", &self.given).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
