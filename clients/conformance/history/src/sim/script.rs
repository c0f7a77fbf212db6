//! The course of a run: a time of faults, then a time without, until everything has come to rest.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

use super::plan::Plan;
use super::world::World;
use crate::crew::driver::{Driver, Standing};
use crate::crew::lock;
use crate::dice::Dice;
use crate::history::{Entry, Kept, KeptRoom, Place};

/// For how long things may go wrong.
const FAULTS: Duration = Duration::from_secs(180);
/// How long everything may take to come to rest. Longer than a handler and its resends, the longest
/// wait before a new attempt to connect, and the time between two heads, together.
const REST: Duration = Duration::from_secs(240);

/// What is left of a run.
pub(super) struct Ended {
    pub(super) history: Vec<Entry>,
    pub(super) kept: Kept,
    pub(super) virtual_ms: u64,
    pub(super) crashes: u32,
}

pub(super) async fn play(plan: Plan) -> anyhow::Result<Ended> {
    let mut dice = Dice::new(plan.seed);
    let (clients, logs) = (plan.clients, plan.logs);
    let world = World::new(plan, &mut dice)?;
    let logs = (1..=logs).map(|number| format!("log:{number}"));
    let rooms: Vec<String> = logs.chain(["slip:1".to_owned(), "hall:1".to_owned()]).collect();

    let keeping = tokio::spawn({
        let world = world.clone();
        async move { world.keep().await }
    });
    let mut standings = Vec::new();
    for number in 1..=clients {
        let name = format!("client{number}");
        let driver = Driver::new(name, world.stage.clone(), rooms.clone(), &mut dice);
        standings.push(driver.standing());
        tokio::spawn(driver.run(world.clone()));
    }

    wait(FAULTS, || standings.iter().all(|standing| lock(standing).is_spent)).await;
    world.stage.calm();
    wait(REST, || is_at_rest(&world, &standings)).await;

    if keeping.is_finished() {
        keeping.await??;
    }
    let stored = world.stored();
    let mut kept = Kept::default();
    for room in &rooms {
        let events = stored.get(room).cloned().unwrap_or_default();
        let rows = world.rows(room).await?;
        kept.rooms.insert(room.clone(), KeptRoom { rows, ..events });
    }
    Ok(Ended {
        history: world.stage.recorder.history(),
        kept,
        virtual_ms: world.stage.recorder.now(),
        crashes: world.crashes(),
    })
}

/// Waits until something holds, and at most so long.
async fn wait(most: Duration, holds: impl Fn() -> bool) {
    let began = tokio::time::Instant::now();
    while began.elapsed() < most {
        sleep(Duration::from_millis(500)).await;
        if holds() {
            return;
        }
    }
}

/// Whether everybody has done everything, has all of it, and has nothing on the way.
fn is_at_rest(world: &World, standings: &[Arc<Mutex<Standing>>]) -> bool {
    let stored = world.stored();
    standings.iter().all(|standing| {
        let standing = lock(standing);
        let is_there = |(room, at): &(String, Option<Place>)| {
            at.is_some() && stored.get(room).is_none_or(|room| room.ends_at(at.as_ref()))
        };
        standing.is_done && standing.is_idle && standing.at.iter().all(is_there)
    }) && stored.values().flat_map(|room| room.courses.values()).all(|course| course.ended > 0)
}
