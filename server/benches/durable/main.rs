//! What it costs to store before an acknowledgement, beside a bare writer of the same rows to the same
//! disk in the same run: `cargo bench -p tautline-server --bench durable`. With `acks` or `resume` behind
//! it, only that part.
//!
//! All keep 256 messages in flight, store what waits in one transaction, sync it to the disk, and
//! only then acknowledge. Ours takes them from websockets, through handlers, and publishes them to
//! rooms; the bare one takes them from a channel and does nothing else. Between them stands a plain
//! server: socketioxide as it comes, whose handlers give their messages to the bare writer, publish and
//! acknowledge, without order, ledger or recovery: what the wire and the load cost on the same cores is
//! the difference of these two. The rounds alternate, so that a slow minute of the machine hits all of
//! them, and the medians are compared.

mod acks;
mod bare;
mod contract;
mod plain;
mod resume;
mod serve;
mod wire;

use std::path::Path;
use std::time::Duration;

use tautline_server::rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use acks::Figures;
use serve::{Child, Kind};

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
        let kind = Kind::parse(&arguments.next().unwrap_or_default())?;
        return serve::run(kind, Path::new(&arguments.next().unwrap_or_default()));
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
    let contenders = [Some(Kind::Ours), Some(Kind::Plain), None];
    let mut rounds = contenders.map(|_| Vec::new());
    let mut bytes = [0.0; 3];
    for _ in 0..ROUNDS {
        for (number, contender) in contenders.into_iter().enumerate() {
            let folder = Folder::new()?;
            let file = folder.file();
            rounds[number].push(match contender {
                Some(kind) => runtime.block_on(acks::measure(&Child::start(kind, &file)?))?,
                None => bare::measure(&file)?,
            });
            bytes[number] = folder.bytes_per_event()?;
        }
    }
    let all = rounds.map(|rounds| Figures::median(&rounds));
    println!("stored and synced before the acknowledgement, {} in flight;", acks::IN_FLIGHT);
    println!("medians of {ROUNDS} alternating rounds");
    println!(
        "{:<34} {:>10} {:>10} {:>10} {:>8} {:>8}",
        "", "tautline", "plain", "bare", "/ plain", "/ bare"
    );
    row("messages per second", all.map(|figures| figures.per_second));
    row("p99 at a third of that, µs", all.map(|figures| micros(figures.p99)));
    row("CPU per message, µs", all.map(|figures| micros(figures.cpu)));
    row("bytes per stored event", bytes);
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

fn row(name: &str, [ours, plain, bare]: [f64; 3]) {
    println!(
        "{name:<34} {ours:>10.1} {plain:>10.1} {bare:>10.1} {:>8.2} {:>8.2}",
        ours / plain,
        ours / bare
    );
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
