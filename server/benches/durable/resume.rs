//! Everybody comes back at once: after a restart, or when a network is there again.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::future;
use tautline::{Encoded, Retention, RoomName};
use tautline_server::journal::{EventBody, Journal, NewEvent, RoomKey, Sqlite};

use crate::contract::Note;
use crate::serve::{Child, Kind};
use crate::wire::Wire;

/// How many clients come back.
pub(crate) const CLIENTS: usize = 1_000;

/// In how many rooms each is.
pub(crate) const ROOMS: usize = 20;

/// How many events each has missed in each.
pub(crate) const MISSED: usize = 100;

/// How many rooms there are.
const ALL_ROOMS: usize = 500;

/// How long it takes until all have what they missed.
///
/// # Errors
/// When one of them gets less.
pub(crate) async fn measure(file: &Path) -> anyhow::Result<Duration> {
    let epochs = fill(file)?;
    let server = Child::start(Kind::Ours, file)?;
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let mut request = "42/bench,1[\"tautline:resume\",{\"rooms\":[".to_owned();
        for place in 0..ROOMS {
            let room = (number * 7 + place) % ALL_ROOMS;
            let comma = if place > 0 { "," } else { "" };
            let epoch = &epochs[room];
            write!(
                request,
                "{comma}{{\"room\":\"hall:hall-{room}\",\"since\":{{\"epoch\":\"{epoch}\",\"seq\":0}}}}"
            )?;
        }
        request.push_str("]}]");
        clients.push((Wire::connect(&server.address).await?, request));
    }

    let started = Instant::now();
    future::try_join_all(clients.iter_mut().map(async |(wire, request)| {
        wire.push(request);
        wire.flush().await?;
        let answer = wire.wait_for("43/bench,1").await?;
        ensure!(answer.matches("\"seq\":").count() == ROOMS * (MISSED + 1), "something is missing");
        anyhow::Ok(())
    }))
    .await?;
    Ok(started.elapsed())
}

/// Writes what everybody has missed, in the order in which people talk: one event here, one there.
/// Gives the rooms' epochs.
fn fill(file: &Path) -> anyhow::Result<Vec<String>> {
    let journal = Sqlite::open(file)?;
    let mut writer = journal.writer()?;
    let mut epochs = vec![String::new(); ALL_ROOMS];
    for number in 0..MISSED {
        writer.begin()?;
        for (room, epoch) in epochs.iter_mut().enumerate() {
            let hall = format!("hall-{room}");
            let note = Note::sample(hall.clone(), number as u32);
            writer.savepoint()?;
            let at = writer.append(&NewEvent {
                room: RoomKey {
                    namespace: "/bench",
                    room: RoomName::from_wire(format!("hall:{hall}")),
                },
                retention: Retention { count: Some(1_000), age_ms: None },
                body: EventBody {
                    name: "said".into(),
                    payload: Encoded {
                        json: serde_json::to_string(&note)?,
                        attachments: Vec::new(),
                    },
                    ts: 1_790_000_000_000,
                    cause: None,
                    question: None,
                    stream: None,
                },
            })?;
            writer.release()?;
            *epoch = at.epoch;
        }
        writer.commit()?;
    }
    Ok(epochs)
}
