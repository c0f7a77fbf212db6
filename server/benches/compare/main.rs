//! What an event costs, beside bare socketioxide, in one run: `cargo bench -p tautline-server`.
//!
//! The figure is the server's CPU time per operation, which is steadier than wall-clock rates on a
//! shared machine; of idle connections it is their memory. Each server runs in a process of its own;
//! rounds of both alternate, so that a slow minute of the machine hits both, and the medians are
//! compared.

mod bare;
mod load;
mod ours;
mod payload;
mod process;
mod serve;

use load::Workload;
use serve::{Child, Kind};

/// How often each server takes its turn.
const ROUNDS: usize = 5;

fn main() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some("serve") => serve::run(Kind::parse(&arguments.next().unwrap_or_default())?),
        chosen => compare(chosen.unwrap_or_default()),
    }
}

/// Drives both servers through the workloads whose names contain `chosen`, and prints the table.
fn compare(chosen: &str) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("CPU of the server in µs per operation, and its memory in KiB per idle connection;");
    println!("medians of {ROUNDS} alternating rounds");
    println!("{:<28} {:>10} {:>10} {:>8}", "workload", "tautline", "bare", "ratio");
    for workload in Workload::ALL.into_iter().filter(|it| it.name().contains(chosen)) {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (kind, figures) in [(Kind::Ours, &mut ours), (Kind::Bare, &mut bare)] {
                let child = Child::start(kind)?;
                figures.push(runtime.block_on(load::measure(&child, workload))?);
            }
        }
        let (ours, bare) = (median(&mut ours), median(&mut bare));
        println!("{:<28} {ours:>10.2} {bare:>10.2} {:>8.2}", workload.name(), ours / bare);
    }
    Ok(())
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
