//! The server's process: started, killed where the plan says, started again on the same port and the
//! same file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::plan::{Death, FullPlan};
use crate::crew::Stage;

/// How long a server may take to start.
const START: Duration = Duration::from_secs(20);

/// Keeps a server running.
pub(super) struct Keeper {
    url: String,
    kills: Arc<AtomicU32>,
    work: Mutex<Option<Work>>,
    last: Mutex<Option<Running>>,
}

/// What kills and starts, and the way to tell it to stop.
type Work = (oneshot::Sender<()>, JoinHandle<anyhow::Result<Running>>);

/// What a server is started with.
#[derive(Clone)]
struct Launch {
    program: PathBuf,
    file: PathBuf,
    stage: Stage,
}

/// One life. Killed when it is dropped.
struct Running {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Keeper {
    /// Starts the server, and from then on kills it and starts it again as the plan says.
    pub(super) async fn start(
        program: PathBuf,
        file: PathBuf,
        plan: &FullPlan,
        stage: Stage,
    ) -> anyhow::Result<Self> {
        let launch = Launch { program, file, stage };
        let mut deaths = plan.deaths.clone().into_iter();
        let first = deaths.next();
        let (running, address) = launch.launch("127.0.0.1:0", first).await?;
        let kills = Arc::new(AtomicU32::new(0));
        let (calm, calmed) = oneshot::channel();
        let killed = Arc::clone(&kills);
        let work = tokio::spawn(async move {
            launch.keep(running, address, first, deaths, killed, calmed).await
        });
        Ok(Self {
            url: format!("http://{address}"),
            kills,
            work: Mutex::new(Some((calm, work))),
            last: Mutex::default(),
        })
    }

    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// From now on the server lives.
    pub(super) async fn calm(&self) -> anyhow::Result<()> {
        if let Some((calm, work)) = self.work.lock().await.take() {
            // It may have ended by itself, which it says below.
            let _is_running = calm.send(());
            *self.last.lock().await = Some(work.await??);
        }
        Ok(())
    }

    /// Kills it for good. Says how often it was killed before.
    pub(super) async fn end(self) -> anyhow::Result<u32> {
        if let Some(mut running) = self.last.lock().await.take() {
            running.child.kill().await?;
        }
        Ok(self.kills.load(Ordering::Relaxed))
    }
}

impl Launch {
    async fn keep(
        self,
        mut running: Running,
        address: SocketAddr,
        first: Option<Death>,
        deaths: impl Iterator<Item = Death>,
        kills: Arc<AtomicU32>,
        mut calmed: oneshot::Receiver<()>,
    ) -> anyhow::Result<Running> {
        let address = address.to_string();
        let ends = deaths.map(Some).chain([None]);
        let mut death = first;
        for next in ends {
            let Some(end) = death else { break };
            let is_calm = tokio::select! {
                _ = &mut calmed => true,
                dying = running.dying(end, &self.stage) => { dying?; false }
            };
            // Also when the faults are over: a failpoint may be ahead, or behind already.
            self.stage.recorder.note("server", format!("is killed: {end:?}"));
            running.child.kill().await?;
            kills.fetch_add(1, Ordering::Relaxed);
            death = if is_calm { None } else { next };
            running = self.launch(&address, death).await?.0;
            if is_calm {
                return Ok(running);
            }
        }
        // Without a failpoint there is nothing to end.
        Ok(running)
    }

    async fn launch(
        &self,
        address: &str,
        death: Option<Death>,
    ) -> anyhow::Result<(Running, SocketAddr)> {
        let mut command = Command::new(&self.program);
        command
            .env("ADDRESS", address)
            .env("TAUTLINE_SECRET", "a secret that only histories share with their server")
            .env("JOURNAL", &self.file)
            .env("PING_MS", "1500")
            .env("HEADS_MS", "1000")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        if let Some(Death::At(point, nth)) = death {
            command.env("FAILPOINT", format!("{}:{nth}", point.as_str()));
        }
        let mut child = command.spawn().context("the server cannot be run")?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut said = BufReader::new(stdout).lines();
        let line =
            timeout(START, said.next_line()).await.context("the server does not start")??;
        let Some(line) = line else { bail!("the server has ended at its start") };
        let address =
            line.strip_prefix("http://").context("the server says no address")?.parse()?;
        self.stage.recorder.note("server", format!("starts, to be killed: {death:?}"));
        Ok((Running { child, said }, address))
    }
}

impl Running {
    /// Waits until it is time.
    async fn dying(&mut self, death: Death, stage: &Stage) -> anyhow::Result<()> {
        match death {
            Death::After(ms) => {
                // Of the time in which it has work.
                while !stage.recorder.has_commands() {
                    sleep(Duration::from_millis(20)).await;
                }
                sleep(Duration::from_millis(ms)).await;
            }
            Death::At(..) => loop {
                match self.said.next_line().await? {
                    Some(line) if line.starts_with("stopped at ") => break,
                    Some(_) => {}
                    None => bail!("the server has ended by itself"),
                }
            },
        }
        Ok(())
    }
}
