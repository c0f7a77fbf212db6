//! What is in the file when everything is over.

use std::path::Path;

use anyhow::anyhow;
use serde_json::Value;
use tautline::RoomName;
use tautline_server::journal::{Journal, RoomKey, Sqlite};

use crate::filed::Filed;
use crate::history::{Kept, KeptRoom, Place};
use crate::model::client::NAMESPACE;
use crate::service::Book;

pub(super) async fn read(file: &Path, rooms: &[String]) -> anyhow::Result<Kept> {
    let journal = Sqlite::open(file)?;
    let book = Filed::new(journal.clone());
    let mut kept = Kept::default();
    for name in rooms {
        let rows = book.read(name).await.map_err(|cause| anyhow!("{}", cause.error()))?;
        let key = RoomKey { namespace: NAMESPACE, room: RoomName::from_wire(name) };
        let (mut events, mut since) = (Vec::new(), 0);
        loop {
            let page = journal.read(&key, since, usize::MAX).await?;
            let Some(last) = page.events.last() else { break };
            since = last.seq;
            let epoch = page.extent.head.epoch;
            events.extend(page.events.into_iter().map(|event| {
                let payload = serde_json::from_str::<Value>(&event.body.payload.json);
                let payload = payload.unwrap_or_default();
                let mark = payload["mark"].as_str().map(str::to_owned);
                (Place { epoch: epoch.clone(), seq: event.seq }, mark)
            }));
        }
        kept.rooms.insert(name.clone(), KeptRoom { events, rows });
    }
    Ok(kept)
}
