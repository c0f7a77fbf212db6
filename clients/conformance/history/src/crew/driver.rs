//! One client of a run: its app asks for things at random times, its link comes and goes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::link::{Link, News, Wish};
use super::{Stage, Way, lock};
use crate::dice::Dice;
use crate::history::{Leaves, Place};
use crate::model::client::{Ask, Client};
use crate::model::queue::Delivery;

/// What a run wants to know of a client while it goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// It has asked for everything that it was to ask for.
    pub(crate) is_spent: bool,
    /// It has done the last thing, too.
    pub(crate) is_done: bool,
    /// Nothing of it is on its way.
    pub(crate) is_idle: bool,
    /// How far it is in each room that it holds; nowhere while it waits for a verdict.
    pub(crate) at: Vec<(String, Option<Place>)>,
}

/// One client.
pub(crate) struct Driver {
    name: String,
    stage: Stage,
    client: Client,
    dice: Dice,
    standing: Arc<Mutex<Standing>>,
    rooms: Vec<String>,
    left: u32,
    asked: u32,
    /// The last thing that it does, when the faults are over.
    has_said_goodbye: bool,
}

impl Driver {
    pub(crate) fn new(name: String, stage: Stage, rooms: Vec<String>, dice: &mut Dice) -> Self {
        Self {
            client: Client::new(dice.fork()),
            dice: dice.fork(),
            left: stage.habits.commands,
            asked: 0,
            has_said_goodbye: false,
            standing: Arc::default(),
            name,
            stage,
            rooms,
        }
    }

    pub(crate) fn standing(&self) -> Arc<Mutex<Standing>> {
        Arc::clone(&self.standing)
    }

    /// Lives for ever: a run ends with its runtime.
    pub(crate) async fn run(mut self, way: impl Way) {
        let recorder = self.stage.recorder.clone();
        let mut link = Link::start(&self.name, way, recorder, self.dice.fork());
        for room in self.rooms.clone() {
            if self.dice.permille(800) {
                self.client.hold(&room, 0);
            }
        }
        let mut next_act = self.pause();
        loop {
            let now = self.stage.recorder.now();
            // Whatever woke it: something else may be due at the same moment.
            self.client.tick(now);
            self.publish(&link);
            let wake = self.client.wake_at(now).map_or(u64::MAX, |at| at.saturating_sub(now));
            tokio::select! {
                biased;
                news = link.news.recv() => match news {
                    Some(news) => self.hear(&news),
                    None => return,
                },
                () = sleep(Duration::from_millis(next_act)) => {
                    self.act(&link);
                    next_act = self.pause();
                    continue;
                }
                () = sleep(Duration::from_millis(wake.min(86_400_000))) => {}
            }
            next_act = next_act.saturating_sub(self.stage.recorder.now() - now);
        }
    }

    /// How long until the app does something: who has asked for everything only waits for the end.
    fn pause(&mut self) -> u64 {
        let most = self.stage.habits.pace_ms;
        let pause = self.dice.between(0, most);
        if self.left == 0 { pause + 1_000 } else { pause }
    }

    fn hear(&mut self, news: &News) {
        let now = self.stage.recorder.now();
        match news {
            News::Packet(packet) => self.client.receive(packet, now),
            News::Down => self.client.cut(now),
        }
    }

    /// Sends what is to be sent and writes down what was seen.
    fn publish(&mut self, link: &Link) {
        for what in self.client.take_seen() {
            self.stage.recorder.write(&self.name, what);
        }
        for frame in self.client.take_outgoing() {
            link.wish(Wish::Send(frame));
        }
        let held = self.client.held();
        *lock(&self.standing) = Standing {
            is_spent: self.left == 0,
            is_done: self.has_said_goodbye,
            is_idle: self.client.is_idle(),
            at: held
                .into_iter()
                .map(|room| {
                    let at = self.client.at(&room).cloned();
                    (room, at)
                })
                .collect(),
        };
    }

    /// The app does something.
    fn act(&mut self, link: &Link) {
        let now = self.stage.recorder.now();
        if self.stage.is_calm() {
            return self.say_goodbye(now, link);
        }
        let rooms = self.rooms.clone();
        let Some(room) = self.dice.pick(&rooms) else { return };
        match self.dice.between(0, 99) {
            0..=4 => link.wish(Wish::Cut),
            5 => {
                let keeps_commands = self.dice.permille(500);
                self.stage.recorder.note(&self.name, "reloads");
                self.client.reload(keeps_commands, now);
                link.wish(Wish::Cut);
            }
            6..=8 => self.client.release(room, now),
            9..=20 => self.client.hold(room, now),
            _ if self.left > 0 => {
                self.left -= 1;
                let ask = self.invent(room);
                self.client.run(ask, now);
            }
            _ => {}
        }
    }

    /// When the faults are over, everybody connects anew, enters all rooms, and writes once more into
    /// each: an answer that was lost is given up or asked for again, and who has missed the last event
    /// of before learns of it now.
    fn say_goodbye(&mut self, now: u64, link: &Link) {
        self.left = 0;
        if std::mem::replace(&mut self.has_said_goodbye, true) {
            return;
        }
        link.wish(Wish::Cut);
        for room in self.rooms.clone() {
            self.client.hold(&room, now);
            let ask = if room.starts_with("hall:") {
                self.tell(&room, 1, 0, false)
            } else {
                self.ask(&room, "note", "kept", 0)
            };
            self.client.run(ask, now);
        }
    }

    fn invent(&mut self, room: &str) -> Ask {
        if room.starts_with("hall:") {
            let words = self.dice.between(0, 12);
            let pause = self.dice.between(0, self.stage.habits.pause_ms / 4);
            let is_left = self.dice.permille(250);
            return match self.dice.between(0, 2) {
                0 => self.once(room, "poll", json!({})),
                _ => self.tell(room, words, pause, is_left),
            };
        }
        let pause = self.dice.between(0, self.stage.habits.pause_ms);
        let ending = match self.dice.between(0, 19) {
            0 => "refused",
            1 => "refused_in_step",
            2 => "failed",
            _ => "kept",
        };
        let name = match self.dice.between(0, 9) {
            0..=4 => "note",
            5 | 6 => "remark",
            7 | 8 => "say",
            _ => "drop_in",
        };
        self.ask(room, name, ending, pause)
    }

    /// A saga: what is there of it, its own events say.
    fn tell(&mut self, room: &str, words: u64, pause_ms: u64, is_left: bool) -> Ask {
        let facts = json!({ "words": words, "pauseMs": pause_ms, "isLeft": is_left });
        self.once(room, "tell", facts)
    }

    fn once(&mut self, room: &str, name: &'static str, mut payload: Value) -> Ask {
        self.asked += 1;
        payload["hall"] = json!(room.split_once(':').map_or("", |(_, id)| id));
        Ask {
            id: uuid(&mut self.dice),
            mark: format!("{}-{}", self.name, self.asked),
            name,
            payload,
            room: room.to_owned(),
            is_ordered: false,
            delivery: Delivery::AtMostOnce,
            leaves: Leaves::Nothing,
        }
    }

    fn ask(&mut self, room: &str, name: &'static str, ending: &str, pause_ms: u64) -> Ask {
        self.asked += 1;
        let mark = format!("{}-{}", self.name, self.asked);
        let (kind, id) = room.split_once(':').unwrap_or((room, ""));
        let (name, ending) = if kind == "slip" { ("jot", "kept") } else { (name, ending) };
        let mut payload = json!({ kind: id, "mark": mark, "pauseMs": pause_ms });
        if kind == "log" {
            payload["ending"] = json!(ending);
        }
        let leaves = match (name, ending) {
            ("remark", "kept") => Leaves::Event,
            (_, "kept") => Leaves::Row,
            _ => Leaves::Nothing,
        };
        Ask {
            id: uuid(&mut self.dice),
            mark,
            name,
            payload,
            room: room.to_owned(),
            is_ordered: name != "drop_in",
            delivery: if name == "say" { Delivery::AtMostOnce } else { Delivery::Idempotent },
            leaves,
        }
    }
}

/// A UUID from the dice, so that a replay has the same.
fn uuid(dice: &mut Dice) -> String {
    let bits = u128::from(dice.bits()) << 64 | u128::from(dice.bits());
    // Version 7 and the common variant, as clients make them.
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x7 << 76 | 0x2 << 62;
    tautline::Uuid::from_u128(bits).to_string()
}
