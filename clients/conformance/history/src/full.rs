//! Runs on the full stack: the real server in a process of its own, on an SQLite file, killed at
//! failpoints and started again; before it proxies that break links; and clients of three kinds. Real
//! clocks and real sockets: a seed gives the same plan, and not the same run.

mod actors;
mod faults;
mod kept;
mod plan;
mod road;
mod server;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::actors::Actors;
use self::faults::Proxies;
use self::server::Keeper;
use crate::anomaly::Anomaly;
use crate::checker::{End, check};
use crate::crew::Stage;
use crate::dice::Dice;
use crate::history::{Entry, rename_epochs};

pub use plan::FullPlan;

/// How long everything may take to come to rest: longer than a handler, its resends and the longest
/// wait before a new attempt to connect, together.
const REST: Duration = Duration::from_secs(60);

/// The programs that take part.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The server of the conformance contract.
    pub server: PathBuf,
    /// The driver of the JavaScript clients, run by Node.
    pub driver: PathBuf,
}

/// What became of a run.
#[derive(Debug)]
pub struct FullReport {
    /// The run's seed.
    pub seed: u64,
    /// What happened.
    pub history: Vec<Entry>,
    /// What is wrong.
    pub anomalies: Vec<Anomaly>,
    /// How often the server was killed while it had work.
    pub kills: u32,
}

/// Runs what a seed stands for.
///
/// # Errors
/// When a program cannot be run or does not do what it is there for.
pub async fn run(seed: u64, programs: &Programs) -> anyhow::Result<FullReport> {
    let plan = FullPlan::of(seed);
    let mut dice = Dice::new(seed);
    let stage = Stage::new(plan.habits);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("journal.db");

    let keeper = Keeper::start(programs.server.clone(), file.clone(), &plan, stage.clone()).await?;
    let proxies = Proxies::start(&keeper.url(), &plan, &mut dice).await?;
    let actors = Actors::start(&plan, &proxies, &stage, programs, &mut dice)?;

    let began = Instant::now();
    while began.elapsed() < plan.faults && !actors.are_spent() {
        proxies.disturb().await;
    }
    stage.calm();
    keeper.calm().await?;
    proxies.calm();
    actors.calm().await?;

    let began = Instant::now();
    let mut end = End::Stopped;
    while began.elapsed() < REST {
        if actors.are_at_rest(&stage.recorder) {
            end = End::Settled;
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    actors.end().await?;
    // Also the last time: what was acknowledged a moment ago has to be there.
    let kills = keeper.end().await?;
    let mut kept = kept::read(&file, &plan.rooms).await?;
    let mut history = stage.recorder.history();
    // Clients in other processes are heard a moment later.
    history.sort_by_key(|entry| entry.at_ms);
    rename_epochs(&mut history, &mut kept);
    let mut anomalies = check(&history, &kept, End::Settled);
    if end == End::Stopped && anomalies.is_empty() {
        anomalies = vec![Anomaly::Restless];
    }
    Ok(FullReport { seed, history, anomalies, kills })
}
