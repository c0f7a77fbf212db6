//! What it costs to look whether somebody may send an event, in nanoseconds per look: `cargo bench -p
//! tautline-server --bench rates`. With one key the bucket is in the processor's cache, with ten thousand it
//! is mostly not.

use std::hint::black_box;
use std::time::Instant;

use tautline_server::testing::RateChecks;

/// How many looks make one figure, and of how many figures the median is shown.
const LOOKS: usize = 1_000_000;
const ROUNDS: usize = 5;

/// From key to key, so that neighbours in time are none in memory.
const STRIDE: usize = 7_919;

type Check = fn(&RateChecks, usize) -> bool;

const CHECKS: [(&str, Check); 6] = [
    ("connection", RateChecks::connection),
    ("user", RateChecks::user),
    ("address", RateChecks::address),
    ("event, per user", RateChecks::event),
    ("all four", RateChecks::all),
    ("a turn of bytes", RateChecks::bytes),
];

fn main() -> std::io::Result<()> {
    let load = std::fs::read_to_string("/proc/loadavg")?;
    println!("ns per check, median of {ROUNDS} x {LOOKS}; load {}", load.trim());
    println!("{:<16} {:>8} {:>12}", "allowance", "1 key", "10,000 keys");
    let (one, many) = (RateChecks::of(1), RateChecks::of(10_000));
    for (name, check) in CHECKS {
        println!("{name:<16} {:>8.0} {:>12.0}", cost(&one, check, 1), cost(&many, check, 10_000));
    }
    Ok(())
}

fn cost(checks: &RateChecks, check: Check, keys: usize) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| round(checks, check, keys)).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

#[expect(clippy::cast_precision_loss, reason = "a second of nanoseconds is exact")]
fn round(checks: &RateChecks, check: Check, keys: usize) -> f64 {
    let (started, mut key) = (Instant::now(), 0);
    for _ in 0..LOOKS {
        key = (key + STRIDE) % keys;
        assert!(black_box(check(checks, key)), "it is never used up");
    }
    started.elapsed().as_nanos() as f64 / LOOKS as f64
}
