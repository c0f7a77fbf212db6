//! Positions in a room, and the verdict on a caller who wants to go on from one. No I/O.

use serde::{Deserialize, Serialize};

/// How many missed events a resume brings at most. Beyond it a fresh state is cheaper than a replay;
/// the number is Centrifugo's default for its recovery limit.
pub(crate) const MAX_GAP: u64 = 300;

/// A place in the sequence of a room's durable events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which sequence: a new one begins whenever the old one cannot be continued.
    pub epoch: String,
    /// The number of the last event; 0 before the first.
    pub seq: u64,
}

/// Why the missed events cannot be brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// Some of them are no longer stored.
    Trimmed,
    /// They are more than [`MAX_GAP`].
    TooFar,
    /// The caller knows more than the server.
    Ahead,
    /// The caller's position is in another sequence.
    EpochChanged,
    /// The caller asked for a room that the namespace does not have.
    UnknownRoom,
    /// The caller gave no position.
    NoPosition,
}

/// What a room can still give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Its last event.
    pub head: Position,
    /// The number of the first event that is still stored; `head.seq + 1` if there is none.
    pub first: u64,
}

impl Extent {
    /// Whether everything after `since` can be brought, without any gap. Never partly.
    ///
    /// # Errors
    /// The reason why it cannot.
    pub(crate) fn covers(&self, since: Option<&Position>) -> Result<(), Reason> {
        let since = since.ok_or(Reason::NoPosition)?;
        if since.epoch != self.head.epoch {
            return Err(Reason::EpochChanged);
        }
        let missed = self.head.seq.checked_sub(since.seq).ok_or(Reason::Ahead)?;
        if missed > MAX_GAP {
            return Err(Reason::TooFar);
        }
        if missed > 0 && self.first > since.seq + 1 {
            return Err(Reason::Trimmed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(epoch: &str, seq: u64) -> Position {
        Position { epoch: epoch.to_owned(), seq }
    }

    fn extent(first: u64, head: u64) -> Extent {
        Extent { head: at("e", head), first }
    }

    #[test]
    fn a_caller_without_a_position_is_told_so() {
        assert_eq!(extent(1, 5).covers(None), Err(Reason::NoPosition));
    }

    #[test]
    fn another_epoch_is_never_compared_by_number() {
        assert_eq!(extent(1, 5).covers(Some(&at("old", 5))), Err(Reason::EpochChanged));
    }

    #[test]
    fn the_head_itself_needs_nothing_even_when_all_is_trimmed() {
        assert_eq!(extent(6, 5).covers(Some(&at("e", 5))), Ok(()));
    }

    #[test]
    fn three_hundred_events_are_brought_and_one_more_is_too_far() {
        assert_eq!(extent(1, 300).covers(Some(&at("e", 0))), Ok(()));
        assert_eq!(extent(1, 301).covers(Some(&at("e", 0))), Err(Reason::TooFar));
    }

    proptest! {
        /// Accepted means: every event of `since + 1 ..= head` is stored, and few enough.
        #[test]
        fn accepted_is_fully_covered(first in 1_u64..400, head in 0_u64..400, since in 0_u64..500) {
            let extent = extent(first.min(head + 1), head);

            let accepted = extent.covers(Some(&at("e", since))).is_ok();

            let missed: Vec<u64> = (since + 1..=head).collect();
            let covered = since <= head
                && missed.len() <= 300
                && missed.iter().all(|seq| (extent.first..=head).contains(seq));
            prop_assert_eq!(accepted, covered);
        }
    }
}
