//! How far the users of one room have got. A state machine without I/O: it is told what users give
//! and what was stored, and says what to store next and when. What it shows is stored.

use std::collections::BTreeMap;

use crate::journal::Receipt;

/// How often a room's receipts are stored and told, in milliseconds.
pub(crate) const ROUND: u64 = 1_000;

/// How many users' receipts one who enters is told: those who are furthest. Above it a receipt says
/// nothing about a person any more.
const TOLD: usize = 500;

/// The receipts of one room. Times are in milliseconds, from anywhere.
#[derive(Debug, Default)]
pub(crate) struct Book {
    stored: BTreeMap<String, Receipt>,
    /// What moved and is not stored yet.
    waiting: BTreeMap<String, Receipt>,
    /// What is being stored.
    storing: BTreeMap<String, Receipt>,
    /// When the next round may begin.
    next_round: u64,
}

/// What becomes of a receipt that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// The user was further already, and that is stored.
    Known,
    /// It waits for a round.
    Waits,
}

impl Book {
    /// What the journal has.
    pub(crate) fn new(stored: impl IntoIterator<Item = (String, Receipt)>) -> Self {
        Self { stored: stored.into_iter().collect(), ..Self::default() }
    }

    /// A user gives a receipt.
    pub(crate) fn give(&mut self, subject: &str, receipt: Receipt) -> Given {
        let stored = self.stored.get(subject).copied().unwrap_or_default();
        let merged = stored.merged(receipt);
        if merged == stored {
            return Given::Known;
        }
        let waiting = self.waiting.entry(subject.to_owned()).or_default();
        *waiting = waiting.merged(merged);
        Given::Waits
    }

    /// When a round is to begin; `None` if nothing waits, or a round is under way.
    pub(crate) fn next_round(&self) -> Option<u64> {
        (self.storing.is_empty() && !self.waiting.is_empty()).then_some(self.next_round)
    }

    /// Begins a round if it is time, or if there is no time left: gives what is to be stored.
    pub(crate) fn begin(&mut self, now: u64, is_last: bool) -> Option<BTreeMap<String, Receipt>> {
        if self.next_round().is_none_or(|at| at > now && !is_last) {
            return None;
        }
        self.next_round = now + ROUND;
        self.storing = std::mem::take(&mut self.waiting);
        Some(self.storing.clone())
    }

    /// Ends the round. Gives those who moved, as they stand now; nobody if it was not stored.
    pub(crate) fn end(&mut self, is_stored: bool) -> BTreeMap<String, Receipt> {
        let mut moved = BTreeMap::new();
        for (subject, receipt) in std::mem::take(&mut self.storing) {
            if is_stored {
                let stored = self.stored.entry(subject.clone()).or_default();
                *stored = stored.merged(receipt);
                moved.insert(subject, *stored);
            }
        }
        moved
    }

    /// How far everybody is, as one who enters is told.
    pub(crate) fn told(&self) -> BTreeMap<&str, Receipt> {
        let mut all: Vec<(&str, Receipt)> =
            self.stored.iter().map(|(subject, receipt)| (subject.as_str(), *receipt)).collect();
        if all.len() > TOLD {
            all.sort_by_key(|(_, receipt)| std::cmp::Reverse((receipt.read, receipt.delivered)));
            all.truncate(TOLD);
        }
        all.into_iter().collect()
    }

    /// How far everybody is.
    pub(crate) fn all(&self) -> BTreeMap<String, Receipt> {
        self.stored.clone()
    }

    /// Whether everything is stored.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.waiting.is_empty() && self.storing.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receipt(delivered: u64, read: u64) -> Receipt {
        Receipt { delivered, read }
    }

    fn one(subject: &str, at: Receipt) -> BTreeMap<String, Receipt> {
        BTreeMap::from([(subject.to_owned(), at)])
    }

    #[test]
    fn the_first_is_stored_at_once_and_the_others_once_a_second() {
        let mut book = Book::default();

        assert_eq!(book.give("ann", receipt(1, 0)), Given::Waits);
        assert_eq!(book.begin(5_000, false), Some(one("ann", receipt(1, 0))));
        assert_eq!(book.give("ann", receipt(2, 0)), Given::Waits);
        assert_eq!(book.next_round(), None);
        assert_eq!(book.end(true), one("ann", receipt(1, 0)));
        assert_eq!(book.give("ann", receipt(3, 2)), Given::Waits);

        assert_eq!(book.next_round(), Some(6_000));
        assert_eq!(book.begin(5_999, false), None);
        assert_eq!(book.begin(6_000, false), Some(one("ann", receipt(3, 2))));
    }

    #[test]
    fn what_was_not_stored_is_neither_shown_nor_known() {
        let mut book = Book::default();
        book.give("ann", receipt(1, 1));
        book.begin(0, false);

        assert!(book.end(false).is_empty());

        assert!(book.told().is_empty());
        assert_eq!(book.give("ann", receipt(1, 1)), Given::Waits);
    }

    #[test]
    fn what_is_stored_is_known_at_once() {
        let mut book = Book::new([("ann".to_owned(), receipt(5, 3))]);

        assert_eq!(book.give("ann", receipt(5, 2)), Given::Known);
        assert_eq!(book.give("ann", receipt(0, 4)), Given::Waits);
    }

    #[test]
    fn at_the_end_a_round_does_not_wait_for_its_time() {
        let mut book = Book::default();
        book.give("ann", receipt(1, 0));
        book.begin(0, false);
        book.end(true);
        book.give("ann", receipt(2, 0));

        assert_eq!(book.begin(1, true), Some(one("ann", receipt(2, 0))));
    }

    #[test]
    fn those_who_are_furthest_are_told() {
        let book = Book::new((0..600).map(|number| (format!("u{number}"), receipt(number, 0))));

        let told = book.told();

        assert_eq!(told.len(), TOLD);
        assert!(told.contains_key("u599") && !told.contains_key("u99"));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Give(u8, u64, u64),
        Pass(u64),
        End(bool),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0_u8..4, 0_u64..20, 0_u64..20).prop_map(|(who, d, r)| Step::Give(who, d, r)),
            2 => (0_u64..900).prop_map(Step::Pass),
            2 => prop::bool::weighted(0.8).prop_map(Step::End),
        ];
        prop::collection::vec(step, 0..120)
    }

    proptest! {
        /// Whatever comes and whatever fails: nobody goes back, what is read is delivered, a room
        /// is stored once a second at most, and in the end everybody is as far as what was stored
        /// of them.
        #[test]
        fn receipts_only_move_on(steps in steps()) {
            let mut book = Book::default();
            let mut journal: BTreeMap<String, Receipt> = BTreeMap::new();
            let (mut now, mut rounds) = (0, Vec::new());
            let mut storing = None;
            for step in steps {
                match step {
                    Step::Give(who, delivered, read) => {
                        book.give(&who.to_string(), receipt(delivered, read));
                    }
                    Step::Pass(ms) => now += ms,
                    Step::End(is_stored) => if let Some(batch) = storing.take() {
                        let before = book.all();
                        let moved = book.end(is_stored);
                        if is_stored {
                            journal.extend(moved);
                            prop_assert!(!batch_is_behind(&batch, &book.all()));
                        }
                        prop_assert!(!batch_is_behind(&before, &book.all()));
                    },
                }
                if let Some(batch) = book.begin(now, false) {
                    prop_assert!(storing.is_none());
                    storing = Some(batch);
                    rounds.push(now);
                }
                prop_assert_eq!(&book.all(), &journal);
                prop_assert!(book.all().values().all(|it| it.read <= it.delivered));
            }
            prop_assert!(rounds.windows(2).all(|pair| pair[1] - pair[0] >= ROUND));
        }
    }

    /// Whether somebody in `now` is behind where `before` had them.
    fn batch_is_behind(
        before: &BTreeMap<String, Receipt>,
        now: &BTreeMap<String, Receipt>,
    ) -> bool {
        before.iter().any(|(who, was)| {
            now.get(who).is_none_or(|is| is.delivered < was.delivered || is.read < was.read)
        })
    }
}
