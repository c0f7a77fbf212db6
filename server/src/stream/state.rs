//! One stream, without I/O: which parts it has, which are on their way to the journal, who may add
//! to it and until when. Times are Unix milliseconds that the caller brings.
//!
//! Text goes through three places: it is *accepted* from the producer, *cut* into numbered parts, and
//! *stored*. A part keeps its number and its text from the cut on, whatever becomes of the first
//! attempt to store it: so the journal can take it twice and have it once.

use std::collections::VecDeque;

/// How often parts are cut. 25 a second look like typing, and are what Ably rolls up to by default.
pub(crate) const CUT_EVERY: u64 = 40;

/// How large a part is that is cut from accepted text, in bytes.
const PART: usize = 16 * 1024;

/// Above so many bytes that are not stored yet, the producer has to wait.
const FULL: usize = 64 * 1024;

/// How long after a journal that did not store it is tried again.
const AGAIN_AFTER: u64 = 1_000;

/// What holds for one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// How long the producer may be silent, in milliseconds.
    pub(crate) lease_ms: u64,
    /// How much text it may have, in bytes.
    pub(crate) most_bytes: usize,
}

/// A numbered piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// From 1, without a gap.
    pub(crate) number: u32,
    pub(crate) text: String,
}

/// Who may add to a stream. Each producer that takes it over is one more than the one before.
pub(crate) type Producer = u32;

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another producer has the stream.
    Fenced,
    /// It is over, or about to be.
    Ended,
    /// It was never stored.
    NotStarted,
    /// Too much waits to be stored: later.
    Full,
    /// The text would be longer than allowed.
    TooLong,
    /// This is the number that comes next.
    Gap(u32),
}

/// One stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamState {
    rules: Rules,
    phase: Phase,
    producer: Producer,
    /// The last stored part.
    number: u32,
    /// All stored parts, in one.
    text: String,
    /// Where the last of them begins, if it is known.
    last_at: Option<usize>,
    /// Cut and not stored, in order.
    cut: VecDeque<Part>,
    /// The last of them that the writer has.
    handed: u32,
    /// Accepted and not cut.
    accepted: String,
    cut_at: Option<u64>,
    /// When the producer last said something.
    heard_at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Its start is on the way to the journal.
    Starting,
    Open,
    /// Its end is on the way.
    Ending {
        from_start: bool,
    },
    Ended,
    NotStarted,
}

impl StreamState {
    /// A stream whose start is on its way. Its producer is number 0.
    pub(crate) fn starting(rules: Rules, now: u64) -> Self {
        Self {
            rules,
            phase: Phase::Starting,
            producer: 0,
            number: 0,
            text: String::new(),
            last_at: None,
            cut: VecDeque::new(),
            handed: 0,
            accepted: String::new(),
            cut_at: None,
            heard_at: now,
        }
    }

    /// A stream that was found in the journal, and whose producer may come back for one lease.
    pub(crate) fn found(rules: Rules, now: u64, number: u32, text: String) -> Self {
        let phase = Phase::Open;
        Self { phase, number, text, handed: number, ..Self::starting(rules, now) }
    }

    /// Its start was stored.
    pub(crate) fn started(&mut self) {
        self.phase = match self.phase {
            Phase::Starting => Phase::Open,
            Phase::Ending { .. } => Phase::Ending { from_start: false },
            same @ (Phase::Open | Phase::Ended | Phase::NotStarted) => same,
        };
    }

    /// Its start was not stored: there is no stream.
    pub(crate) fn not_started(&mut self) {
        self.phase = Phase::NotStarted;
    }

    /// Takes text, to be cut later.
    pub(crate) fn append(
        &mut self,
        producer: Producer,
        text: &str,
        now: u64,
    ) -> Result<(), Refused> {
        self.may_add(producer, text)?;
        self.accepted.push_str(text);
        self.heard_at = now;
        Ok(())
    }

    /// Takes a part that its producer has numbered. One that is there already changes nothing.
    pub(crate) fn append_part(
        &mut self,
        producer: Producer,
        number: u32,
        text: &str,
        now: u64,
    ) -> Result<(), Refused> {
        self.held_by(producer)?;
        self.cut_accepted();
        let next = self.last_cut() + 1;
        if number < next {
            self.heard_at = now;
            return Ok(());
        }
        if number > next {
            return Err(Refused::Gap(next));
        }
        self.may_add(producer, text)?;
        self.cut.push_back(Part { number, text: text.to_owned() });
        self.heard_at = now;
        Ok(())
    }

    /// The producer says that it is still there.
    pub(crate) fn renew(&mut self, producer: Producer, now: u64) -> Result<(), Refused> {
        self.held_by(producer)?;
        self.heard_at = now;
        Ok(())
    }

    /// Whether the producer may still add to the stream or end it.
    pub(crate) fn held_by(&self, producer: Producer) -> Result<(), Refused> {
        self.is_alive()?;
        if producer == self.producer { Ok(()) } else { Err(Refused::Fenced) }
    }

    /// Gives the stream to a new producer, who goes on behind everything that was accepted.
    pub(crate) fn take_over(&mut self, now: u64) -> Result<Producer, Refused> {
        self.is_alive()?;
        self.producer += 1;
        self.heard_at = now;
        Ok(self.producer)
    }

    /// What the writer stores next: everything that was accepted, as parts.
    pub(crate) fn hand_over(&mut self, now: u64) -> Vec<Part> {
        self.cut_accepted();
        let parts: Vec<Part> =
            self.cut.iter().filter(|part| part.number > self.handed).cloned().collect();
        if let Some(last) = parts.last() {
            self.handed = last.number;
            self.cut_at = Some(now);
        }
        parts
    }

    /// The parts up to this one were stored.
    pub(crate) fn stored(&mut self, number: u32, now: u64) {
        while let Some(part) = self.cut.pop_front_if(|part| part.number <= number) {
            self.number = part.number;
            self.last_at = Some(self.text.len());
            self.text.push_str(&part.text);
        }
        // Nobody is silent who waits for the journal.
        self.heard_at = self.heard_at.max(now);
    }

    /// They were not: the same parts are handed over again, a little later.
    pub(crate) fn not_stored(&mut self, now: u64) {
        self.handed = self.number;
        self.cut_at = Some(now + AGAIN_AFTER - CUT_EVERY);
    }

    /// Begins to end it: from now on nobody sees it as open.
    pub(crate) fn end(&mut self) -> Result<(), Refused> {
        self.is_alive()?;
        self.phase = Phase::Ending { from_start: self.phase == Phase::Starting };
        Ok(())
    }

    /// Its end was stored.
    pub(crate) fn ended(&mut self) {
        self.phase = Phase::Ended;
    }

    /// Its end was not stored: it goes on, and if its lease is over ends a little later.
    pub(crate) fn not_ended(&mut self, now: u64) {
        if let Phase::Ending { from_start } = self.phase {
            self.phase = if from_start { Phase::Starting } else { Phase::Open };
            let again = (now + AGAIN_AFTER).saturating_sub(self.rules.lease_ms);
            self.heard_at = self.heard_at.max(again);
        }
    }

    /// Whether whoever joins is told of it. Told late and no more told early: a client that does not
    /// know a stream asks with the next part, one that knows an ended one would have it for ever.
    pub(crate) fn is_seen(&self) -> bool {
        self.phase == Phase::Open
    }

    /// When the next parts are due; `None` if nothing waits, or the writer has it.
    pub(crate) fn due_at(&self) -> Option<u64> {
        let is_waiting = !self.accepted.is_empty() || !self.cut.is_empty();
        let is_idle = self.handed <= self.number;
        (is_waiting && is_idle && self.is_alive().is_ok())
            .then(|| self.cut_at.map_or(0, |cut_at| cut_at + CUT_EVERY))
    }

    /// Whether there is text that the writer does not have.
    pub(crate) fn has_rest(&self) -> bool {
        let is_left = !self.accepted.is_empty() || self.last_cut() > self.handed;
        is_left && self.is_alive().is_ok()
    }

    /// When its producer has been silent for too long; `None` while text of it waits.
    pub(crate) fn expires_at(&self) -> Option<u64> {
        let is_silent = self.accepted.is_empty() && self.cut.is_empty();
        (is_silent && self.phase == Phase::Open).then_some(self.heard_at + self.rules.lease_ms)
    }

    /// Until when the producer has to say more.
    pub(crate) fn lease_until(&self) -> u64 {
        self.heard_at + self.rules.lease_ms
    }

    /// The number of the last stored part.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// All stored parts, in one.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The last stored part; `None` if none was stored since the server started.
    pub(crate) fn last(&self) -> Option<Part> {
        let text = self.last_at.and_then(|at| self.text.get(at..))?;
        Some(Part { number: self.number, text: text.to_owned() })
    }

    /// The number of the last part and all text, with what is not stored yet.
    pub(crate) fn so_far(&self) -> (u32, String) {
        let cut = self.cut.iter().map(|part| part.text.as_str());
        let text = std::iter::once(self.text.as_str()).chain(cut).chain([self.accepted.as_str()]);
        (self.last_cut(), text.collect())
    }

    fn is_alive(&self) -> Result<(), Refused> {
        match self.phase {
            Phase::Starting | Phase::Open => Ok(()),
            Phase::Ending { .. } | Phase::Ended => Err(Refused::Ended),
            Phase::NotStarted => Err(Refused::NotStarted),
        }
    }

    fn may_add(&self, producer: Producer, text: &str) -> Result<(), Refused> {
        self.held_by(producer)?;
        let waiting =
            self.accepted.len() + self.cut.iter().map(|part| part.text.len()).sum::<usize>();
        if self.text.len() + waiting + text.len() > self.rules.most_bytes {
            return Err(Refused::TooLong);
        }
        // Whatever comes is taken whole: only what is there already makes it full.
        if waiting >= FULL { Err(Refused::Full) } else { Ok(()) }
    }

    fn last_cut(&self) -> u32 {
        self.cut.back().map_or(self.number, |part| part.number)
    }

    fn cut_accepted(&mut self) {
        let accepted = std::mem::take(&mut self.accepted);
        let mut rest = accepted.as_str();
        while !rest.is_empty() {
            let (text, after) = rest.split_at(rest.floor_char_boundary(PART));
            self.cut.push_back(Part { number: self.last_cut() + 1, text: text.to_owned() });
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests;
