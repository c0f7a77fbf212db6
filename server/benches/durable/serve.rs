//! The servers, as child processes of the benchmark.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use tautline_server::journal::Sqlite;
use tautline_server::{Answer, Context, Limits, Server, Settings};
use tokio::net::TcpListener;

use crate::contract::{Bench, BenchError, BenchServer, Hall, Note, Taken, contract};
use crate::plain;

struct Service;

impl BenchServer for Service {
    type Context = Context<Bench>;

    async fn authorize_hall(&self, _: &Self::Context, _: &Hall) -> Answer<(), BenchError> {
        Ok(())
    }

    async fn join_hall(&self, _: &Self::Context, _: &Hall) -> Answer<Taken, BenchError> {
        Ok(Taken { number: 0 })
    }

    async fn say(&self, cx: &Self::Context, note: Note) -> Answer<Taken, BenchError> {
        cx.emit().said(&note);
        Ok(Taken { number: note.number })
    }
}

/// Which server.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// This library.
    Ours,
    /// Socketioxide as it comes, before the bare writer.
    Plain,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Plain => "plain",
        }
    }

    /// The server of this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn parse(name: &str) -> anyhow::Result<Self> {
        [Self::Ours, Self::Plain]
            .into_iter()
            .find(|kind| kind.name() == name)
            .with_context(|| format!("unknown server `{name}`: it is `ours` or `plain`"))
    }
}

/// Serves on a free port and prints where, until the process ends.
///
/// # Errors
/// When it cannot listen, or the file cannot be opened.
pub(crate) fn run(kind: Kind, file: &Path) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(
        async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            println!("{}", listener.local_addr()?);
            if matches!(kind, Kind::Plain) {
                return plain::serve(listener, file).await;
            }
            let journal = Sqlite::open(file)?;
            let settings = Settings { limits: Limits::unlimited(), ..Settings::default() };
            let server = Server::builder(contract())
                .settings(settings)
                .journal(journal)
                .namespace::<Bench>(Service)
                .build()?;
            server.serve(listener, Router::new(), std::future::pending::<()>()).await?;
            Ok(())
        },
    )
}

/// A running server; ends when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    /// Where it listens.
    pub(crate) address: String,
}

impl Child {
    /// Starts a server and waits until it says where it listens.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(kind: Kind, file: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", kind.name()])
            .arg(file)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("the server's output is not piped")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        Ok(Self { process, address: address.trim().to_owned() })
    }

    /// The CPU time of all its threads so far.
    ///
    /// # Errors
    /// When it is gone, or the kernel keeps no such statistics.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu(&format!("/proc/{}", self.process.id()))
    }
}

/// The CPU time of all threads of a process, from the kernel's scheduler statistics.
///
/// # Errors
/// When it is gone, or the kernel keeps no such statistics.
pub(crate) fn cpu(process: &str) -> anyhow::Result<Duration> {
    let mut total = 0;
    for task in std::fs::read_dir(format!("{process}/task"))? {
        let statistics = std::fs::read_to_string(task?.path().join("schedstat"))?;
        total += statistics.split_whitespace().next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
