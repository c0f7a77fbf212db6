//! Bad weather from a seed: which faults there are, how likely and how hard. Pure.

use crate::chance::draw;
use crate::frame::{Direction, Kind};
use crate::rule::{Action, Half, Rule, When};

/// How likely a fault may be, at most, for each frame that it is for.
const WORST: f64 = 0.05;
/// What a truncated event keeps at least: of one without any data, socket.io-client 4.8.4 makes an
/// exception that nobody can catch.
const HEAD: usize = 20;
/// How likely it is that a client that comes is turned away.
const REFUSED: f64 = 0.2;

/// Rules that were drawn from a seed: the same seed, the same rules.
///
/// Commands are not among what is sent twice: only those of a ledger run once then, and a storm is for
/// all. Links do not stay half open either, since nobody would let them go on.
pub fn storm(seed: u64) -> Vec<Rule> {
    let frames =
        |direction, kind| When { direction: Some(direction), kind: Some(kind), ..When::default() };
    let (commands, events) =
        (frames(Direction::Up, Kind::Event), frames(Direction::Down, Kind::Event));
    let answers = frames(Direction::Down, Kind::Ack);
    let cut = |half| Action::Cut { half };
    // Up to so much, from 1.
    let up_to = |most: u32, place: u64| 1 + (draw(seed, &[place, 2]) * f64::from(most)) as u32;

    let weather = [
        (&commands, cut(Half::Both)),
        (&answers, cut(Half::Both)),
        (&events, cut(Half::Both)),
        (&commands, cut(Half::Client)),
        (&answers, cut(Half::Client)),
        (&commands, Action::Drop),
        (&answers, Action::Drop),
        (&events, Action::Drop),
        (&answers, Action::Duplicate { copies: up_to(2, 8) }),
        (&events, Action::Duplicate { copies: up_to(2, 9) }),
        (&answers, Action::Reorder { behind: up_to(3, 10) }),
        (&events, Action::Reorder { behind: up_to(3, 11) }),
        (&commands, Action::Delay { ms: up_to(30, 12).into() }),
        (&events, Action::Delay { ms: up_to(30, 13).into() }),
        (&events, Action::Truncate { bytes: HEAD + up_to(60, 14) as usize }),
    ];
    let faults = weather.into_iter().zip(0..).filter_map(|((when, action), place)| {
        let is_there = draw(seed, &[place]) < 0.5;
        let chance = WORST * draw(seed, &[place, 1]);
        is_there.then(|| Rule::new(when.clone(), action).chance(chance))
    });
    let refusal = Action::Refuse { message: "the weather".to_owned() };
    faults.chain([Rule::new(When::links(), refusal).chance(REFUSED)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_brings_the_same_weather_and_another_one_does_not() {
        assert_eq!(storm(7), storm(7));
        assert_ne!(storm(7), storm(8));
    }

    #[test]
    fn every_fault_comes_sooner_or_later_and_none_is_too_likely() {
        let rules: Vec<_> = (0..50).flat_map(storm).collect();

        let mut faults: Vec<_> =
            rules.iter().map(|rule| std::mem::discriminant(&rule.action)).collect();
        faults.dedup();
        for action in [
            Action::Drop,
            Action::Cut { half: Half::Both },
            Action::Duplicate { copies: 1 },
            Action::Reorder { behind: 1 },
            Action::Delay { ms: 1 },
            Action::Truncate { bytes: 1 },
        ] {
            assert!(faults.contains(&std::mem::discriminant(&action)), "{action:?}");
        }
        let is_link = |rule: &&Rule| rule.when.kind == Some(Kind::Link);
        assert!(rules.iter().filter(|it| !is_link(it)).all(|it| it.chance < Some(WORST)));
        assert_eq!(rules.iter().filter(is_link).count(), 50);
    }
}
