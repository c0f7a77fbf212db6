//! Where one room stands in its numbered events: what to hand on, what to hold, what to drop, and
//! when to ask the server.

use tautline_server::testing::StreamNews;

use crate::history::Place;

/// A numbered event.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbered {
    /// Its place in the room.
    pub place: Place,
    /// The mark that it brings, if it brings one.
    pub mark: Option<String>,
    /// What it says of a stream.
    pub beat: Option<Beat>,
}

/// What an event says of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Beat {
    /// It begins.
    Began(String),
    /// It ends.
    Ended(StreamNews),
}

/// The state of a room's numbering.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cursor {
    /// The last event that was handed on, or the position of the state that the join gave.
    pub at: Option<Place>,
    /// A join or resume is under way: live events wait for its verdict.
    pub is_awaiting: bool,
    /// Events that came too early, by ascending number.
    held: Vec<Numbered>,
    /// The head of the room, where the server has told of one that is not reached.
    head: Option<Place>,
}

/// What may happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A live event.
    Live(Numbered),
    /// A join or resume is asked for.
    Ask,
    /// The join was answered: its state is as of this position.
    Joined(Option<Place>),
    /// The resume was answered, and nothing is missing up to `at`, or up to the page's end.
    Resumed {
        /// The missed events.
        events: Vec<Numbered>,
        /// Where the room stands.
        at: Option<Place>,
        /// Whether a page ended.
        more: bool,
    },
    /// The server tells how far the room is.
    Head(Place),
    /// The time to wait for late events is over.
    Patience,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Nothing.
    None,
    /// Wait a moment for late events.
    Wait,
    /// Fetch what is missing.
    Resume,
    /// Join anew.
    Rejoin,
}

/// The events to hand on, in order, and the next move.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// To hand on.
    pub deliver: Vec<Numbered>,
    /// To do.
    pub next: Move,
}

impl Cursor {
    /// Makes one step.
    pub fn step(&mut self, input: Input) -> Step {
        match input {
            Input::Live(event) => self.live(event),
            Input::Ask => {
                self.is_awaiting = true;
                still(Move::None)
            }
            Input::Joined(at) => {
                self.is_awaiting = false;
                if let Some(at) = &at {
                    self.held.retain(|event| event.place.epoch == at.epoch);
                }
                self.at = at.or(self.at.take());
                self.merge()
            }
            Input::Resumed { events, at, more } => self.resumed(events, at, more),
            Input::Head(head) => {
                let Some(at) = self.at.as_ref().filter(|_| !self.is_awaiting) else {
                    return still(Move::None);
                };
                if head.epoch == at.epoch && head.seq <= at.seq {
                    return still(Move::None);
                }
                self.head = Some(head);
                still(Move::Wait)
            }
            Input::Patience if !self.is_awaiting && self.is_behind() => still(Move::Resume),
            Input::Patience => still(Move::None),
        }
    }

    /// Forgets everything but the events that wait: they may belong to the next state.
    pub fn begin_anew(&mut self) {
        *self = Self { held: std::mem::take(&mut self.held), ..Self::default() };
    }

    /// The link is gone: only the position is of use.
    pub fn cut(&mut self) {
        *self = Self { at: self.at.take(), ..Self::default() };
    }

    fn live(&mut self, event: Numbered) -> Step {
        let is_other = self.at.as_ref().is_some_and(|at| at.epoch != event.place.epoch);
        self.hold(event);
        if self.is_awaiting {
            return still(Move::None);
        }
        // Another numbering: the server alone knows what that means.
        if is_other { still(Move::Resume) } else { self.merge() }
    }

    fn resumed(&mut self, events: Vec<Numbered>, at: Option<Place>, more: bool) -> Step {
        let mut position = self.at.clone();
        let mut deliver = Vec::new();
        for event in events {
            let Place { epoch, seq } = event.place.clone();
            let last = position
                .get_or_insert_with(|| Place { epoch: epoch.clone(), seq: seq.saturating_sub(1) });
            if epoch == last.epoch && seq <= last.seq {
                continue;
            }
            // A hole in what the server calls complete: never hand on a part.
            if epoch != last.epoch || seq != last.seq + 1 {
                self.at = position;
                return Step { deliver, next: Move::Rejoin };
            }
            last.seq = seq;
            deliver.push(event);
        }
        let position = position.or_else(|| at.clone());
        self.at.clone_from(&position);
        if more {
            return Step { deliver, next: Move::Resume };
        }
        if let (Some(at), Some(position)) = (&at, &position)
            && (at.epoch != position.epoch || at.seq > position.seq)
        {
            return Step { deliver, next: Move::Rejoin };
        }
        self.head = None;
        self.is_awaiting = false;
        self.held.retain(|event| {
            position.as_ref().is_some_and(|position| position.epoch == event.place.epoch)
        });
        let merged = self.merge();
        deliver.extend(merged.deliver);
        Step { deliver, next: merged.next }
    }

    /// Hands on what is next in line, drops what was handed on, and looks whether something is
    /// missing.
    fn merge(&mut self) -> Step {
        let mut deliver = Vec::new();
        while let Some(event) = self.held.first() {
            let Place { epoch, seq } = &event.place;
            let at = self
                .at
                .get_or_insert_with(|| Place { epoch: epoch.clone(), seq: seq.saturating_sub(1) });
            if *seq > at.seq + 1 {
                break;
            }
            let event = self.held.remove(0);
            if event.place.seq == at.seq + 1 {
                *at = event.place.clone();
                deliver.push(event);
            }
        }
        if self.is_behind() {
            return Step { deliver, next: Move::Wait };
        }
        self.head = None;
        Step { deliver, next: Move::None }
    }

    fn is_behind(&self) -> bool {
        let is_ahead = |head: &Place| {
            self.at.as_ref().is_none_or(|at| head.epoch != at.epoch || head.seq > at.seq)
        };
        !self.held.is_empty() || self.head.as_ref().is_some_and(is_ahead)
    }

    /// Puts an event in its place among the held ones, once.
    fn hold(&mut self, event: Numbered) {
        if self.held.iter().any(|held| held.place == event.place) {
            return;
        }
        self.held.push(event);
        self.held.sort_by_key(|event| event.place.seq);
    }
}

fn still(next: Move) -> Step {
    Step { deliver: Vec::new(), next }
}
