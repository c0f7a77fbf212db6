//! The short way to a websocket: one frame, made once, is written to the sockets of a whole room by
//! whoever publishes it, past the engine's queue and its writing task.
//!
//! It is taken only where nobody can tell the difference: everything that the engine was given for
//! this connection has gone out, and the stream stands between two of its frames. Otherwise the frame
//! goes the regular way. What the kernel does not take at once follows before anything else.
//!
//! A large frame is not for the engine at all: each websocket keeps a buffer as large as the largest
//! frame that it has ever written, and a page of history that everybody has fetched once would stay in
//! memory for each of them. Such a frame waits here, and is written in its turn between the engine's.

mod cursor;
mod given;
mod stream;
mod turns;

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
use given::Given;
pub(crate) use stream::ShortcutStream;
use turns::Turns;

/// The writing side of one TCP connection, shared by the engine and by publishers.
pub(crate) struct Shortcut {
    given: Given,
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
    /// Large frames that wait for theirs.
    turns: Turns,
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
        let side = Side {
            tcp: Some(writes),
            cursor: Cursor::default(),
            rest: Bytes::new(),
            turns: Turns::default(),
            engine: None,
        };
        let shortcut = Arc::new(Self {
            given: Given::default(),
            side: Mutex::new(side),
            io,
            runtime: Handle::current(),
        });
        (ShortcutStream::new(reads, early, Arc::clone(&shortcut)), shortcut)
    }

    /// Gives the engine so many messages: until they have gone out, the short way is closed.
    pub(crate) fn give<E>(
        &self,
        messages: u64,
        give: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        self.given.begin(messages);
        let taken = give();
        match &taken {
            Ok(()) => self.given.taken(),
            Err(_) => self.given.kept(messages),
        }
        taken
    }

    /// Writes a whole frame, if that can be done now. False: it has to go the regular way.
    pub(crate) fn write(self: &Arc<Self>, frame: &Bytes) -> bool {
        let mut side = self.side();
        let is_open = side.rest.is_empty()
            && side.turns.is_empty()
            && side.cursor.is_between_frames()
            && side.cursor.messages() == self.given.count()
            && !self.io.is_killed();
        // Also when it would block, and when the connection is gone: the engine finds that out.
        is_open && self.try_write(&mut side, frame).is_ok()
    }

    /// Writes a whole frame after all that the engine was given before it, and before all that it is
    /// given later. False: it has to go the regular way.
    pub(crate) fn line_up(self: &Arc<Self>, frame: Bytes) -> bool {
        let mut side = self.side();
        if side.tcp.is_none() || side.cursor.is_closed() || self.io.is_killed() {
            return false;
        }
        // Of what is being given now, nobody knows yet whether it goes before the frame.
        let Some(given) = self.given.settled() else { return false };
        let is_taken = side.turns.push(given, frame);
        self.let_go(&mut side);
        is_taken
    }

    /// Writes the frames whose turn it is.
    fn let_go(self: &Arc<Self>, side: &mut Side) {
        while side.rest.is_empty()
            && let Some(frame) = side.turns.next(&side.cursor)
        {
            match self.try_write(side, &frame) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    side.rest = frame;
                    self.runtime.spawn(finish(Arc::clone(self)));
                }
                // The engine meets the same error when it goes on.
                Ok(()) | Err(_) => {}
            }
        }
    }

    /// Writes what the kernel takes of a frame, and sees to it that the rest follows.
    fn try_write(self: &Arc<Self>, side: &mut Side, frame: &Bytes) -> io::Result<()> {
        let tcp = side.tcp.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let written = tcp.try_write(frame)?;
        self.io.count_written(written);
        if written < frame.len() {
            side.rest = frame.slice(written..);
            self.runtime.spawn(finish(Arc::clone(self)));
        }
        Ok(())
    }

    /// Writes for the engine.
    fn poll_write(self: &Arc<Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut side = self.side();
        if !side.rest.is_empty() {
            side.engine = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let bytes = &bytes[..side.turns.before_next(&side.cursor, bytes)];
        let written = side.poll(cx, |tcp, cx| std::pin::Pin::new(tcp).poll_write(cx, bytes));
        match &written {
            Poll::Ready(Ok(count)) => {
                side.cursor.pass(&bytes[..*count]);
                side.engine = None;
                self.let_go(&mut side);
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
            side.turns = Turns::default();
            side.tcp.take()
        };
        drop(tcp);
    }

    /// Writes the rest of a frame, and the frames whose turn it is then. Ready when there are none.
    fn poll_rest(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut side = self.side();
        let side = &mut *side;
        loop {
            if side.rest.is_empty() {
                let Some(frame) = side.turns.next(&side.cursor) else { break };
                side.rest = frame;
            }
            let rest = side.rest.clone();
            match side.poll(cx, |tcp, cx| std::pin::Pin::new(tcp).poll_write(cx, &rest)) {
                Poll::Ready(Ok(count)) => {
                    self.io.count_written(count);
                    side.rest.advance(count);
                }
                // As above.
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
