//! Runs histories and says what is wrong with them.
//!
//! ```sh
//! cargo run -p tautline-history -- --runs 1000       # from a random seed on
//! cargo run -p tautline-history -- --seed 42         # one run, with its history
//! ```

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Parser;
use tautline_history::sim::{Report, run};

/// Runs clients and a server under faults, and checks what became of everything.
#[derive(Debug, Parser)]
struct Args {
    /// Replays one run and prints its history.
    #[arg(long)]
    seed: Option<u64>,
    /// How many runs.
    #[arg(long, default_value_t = 100)]
    runs: u64,
    /// The first seed; the time unless told.
    #[arg(long)]
    from: Option<u64>,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Some(seed) = args.seed {
        let report = run(seed)?;
        for entry in &report.history {
            println!("{entry}");
        }
        return Ok(verdict(&report));
    }
    let from = match args.from {
        Some(from) => from,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() << 20,
    };
    let (began, mut crashes, mut entries, mut wrong) = (Instant::now(), 0_u64, 0, 0);
    for seed in from..from + args.runs {
        let report = run(seed)?;
        crashes += u64::from(report.crashes);
        entries += report.history.len();
        if !report.anomalies.is_empty() {
            wrong += 1;
            verdict(&report);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} runs, {wrong} of them wrong, {crashes} crashes, {entries} entries, {seconds:.1} s, {:.0} runs/s",
        args.runs,
        args.runs as f64 / seconds
    );
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verdict(report: &Report) -> ExitCode {
    let Report { seed, anomalies, virtual_ms, crashes, .. } = report;
    println!("seed {seed}: {crashes} crashes in {virtual_ms} ms, {} anomalies", anomalies.len());
    for anomaly in anomalies {
        println!("  {anomaly}");
    }
    if anomalies.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("  replay: cargo run -p tautline-history -- --seed {seed}");
    ExitCode::FAILURE
}
