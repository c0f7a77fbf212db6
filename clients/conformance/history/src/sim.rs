//! Runs under virtual time: a server, clients and faults in one thread, all of it from a seed. The
//! clock moves only when nobody has anything to do, so that a minute of waiting costs nothing.

mod journal;
mod plan;
mod script;
mod storage;
mod way;
mod world;

use tautline_server::failpoint::plant;
use tokio::runtime::Builder;

use crate::anomaly::Anomaly;
use crate::checker::{End, check};
use crate::history::{Entry, Kept, rename_epochs};

pub use plan::Plan;
pub use storage::Kind;
#[cfg(test)]
pub(crate) use world::{Trusting, contract};

/// What became of a run.
#[derive(Debug)]
pub struct Report {
    /// The run's seed.
    pub seed: u64,
    /// What happened.
    pub history: Vec<Entry>,
    /// What was stored at the end.
    pub kept: Kept,
    /// What is wrong.
    pub anomalies: Vec<Anomaly>,
    /// How long it took, by its own clock.
    pub virtual_ms: u64,
    /// How often the server crashed.
    pub crashes: u32,
}

/// Runs what a seed stands for.
///
/// # Errors
/// When no runtime can be made, or the server does not build.
pub fn run(seed: u64) -> anyhow::Result<Report> {
    run_plan(Plan::of(seed))
}

/// Runs a plan.
///
/// # Errors
/// When no runtime can be made, or the server does not build.
pub fn run_plan(plan: Plan) -> anyhow::Result<Report> {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let seed = plan.seed;
    plant(Some(seed));
    let mut ended = runtime.block_on(script::play(plan))?;
    // Whatever is left of crashed servers ends here.
    drop(runtime);
    plant(None);
    rename_epochs(&mut ended.history, &mut ended.kept);
    let anomalies = check(&ended.history, &ended.kept, End::Settled);
    Ok(Report {
        seed,
        anomalies,
        virtual_ms: ended.virtual_ms,
        crashes: ended.crashes,
        history: ended.history,
        kept: ended.kept,
    })
}
