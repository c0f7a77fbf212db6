//! What it costs to store before an acknowledgement, beside a bare writer of the same rows to the same
//! disk in the same run: `cargo bench -p tautline-server --bench durable`. With `acks` or `resume` behind
//! it, only that part.
//!
//! Both keep 256 messages in flight, store what waits in one transaction, sync it to the disk, and
//! only then acknowledge. Ours takes them from websockets, through handlers, and publishes them to
//! rooms; the bare one takes them from a channel and does nothing else. Their rounds alternate, so that
//! a slow minute of the machine hits both, and the medians are compared.

mod acks;
mod bare;
mod contract;
mod resume;
mod serve;
mod wire;

use std::path::Path;
use std::time::Duration;

use tautline_server::rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use acks::Figures;
use serve::Child;

/// What a server that is measured for its speed would use: commands are made on one thread and freed on
/// another, which glibc's allocator pays for dearly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each takes its turn.
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let part = arguments.next().unwrap_or_default();
    if part == "serve" {
        return serve::run(Path::new(&arguments.next().unwrap_or_default()));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if part != "resume" {
        acks(&runtime)?;
    }
    if part != "acks" {
        resume(&runtime)?;
    }
    Ok(())
}

fn acks(runtime: &Runtime) -> anyhow::Result<()> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let (mut ours_bytes, mut bare_bytes) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let folder = Folder::new()?;
        let child = Child::start(&folder.file())?;
        ours.push(runtime.block_on(acks::measure(&child))?);
        drop(child);
        ours_bytes = folder.bytes_per_event()?;
        let folder = Folder::new()?;
        bare.push(bare::measure(&folder.file())?);
        bare_bytes = folder.bytes_per_event()?;
    }
    let (ours, bare) = (Figures::median(&ours), Figures::median(&bare));
    println!("stored and synced before the acknowledgement, {} in flight;", acks::IN_FLIGHT);
    println!("medians of {ROUNDS} alternating rounds");
    println!("{:<34} {:>10} {:>10} {:>8}", "", "tautline", "bare", "ratio");
    row("messages per second", ours.per_second, bare.per_second);
    row("p99 at a third of that, µs", micros(ours.p99), micros(bare.p99));
    row("CPU per message, µs", micros(ours.cpu), micros(bare.cpu));
    row("bytes per stored event", ours_bytes, bare_bytes);
    Ok(())
}

fn resume(runtime: &Runtime) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let resumed = runtime.block_on(resume::measure(&folder.file()))?;
    println!(
        "resume of {} clients × {} rooms × {} missed events: {:.2} s, {:.0} events per second",
        resume::CLIENTS,
        resume::ROOMS,
        resume::MISSED,
        resumed.as_secs_f64(),
        (resume::CLIENTS * resume::ROOMS * resume::MISSED) as f64 / resumed.as_secs_f64(),
    );
    Ok(())
}

fn row(name: &str, ours: f64, bare: f64) {
    println!("{name:<34} {ours:>10.1} {bare:>10.1} {:>8.2}", ours / bare);
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Where the files of one round are.
struct Folder(TempDir);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        // On the disk that is measured: a system's own folder for such files may be in memory.
        Ok(Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?))
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path().join("journal.db")
    }

    /// How much of the file an event takes, its share of the index included.
    fn bytes_per_event(&self) -> anyhow::Result<f64> {
        let db = Connection::open(self.file())?;
        let ask = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0));
        let bytes = ask("SELECT sum(pgsize) FROM dbstat WHERE name GLOB '*tautline_events*'")?;
        Ok(bytes as f64 / ask("SELECT count(*) FROM tautline_events")? as f64)
    }
}
