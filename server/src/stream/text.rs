//! The text of one stream, on its way through three places: it is *accepted* from the producer, *cut*
//! into numbered parts, and *stored*.
//!
//! A part keeps its number and its text from the cut on, whatever becomes of the first attempt to
//! store it: so the journal can take it twice and have it once.

use std::collections::VecDeque;

/// How often parts are cut. 25 a second look like typing, and are what Ably rolls up to by default.
pub(super) const CUT_EVERY: u64 = 40;

/// How long after a journal that did not store it is tried again.
pub(super) const AGAIN_AFTER: u64 = 1_000;

/// How large a part is that is cut from accepted text, in bytes.
pub(super) const PART: usize = 16 * 1024;

/// A numbered piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// From 1, without a gap.
    pub(crate) number: u32,
    pub(crate) text: String,
}

/// All of a stream's text.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// All stored parts, in one.
    stored: String,
    /// The last of them.
    number: u32,
    /// Where that begins, if it is known.
    last_at: Option<usize>,
    /// Cut and not stored, in order.
    cut: VecDeque<Part>,
    /// The last of them that the writer has.
    handed: u32,
    /// Accepted and not cut.
    accepted: String,
    cut_at: Option<u64>,
}

impl Text {
    /// The text of a stream that was found in the journal.
    pub(super) fn found(number: u32, stored: String) -> Self {
        Self { stored, number, handed: number, ..Self::default() }
    }

    /// Takes text, to be cut later.
    pub(super) fn accept(&mut self, text: &str) {
        self.accepted.push_str(text);
    }

    /// The number of the part that comes behind everything that was accepted.
    pub(super) fn next_number(&mut self) -> u32 {
        self.cut_accepted();
        self.last_cut() + 1
    }

    /// Takes a part behind everything that was accepted.
    pub(super) fn accept_part(&mut self, text: &str) {
        let part = Part { number: self.next_number(), text: text.to_owned() };
        self.cut.push_back(part);
    }

    /// What the writer stores next: everything that was accepted, as parts.
    pub(super) fn hand_over(&mut self, now: u64) -> Vec<Part> {
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
    pub(super) fn stored(&mut self, number: u32) {
        while let Some(part) = self.cut.pop_front_if(|part| part.number <= number) {
            self.number = part.number;
            self.last_at = Some(self.stored.len());
            self.stored.push_str(&part.text);
        }
    }

    /// They were not: the same parts are handed over again, a little later.
    pub(super) fn not_stored(&mut self, now: u64) {
        self.handed = self.number;
        self.cut_at = Some(now + AGAIN_AFTER - CUT_EVERY);
    }

    /// When the next parts are due; `None` if nothing waits, or the writer has some.
    pub(super) fn due_at(&self) -> Option<u64> {
        let is_idle = self.handed <= self.number;
        (is_idle && !self.is_stored()).then(|| self.cut_at.map_or(0, |cut_at| cut_at + CUT_EVERY))
    }

    /// Whether there is text that the writer does not have.
    pub(super) fn has_rest(&self) -> bool {
        !self.accepted.is_empty() || self.last_cut() > self.handed
    }

    /// Whether nothing waits.
    pub(super) fn is_stored(&self) -> bool {
        self.accepted.is_empty() && self.cut.is_empty()
    }

    /// How many bytes are not stored.
    pub(super) fn waiting(&self) -> usize {
        self.accepted.len() + self.cut.iter().map(|part| part.text.len()).sum::<usize>()
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.stored.len() + self.waiting()
    }

    /// The number of the last stored part.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// All stored parts, in one.
    pub(super) fn as_str(&self) -> &str {
        &self.stored
    }

    /// The last stored part; `None` if none was stored since the server started.
    pub(super) fn last(&self) -> Option<Part> {
        let text = self.last_at.and_then(|at| self.stored.get(at..))?;
        Some(Part { number: self.number, text: text.to_owned() })
    }

    /// The number of the last part and all text, with what is not stored yet.
    pub(super) fn so_far(&self) -> (u32, String) {
        let cut = self.cut.iter().map(|part| part.text.as_str());
        let text = std::iter::once(self.as_str()).chain(cut).chain([self.accepted.as_str()]);
        (self.last_cut(), text.collect())
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
