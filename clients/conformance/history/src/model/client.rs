//! The client: commands, answers, and what it does about problems. Told what comes in and what time it
//! is; leaves what is to be sent, and what its app sees.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};
use tautline::{Outcome, Problem, RecoveryAction};
use tautline_server::testing::Packet;

use super::queue::{Command, Delivery, Fallen, Queue, Window};
use super::recovery::{Move, Refused, about_all_copies, move_after};
use super::rooms::{Part, Rooms, Step, numbered};
use crate::dice::Dice;
use crate::history::{Leaves, Place, What};

/// The namespace in which it lives.
pub const NAMESPACE: &str = "/history";

/// How long the server may think about one of the library's own questions.
const REQUEST_MS: u64 = 10_000;
/// How long the handlers of `/history` may take, those of joins, and what is added for the way.
const TIMEOUT_MS: u64 = 3_000;
const JOIN_TIMEOUT_MS: u64 = 10_000;
const GRACE_MS: u64 = 2_000;
/// For how long an idempotent command is worth sending.
const LIFETIME_MS: u64 = 86_400_000;
/// How many commands may be unanswered at once.
const IN_FLIGHT: usize = 32;

/// A command that an app asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Its id: a UUID.
    pub id: String,
    /// Its mark.
    pub mark: String,
    /// The event.
    pub name: &'static str,
    /// The payload.
    pub payload: Value,
    /// The room that it belongs to.
    pub room: String,
    /// Whether it keeps the order of its room.
    pub is_ordered: bool,
    /// How it is delivered.
    pub delivery: Delivery,
    /// What it leaves behind.
    pub leaves: Leaves,
}

/// A client that follows the rules.
#[derive(Debug)]
pub struct Client {
    pub(super) dice: Dice,
    queue: Queue<Body>,
    pub(super) rooms: Rooms,
    requests: BTreeMap<i64, Request>,
    next_ack: i64,
    ledger: Option<String>,
    outgoing: Vec<String>,
    seen: Vec<What>,
}

#[derive(Clone, Debug, PartialEq)]
struct Body {
    ask: Ask,
    started_at: u64,
    /// Whether it keeps its room held until it is over.
    holds: bool,
}

#[derive(Debug)]
struct Request {
    what: Pending,
    deadline: u64,
}

/// What an answer is to.
#[derive(Clone, Debug)]
pub(super) enum Pending {
    Command(String),
    Join {
        room: String,
        turn: u32,
    },
    Resume(Vec<(String, u32)>),
    Leave(String),
    /// Whoever was first: it does not matter here.
    Vote,
}

impl Client {
    /// A client that is not connected.
    pub fn new(dice: Dice) -> Self {
        Self {
            dice,
            queue: Queue::default(),
            rooms: Rooms::default(),
            requests: BTreeMap::new(),
            next_ack: 0,
            ledger: None,
            outgoing: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// The packets that are to be sent, in order.
    pub fn take_outgoing(&mut self) -> Vec<String> {
        std::mem::take(&mut self.outgoing)
    }

    /// What the app has seen since the last call.
    pub fn take_seen(&mut self) -> Vec<What> {
        std::mem::take(&mut self.seen)
    }

    /// Whether nothing is on its way.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.requests.is_empty() && self.rooms.are_idle()
    }

    /// Whether the server has welcomed it on this link.
    pub fn is_welcome(&self) -> bool {
        self.ledger.is_some()
    }

    /// How far it is in a room, if it is in it.
    pub fn at(&self, room: &str) -> Option<&Place> {
        self.rooms.at(room)
    }

    /// The rooms that the app holds.
    pub fn held(&self) -> Vec<String> {
        self.rooms.held()
    }

    /// The app asks for a command.
    pub fn run(&mut self, ask: Ask, now: u64) {
        let may_queue = ask.delivery == Delivery::Idempotent;
        let lane = ask.is_ordered.then(|| ask.room.clone());
        self.seen.push(What::Invoked {
            mark: ask.mark.clone(),
            room: ask.room.clone(),
            lane: lane.clone(),
            leaves: ask.leaves,
        });
        if !may_queue && self.ledger.is_none() {
            return self.refuse(&ask.mark, "offline", Outcome::NotExecuted);
        }
        let (id, delivery) = (ask.id.clone(), ask.delivery);
        let expires_at = if may_queue { now + LIFETIME_MS } else { u64::MAX };
        // Who leaves the page of a room has not taken back what they wrote there.
        let holds = may_queue && self.rooms.hold_for_command(&ask.room);
        let mut command = Command::new(id, delivery, Body { ask, started_at: now, holds });
        command.lane = lane;
        command.may_queue = may_queue;
        command.resend_ms = TIMEOUT_MS + GRACE_MS;
        command.expires_at = expires_at;
        self.queue.add(command);
        self.pump(now);
    }

    /// The app wants to be in a room.
    pub fn hold(&mut self, room: &str, now: u64) {
        let step = self.rooms.hold(room, self.ledger.is_some());
        self.follow(step, now);
    }

    /// The app does not want to be in a room any more.
    pub fn release(&mut self, room: &str, now: u64) {
        let step = self.rooms.release(room, self.ledger.is_some());
        self.follow(step, now);
    }

    /// The app begins anew: what it showed is gone. With `keeps_commands` the outbox is not.
    pub fn reload(&mut self, keeps_commands: bool, now: u64) {
        self.cut(now);
        if !keeps_commands {
            let Fallen { unsent, unknown } = self.queue.expire(u64::MAX);
            // Nobody is there to be told; in the history it stands as given up.
            for command in unsent.into_iter().chain(unknown) {
                self.refuse(&command.body.ask.mark, "reloaded", Outcome::Unknown);
                self.let_go(&command.body, now);
            }
        }
        let step = self.rooms.forget();
        self.follow(step, now);
    }

    /// The link is gone.
    pub fn cut(&mut self, now: u64) {
        self.ledger = None;
        self.requests.clear();
        self.outgoing.clear();
        let fallen = self.queue.cut();
        self.fall(fallen, now);
        let step = self.rooms.cut();
        self.follow(step, now);
    }

    /// A packet came in.
    pub fn receive(&mut self, packet: &Packet, now: u64) {
        let args = serde_json::from_str::<Vec<Value>>(&packet.data).unwrap_or_default();
        // What still comes of a link that was given up is nobody's any more.
        let is_welcome = args.first().is_some_and(|name| name == "tautline:welcome");
        if self.ledger.is_none() && !is_welcome {
            return;
        }
        match (packet.kind, packet.id) {
            ('2', _) => self.event(&args, now),
            ('3', Some(id)) => {
                let answer = args.into_iter().next().unwrap_or_default();
                if let Some(request) = self.requests.remove(&id) {
                    self.answered(request.what, &answer, now);
                }
            }
            _ => {}
        }
    }

    /// The time has moved on.
    pub fn tick(&mut self, now: u64) {
        let late: Vec<i64> = self
            .requests
            .iter()
            .filter(|(_, request)| request.deadline <= now)
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            if let Some(request) = self.requests.remove(&id) {
                let problem = local("timed_out", RecoveryAction::Retry);
                self.answered(request.what, &json!({ "error": problem }), now);
            }
        }
        let step = self.rooms.tick(now, self.ledger.is_some());
        self.follow(step, now);
        self.pump(now);
    }

    /// When `tick` has something to do, if nothing else happens.
    pub fn wake_at(&self, now: u64) -> Option<u64> {
        let requests = self.requests.values().map(|request| request.deadline);
        requests
            .chain(self.rooms.wake_at())
            .chain(self.queue.wake_at(now))
            .filter(|at| *at != u64::MAX)
            .min()
    }

    fn event(&mut self, args: &[Value], now: u64) {
        let (name, payload) = (args.first().and_then(Value::as_str), args.get(1));
        let (Some(name), Some(payload)) = (name, payload) else { return };
        match name {
            "tautline:welcome" => {
                self.ledger = payload["ledger"].as_str().map(str::to_owned);
                let step = self.rooms.welcomed();
                self.follow(step, now);
                self.pump(now);
            }
            "tautline:heads" => {
                let heads = payload["heads"].as_object().cloned().unwrap_or_default();
                for (room, at) in heads {
                    if let Ok(at) = serde_json::from_value(at) {
                        let step = self.rooms.head(&room, at, now);
                        self.follow(step, now);
                    }
                }
            }
            "tautline:append" => {
                if let Ok(part) = serde_json::from_value::<Part>(payload.clone()) {
                    let step = self.rooms.part(part);
                    self.follow(step, now);
                }
            }
            _ => {
                if let Some(meta) = args.get(2)
                    && let Some(event) = numbered(name, payload, meta)
                {
                    let room = meta["room"].as_str().unwrap_or_default();
                    let step = self.rooms.live(room, event, now);
                    self.follow(step, now);
                    if let Some(question) = meta["question"]["id"].as_str() {
                        self.vote(question, now);
                    }
                }
            }
        }
    }

    /// A person votes, or does not, or has no time.
    fn vote(&mut self, question: &str, now: u64) {
        let vote = match self.dice.between(0, 9) {
            0..=4 => json!({ "question": question, "answer": { "isInFavour": true } }),
            5 | 6 => json!({ "question": question, "declined": { "code": "vote.abstained" } }),
            _ => return,
        };
        self.request("tautline:answer", &[vote], Pending::Vote, now + REQUEST_MS);
    }

    /// Carries out what the rooms want.
    fn follow(&mut self, step: Step, now: u64) {
        self.seen.extend(step.seen);
        for (name, payload, what) in step.requests {
            let deadline = match &what {
                Pending::Join { .. } => JOIN_TIMEOUT_MS + GRACE_MS,
                Pending::Command(_) | Pending::Resume(_) | Pending::Leave(_) | Pending::Vote => {
                    REQUEST_MS
                }
            };
            self.request(name, &[payload], what, now + deadline);
        }
        if step.is_settled {
            self.pump(now);
        }
    }

    fn request(&mut self, name: &str, args: &[Value], what: Pending, deadline: u64) {
        self.next_ack += 1;
        self.requests.insert(self.next_ack, Request { what, deadline });
        let mut data = vec![json!(name)];
        data.extend_from_slice(args);
        let packet = Packet {
            kind: '2',
            attachments: 0,
            namespace: NAMESPACE.to_owned(),
            id: Some(self.next_ack),
            data: Value::Array(data).to_string(),
        };
        self.outgoing.push(format!("4{packet}"));
    }

    fn answered(&mut self, what: Pending, answer: &Value, now: u64) {
        let result = match answer.get("error") {
            Some(problem) => Err(serde_json::from_value::<Problem>(problem.clone())
                .unwrap_or_else(|_| local("protocol_error", RecoveryAction::Reconnect))),
            None => Ok(answer),
        };
        let random = self.dice.fraction();
        match what {
            Pending::Command(id) => self.settled(&id, result, now),
            Pending::Join { room, turn } => {
                let step = self.rooms.joined(&room, turn, result, (now, random));
                self.follow(step, now);
            }
            Pending::Resume(rooms) => {
                let step = self.rooms.resumed(&rooms, result, (now, random));
                self.follow(step, now);
            }
            Pending::Vote => {}
            Pending::Leave(room) => {
                let step = self.rooms.unsubscribed(&room, self.ledger.is_some());
                self.follow(step, now);
            }
        }
    }

    fn settled(&mut self, id: &str, result: Result<&Value, Problem>, now: u64) {
        // A second answer, to a command that was sent twice.
        let Some(command) = self.queue.get(id) else { return };
        let (mark, room) = (command.body.ask.mark.clone(), command.body.ask.room.clone());
        let unanswered = command.unanswered;
        match result {
            Ok(answer) => {
                let at = answer["at"].as_array().into_iter().flatten();
                let place = at
                    .filter(|at| at["room"].as_str() == Some(&room))
                    .find_map(|at| serde_json::from_value(at.clone()).ok());
                self.seen.push(What::Answered { mark, place });
                self.finish(id, now);
            }
            Err(problem) if self.recover(id, &problem, now) => {}
            Err(problem) => {
                let outcome = about_all_copies(&problem, unanswered);
                self.refuse(&mark, &problem.code, outcome);
                self.finish(id, now);
            }
        }
        self.pump(now);
    }

    /// Takes a command out that is over.
    fn finish(&mut self, id: &str, now: u64) {
        if let Some(command) = self.queue.settle(id) {
            self.let_go(&command.body, now);
        }
    }

    fn let_go(&mut self, body: &Body, now: u64) {
        if body.holds {
            let step = self.rooms.release_for_command(&body.ask.room, self.ledger.is_some());
            self.follow(step, now);
        }
    }

    /// Does what the problem asks for. False: the app has to know.
    fn recover(&mut self, id: &str, problem: &Problem, now: u64) -> bool {
        if problem.code == "predecessor_unsettled" && problem.outcome == Outcome::NotExecuted {
            self.queue.put_behind(id);
            return true;
        }
        let random = self.dice.fraction();
        let Some(command) = self.queue.get(id) else { return false };
        command.refusals += 1;
        let (lane, is_kept) = (command.lane.clone(), command.may_queue);
        let patience_ms = (command.body.started_at + TIMEOUT_MS).saturating_sub(now);
        let refused = Refused { refusals: command.refusals, is_kept, patience_ms, random };
        match move_after(problem, refused) {
            Move::Wait(ms) => self.queue.postpone(id, now + ms),
            Move::Rejoin => {
                let Some(step) = lane.and_then(|lane| self.rooms.rejoin(&lane)) else {
                    return false;
                };
                self.follow(step, now);
                self.queue.postpone(id, now);
            }
            Move::Tell => return false,
        }
        true
    }

    /// Sends what may be sent now.
    fn pump(&mut self, now: u64) {
        let fallen = self.queue.expire(now);
        self.fall(fallen, now);
        let Some(ledger) = self.ledger.clone() else { return };
        let blocked: HashSet<String> = self.rooms.pending();
        let window = Window { now, ledger: &ledger, size: IN_FLIGHT, blocked: &blocked };
        for sending in self.queue.take(&window) {
            let Some(command) = self.queue.get(&sending.id) else { continue };
            let (name, payload) = (command.body.ask.name, command.body.ask.payload.clone());
            let mut meta = json!({ "id": sending.id });
            if let Some(after) = sending.after {
                meta["after"] = json!(after);
            }
            if let Some((ledger, age)) = sending.resent {
                meta["resent"] = json!({ "ledger": ledger, "ageMs": age });
            }
            // What waits for the server's answer has no deadline of its own: it is sent again.
            self.request(name, &[payload, meta], Pending::Command(sending.id), u64::MAX);
        }
    }

    fn fall(&mut self, Fallen { unsent, unknown }: Fallen<Body>, now: u64) {
        for command in unsent {
            self.refuse(&command.body.ask.mark, "offline", Outcome::NotExecuted);
            self.let_go(&command.body, now);
        }
        for command in unknown {
            self.refuse(&command.body.ask.mark, "outcome_unknown", Outcome::Unknown);
            self.let_go(&command.body, now);
        }
    }

    fn refuse(&mut self, mark: &str, code: &str, outcome: Outcome) {
        let (mark, code) = (mark.to_owned(), code.to_owned());
        self.seen.push(What::Refused { mark, code, outcome });
    }
}

/// A problem that the client makes itself.
pub(super) fn local(code: &str, action: RecoveryAction) -> Problem {
    let mut problem = Problem::new(code, tautline::Category::Connection, "");
    problem.recovery.action = action;
    problem
}

/// The mark that a payload brings.
pub(super) fn mark_of(payload: &Value) -> Option<String> {
    payload["mark"].as_str().map(str::to_owned)
}
