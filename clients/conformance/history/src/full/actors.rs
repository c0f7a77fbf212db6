//! Everybody who takes part: model clients in this process, and the clients in the driver's.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Mutex as Turns;
use tokio::task::JoinHandle;

use super::Programs;
use super::faults::Proxies;
use super::plan::FullPlan;
use super::road::Road;
use crate::crew::driver::{Driver, Standing};
use crate::crew::recorder::Recorder;
use crate::crew::{Stage, lock};
use crate::dice::Dice;
use crate::history::{Place, What};

/// Everybody.
pub(super) struct Actors {
    standings: Vec<Arc<Mutex<Standing>>>,
    tasks: Vec<JoinHandle<()>>,
    child: Turns<Option<(Child, ChildStdin)>>,
    /// What the clients of the driver have said of themselves.
    said: Arc<Mutex<BTreeMap<String, Said>>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Said {
    is_spent: bool,
    is_done: bool,
}

/// What the driver is told at its start.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Orders<'a> {
    clients: Vec<Order<'a>>,
}

/// One of its clients.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order<'a> {
    kind: &'static str,
    name: String,
    url: String,
    rooms: &'a [String],
    commands: u32,
    pace_ms: u64,
    pause_ms: u64,
    seed: u32,
}

/// What the driver says: entries of the history, and how far a client is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Entry {
        who: String,
        #[serde(flatten)]
        what: What,
    },
    Progress {
        who: String,
        progress: String,
    },
}

impl Actors {
    pub(super) fn start(
        plan: &FullPlan,
        proxies: &Proxies,
        stage: &Stage,
        programs: &Programs,
        dice: &mut Dice,
    ) -> anyhow::Result<Self> {
        let (mut standings, mut tasks) = (Vec::new(), Vec::new());
        for number in 1..=plan.models {
            let name = format!("model{number}");
            let driver = Driver::new(name, stage.clone(), plan.rooms.clone(), dice);
            standings.push(driver.standing());
            tasks.push(tokio::spawn(driver.run(Road(proxies.models()))));
        }
        let order = |kind, number: usize, url, seed| Order {
            kind,
            name: format!("{kind}{number}"),
            url,
            rooms: &plan.rooms,
            commands: plan.habits.commands,
            pace_ms: plan.habits.pace_ms,
            pause_ms: plan.habits.pause_ms,
            seed,
        };
        let mut seed = || u32::try_from(dice.bits() >> 33).unwrap_or(0);
        let ours = (1..=plan.ours).map(|number| order("ours", number, proxies.ours(), seed()));
        let mut clients: Vec<_> = ours.collect();
        let stock = (1..=plan.stock).map(|number| order("stock", number, proxies.stock(), seed()));
        clients.extend(stock);

        let names = clients.iter().map(|client| (client.name.clone(), Said::default()));
        let said = Arc::new(Mutex::new(names.collect::<BTreeMap<_, _>>()));
        let mut child = Command::new("node")
            .arg(&programs.driver)
            .arg(serde_json::to_string(&Orders { clients })?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("node cannot be run")?;
        let stdin = child.stdin.take().context("the driver has no input")?;
        let stdout = child.stdout.take().context("the driver has no output")?;
        let (hearing, recorder) = (Arc::clone(&said), stage.recorder.clone());
        tasks.push(tokio::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            // Ends with the driver, whose end is noticed where it is waited for.
            while let Ok(Some(line)) = lines.next_line().await {
                hear(&line, &recorder, &hearing);
            }
        }));
        Ok(Self { standings, tasks, child: Turns::new(Some((child, stdin))), said })
    }

    /// Whether everybody has asked for everything.
    pub(super) fn are_spent(&self) -> bool {
        let models = self.standings.iter().all(|standing| lock(standing).is_spent);
        models && lock(&self.said).values().all(|said| said.is_spent)
    }

    /// Tells everybody who does not see it on the stage that the faults are over.
    pub(super) async fn calm(&self) -> anyhow::Result<()> {
        if let Some((_, stdin)) = &mut *self.child.lock().await {
            stdin.write_all(b"calm\n").await.context("the driver has ended")?;
        }
        Ok(())
    }

    /// Whether everybody has done everything and has all of it.
    pub(super) fn are_at_rest(&self, recorder: &Recorder) -> bool {
        let are_done = self.standings.iter().all(|standing| {
            let standing = lock(standing);
            standing.is_done && standing.is_idle
        });
        are_done && lock(&self.said).values().all(|said| said.is_done) && is_even(recorder)
    }

    /// Ends everybody.
    pub(super) async fn end(&self) -> anyhow::Result<()> {
        if let Some((mut child, stdin)) = self.child.lock().await.take() {
            // It ends with its input.
            drop(stdin);
            child.wait().await?;
        }
        self.tasks.iter().for_each(JoinHandle::abort);
        Ok(())
    }
}

fn hear(line: &str, recorder: &Recorder, said: &Mutex<BTreeMap<String, Said>>) {
    match serde_json::from_str(line) {
        Ok(Line::Entry { who, what }) => recorder.write(&who, what),
        Ok(Line::Progress { who, progress }) => {
            let mut said = lock(said);
            let said = said.entry(who).or_default();
            said.is_spent = true;
            said.is_done |= progress == "done";
        }
        Err(_) => recorder.note("driver", line),
    }
}

/// Whether everybody who is in a room is as far as anybody has heard that it is.
fn is_even(recorder: &Recorder) -> bool {
    let mut heads: BTreeMap<String, u64> = BTreeMap::new();
    let mut views: BTreeMap<(String, String), Option<u64>> = BTreeMap::new();
    let mut note = |room: &String, place: &Place| {
        let head = heads.entry(room.clone()).or_default();
        *head = place.seq.max(*head);
        place.seq
    };
    for entry in recorder.history() {
        match entry.what {
            What::Entered { room, place, .. } => {
                let at = place.map(|place| note(&room, &place));
                views.insert((entry.who, room), at);
            }
            What::Received { room, place, .. } => {
                let at = note(&room, &place);
                views.insert((entry.who, room), Some(at));
            }
            What::Left { room } => {
                views.remove(&(entry.who, room));
            }
            What::Invoked { .. }
            | What::Answered { .. }
            | What::Refused { .. }
            | What::Heard { .. }
            | What::Stored { .. }
            | What::Noted { .. } => {}
        }
    }
    views.iter().all(|((_, room), at)| *at == heads.get(room).copied())
}
