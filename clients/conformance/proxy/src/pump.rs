//! Carries the messages of a websocket from one side to the other.
//!
//! Each side reads and writes by itself; between them lie two small queues. Whoever does not read
//! stops the one who writes to them: the queues fill, the proxy stops reading, and the kernel does the
//! rest, as it would without a proxy.

mod queue;
mod reader;
mod writer;

use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::frame::Direction;
use crate::link::Link;
use queue::{End, Item, Queue, queue};
use reader::Reader;
use writer::Writer;

/// Carries frames between the two until both are gone.
pub(crate) async fn carry<C, S>(
    desk: &Desk,
    link: &Link,
    client: WebSocketStream<C>,
    server: WebSocketStream<S>,
) where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let ((to_server, from_client), (to_client, from_server)) = (queue(), queue());
    let client = Side {
        reads: Direction::Up,
        over: &link.client,
        forth: to_server.clone(),
        back: to_client.clone(),
        arriving: from_server,
        stream: client,
    };
    let server = Side {
        reads: Direction::Down,
        over: &link.server,
        forth: to_client,
        back: to_server,
        arriving: from_client,
        stream: server,
    };
    tokio::join!(client.run(desk, link), server.run(desk, link));
    desk.close(link);
}

/// One side of a link: what it sends and what it receives.
struct Side<'a, T> {
    /// The direction of what is read from it.
    reads: Direction,
    /// Cancelled when it shall end.
    over: &'a CancellationToken,
    /// To the other side.
    forth: Queue,
    /// To itself, for what the proxy answers.
    back: Queue,
    /// From the other side, and from itself.
    arriving: mpsc::Receiver<Item>,
    stream: WebSocketStream<T>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Side<'_, T> {
    async fn run(self, desk: &Desk, link: &Link) {
        let Self { reads, over, forth, back, arriving, stream } = self;
        let (sink, stream) = stream.split();
        let writes = reads.opposite();
        let mut writer = Writer::new(desk, link, writes, sink, arriving);
        let reader = Reader { desk, link, reads, forth: &forth, back };
        let end = tokio::select! {
            () = over.cancelled() => None,
            end = reader.run(stream) => Some(end),
            // The other side has ended, or nobody takes what is written.
            _ = writer.run() => Some(End::Gone),
        };
        writer.lose_the_rest();
        // The receiver goes with it: the other side's frames are thrown away from now on.
        drop(writer);
        // Whoever was cut off says no goodbye: the other side finds out by itself, or is cut too.
        if let Some(end) = end
            && !over.is_cancelled()
        {
            forth.end(end).await;
        }
        over.cancel();
    }
}
