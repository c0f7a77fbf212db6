//! The way to the server in the same thread: frames that are late, lost or doubled, cuts, and a
//! server that is not there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tautline_server::testing::{Connect, Decide, Direction, Fate, Wire};

use super::world::{Life, Live, World};
use crate::crew::{Pipe, Way, lock};
use crate::dice::Dice;
use crate::model::client::NAMESPACE;

impl Way for World {
    type Pipe = Reached;

    async fn connect(&self, name: &str, _: Option<&str>, dice: Dice) -> Option<Reached> {
        let live = self.live()?;
        let decide = decide(self.clone(), live.clone(), dice);
        let mut wire = Connect::default().wire(live.router, decide).await.ok()?;
        wire.send(format!("40{NAMESPACE},{{\"token\":\"{name}\"}}"));
        Some(Reached { wire, life: live.life })
    }
}

/// A connection to one life of the server.
pub(super) struct Reached {
    wire: Wire,
    life: Arc<Life>,
}

impl Pipe for Reached {
    fn send(&mut self, packet: String) {
        self.wire.send(packet);
    }

    async fn next(&mut self) -> Option<String> {
        tokio::select! {
            biased;
            () = self.life.over() => None,
            packet = self.wire.next() => packet,
        }
    }
}

/// What becomes of each frame.
fn decide(world: World, live: Live, mut dice: Dice) -> Decide {
    let (up, down) = (Mutex::new(dice.fork()), Mutex::new(dice));
    Arc::new(move |direction, frame| {
        if live.life.is_over() {
            return Fate::Cut;
        }
        if world.stage.is_calm() {
            return Fate::Pass;
        }
        let plan = &world.plan;
        let mut dice = lock(if direction == Direction::ToServer { &up } else { &down });
        if dice.permille(plan.cut) {
            return Fate::Cut;
        }
        if dice.permille(plan.lost) {
            return Fate::Lose;
        }
        // No network doubles frames of a connection. What is doubled on the way up stands for a client
        // that asks again; of a command, the client itself must know how many copies there are.
        let may_double = match direction {
            Direction::ToServer => frame.contains("[\"tautline:") || frame.contains("[\"join_"),
            Direction::ToClient => frame.starts_with("42") || frame.starts_with("43"),
        };
        if may_double && dice.permille(plan.doubled) {
            return Fate::Twice;
        }
        match dice.between(0, plan.latency_ms) {
            0 => Fate::Pass,
            ms => Fate::Late(Duration::from_millis(ms)),
        }
    })
}
