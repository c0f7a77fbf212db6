//! What is in the file when everything is over.

use std::path::Path;

use anyhow::anyhow;
use tautline::RoomName;
use tautline_history_service::filed::Filed;
use tautline_history_service::service::Book;
use tautline_server::journal::{Journal, RoomKey, Sqlite};

use crate::history::{Kept, KeptRoom, Place};
use crate::model::client::NAMESPACE;

pub(super) async fn read(file: &Path, rooms: &[String]) -> anyhow::Result<Kept> {
    let journal = Sqlite::open(file)?;
    let book = Filed::new(journal.clone());
    let mut kept = Kept::default();
    for name in rooms {
        let rows = book.read(name).await.map_err(|cause| anyhow!("{}", cause.error()))?;
        let key = RoomKey { namespace: NAMESPACE, room: RoomName::from_wire(name) };
        let (mut room, mut since) = (KeptRoom { rows, ..KeptRoom::default() }, 0);
        loop {
            let page = journal.read(&key, since, usize::MAX).await?;
            let Some(last) = page.events.last() else { break };
            since = last.seq;
            for event in page.events {
                let epoch = page.extent.head.epoch.clone();
                room.note(Place { epoch, seq: event.seq }, &event.body);
            }
        }
        kept.rooms.insert(name.clone(), room);
    }
    Ok(kept)
}
