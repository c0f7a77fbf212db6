//! Sends what waits as soon as there is room, and judges a connection that makes no progress.

use std::sync::Arc;
use std::time::Duration;

use tautline::{DisconnectReason, RoomName};
use tokio::time::Instant;

use super::Next;
use crate::link::Link;

/// How often a connection is tried again when nothing tells of its progress.
pub(super) const POLLING_RETRY: Duration = Duration::from_millis(20);

/// Likewise when its stream does tell: only against a lost wake-up.
const STREAM_RETRY: Duration = Duration::from_millis(250);

/// Empties the queue of the link's connection. One runs per connection, and only while something
/// waits.
pub(super) async fn pump(link: Arc<Link>) {
    let connection = Arc::clone(link.connection());
    drop(link);
    let outbound = connection.outbound();
    let io = connection.io();
    let watch = io.watch();
    let retry = if io.is_attached() { STREAM_RETRY } else { POLLING_RETRY };
    let mut moved_at = Instant::now();
    let mut written = io.bytes_out();
    loop {
        // Listens before it tries: progress in between is not missed.
        let mut progress = std::pin::pin!(watch.progress());
        progress.as_mut().enable();
        if outbound.flush() || io.bytes_out() != written {
            moved_at = Instant::now();
            outbound.note_moved(moved_at);
            written = io.bytes_out();
        }
        match outbound.next() {
            Next::Stop => return,
            Next::Tell(dirty) => {
                tell(dirty);
                continue;
            }
            Next::Wait => {}
        }
        // A connection that ends for another reason still takes its last words.
        if io.is_killed() || connection.ended() == Some(DisconnectReason::Stalled) {
            return outbound.abandon();
        }
        if moved_at.elapsed() >= outbound.limits.stall {
            tracing::warn!(connection = %connection.id(), "the client stopped reading");
            connection.end(DisconnectReason::Stalled);
            return outbound.abandon();
        }
        tokio::select! {
            () = progress => {}
            () = tokio::time::sleep(retry) => {}
        }
    }
}

/// Tells each link which of its rooms have to catch up.
fn tell(mut dirty: Vec<(Arc<Link>, RoomName)>) {
    while let Some((link, room)) = dirty.pop() {
        let mut rooms = vec![room];
        let (own, others): (Vec<_>, Vec<_>) =
            dirty.into_iter().partition(|(other, _)| Arc::ptr_eq(other, &link));
        rooms.extend(own.into_iter().map(|(_, room)| room));
        dirty = others;
        link.drained(rooms);
    }
}
