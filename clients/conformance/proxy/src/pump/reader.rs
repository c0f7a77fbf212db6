//! Reads one side of a link, shows its frames to the rules, and sends on what they leave.

use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::queue::{End, Item, Queue, What, delay_of};
use crate::desk::{Desk, Verdict};
use crate::engine_packet::Piece;
use crate::frame::{Assembler, Direction, Frame};
use crate::line::Passage;
use crate::link::Link;
use crate::log::Act;

pub(super) struct Reader<'a> {
    pub(super) desk: &'a Desk,
    pub(super) link: &'a Link,
    pub(super) reads: Direction,
    /// To the other side.
    pub(super) forth: &'a Queue,
    /// To the side that is read, for what the proxy answers.
    pub(super) back: Queue,
}

impl Reader<'_> {
    /// Reads until the side ends, and says how it did.
    pub(super) async fn run<T>(&self, mut stream: SplitStream<WebSocketStream<T>>) -> End
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let mut assembler = Assembler::default();
        let mut last_due = Instant::now();
        loop {
            self.link.until_stopped(self.reads, false).await;
            let message = tokio::select! {
                biased;
                () = self.link.until_stopped(self.reads, true) => continue,
                message = stream.next() => message,
            };
            let piece = match message {
                Some(Ok(Message::Text(text))) => Piece::Text(text.as_str().to_owned()),
                Some(Ok(Message::Binary(bytes))) => Piece::Binary(bytes),
                Some(Ok(Message::Close(words))) => return End::Closed(words),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Err(_)) | None => return End::Gone,
            };
            for frame in assembler.push(piece) {
                self.pass(frame, &mut last_due).await;
            }
        }
    }

    async fn pass(&self, frame: Frame, last_due: &mut Instant) {
        let verdict = self.desk.judge(self.link, self.reads, frame);
        let Verdict { passages, reply, trip, latency } = verdict;
        for passage in passages {
            // Nothing overtakes what waits.
            *last_due = (Instant::now() + latency + delay_of(&passage)).max(*last_due);
            let Err(item) = self.forth.send(Item::new(passage, *last_due, trip)).await else {
                continue;
            };
            if let What::Passage(Passage::Frame { frame, .. }) = item.what {
                self.desk.note(Act::Lost, self.link, self.reads, [(&frame, trip)]);
            }
        }
        if let Some(frame) = reply {
            let passage = Passage::Frame { frame, delay_ms: 0 };
            // Nobody to tell: the side that asked has gone.
            let _ = self.back.send(Item::new(passage, Instant::now() + latency, trip)).await;
        }
    }
}
