//! Runs histories and says what is wrong with them.
//!
//! ```sh
//! cargo run -p tautline-history -- --runs 1000       # under virtual time, from a new seed on
//! cargo run -p tautline-history -- --seed 42         # one run, with its history
//! cargo run -p tautline-history -- --full --runs 20  # with processes, sockets and real clients
//! ```

use std::num::NonZero;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use clap::Parser;
use futures_util::{StreamExt, stream};
use tautline_history::anomaly::Anomaly;
use tautline_history::full::{self, Programs};
use tautline_history::history::Entry;
use tautline_history::sim;

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
    /// On the full stack: a server process that is killed, proxies, and JavaScript clients. Needs what
    /// `scripts/build-servers.sh` and `scripts/build-clients.sh` make.
    #[arg(long)]
    full: bool,
    /// How many runs go on side by side: one per processor, and four of the full stack, unless told.
    #[arg(long)]
    beside: Option<usize>,
}

/// How many runs of the full stack go on side by side: they wait more than they work.
const FULL_BESIDE: usize = 4;

/// What became of a run of either kind.
struct Outcome {
    seed: u64,
    entries: Vec<Entry>,
    crashes: u32,
    anomalies: Vec<Anomaly>,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let seeds = match (args.seed, args.from) {
        (Some(seed), _) => seed..seed + 1,
        (None, Some(from)) => from..from + args.runs,
        (None, None) => {
            let from = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() << 20;
            from..from + args.runs
        }
    };
    let shows_history = args.seed.is_some();
    let began = Instant::now();
    let (mut runs, mut wrong, mut crashes, mut entries) = (0_u64, 0_u64, 0_u64, 0);
    let mut note = |outcome: &Outcome| {
        runs += 1;
        crashes += u64::from(outcome.crashes);
        entries += outcome.entries.len();
        wrong += u64::from(!outcome.anomalies.is_empty());
        if shows_history {
            outcome.entries.iter().for_each(|entry| println!("{entry}"));
        }
        tell(outcome, args.full);
    };
    if args.full {
        let programs = programs()?;
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let runs = seeds.map(|seed| full_run(seed, &programs));
            let mut runs = stream::iter(runs).buffer_unordered(args.beside.unwrap_or(FULL_BESIDE));
            while let Some(outcome) = runs.next().await {
                note(&outcome?);
            }
            anyhow::Ok(())
        })?;
    } else {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        virtual_runs(seeds, args.beside.unwrap_or(processors), &mut note)?;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{runs} checked, {wrong} wrong, {crashes} crashes, {entries} entries, {:.1} runs/s",
        runs as f64 / seconds
    );
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs each seed on one of so many threads: a run lives in one.
fn virtual_runs(
    seeds: Range<u64>,
    beside: usize,
    note: &mut impl FnMut(&Outcome),
) -> anyhow::Result<()> {
    let next = AtomicU64::new(seeds.start);
    let (tell, outcomes) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..beside {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    // Nobody hears the rest if one run broke off.
                    if seed >= seeds.end || tell.send(virtual_run(seed)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        for outcome in outcomes {
            note(&outcome?);
        }
        Ok(())
    })
}

fn virtual_run(seed: u64) -> anyhow::Result<Outcome> {
    let sim::Report { history, crashes, anomalies, .. } = sim::run(seed)?;
    Ok(Outcome { seed, entries: history, crashes, anomalies })
}

async fn full_run(seed: u64, programs: &Programs) -> anyhow::Result<Outcome> {
    let run = full::run(seed, programs).await;
    let report = run.with_context(|| format!("the run of seed {seed} broke off"))?;
    let full::FullReport { history, kills, anomalies, .. } = report;
    Ok(Outcome { seed, entries: history, crashes: kills, anomalies })
}

/// The server, where cargo has put it beside this program, and the driver, where npm has.
fn programs() -> anyhow::Result<Programs> {
    let server = match std::env::var_os("TAUTLINE_CONFORMANCE_SERVER") {
        Some(server) => PathBuf::from(server),
        None => std::env::current_exe()?.with_file_name("tautline-conformance-server"),
    };
    let driver = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("dist/history/driver/main.js");
    for (program, script) in [(&server, "build-servers.sh"), (&driver, "build-clients.sh")] {
        let shown = program.display();
        anyhow::ensure!(program.exists(), "{shown} is not built: run scripts/{script}");
    }
    Ok(Programs { server, driver })
}

/// Says what is wrong with a run, and how to have it again.
fn tell(Outcome { seed, anomalies, .. }: &Outcome, is_full: bool) {
    if anomalies.is_empty() {
        return;
    }
    println!("seed {seed}: {} anomalies", anomalies.len());
    for anomaly in anomalies {
        println!("  {anomaly}");
    }
    let full = if is_full { " --full" } else { "" };
    println!("  replay: cargo run -p tautline-history --{full} --seed {seed}");
}
