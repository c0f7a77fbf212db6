//! The checker finds each anomaly in a history that has it, and none in one that has none.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use tautline::Outcome;
use tautline_history::anomaly::Anomaly;
use tautline_history::checker::{End, check};
use tautline_history::history::{Course, Entry, Kept, KeptRoom, Leaves, Place, What};

const ROOM: &str = "log:1";

fn at(seq: u64) -> Place {
    Place { epoch: "e".to_owned(), seq }
}

fn entry(who: &str, what: What) -> Entry {
    Entry { at_ms: 0, who: who.to_owned(), what }
}

fn invoked(who: &str, mark: &str) -> Entry {
    let (mark, room) = (mark.to_owned(), ROOM.to_owned());
    entry(who, What::Invoked { mark, lane: Some(room.clone()), room, leaves: Leaves::Row })
}

fn answered(who: &str, mark: &str, seq: u64) -> Entry {
    entry(who, What::Answered { mark: mark.to_owned(), place: Some(at(seq)) })
}

fn refused(who: &str, mark: &str, outcome: Outcome) -> Entry {
    let (mark, code) = (mark.to_owned(), "a_code".to_owned());
    entry(who, What::Refused { mark, code, outcome })
}

fn stored(mark: &str, seq: u64) -> Entry {
    let (room, mark) = (ROOM.to_owned(), Some(mark.to_owned()));
    entry("journal", What::Stored { room, place: at(seq), mark })
}

fn entered(who: &str, seq: u64, marks: &[&str]) -> Entry {
    let marks = marks.iter().map(|mark| (*mark).to_owned()).collect();
    entry(who, What::Entered { room: ROOM.to_owned(), place: Some(at(seq)), marks, lost: None })
}

fn entered_anew(who: &str, seq: u64, marks: &[&str]) -> Entry {
    let mut entered = entered(who, seq, marks);
    if let What::Entered { lost, .. } = &mut entered.what {
        *lost = Some("trimmed".to_owned());
    }
    entered
}

fn received(who: &str, mark: &str, seq: u64) -> Entry {
    let (room, mark) = (ROOM.to_owned(), Some(mark.to_owned()));
    entry(who, What::Received { room, place: at(seq), mark })
}

fn left(who: &str) -> Entry {
    entry(who, What::Left { room: ROOM.to_owned() })
}

/// A room in which these marks are stored, each with a row and an event.
fn kept(marks: &[&str]) -> Kept {
    let rows: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
    let events = rows.iter().zip(1..).map(|(mark, seq)| (at(seq), Some(mark.clone()))).collect();
    Kept { rooms: [(ROOM.to_owned(), KeptRoom { events, rows, ..KeptRoom::default() })].into() }
}

fn room(kept: &mut Kept) -> &mut KeptRoom {
    kept.rooms.get_mut(ROOM).unwrap()
}

/// Whether a history has this anomaly, and no other one.
#[track_caller]
fn only(history: &[Entry], kept: &Kept, expected: fn(&Anomaly) -> bool) {
    let anomalies = check(history, kept, End::Settled);
    assert!(anomalies.iter().any(expected), "it was not found: {anomalies:?}");
    // Who saw something wrong also lacks what is right, in the end.
    let is_expected = |it: &Anomaly| expected(it) || matches!(it, Anomaly::Lacks { .. });
    assert!(anomalies.iter().all(is_expected), "{anomalies:?}");
}

#[track_caller]
fn clean(history: &[Entry], kept: &Kept) {
    assert_eq!(check(history, kept, End::Settled), []);
}

#[test]
fn a_history_without_faults_is_clean() {
    let history = [
        entered("bob", 0, &[]),
        invoked("ann", "a1"),
        stored("a1", 1),
        answered("ann", "a1", 1),
        received("bob", "a1", 1),
        invoked("ann", "a2"),
        stored("a2", 2),
        received("bob", "a2", 2),
        answered("ann", "a2", 2),
        entered("cat", 2, &["a1", "a2"]),
    ];

    clean(&history, &kept(&["a1", "a2"]));
}

#[test]
fn an_acknowledged_command_that_is_not_there_is_lost() {
    let history = [invoked("ann", "a1"), answered("ann", "a1", 1)];

    only(&history, &kept(&[]), |anomaly| {
        matches!(anomaly, Anomaly::LostAfterAck { .. } | Anomaly::Misplaced { .. })
    });
}

#[test]
fn a_command_that_took_effect_twice_is_found() {
    let history = [invoked("ann", "a1"), answered("ann", "a1", 1)];

    only(&history, &kept(&["a1", "a1"]), |anomaly| {
        matches!(anomaly, Anomaly::Twice { rows: 2, events: 2, .. })
    });
}

#[test]
fn a_row_without_its_event_is_torn_and_an_event_without_its_row() {
    let history = [invoked("ann", "a1"), refused("ann", "a1", Outcome::Unknown)];
    let (mut no_event, mut no_row) = (kept(&["a1"]), kept(&["a1"]));
    room(&mut no_event).events.clear();
    room(&mut no_row).rows.clear();

    only(&history, &no_event, |anomaly| matches!(anomaly, Anomaly::Torn { has_row: true, .. }));
    only(&history, &no_row, |anomaly| matches!(anomaly, Anomaly::Torn { has_row: false, .. }));
}

#[test]
fn what_nobody_asked_for_is_found_and_what_was_refused_whenever_it_ran() {
    let mut leaves_nothing = invoked("ann", "a1");
    if let What::Invoked { leaves, .. } = &mut leaves_nothing.what {
        *leaves = Leaves::Nothing;
    }
    let history = [leaves_nothing, refused("ann", "a1", Outcome::Unknown)];

    only(&[], &kept(&["x"]), |anomaly| matches!(anomaly, Anomaly::FromNowhere { .. }));
    only(&history, &kept(&["a1"]), |anomaly| matches!(anomaly, Anomaly::FromNowhere { .. }));
}

#[test]
fn an_outcome_that_is_not_so_is_found_and_an_unknown_one_never_is() {
    let told = |outcome| [invoked("ann", "a1"), refused("ann", "a1", outcome)];

    only(&told(Outcome::NotExecuted), &kept(&["a1"]), |anomaly| {
        matches!(anomaly, Anomaly::Untrue { told: "not_executed", .. })
    });
    only(&told(Outcome::Executed), &kept(&[]), |anomaly| {
        matches!(anomaly, Anomaly::Untrue { told: "executed", .. })
    });
    clean(&told(Outcome::NotExecuted), &kept(&[]));
    clean(&told(Outcome::Executed), &kept(&["a1"]));
    clean(&told(Outcome::Unknown), &kept(&["a1"]));
    clean(&told(Outcome::Unknown), &kept(&[]));
}

#[test]
fn an_answer_that_names_another_place_is_found() {
    let history = [invoked("ann", "a1"), answered("ann", "a1", 2)];

    only(&history, &kept(&["a1"]), |anomaly| matches!(anomaly, Anomaly::Misplaced { .. }));
}

#[test]
fn a_command_ends_once_and_in_a_run_that_came_to_rest_it_ends() {
    let twice =
        [invoked("ann", "a1"), answered("ann", "a1", 1), refused("ann", "a1", Outcome::Unknown)];
    let never = [invoked("ann", "a1")];

    only(&twice, &kept(&["a1"]), |anomaly| matches!(anomaly, Anomaly::SettledTwice { .. }));
    only(&never, &kept(&["a1"]), |anomaly| matches!(anomaly, Anomaly::NeverSettled { .. }));
    assert_eq!(check(&never, &kept(&["a1"]), End::Stopped), []);
}

#[test]
fn a_lane_that_was_turned_around_is_found_unless_the_first_was_given_up() {
    let history = [
        invoked("ann", "a1"),
        invoked("ann", "a2"),
        answered("ann", "a2", 1),
        answered("ann", "a1", 2),
    ];
    let mut given_up = history.clone();
    given_up[3] = refused("ann", "a1", Outcome::Unknown);
    let mut of_two = history.clone();
    of_two[0] = invoked("bob", "a1");

    only(&history, &kept(&["a2", "a1"]), |anomaly| matches!(anomaly, Anomaly::Reordered { .. }));
    clean(&given_up, &kept(&["a2", "a1"]));
    clean(&of_two, &kept(&["a2", "a1"]));
}

#[test]
fn a_state_lacks_nothing_and_has_nothing_that_was_not_stored() {
    let asked = [invoked("ann", "a1"), answered("ann", "a1", 1)];
    let with = |entry: Entry| [&asked[..], &[entry]].concat();
    let is_wrong = |anomaly: &Anomaly| matches!(anomaly, Anomaly::WrongState { .. });

    only(&with(entered("bob", 1, &[])), &kept(&["a1"]), is_wrong);
    only(&with(entered("bob", 1, &["x"])), &kept(&["a1"]), is_wrong);
    only(&with(entered("bob", 1, &["a1", "a2"])), &kept(&["a1"]), is_wrong);
    clean(&with(entered("bob", 1, &["a1"])), &kept(&["a1"]));
}

#[test]
fn a_state_may_be_ahead_of_its_position() {
    let history = [
        invoked("ann", "a1"),
        answered("ann", "a1", 1),
        entered("bob", 0, &["a1"]),
        received("bob", "a1", 1),
    ];

    clean(&history, &kept(&["a1"]));
}

#[test]
fn a_gap_a_repeat_and_an_event_of_another_epoch_are_out_of_turn() {
    let asked = [
        invoked("ann", "a1"),
        answered("ann", "a1", 1),
        invoked("ann", "a2"),
        answered("ann", "a2", 2),
        entered("bob", 0, &[]),
    ];
    let with = |entries: &[Entry]| [&asked[..], entries].concat();
    let is_out_of_turn = |anomaly: &Anomaly| matches!(anomaly, Anomaly::OutOfTurn { .. });
    let kept = kept(&["a1", "a2"]);
    let (first, second) = (received("bob", "a1", 1), received("bob", "a2", 2));

    only(&with(std::slice::from_ref(&second)), &kept, is_out_of_turn);
    only(&with(&[first.clone(), first.clone(), second.clone()]), &kept, is_out_of_turn);
    only(
        &with(&[first.clone(), second.clone(), first.clone(), second.clone()]),
        &kept,
        is_out_of_turn,
    );
    only(&with(&[left("bob"), first.clone()]), &kept, is_out_of_turn);
    clean(&with(&[first, second]), &kept);
}

#[test]
fn an_event_is_what_is_stored_at_its_place() {
    let history = [
        invoked("ann", "a1"),
        answered("ann", "a1", 1),
        entered("bob", 0, &[]),
        received("bob", "x", 1),
    ];

    only(&history, &kept(&["a1"]), |anomaly| matches!(anomaly, Anomaly::Other { .. }));
}

#[test]
fn whoever_enters_anew_is_told_that_events_may_be_lost() {
    let asked = [invoked("ann", "a1"), answered("ann", "a1", 1), entered("bob", 0, &[])];
    let with = |entries: &[Entry]| [&asked[..], entries].concat();
    let kept = kept(&["a1"]);

    only(&with(&[entered("bob", 1, &["a1"])]), &kept, |anomaly| {
        matches!(anomaly, Anomaly::Untold { .. })
    });
    clean(&with(&[entered_anew("bob", 1, &["a1"])]), &kept);
    clean(&with(&[left("bob"), entered("bob", 1, &["a1"])]), &kept);
}

#[test]
fn a_server_that_brings_a_part_or_knows_less_than_its_client_is_found() {
    for why in ["incomplete", "ahead"] {
        let mut anew = entered_anew("bob", 1, &["a1"]);
        if let What::Entered { lost, .. } = &mut anew.what {
            *lost = Some(why.to_owned());
        }
        let history =
            [invoked("ann", "a1"), answered("ann", "a1", 1), entered("bob", 0, &[]), anew];

        only(&history, &kept(&["a1"]), |anomaly| matches!(anomaly, Anomaly::Broken { .. }));
    }
}

#[test]
fn whoever_is_in_a_room_has_all_of_it_when_a_run_has_come_to_rest() {
    let history = [entered("bob", 0, &[]), invoked("ann", "a1"), answered("ann", "a1", 1)];
    let kept = kept(&["a1"]);

    only(&history, &kept, |anomaly| matches!(anomaly, Anomaly::Behind { .. }));
    let anomalies = check(&history, &kept, End::Settled);
    assert!(anomalies.iter().any(|anomaly| matches!(anomaly, Anomaly::Lacks { .. })));
    assert_eq!(check(&history, &kept, End::Stopped), []);
    clean(&[&history[..], &[left("bob")]].concat(), &kept);
}

#[test]
fn what_begins_ends_and_once() {
    let course = |begun, ended| {
        let mut kept = kept(&[]);
        room(&mut kept).courses.insert("s1".to_owned(), Course { begun, ended, text: None });
        kept
    };
    let is_off = |anomaly: &Anomaly| matches!(anomaly, Anomaly::OffCourse { .. });

    only(&[], &course(1, 0), is_off);
    only(&[], &course(1, 2), is_off);
    only(&[], &course(2, 1), is_off);
    only(&[], &course(0, 1), is_off);
    clean(&[], &course(1, 1));
    assert_eq!(check(&[], &course(1, 0), End::Stopped), []);
}

#[test]
fn a_streams_text_is_whole_and_never_shorter() {
    let says = |text: &str, is_over| {
        let (room, stream, text) = (ROOM.to_owned(), "s1".to_owned(), text.to_owned());
        entry("bob", What::Heard { room, stream, text, is_over })
    };
    let heard = |text: &str| says(text, false);
    let mut told = kept(&[]);
    let course = Course { begun: 1, ended: 1, text: Some("1 2 ".to_owned()) };
    room(&mut told).courses.insert("s1".to_owned(), course);
    let is_garbled = |anomaly: &Anomaly| matches!(anomaly, Anomaly::Garbled { .. });

    only(&[heard("1 3 ")], &kept(&[]), is_garbled);
    only(&[heard("1 1 2 ")], &kept(&[]), is_garbled);
    only(&[heard("2 ")], &kept(&[]), is_garbled);
    only(&[heard("1 2 "), heard("1 ")], &kept(&[]), |anomaly| {
        matches!(anomaly, Anomaly::Forgotten { .. })
    });
    clean(&[heard(""), heard("1 "), heard("1 2 3 "), heard("1 2 3 ")], &kept(&[]));
    only(&[heard("1 "), says("1 ", true)], &told, is_garbled);
    clean(&[heard("1 "), says("1 2 ", true)], &told);
}

#[test]
fn an_epoch_that_began_after_the_last_event_has_none_of_its_own() {
    let anew = |epoch: &str| {
        let mut anew = entered_anew("bob", 1, &["a1"]);
        if let What::Entered { place: Some(place), .. } = &mut anew.what {
            place.epoch = epoch.to_owned();
        }
        [invoked("ann", "a1"), answered("ann", "a1", 1), anew]
    };
    let mut two_epochs = kept(&["a1"]);
    let later = Place { epoch: "later".to_owned(), seq: 2 };
    room(&mut two_epochs).events.push((later, None));

    clean(&anew("newer"), &kept(&["a1"]));
    only(&anew("e"), &two_epochs, |anomaly| matches!(anomaly, Anomaly::Behind { .. }));
}

#[test]
fn nobody_hears_of_anything_before_it_is_stored() {
    let ack = [invoked("ann", "a1"), answered("ann", "a1", 1), stored("a1", 1)];
    let event = [
        entered("bob", 0, &[]),
        invoked("ann", "a1"),
        received("bob", "a1", 1),
        stored("a1", 1),
        answered("ann", "a1", 1),
    ];

    only(&ack, &kept(&["a1"]), |anomaly| {
        matches!(anomaly, Anomaly::Premature { is_ack: true, .. })
    });
    only(&event, &kept(&["a1"]), |anomaly| {
        matches!(anomaly, Anomaly::Premature { is_ack: false, .. })
    });
}

#[test]
fn a_room_that_has_forgotten_its_first_events_loses_nothing_by_it() {
    let history = [
        invoked("ann", "a1"),
        answered("ann", "a1", 1),
        invoked("ann", "a2"),
        answered("ann", "a2", 2),
        entered("bob", 0, &[]),
        received("bob", "a1", 1),
        received("bob", "a2", 2),
    ];
    let mut kept = kept(&["a1", "a2"]);
    room(&mut kept).events.remove(0);

    clean(&history, &kept);
}

/// A history in which a few people write a few marks one after the other, and one reads them all.
fn good(marks: &[u8]) -> (Vec<Entry>, Kept) {
    let names: Vec<String> =
        marks.iter().enumerate().map(|(place, who)| format!("{who}-{place}")).collect();
    let mut history = vec![entered("reader", 0, &[])];
    for ((mark, who), seq) in names.iter().zip(marks).zip(1..) {
        let who = format!("writer{who}");
        history.extend([
            invoked(&who, mark),
            stored(mark, seq),
            answered(&who, mark, seq),
            received("reader", mark, seq),
        ]);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    (history, kept(&names))
}

proptest! {
    /// Whatever is written in order and read in order is clean; and whatever single reception,
    /// storage or row is taken out or doubled, it is found.
    #[test]
    fn one_fault_in_a_good_history_is_found(
        marks in prop::collection::vec(0_u8..4, 2..20),
        place in any::<prop::sample::Index>(),
        fault in 0..6,
    ) {
        let (mut history, mut kept) = good(&marks);
        prop_assert_eq!(check(&history, &kept, End::Settled), []);

        let victim = place.index(marks.len());
        let reception = 4 + 4 * victim;
        match fault {
            0 => drop(history.remove(reception)),
            1 => history.insert(reception, history[reception].clone()),
            2 => drop(history.remove(reception - 2)),
            3 => drop(room(&mut kept).rows.remove(victim)),
            4 => {
                let row = room(&mut kept).rows[victim].clone();
                room(&mut kept).rows.push(row);
            }
            _ => history[reception - 1] = refused(
                &history[reception - 1].who.clone(),
                &room(&mut kept).rows[victim].clone(),
                Outcome::NotExecuted,
            ),
        }

        prop_assert_ne!(check(&history, &kept, End::Settled), []);
    }
}
