//! One stream, without I/O: its text, who may add to it and until when. Times are Unix milliseconds
//! that the caller brings.

use super::text::{AGAIN_AFTER, Part, Text};

/// Above so many bytes that are not stored yet, the producer has to wait.
const FULL: usize = 64 * 1024;

/// What holds for one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// How long the producer may be silent, in milliseconds.
    pub(crate) lease_ms: u64,
    /// How much text it may have, in bytes.
    pub(crate) most_bytes: usize,
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
    text: Text,
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
        let (phase, text) = (Phase::Starting, Text::default());
        Self { rules, phase, producer: 0, text, heard_at: now }
    }

    /// A stream that was found in the journal, and whose producer may come back for one lease.
    pub(crate) fn found(rules: Rules, now: u64, number: u32, text: String) -> Self {
        let (phase, text) = (Phase::Open, Text::found(number, text));
        Self { rules, phase, producer: 0, text, heard_at: now }
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
        self.text.accept(text);
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
        let next = self.text.next_number();
        if number > next {
            return Err(Refused::Gap(next));
        }
        if number == next {
            self.may_add(producer, text)?;
            self.text.accept_part(text);
        }
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
        self.text.hand_over(now)
    }

    /// The parts up to this one were stored.
    pub(crate) fn stored(&mut self, number: u32, now: u64) {
        self.text.stored(number);
        // Nobody is silent who waits for the journal.
        self.heard_at = self.heard_at.max(now);
    }

    /// They were not: the same parts are handed over again, a little later. A lease that is over waits as
    /// long, also if there was no part: a journal that does not even begin must not be asked at once.
    pub(crate) fn not_stored(&mut self, now: u64) {
        self.text.not_stored(now);
        self.expire_later(now);
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
            self.expire_later(now);
        }
    }

    fn expire_later(&mut self, now: u64) {
        let again = (now + AGAIN_AFTER).saturating_sub(self.rules.lease_ms);
        self.heard_at = self.heard_at.max(again);
    }

    /// Whether whoever joins is told of it. Told late and no more told early: a client that does not
    /// know a stream asks with the next part, one that knows an ended one would have it for ever.
    pub(crate) fn is_seen(&self) -> bool {
        self.phase == Phase::Open
    }

    /// When the next parts are due; `None` if nothing waits, or the writer has some.
    pub(crate) fn due_at(&self) -> Option<u64> {
        self.text.due_at().filter(|_| self.is_alive().is_ok())
    }

    /// Whether there is text that the writer does not have.
    pub(crate) fn has_rest(&self) -> bool {
        self.text.has_rest() && self.is_alive().is_ok()
    }

    /// When its producer has been silent for too long; `None` while text of it waits.
    pub(crate) fn expires_at(&self) -> Option<u64> {
        (self.text.is_stored() && self.phase == Phase::Open).then(|| self.lease_until())
    }

    /// Until when the producer has to say more.
    pub(crate) fn lease_until(&self) -> u64 {
        self.heard_at + self.rules.lease_ms
    }

    /// The number of the last stored part.
    pub(crate) fn number(&self) -> u32 {
        self.text.number()
    }

    /// All stored parts, in one.
    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The last stored part; `None` if none was stored since the server started.
    pub(crate) fn last(&self) -> Option<Part> {
        self.text.last()
    }

    /// The number of the last part and all text, with what is not stored yet.
    pub(crate) fn so_far(&self) -> (u32, String) {
        self.text.so_far()
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
        if self.text.len() + text.len() > self.rules.most_bytes {
            return Err(Refused::TooLong);
        }
        // Whatever comes is taken whole: only what is there already makes it full.
        if self.text.waiting() >= FULL { Err(Refused::Full) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
