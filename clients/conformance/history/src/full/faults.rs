//! Proxies before the server, one for each kind of client, and what they break.

use std::sync::Mutex;
use std::time::Duration;

use tautline_fault_proxy::{Action, Direction, FaultProxy, Half, Kind, Options, Rule, Way, When};
use tokio::time::sleep;

use super::plan::FullPlan;
use crate::crew::lock;
use crate::dice::Dice;
use crate::model::client::NAMESPACE;

/// What may be lost, doubled or overtaken on the way up. Not `say`, which is sent once, and for whose
/// answer a client waits until its link ends.
const COMMANDS: [&str; 4] = ["note", "remark", "drop_in", "jot"];
/// Likewise on the way down.
const EVENTS: [&str; 2] = ["noted", "jotted"];

/// All proxies of a run.
pub(super) struct Proxies {
    /// Before the model client and ours, which bear everything.
    hardy: Vec<FaultProxy>,
    /// Before stock clients, which cannot notice that an event is missing.
    tender: FaultProxy,
    dice: Mutex<Dice>,
}

impl Proxies {
    pub(super) async fn start(url: &str, plan: &FullPlan, dice: &mut Dice) -> anyhow::Result<Self> {
        let mut options = || Options { seed: dice.bits(), rtt: plan.rtt };
        let hardy = vec![
            FaultProxy::start_with(url, options()).await?,
            FaultProxy::start_with(url, options()).await?,
        ];
        let tender = FaultProxy::start_with(url, options()).await?;
        for proxy in &hardy {
            spoil(proxy, plan);
        }
        for proxy in hardy.iter().chain([&tender]) {
            delay_and_cut(proxy, plan);
        }
        Ok(Self { hardy, tender, dice: Mutex::new(dice.fork()) })
    }

    /// Where the model client connects.
    pub(super) fn models(&self) -> String {
        self.hardy[0].url()
    }

    /// Where our client connects.
    pub(super) fn ours(&self) -> String {
        self.hardy[1].url()
    }

    /// Where stock clients connect.
    pub(super) fn stock(&self) -> String {
        self.tender.url()
    }

    /// Waits a moment, and does something to all links at once now and then.
    pub(super) async fn disturb(&self) {
        let (wait, what, way) = {
            let mut dice = lock(&self.dice);
            (dice.between(50, 400), dice.between(0, 19), dice.between(0, 2))
        };
        sleep(Duration::from_millis(wait)).await;
        let way = [Way::Both, Way::Up, Way::Down][way as usize];
        match what {
            0 => self.hardy.iter().for_each(|proxy| proxy.cut(None, Half::Both)),
            1 => self.hardy.iter().for_each(|proxy| proxy.cut(None, Half::Client)),
            2 => self.tender.cut(None, Half::Both),
            3 => self.hardy.iter().for_each(|proxy| proxy.half_open(None, way)),
            4 | 5 => self.hardy.iter().for_each(|proxy| proxy.go_on(None)),
            _ => {}
        }
    }

    /// From now on they let everything pass.
    pub(super) fn calm(&self) {
        for proxy in self.hardy.iter().chain([&self.tender]) {
            proxy.clear();
            proxy.go_on(None);
            // What was lost of these links stays lost: all begin anew.
            proxy.cut(None, Half::Both);
        }
    }
}

fn chance(permille: u32) -> f64 {
    f64::from(permille) / 1_000.0
}

fn spoil(proxy: &FaultProxy, plan: &FullPlan) {
    let frames = |direction, kind, name: &str| When {
        direction: Some(direction),
        kind: Some(kind),
        namespace: Some(NAMESPACE.to_owned()),
        event: Some(name.to_owned()),
        ..When::default()
    };
    let add = |when: &When, permille: u32, action: Action| {
        let rule = Rule { chance: Some(chance(permille)), ..Rule::new(when.clone(), action) };
        proxy.add(rule);
    };
    for name in COMMANDS {
        add(&frames(Direction::Up, Kind::Event, name), plan.lost, Action::Drop);
        add(&frames(Direction::Down, Kind::Ack, name), plan.lost, Action::Drop);
        add(
            &frames(Direction::Down, Kind::Ack, name),
            plan.doubled,
            Action::Duplicate { copies: 1 },
        );
    }
    for name in EVENTS {
        let events = frames(Direction::Down, Kind::Event, name);
        add(&events, plan.lost, Action::Drop);
        add(&events, plan.doubled, Action::Duplicate { copies: 2 });
        add(&events, plan.overtaken, Action::Reorder { behind: 1 });
    }
}

fn delay_and_cut(proxy: &FaultProxy, plan: &FullPlan) {
    let add = |permille: u32, action: Action| {
        let rule = Rule { chance: Some(chance(permille)), ..Rule::new(When::default(), action) };
        proxy.add(rule);
    };
    add(plan.cut / 2, Action::Cut { half: Half::Both });
    add(plan.cut / 4, Action::Cut { half: Half::Client });
    add(plan.cut / 4, Action::Cut { half: Half::Server });
    add(plan.late, Action::Delay { ms: 30 });
    add(plan.late / 10, Action::Delay { ms: 400 });
}
