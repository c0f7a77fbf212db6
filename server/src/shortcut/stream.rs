//! The stream that the engine gets where there is a short way around it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;

use super::Shortcut;

/// A TCP stream whose writing side is shared with a [`Shortcut`].
pub(crate) struct ShortcutStream {
    reads: OwnedReadHalf,
    /// What was read together with the request.
    early: Bytes,
    writes: Arc<Shortcut>,
}

impl ShortcutStream {
    pub(super) fn new(reads: OwnedReadHalf, early: Bytes, writes: Arc<Shortcut>) -> Self {
        let mut stream = Self { reads, early, writes };
        stream.let_early_go();
        stream
    }

    /// Even an empty slice would keep the whole buffer into which the request was read, for as long as
    /// the connection lives.
    fn let_early_go(&mut self) {
        if self.early.is_empty() {
            self.early = Bytes::new();
        }
    }
}

impl AsyncRead for ShortcutStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.early.is_empty() {
            let count = self.early.len().min(buffer.remaining());
            buffer.put_slice(&self.early[..count]);
            self.early.advance(count);
            self.let_early_go();
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.reads).poll_read(cx, buffer)
    }
}

impl AsyncWrite for ShortcutStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writes.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TCP keeps nothing back.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writes.poll_shutdown(cx)
    }
}

impl Drop for ShortcutStream {
    fn drop(&mut self) {
        self.writes.close();
    }
}
