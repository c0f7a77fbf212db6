//! Writes to one side of a link, and knows of every frame whether its socket has it.

use std::time::Duration;

use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message};

use super::queue::{End, Item, What};
use crate::desk::Desk;
use crate::engine_packet::Piece;
use crate::frame::{Direction, Frame};
use crate::line::Passage;
use crate::link::Link;
use crate::log::Act;

/// How many frames are written before they are flushed. What is due at the same moment goes out in
/// one piece, as it would through a router.
const BATCH: usize = 64;
/// How long a side may take to answer a closing handshake.
const CLOSING: Duration = Duration::from_secs(1);

pub(super) struct Writer<'a, T> {
    desk: &'a Desk,
    link: &'a Link,
    writes: Direction,
    sink: SplitSink<WebSocketStream<T>, Message>,
    arriving: mpsc::Receiver<Item>,
    /// Taken from the queue, and waits for its time.
    next: Option<Item>,
    /// Given to the sink, and perhaps not to the socket.
    written: Vec<(Frame, u64, Option<OwnedSemaphorePermit>)>,
}

impl<'a, T: AsyncRead + AsyncWrite + Unpin> Writer<'a, T> {
    pub(super) fn new(
        desk: &'a Desk,
        link: &'a Link,
        writes: Direction,
        sink: SplitSink<WebSocketStream<T>, Message>,
        arriving: mpsc::Receiver<Item>,
    ) -> Self {
        Self { desk, link, writes, sink, arriving, next: None, written: Vec::new() }
    }

    /// Writes until the other side has ended or nobody takes what is written.
    pub(super) async fn run(&mut self) -> Result<(), tungstenite::Error> {
        loop {
            if self.arriving.is_empty() || self.written.len() >= BATCH {
                self.flush().await?;
            }
            self.next = self.arriving.recv().await;
            let Some(Item { due, .. }) = self.next else { return Ok(()) };
            self.wait_until(due).await?;
            let Some(Item { what, trip, permit, .. }) = self.next.take() else { return Ok(()) };
            match what {
                What::Passage(Passage::Frame { frame, .. }) => {
                    let messages: Vec<_> = frame.pieces.iter().cloned().map(message).collect();
                    self.written.push((frame, trip, permit));
                    for message in messages {
                        self.sink.feed(message).await?;
                    }
                }
                What::Passage(Passage::Cut(half)) => {
                    self.flush().await?;
                    self.link.cut(half);
                    // No stream of bytes has a hole: what came behind it is lost with it.
                    self.lose_the_rest();
                    return std::future::pending().await;
                }
                What::Passage(Passage::HalfOpen(way)) => {
                    self.flush().await?;
                    self.link.stop(way);
                }
                What::End(End::Closed(words)) => {
                    self.flush().await?;
                    self.sink.send(Message::Close(words)).await?;
                    // Its answer is awaited by whoever reads this side.
                    tokio::time::sleep(CLOSING).await;
                    return Ok(());
                }
                What::End(End::Gone) => return self.flush().await,
            }
        }
    }

    /// Notes everything that will not be written any more.
    pub(super) fn lose_the_rest(&mut self) {
        self.arriving.close();
        let mut lost: Vec<_> =
            self.written.drain(..).map(|(frame, trip, _)| (frame, trip)).collect();
        let waiting = self.next.take().into_iter();
        for item in waiting.chain(std::iter::from_fn(|| self.arriving.try_recv().ok())) {
            if let What::Passage(Passage::Frame { frame, .. }) = item.what {
                lost.push((frame, item.trip));
            }
        }
        let frames = lost.iter().map(|(frame, trip)| (frame, *trip));
        self.desk.note(Act::Lost, self.link, self.writes, frames);
    }

    /// Waits for a moment, and for as long as the link takes nothing. What was written before goes out.
    async fn wait_until(&mut self, due: Instant) -> Result<(), tungstenite::Error> {
        let is_stopped = self.link.is_stopped(self.writes);
        if is_stopped || due > Instant::now() {
            self.flush().await?;
            tokio::time::sleep_until(due).await;
            self.link.until_stopped(self.writes, false).await;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), tungstenite::Error> {
        self.sink.flush().await?;
        let frames = self.written.iter().map(|(frame, trip, _)| (frame, *trip));
        self.desk.note(Act::Passed, self.link, self.writes, frames);
        self.written.clear();
        Ok(())
    }
}

fn message(piece: Piece) -> Message {
    match piece {
        Piece::Text(text) => Message::text(text),
        Piece::Binary(bytes) => Message::binary(bytes),
    }
}
