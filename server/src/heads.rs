//! Heads: how far each room is. The last event that is lost has no successor to show the gap, so the
//! server says from time to time where the end is.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;
use tautline::RoomName;

use crate::chance;
use crate::encode;
use crate::frame_out::Payload;
use crate::journal::RoomKey;
use crate::position::Position;
use crate::room_table::{RoomTable, SHARDS};
use crate::session::Session;

#[derive(Serialize)]
struct Heads<'a> {
    heads: BTreeMap<&'a RoomName, &'a Position>,
}

/// `["tautline:heads",{"heads":{…}}]`.
pub(crate) fn frame<'a>(heads: impl IntoIterator<Item = (&'a RoomName, &'a Position)>) -> Payload {
    encode::control("heads", &Heads { heads: heads.into_iter().collect() })
}

/// Tells one session how far these rooms are: it missed something in them.
pub(crate) fn send(table: &RoomTable, session: &Session, rooms: Vec<RoomName>) {
    let heads: Vec<_> = rooms
        .into_iter()
        .filter(|room| session.is_in(room))
        .filter_map(|room| {
            let key = RoomKey { namespace: session.facts().path, room };
            let head = table.head(&key)?;
            Some((key.room, head))
        })
        .collect();
    if !heads.is_empty() {
        session.send_control(frame(heads.iter().map(|(room, head)| (room, head))));
    }
}

/// Starts telling members how far their rooms are, for as long as the table lives.
pub(crate) fn start(table: &Arc<RoomTable>, interval: Duration) {
    for shard in 0..SHARDS {
        tokio::spawn(tell(Arc::downgrade(table), shard, interval));
    }
}

/// What one session is told.
type News = (Arc<Session>, Vec<(RoomName, Position)>);

async fn tell(table: Weak<RoomTable>, shard: usize, interval: Duration) {
    loop {
        tokio::time::sleep(jittered(interval)).await;
        let Some(table) = table.upgrade() else { return };
        // In the order in which they came.
        let mut by_session: BTreeMap<u64, News> = BTreeMap::new();
        for (room, head, members) in table.moved(shard) {
            for session in members {
                let (_, heads) =
                    by_session.entry(session.number).or_insert_with(|| (session, Vec::new()));
                heads.push((room.clone(), head.clone()));
            }
        }
        for (session, heads) in by_session.into_values() {
            session.send_control(frame(heads.iter().map(|(room, head)| (room, head))));
        }
    }
}

/// A fifth more or less, so that the shards, and the servers of a fleet, do not beat together.
fn jittered(interval: Duration) -> Duration {
    let random = chance::bits() >> 32;
    // 32 random bits, so the sum is between four and six fifths.
    interval * 4 / 5 + (interval * 2 / 5).mul_f64(random as f64 / f64::from(u32::MAX))
}
