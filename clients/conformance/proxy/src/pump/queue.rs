//! What lies between the two sides of a link: little, so that a side that takes nothing stops the
//! other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::line::Passage;

/// How much may be on its way in one direction.
const FRAMES: usize = 256;
const BYTES: usize = 1024 * 1024;

/// One thing on its way.
pub(super) struct Item {
    pub(super) what: What,
    /// Not before this moment.
    pub(super) due: Instant,
    /// The round trip to which it belongs.
    pub(super) trip: u64,
    /// Gives its bytes back to the queue when they are written.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

pub(super) enum What {
    Passage(Passage),
    End(End),
}

/// How a side has ended.
pub(super) enum End {
    /// With a closing handshake, perhaps in these words.
    Closed(Option<CloseFrame>),
    /// Without a word.
    Gone,
}

impl Item {
    pub(super) fn new(passage: Passage, due: Instant, trip: u64) -> Self {
        Self { what: What::Passage(passage), due, trip, permit: None }
    }
}

/// The sending end.
#[derive(Clone)]
pub(super) struct Queue {
    items: mpsc::Sender<Item>,
    bytes: Arc<Semaphore>,
}

/// An empty queue.
pub(super) fn queue() -> (Queue, mpsc::Receiver<Item>) {
    let (items, receiver) = mpsc::channel(FRAMES);
    (Queue { items, bytes: Arc::new(Semaphore::new(BYTES)) }, receiver)
}

impl Queue {
    /// Waits for room. Gives the item back if nobody takes it any more.
    pub(super) async fn send(&self, mut item: Item) -> Result<(), Box<Item>> {
        if let What::Passage(Passage::Frame { frame, .. }) = &item.what {
            // A frame that is larger than the queue has it for itself.
            let bytes = u32::try_from(frame.bytes().min(BYTES)).unwrap_or(u32::MAX);
            let room = Arc::clone(&self.bytes).acquire_many_owned(bytes);
            tokio::select! {
                permit = room => item.permit = permit.ok(),
                () = self.items.closed() => return Err(Box::new(item)),
            }
        }
        self.items.send(item).await.map_err(|error| Box::new(error.0))
    }

    /// Says that nothing more comes.
    pub(super) async fn end(&self, end: End) {
        let item = Item { what: What::End(end), due: Instant::now(), trip: 0, permit: None };
        // Nobody to tell: the other side has ended before.
        let _ = self.items.send(item).await;
    }
}

/// How long a passage waits on top of the latency.
pub(super) fn delay_of(passage: &Passage) -> Duration {
    match passage {
        Passage::Frame { delay_ms, .. } => Duration::from_millis(*delay_ms),
        Passage::Cut(_) | Passage::HalfOpen(_) => Duration::ZERO,
    }
}
