//! The commands of one client that are not settled: which may go out now, in which order, and what
//! becomes of them at a cut.

use std::collections::{HashMap, HashSet};

/// How a command is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Never sent twice.
    AtMostOnce,
    /// Sent until it is settled.
    Idempotent,
}

/// A command that waits for its final answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Command<T> {
    /// Its id.
    pub id: String,
    /// Commands of one lane keep their order; without one it runs free.
    pub lane: Option<String>,
    /// How it is delivered.
    pub delivery: Delivery,
    /// Whether it may wait for a connection.
    pub may_queue: bool,
    /// After how long without an answer an idempotent one is sent again on a live link.
    pub resend_ms: u64,
    /// When it is of no use any more.
    pub expires_at: u64,
    /// What the owner wants to know of it.
    pub body: T,
    /// How often it was refused with a request to try again.
    pub refusals: u32,
    /// Copies that the server has not answered, on this link or an earlier one.
    pub unanswered: u32,
    /// When it was sent first, and to which ledger.
    pub first: Option<(u64, String)>,
    is_in_flight: bool,
    is_alone: bool,
    not_before: u64,
    deadline: u64,
}

/// A command's place in the order, as it travels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// The command.
    pub id: String,
    /// The one before it in its lane that is not settled.
    pub after: Option<String>,
    /// The ledger of the first attempt and how long ago it was.
    pub resent: Option<(String, u64)>,
}

/// What the queue must know to choose.
#[derive(Clone, Debug)]
pub struct Window<'a> {
    /// The time.
    pub now: u64,
    /// The server's memory of past commands.
    pub ledger: &'a str,
    /// How many may be unanswered at once.
    pub size: usize,
    /// The lanes whose room has no verdict yet.
    pub blocked: &'a HashSet<String>,
}

/// Commands that are over without an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Fallen<T> {
    /// Not executed: never sent, or every copy came back with a refusal.
    pub unsent: Vec<Command<T>>,
    /// Sent, and nobody can say what became of them.
    pub unknown: Vec<Command<T>>,
}

/// The commands, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Queue<T>(Vec<Command<T>>);

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Command<T> {
    /// A command that was just made. It runs free, waits for a connection, and is of use for ever,
    /// unless changed.
    pub fn new(id: impl Into<String>, delivery: Delivery, body: T) -> Self {
        Self {
            id: id.into(),
            lane: None,
            delivery,
            may_queue: true,
            resend_ms: u64::MAX,
            expires_at: u64::MAX,
            body,
            refusals: 0,
            unanswered: 0,
            first: None,
            is_in_flight: false,
            is_alone: false,
            not_before: 0,
            deadline: u64::MAX,
        }
    }
}

impl<T> Queue<T> {
    /// Takes a command.
    pub fn add(&mut self, command: Command<T>) {
        self.0.push(command);
    }

    /// The command of this id.
    pub fn get(&mut self, id: &str) -> Option<&mut Command<T>> {
        self.0.iter_mut().find(|command| command.id == id)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a settled command out.
    pub fn settle(&mut self, id: &str) -> Option<Command<T>> {
        let place = self.0.iter().position(|command| command.id == id)?;
        Some(self.0.remove(place))
    }

    /// Puts a command that was not executed back into its place, for a later attempt.
    pub fn postpone(&mut self, id: &str, not_before: u64) {
        if let Some(command) = self.put_back(id) {
            command.not_before = not_before;
        }
    }

    /// Puts a command back that the server would not run before its predecessor: it goes out alone.
    pub fn put_behind(&mut self, id: &str) {
        if let Some(command) = self.put_back(id) {
            command.is_alone = true;
        }
    }

    /// The server said that it did not run: it is as if it had not been sent.
    fn put_back(&mut self, id: &str) -> Option<&mut Command<T>> {
        let command = self.get(id)?;
        command.unanswered -= u32::from(command.is_in_flight);
        command.is_in_flight = false;
        // An earlier copy of an idempotent one may still be on its way: that stays known.
        if command.delivery != Delivery::Idempotent {
            command.first = None;
        }
        Some(command)
    }

    /// Marks what may go out now as sent, and gives it in order.
    pub fn take(&mut self, window: &Window<'_>) -> Vec<Sending> {
        let now = window.now;
        let mut sendings = Vec::new();
        let mut predecessors: HashMap<String, String> = HashMap::new();
        let mut stopped: HashSet<String> = HashSet::new();
        let in_flight = self.0.iter().filter(|command| command.is_in_flight).count();
        let mut free = window.size.saturating_sub(in_flight);
        for command in &mut self.0 {
            // Sent or not: who is not settled comes first.
            let after = command
                .lane
                .as_ref()
                .and_then(|lane| predecessors.insert(lane.clone(), command.id.clone()));
            if command.is_in_flight {
                if command.deadline > now {
                    continue;
                }
            } else {
                let waits = |lane: &String| stopped.contains(lane) || window.blocked.contains(lane);
                if free == 0
                    || command.not_before > now
                    || command.lane.as_ref().is_some_and(waits)
                    || (command.is_alone && after.is_some())
                {
                    stopped.extend(command.lane.clone());
                    continue;
                }
                free -= 1;
            }
            let resent = command.first.clone();
            let resent = resent.map(|(at, ledger)| (ledger, now.saturating_sub(at)));
            sendings.push(Sending { id: command.id.clone(), after, resent });
            command.first.get_or_insert_with(|| (now, window.ledger.to_owned()));
            command.is_in_flight = true;
            command.unanswered += 1;
            // What may run only once is never sent twice: the server answers, or the link is cut.
            command.deadline = match command.delivery {
                Delivery::Idempotent => now.saturating_add(command.resend_ms),
                Delivery::AtMostOnce => u64::MAX,
            };
        }
        sendings
    }

    /// The link is gone: what may not wait for the next one falls out.
    pub fn cut(&mut self) -> Fallen<T> {
        let fallen = self.remove(|command| match command.first {
            Some(_) => command.delivery != Delivery::Idempotent,
            None => !command.may_queue,
        });
        for command in &mut self.0 {
            command.is_in_flight = false;
        }
        fallen
    }

    /// What is out of time.
    pub fn expire(&mut self, now: u64) -> Fallen<T> {
        self.remove(|command| command.expires_at <= now)
    }

    /// When `take` or `expire` has something new to say, if nothing else happens.
    pub fn wake_at(&self, now: u64) -> Option<u64> {
        let of = |command: &Command<T>| {
            let next = if command.is_in_flight { command.deadline } else { command.not_before };
            command.expires_at.min(if next > now { next } else { u64::MAX })
        };
        self.0.iter().map(of).min().filter(|at| *at != u64::MAX)
    }

    fn remove(&mut self, chosen: impl Fn(&Command<T>) -> bool) -> Fallen<T> {
        let mut fallen = Fallen { unsent: Vec::new(), unknown: Vec::new() };
        let (over, rest) = std::mem::take(&mut self.0).into_iter().partition(chosen);
        self.0 = rest;
        for command in Vec::<Command<T>>::into_iter(over) {
            let is_sent = command.unanswered > 0;
            let list = if is_sent { &mut fallen.unknown } else { &mut fallen.unsent };
            list.push(command);
        }
        fallen
    }
}
