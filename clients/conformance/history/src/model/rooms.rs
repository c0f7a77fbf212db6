//! The rooms of the client: joined, resumed after a cut, joined anew when events are lost, left.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde_json::{Value, json};
use tautline::{Problem, RecoveryAction};
use tautline_server::testing::{RoomStreams, StreamNews};

use super::backoff::backoff_ms;
use super::client::{Pending, local, mark_of};
use super::cursor::{Beat, Cursor, Input, Move, Numbered};
use crate::history::{Place, What};

/// How long an early event waits for the ones before it.
const PATIENCE_MS: u64 = 100;

/// What follows from something that happened.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) requests: Vec<(&'static str, Value, Pending)>,
    pub(super) seen: Vec<What>,
    /// A room has its verdict: its lane may go on.
    pub(super) is_settled: bool,
}

/// All rooms.
#[derive(Debug, Default)]
pub(super) struct Rooms(BTreeMap<String, Room>);

#[derive(Debug, Default)]
struct Room {
    /// The app holds it.
    is_held: bool,
    /// So many commands hold it.
    commands: u32,
    status: Status,
    cursor: Cursor,
    /// Moves on when answers that are under way are of no use any more.
    turn: u32,
    is_leaving: bool,
    attempts: u32,
    /// Why events were missed, until the next state is there.
    discontinuity: Option<String>,
    patience_at: Option<u64>,
    retry_at: Option<u64>,
    /// Whether the app sees a state.
    is_shown: bool,
    streams: RoomStreams,
}

/// A part of a stream, as it travels.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    room: String,
    stream: String,
    number: u32,
    text: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Status {
    #[default]
    Idle,
    Joining,
    Joined,
    Recovering,
    Denied,
}

impl Rooms {
    pub(super) fn held(&self) -> Vec<String> {
        self.0.iter().filter(|(_, room)| room.is_wanted()).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn at(&self, name: &str) -> Option<&Place> {
        let room = self.0.get(name).filter(|room| room.status == Status::Joined)?;
        room.cursor.at.as_ref()
    }

    pub(super) fn are_idle(&self) -> bool {
        let is_idle = |room: &Room| {
            matches!(room.status, Status::Idle | Status::Joined | Status::Denied)
                && room.patience_at.is_none()
                && room.retry_at.is_none()
        };
        self.0.values().all(is_idle)
    }

    /// The rooms whose verdict is to come.
    pub(super) fn pending(&self) -> HashSet<String> {
        let is_pending = |room: &&Room| matches!(room.status, Status::Joining | Status::Recovering);
        let pending = self.0.iter().filter(|(_, room)| is_pending(room));
        pending.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn wake_at(&self) -> Option<u64> {
        self.0.values().flat_map(|room| [room.patience_at, room.retry_at]).flatten().min()
    }

    pub(super) fn hold(&mut self, name: &str, is_welcome: bool) -> Step {
        let room = self.0.entry(name.to_owned()).or_default();
        let mut step = Step::default();
        let was_wanted = room.is_wanted();
        room.is_held = true;
        if was_wanted {
            return step;
        }
        room.status = Status::Joining;
        if is_welcome && !room.is_leaving {
            room.join(name, &mut step);
        }
        step
    }

    /// A command holds the room, if anybody holds it already.
    pub(super) fn hold_for_command(&mut self, name: &str) -> bool {
        let room = self.0.get_mut(name).filter(|room| room.is_wanted() && room.is_member());
        room.map(|room| room.commands += 1).is_some()
    }

    pub(super) fn release(&mut self, name: &str, is_welcome: bool) -> Step {
        let Some(room) = self.0.get_mut(name).filter(|room| room.is_held) else {
            return Step::default();
        };
        room.is_held = false;
        room.leave(name, is_welcome)
    }

    pub(super) fn release_for_command(&mut self, name: &str, is_welcome: bool) -> Step {
        let Some(room) = self.0.get_mut(name).filter(|room| room.commands > 0) else {
            return Step::default();
        };
        room.commands -= 1;
        room.leave(name, is_welcome)
    }

    /// The app begins anew, and holds nothing; commands that were kept hold what they held.
    pub(super) fn forget(&mut self) -> Step {
        let mut step = Step::default();
        for (name, room) in &mut self.0 {
            room.is_held = false;
            room.reset();
            room.status = if room.commands > 0 { Status::Joining } else { Status::Idle };
            room.hide(name, &mut step);
        }
        step
    }

    pub(super) fn unsubscribed(&mut self, name: &str, is_welcome: bool) -> Step {
        let mut step = Step::default();
        if let Some(room) = self.0.get_mut(name) {
            room.is_leaving = false;
            if room.is_wanted() && is_welcome {
                room.join(name, &mut step);
            }
        }
        step
    }

    pub(super) fn welcomed(&mut self) -> Step {
        let mut step = Step::default();
        let known: Vec<String> = self
            .0
            .iter()
            .filter(|(_, room)| room.is_wanted() && room.cursor.at.is_some())
            .map(|(name, _)| name.clone())
            .collect();
        self.resume(&known, &mut step);
        for (name, room) in &mut self.0 {
            if room.is_wanted() && room.cursor.at.is_none() {
                room.join(name, &mut step);
            }
        }
        step
    }

    /// One request for all rooms, however many there are.
    fn resume(&mut self, names: &[String], step: &mut Step) {
        let (mut asked, mut turns) = (Vec::new(), Vec::new());
        for name in names {
            let Some(room) = self.0.get_mut(name) else { continue };
            room.status = Status::Recovering;
            room.patience_at = None;
            room.cursor.step(Input::Ask);
            room.streams.take(StreamNews::Asked);
            room.turn += 1;
            turns.push((name.clone(), room.turn));
            let mut asking = json!({ "room": name });
            if let Some(at) = &room.cursor.at {
                asking["since"] = json!(at);
            }
            asked.push(asking);
        }
        if !asked.is_empty() {
            let payload = json!({ "rooms": asked });
            step.requests.push(("tautline:resume", payload, Pending::Resume(turns)));
        }
    }

    pub(super) fn joined(
        &mut self,
        name: &str,
        turn: u32,
        result: Result<&Value, Problem>,
        now: (u64, f64),
    ) -> Step {
        let mut step = Step::default();
        let Some(room) = self.0.get_mut(name).filter(|room| room.turn == turn) else {
            return step;
        };
        let answer = match result {
            Ok(answer) => answer,
            Err(problem) => {
                room.failed(name, &problem, now, &mut step);
                return step;
            }
        };
        let at = answer["at"].as_array().into_iter().flatten();
        let at: Option<Place> = at
            .filter(|at| at["room"].as_str() == Some(name))
            .find_map(|at| serde_json::from_value(at.clone()).ok());
        let marks = serde_json::from_value(answer["ok"]["marks"].clone()).unwrap_or_default();
        let lost = room.discontinuity.take();
        room.attempts = 0;
        room.status = Status::Joined;
        room.is_shown = true;
        let place = at.clone();
        step.seen.push(What::Entered { room: name.to_owned(), place, marks, lost });
        step.is_settled = true;
        let streams = RoomStreams::listed(answer);
        self.hear(name, StreamNews::Joined { streams }, &mut step);
        self.step(name, Input::Joined(at), now.0, &mut step);
        step
    }

    pub(super) fn resumed(
        &mut self,
        rooms: &[(String, u32)],
        result: Result<&Value, Problem>,
        now: (u64, f64),
    ) -> Step {
        let mut step = Step { is_settled: true, ..Step::default() };
        for (name, turn) in rooms {
            let Some(room) = self.0.get_mut(name).filter(|room| room.turn == *turn) else {
                continue;
            };
            let verdicts = result.as_ref().ok().and_then(|answer| answer["ok"]["rooms"].as_array());
            let verdict = verdicts.into_iter().flatten().find(|verdict| verdict["room"] == **name);
            let Some(verdict) = verdict else {
                let problem = result.as_ref().err().cloned();
                let problem =
                    problem.unwrap_or_else(|| local("protocol_error", RecoveryAction::Reconnect));
                room.failed(name, &problem, now, &mut step);
                continue;
            };
            if let Ok(problem) = serde_json::from_value::<Problem>(verdict["problem"].clone()) {
                room.failed(name, &problem, now, &mut step);
            } else if verdict["recovered"] != true {
                let reason = verdict["reason"].as_str().unwrap_or("unknown").to_owned();
                room.missed(name, reason, &mut step);
            } else {
                let more = verdict["more"] == true;
                if !more {
                    room.attempts = 0;
                    room.discontinuity = None;
                    room.status = Status::Joined;
                    let streams = RoomStreams::listed(verdict);
                    self.hear(name, StreamNews::Resumed { streams }, &mut step);
                }
                let events = verdict["events"].as_array().into_iter().flatten();
                let events = events.filter_map(missed).collect();
                let at = serde_json::from_value(verdict["at"].clone()).ok();
                self.step(name, Input::Resumed { events, at, more }, now.0, &mut step);
            }
        }
        step
    }

    pub(super) fn live(&mut self, name: &str, event: Numbered, now: u64) -> Step {
        let mut step = Step::default();
        // What still comes of a room that is being left says nothing about where the next state is.
        if self.is_member(name) && !self.0.get(name).is_some_and(|room| room.is_leaving) {
            self.step(name, Input::Live(event), now, &mut step);
        }
        step
    }

    /// A part of a stream: in no order with the events.
    pub(super) fn part(&mut self, part: Part) -> Step {
        let mut step = Step::default();
        let Part { room, stream, number, text } = part;
        if self.is_member(&room) && !self.0.get(&room).is_some_and(|room| room.is_leaving) {
            self.hear(&room, StreamNews::Part { stream, number, text }, &mut step);
        }
        step
    }

    /// Takes something about streams, and fetches what is missing.
    fn hear(&mut self, name: &str, news: StreamNews, step: &mut Step) {
        let Some(room) = self.0.get_mut(name) else { return };
        let before = room.streams.streams().to_vec();
        let is_missing = room.streams.take(news);
        for seen in room.streams.streams() {
            let known = before.iter().find(|known| known.id == seen.id);
            if known.is_none_or(|known| known != seen) {
                let (room, stream, text) = (name.to_owned(), seen.id.clone(), seen.text.clone());
                let is_over = seen.status != "open";
                step.seen.push(What::Heard { room, stream, text, is_over });
            }
        }
        if is_missing && room.cursor.at.is_some() && !room.cursor.is_awaiting {
            self.resume(&[name.to_owned()], step);
        }
    }

    pub(super) fn head(&mut self, name: &str, at: Place, now: u64) -> Step {
        let mut step = Step::default();
        if self.is_member(name) {
            self.step(name, Input::Head(at), now, &mut step);
        }
        step
    }

    /// The server says that we are not in a room; `None` if it is none of ours.
    pub(super) fn rejoin(&mut self, name: &str) -> Option<Step> {
        let mut step = Step::default();
        if !self.is_member(name) {
            return None;
        }
        let room = self.0.get_mut(name)?;
        if !room.cursor.is_awaiting {
            room.missed(name, "not_joined".to_owned(), &mut step);
        }
        Some(step)
    }

    pub(super) fn tick(&mut self, now: u64, is_welcome: bool) -> Step {
        let mut step = Step::default();
        let due = |at: &mut Option<u64>| at.take_if(|at| *at <= now).is_some();
        let names: Vec<String> = self.0.keys().cloned().collect();
        for name in names {
            let Some(room) = self.0.get_mut(&name) else { continue };
            if due(&mut room.patience_at) {
                self.step(&name, Input::Patience, now, &mut step);
            }
            let Some(room) = self.0.get_mut(&name) else { continue };
            if due(&mut room.retry_at) && is_welcome {
                if room.cursor.at.is_some() {
                    self.resume(&[name], &mut step);
                } else {
                    room.join(&name, &mut step);
                }
            }
        }
        step
    }

    /// The link is gone.
    pub(super) fn cut(&mut self) -> Step {
        let mut step = Step::default();
        for (name, room) in &mut self.0 {
            (room.patience_at, room.retry_at) = (None, None);
            room.turn += 1;
            room.is_leaving = false;
            room.cursor.cut();
            room.streams.take(StreamNews::Unanswered);
            if matches!(room.status, Status::Idle | Status::Denied) {
                continue;
            }
            if room.is_wanted() {
                let is_known = room.cursor.at.is_some();
                room.status = if is_known { Status::Recovering } else { Status::Joining };
            } else {
                room.reset();
                room.status = Status::Idle;
                room.hide(name, &mut step);
            }
        }
        step
    }

    fn is_member(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Room::is_member)
    }

    fn step(&mut self, name: &str, input: Input, now: u64, step: &mut Step) {
        let Some(room) = self.0.get_mut(name) else { return };
        let taken = room.cursor.step(input);
        for Numbered { place, mark, beat } in taken.deliver {
            step.seen.push(What::Received { room: name.to_owned(), place, mark });
            match beat {
                Some(Beat::Began(stream)) => self.hear(name, StreamNews::Started { stream }, step),
                Some(Beat::Ended(news)) => self.hear(name, news, step),
                None => {}
            }
        }
        let Some(room) = self.0.get_mut(name) else { return };
        match taken.next {
            Move::None => room.patience_at = None,
            Move::Wait => {
                room.patience_at.get_or_insert(now + PATIENCE_MS);
            }
            Move::Resume => self.resume(&[name.to_owned()], step),
            Move::Rejoin => room.missed(name, "incomplete".to_owned(), step),
        }
    }
}

impl Room {
    fn is_wanted(&self) -> bool {
        self.is_held || self.commands > 0
    }

    fn is_member(&self) -> bool {
        !matches!(self.status, Status::Idle | Status::Denied)
    }

    /// Leaves if nobody holds it any more.
    fn leave(&mut self, name: &str, is_welcome: bool) -> Step {
        let mut step = Step::default();
        if self.is_wanted() {
            return step;
        }
        let was_denied = self.status == Status::Denied;
        self.reset();
        self.status = Status::Idle;
        self.hide(name, &mut step);
        if !was_denied && is_welcome {
            // A join that overtakes it would be undone by it: it waits for the answer.
            self.is_leaving = true;
            let payload = json!({ "room": name });
            step.requests.push(("tautline:unsubscribe", payload, Pending::Leave(name.to_owned())));
        }
        step
    }

    fn join(&mut self, name: &str, step: &mut Step) {
        self.cursor.step(Input::Ask);
        self.streams.take(StreamNews::Asked);
        self.turn += 1;
        let (kind, id) = name.split_once(':').unwrap_or((name, ""));
        let event = match kind {
            "slip" => "join_slip",
            "hall" => "join_hall",
            _ => "join_log",
        };
        let pending = Pending::Join { room: name.to_owned(), turn: self.turn };
        step.requests.push((event, json!({ kind: id }), pending));
    }

    fn failed(&mut self, name: &str, problem: &Problem, now: (u64, f64), step: &mut Step) {
        self.streams.take(StreamNews::Unanswered);
        match problem.recovery.action {
            RecoveryAction::Retry
            | RecoveryAction::Reconnect
            | RecoveryAction::Rejoin
            | RecoveryAction::Resync => {
                let wait = u64::from(problem.recovery.after_ms.unwrap_or(0));
                self.retry_at = Some(now.0 + wait + backoff_ms(self.attempts, now.1));
                self.attempts += 1;
            }
            RecoveryAction::None
            | RecoveryAction::Reauthenticate
            | RecoveryAction::UpgradeClient
            | RecoveryAction::FixInput
            | RecoveryAction::AskUser
            | RecoveryAction::ContactSupport
            | RecoveryAction::GiveUp => {
                self.reset();
                self.status = Status::Denied;
                self.hide(name, step);
                step.is_settled = true;
            }
        }
    }

    /// Events are lost for good: the room's state is fetched afresh, and the app is told.
    fn missed(&mut self, name: &str, reason: String, step: &mut Step) {
        self.discontinuity = Some(reason);
        self.status = Status::Recovering;
        self.patience_at = None;
        self.cursor.begin_anew();
        self.join(name, step);
    }

    fn reset(&mut self) {
        (self.patience_at, self.retry_at) = (None, None);
        self.turn += 1;
        self.cursor = Cursor::default();
        self.streams = RoomStreams::default();
        self.attempts = 0;
        self.discontinuity = None;
    }

    fn hide(&mut self, name: &str, step: &mut Step) {
        if std::mem::take(&mut self.is_shown) {
            step.seen.push(What::Left { room: name.to_owned() });
        }
    }
}

/// A durable event.
pub(super) fn numbered(name: &str, payload: &Value, meta: &Value) -> Option<Numbered> {
    let place = serde_json::from_value(meta.clone()).ok()?;
    let began = meta["stream"]["id"].as_str().map(|id| Beat::Began(id.to_owned()));
    let beat = match name {
        "tautline:ended" => Some(Beat::Ended(StreamNews::ended(payload))),
        _ => began,
    };
    Some(Numbered { place, mark: mark_of(payload), beat })
}

/// A missed event, as a resume brings it.
fn missed(event: &Value) -> Option<Numbered> {
    numbered(event["name"].as_str()?, &event["payload"], &event["meta"])
}
