//! What goes out of one direction, and in which order.

use proptest::prelude::*;

use super::*;
use crate::engine_packet::Piece;
use crate::frame::Kind;

fn frame(number: usize) -> Frame {
    let pieces = vec![Piece::Text(number.to_string())];
    Frame { kind: Kind::Event, namespace: None, event: None, id: None, pieces }
}

/// The numbers that go out when frames meet these verdicts.
fn out(actions: &[Action]) -> Vec<String> {
    let mut line = Line::default();
    let passages =
        actions.iter().enumerate().flat_map(|(number, action)| line.take(frame(number), action));
    passages
        .filter_map(|passage| match passage {
            Passage::Frame { mut frame, .. } => frame.pieces.pop(),
            Passage::Cut(_) | Passage::HalfOpen(_) => None,
        })
        .map(|piece| format!("{piece:?}").chars().filter(char::is_ascii_digit).collect())
        .collect()
}

#[test]
fn who_is_held_back_comes_after_those_who_overtake() {
    let late = Action::Reorder { behind: 2 };

    assert_eq!(
        out(&[late.clone(), Action::Pass, Action::Pass, Action::Pass]),
        ["1", "2", "0", "3"]
    );
    // What does not go out overtakes nobody.
    assert_eq!(out(&[late.clone(), Action::Drop, Action::Pass, Action::Pass]), ["2", "3", "0"]);
    assert_eq!(out(&[late.clone(), late, Action::Pass, Action::Pass]), ["2", "3", "0", "1"]);
}

#[test]
fn who_is_never_overtaken_is_left() {
    let mut line = Line::default();
    line.take(frame(0), &Action::Reorder { behind: 1 });

    assert_eq!(line.left().collect::<Vec<_>>(), [frame(0)]);
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => Just(Action::Pass),
        1 => (1_u32..4).prop_map(|behind| Action::Reorder { behind }),
        1 => (0_u64..9).prop_map(|ms| Action::Delay { ms }),
    ]
}

proptest! {
    #[test]
    fn order_is_changed_and_nothing_else(actions in prop::collection::vec(action(), 0..30)) {
        let mut actions = actions;
        // Enough to overtake everybody.
        actions.extend(vec![Action::Pass; 4]);
        let mut numbers: Vec<usize> =
            out(&actions).iter().map(|it| it.parse().expect("a number")).collect();
        numbers.sort_unstable();

        prop_assert_eq!(numbers, (0..actions.len()).collect::<Vec<_>>());
    }
}
