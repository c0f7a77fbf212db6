//! What must hold of a stream, whatever its producers and its journal do.

use proptest::prelude::*;

use super::*;
use crate::stream::text::{CUT_EVERY, PART};

const RULES: Rules = Rules { lease_ms: 10_000, most_bytes: 1_000 };

fn started() -> StreamState {
    let mut state = StreamState::starting(RULES, 0);
    state.started();
    state
}

#[test]
fn text_is_cut_every_40_ms_and_the_first_at_once() {
    let mut state = started();

    state.append(0, "a", 5).unwrap();
    assert_eq!(state.due_at(), Some(0));
    assert_eq!(state.hand_over(5), [Part { number: 1, text: "a".to_owned() }]);
    state.append(0, "b", 6).unwrap();
    state.append(0, "c", 7).unwrap();
    assert_eq!(state.due_at(), None, "one group of parts at a time");
    assert!(state.has_rest());
    state.stored(1, 8);

    assert_eq!(state.due_at(), Some(45));
    assert_eq!(state.hand_over(45), [Part { number: 2, text: "bc".to_owned() }]);
    assert!(!state.has_rest());
}

#[test]
fn a_long_text_becomes_several_parts_that_end_between_characters() {
    let rules = Rules { most_bytes: usize::MAX, ..RULES };
    let mut state = StreamState::starting(rules, 0);
    let text = "é".repeat(PART);

    state.append(0, &format!("x{text}"), 1).unwrap();
    let parts = state.hand_over(1);

    assert_eq!(parts.len(), 3);
    assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), format!("x{text}"));
}

#[test]
fn a_producer_that_is_far_ahead_of_the_journal_waits() {
    let rules = Rules { most_bytes: usize::MAX, ..RULES };
    let mut state = StreamState::starting(rules, 0);

    state.append(0, &"x".repeat(FULL), 1).unwrap();
    assert_eq!(state.append(0, "y", 2), Err(Refused::Full));
    let last = state.hand_over(2).last().unwrap().number;
    assert_eq!(state.append(0, "y", 3), Err(Refused::Full));
    state.stored(last, 4);

    assert_eq!(state.append(0, "y", 5), Ok(()));
}

#[test]
fn what_is_too_long_is_refused_whole() {
    let mut state = started();

    state.append(0, &"x".repeat(999), 1).unwrap();

    assert_eq!(state.append(0, "yz", 2), Err(Refused::TooLong));
    assert_eq!(state.append(0, "y", 2), Ok(()));
}

#[test]
fn a_part_that_was_sent_before_has_one_effect_and_a_gap_is_named() {
    let mut state = started();

    state.append_part(0, 1, "a", 1).unwrap();
    state.append_part(0, 1, "other", 2).unwrap();
    assert_eq!(state.append_part(0, 3, "c", 3), Err(Refused::Gap(2)));
    state.append(0, "b", 4).unwrap();
    assert_eq!(state.append_part(0, 2, "late", 5), Ok(()), "the text before it is number 2");
    state.append_part(0, 3, "c", 6).unwrap();

    assert_eq!(state.so_far(), (3, "abc".to_owned()));
}

#[test]
fn a_lease_begins_anew_with_every_sign_and_stands_still_while_text_waits() {
    let mut state = started();
    assert_eq!(state.expires_at(), Some(10_000));

    state.renew(0, 4_000).unwrap();
    assert_eq!(state.expires_at(), Some(14_000));
    state.append(0, "a", 5_000).unwrap();
    assert_eq!(state.expires_at(), None);
    state.hand_over(5_000);
    state.stored(1, 60_000);

    assert_eq!(state.expires_at(), Some(70_000), "the journal was slow, not the producer");
}

#[test]
fn an_end_that_was_not_stored_is_none() {
    let mut state = started();
    state.append(0, "a", 1).unwrap();

    state.end().unwrap();
    let parts = state.hand_over(1);
    assert!(!state.is_seen());
    assert_eq!(state.append(0, "b", 2), Err(Refused::Ended));
    state.not_stored(3);
    state.not_ended(3);

    assert!(state.is_seen());
    assert_eq!(state.due_at(), Some(1_003));
    assert_eq!(state.hand_over(1_003), parts);
}

#[test]
fn a_lease_that_is_over_waits_for_a_journal_that_does_not_begin() {
    let mut state = started();
    let over = state.expires_at().unwrap();

    state.not_stored(over);

    assert_eq!(state.expires_at(), Some(over + 1_000));
}

#[test]
fn a_stream_may_end_before_its_start_is_stored() {
    let mut state = StreamState::starting(RULES, 0);

    state.append(0, "a", 1).unwrap();
    state.end().unwrap();
    state.started();
    assert!(!state.is_seen());
    state.ended();

    assert_eq!(state.append(0, "b", 2), Err(Refused::Ended));
    assert_eq!(state.expires_at(), None);
}

#[test]
fn the_later_producer_goes_on_behind_what_the_earlier_one_gave() {
    let mut state = started();
    state.append(0, "accepted", 1).unwrap();

    let later = state.take_over(2).unwrap();
    assert_eq!(state.append(0, "lost", 3), Err(Refused::Fenced));
    assert_eq!(state.renew(0, 3), Err(Refused::Fenced));
    assert_eq!(state.so_far(), (0, "accepted".to_owned()));
    state.append(later, ", and more", 4).unwrap();

    let parts = state.hand_over(5);
    assert_eq!(parts[0].text, "accepted, and more");
}

#[test]
fn the_last_part_is_known_once_it_is_stored() {
    let mut state = StreamState::found(RULES, 0, 7, "before".to_owned());
    assert_eq!(state.last(), None);

    state.append(0, "more", 1).unwrap();
    let parts = state.hand_over(1);
    assert_eq!(state.last(), None);
    state.stored(8, 2);

    assert_eq!(state.last(), parts.last().cloned());
}

#[test]
fn a_stream_that_was_never_stored_takes_nothing() {
    let mut state = StreamState::starting(RULES, 0);
    state.append(0, "a", 1).unwrap();

    state.not_started();

    assert_eq!(state.append(0, "b", 2), Err(Refused::NotStarted));
    assert_eq!((state.due_at(), state.expires_at()), (None, None));
}

/// What producers and the journal do.
#[derive(Clone, Debug)]
enum Act {
    Append {
        producer: u32,
        text: String,
    },
    /// The part of this number, counted from the next.
    AppendPart {
        producer: u32,
        offset: u32,
        text: String,
    },
    HandOver,
    Stored,
    NotStored,
    TakeOver,
    End,
    Ended,
    NotEnded,
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let text = "[a-zé]{0,12}";
    let act = prop_oneof![
        4 => (0..3_u32, text).prop_map(|(producer, text)| Act::Append { producer, text }),
        2 => (0..3_u32, 0..4_u32, text)
            .prop_map(|(producer, offset, text)| Act::AppendPart { producer, offset, text }),
        4 => Just(Act::HandOver),
        3 => Just(Act::Stored),
        1 => Just(Act::NotStored),
        1 => Just(Act::TakeOver),
        1 => Just(Act::End),
        1 => Just(Act::Ended),
        1 => Just(Act::NotEnded),
        2 => (0..100_u64).prop_map(Act::Wait),
    ];
    proptest::collection::vec(act, 0..80)
}

/// A journal as the trait describes it: a part that is not above the last one changes nothing.
#[derive(Default)]
struct Journal {
    number: u32,
    text: String,
}

impl Journal {
    fn extend(&mut self, part: &Part) {
        if part.number > self.number {
            assert_eq!(part.number, self.number + 1, "a gap in the journal");
            self.number = part.number;
            self.text.push_str(&part.text);
        }
    }
}

proptest! {
    /// Everything that was accepted is stored once, in order, whatever fails and whoever comes back.
    /// A failed attempt may have been stored all the same: nobody knows.
    #[test]
    fn what_was_accepted_is_stored_once_and_in_order(acts in acts(), reaches_disk: bool) {
        let mut state = StreamState::starting(Rules { most_bytes: usize::MAX, ..RULES }, 0);
        state.started();
        let (mut journal, mut accepted) = (Journal::default(), String::new());
        let (mut at_writer, mut producer, mut now) = (Vec::<Part>::new(), 0, 0);
        let mut is_ending = false;

        for act in acts {
            match act {
                Act::Append { producer: by, text } => match state.append(by, &text, now) {
                    Ok(()) => {
                        prop_assert_eq!(by, producer);
                        accepted.push_str(&text);
                    }
                    Err(refused) => prop_assert!(refused == Refused::Fenced || is_ending),
                },
                Act::AppendPart { producer: by, offset, text } => {
                    let before = state.so_far();
                    let number = (before.0 + offset).saturating_sub(1);
                    if state.append_part(by, number, &text, now).is_ok() {
                        prop_assert_eq!(by, producer);
                        let (_, after) = state.so_far();
                        let with_it = before.1.clone() + &text;
                        prop_assert!(after == before.1 || after == with_it);
                        accepted = after;
                    }
                }
                Act::HandOver => {
                    let parts = state.hand_over(now);
                    prop_assert!(parts.iter().all(|part| !part.text.is_empty() || part.number > 0));
                    at_writer.extend(parts);
                }
                Act::Stored => if let Some(last) = at_writer.last() {
                    let last = last.number;
                    at_writer.drain(..).for_each(|part| journal.extend(&part));
                    state.stored(last, now);
                },
                Act::NotStored => if !at_writer.is_empty() {
                    if reaches_disk {
                        at_writer.iter().for_each(|part| journal.extend(part));
                    }
                    at_writer.clear();
                    state.not_stored(now);
                },
                Act::TakeOver => if let Ok(later) = state.take_over(now) {
                    prop_assert_eq!(later, producer + 1);
                    producer = later;
                },
                Act::End => is_ending |= state.end().is_ok(),
                Act::Ended => if is_ending && at_writer.is_empty() {
                    // The end takes the rest with it.
                    at_writer.extend(state.hand_over(now));
                    if let Some(last) = at_writer.last().map(|part| part.number) {
                        at_writer.drain(..).for_each(|part| journal.extend(&part));
                        state.stored(last, now);
                    }
                    state.ended();
                    prop_assert_eq!(&journal.text, &accepted);
                    return Ok(());
                },
                Act::NotEnded => {
                    state.not_ended(now);
                    is_ending = false;
                }
                Act::Wait(ms) => now += ms,
            }
            prop_assert!(accepted.starts_with(state.text()), "the text so far is of what came");
            prop_assert!(journal.text.starts_with(state.text()), "nobody sees what is not stored");
            prop_assert!(state.is_seen() != is_ending);
        }

        at_writer.extend(state.hand_over(now));
        at_writer.iter().for_each(|part| journal.extend(part));
        prop_assert_eq!(&journal.text, &accepted);
    }

    /// A part is due at most every 40 ms, and a lease is over only when nothing was heard for it.
    #[test]
    fn parts_are_40_ms_apart_and_leases_end_in_silence(
        pauses in proptest::collection::vec(0..200_u64, 1..60),
    ) {
        let mut state = started();
        let (mut now, mut cut_at, mut heard_at) = (1_000, None, 0);

        for pause in pauses {
            now += pause;
            state.append(0, "x", now).ok();
            heard_at = heard_at.max(now);
            if state.due_at().is_some_and(|at| at <= now) {
                let last = state.hand_over(now).last().unwrap().number;
                prop_assert!(cut_at.is_none_or(|cut_at| now - cut_at >= CUT_EVERY));
                cut_at = Some(now);
                state.stored(last, now);
            }
            prop_assert!(state.expires_at().is_none_or(|at| at >= heard_at + RULES.lease_ms));
        }
    }
}
