//! The servers as child processes of the benchmark.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use tokio::net::TcpListener;

/// Which server.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// This library.
    Ours,
    /// Socketioxide as it comes.
    Bare,
}

impl Kind {
    /// The server of this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn parse(name: &str) -> anyhow::Result<Self> {
        match name {
            "ours" => Ok(Self::Ours),
            "bare" => Ok(Self::Bare),
            _ => anyhow::bail!("unknown server `{name}`: it is `ours` or `bare`"),
        }
    }
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
    pub(crate) fn start(kind: Kind) -> anyhow::Result<Self> {
        let name = match kind {
            Kind::Ours => "ours",
            Kind::Bare => "bare",
        };
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", name])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("the server's output is not piped")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        Ok(Self { process, address: address.trim().to_owned() })
    }

    /// The process's id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves on a free port and prints where.
///
/// # Errors
/// When it cannot listen.
pub(crate) fn run(kind: Kind) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(
        async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            println!("{}", listener.local_addr()?);
            match kind {
                Kind::Ours => crate::ours::serve(listener).await,
                Kind::Bare => crate::bare::serve(listener).await,
            }
        },
    )
}
