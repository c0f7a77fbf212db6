//! The ladder, on a clock of plain numbers.

use std::time::Duration;

use proptest::prelude::*;

use super::offence::Verdict;
use super::record::{Record, Suspicion};

const MINUTE: u64 = 60_000;
const DAY: u64 = 1_440 * MINUTE;

/// Offends until something is done.
fn until_done(record: &mut Record, now: u64) -> Verdict {
    loop {
        let verdict = record.blame(5.0, now, &Suspicion::default(), 0.0);
        if verdict != Verdict::Noted {
            return verdict;
        }
    }
}

#[test]
fn suspicion_grows_from_a_warning_to_a_ban() {
    let mut record = Record::default();

    assert_eq!(until_done(&mut record, 0), Verdict::Warned);
    assert_eq!(until_done(&mut record, 0), Verdict::Disconnected);
    assert_eq!(until_done(&mut record, 0), Verdict::Banned { until: MINUTE });
    assert!(record.is_banned(MINUTE - 1) && !record.is_banned(MINUTE));
    assert_eq!(record.blame(500.0, 1, &Suspicion::default(), 0.0), Verdict::Noted);
}

#[test]
fn half_of_it_is_forgotten_in_ten_minutes() {
    let mut record = Record::default();
    record.blame(20.0, 0, &Suspicion::default(), 0.0);

    let score = |now| record.score(now, &Suspicion::default());

    assert!((score(10 * MINUTE) - 10.0).abs() < 1e-9);
    assert!((score(30 * MINUTE) - 2.5).abs() < 1e-9);
}

#[test]
fn each_ban_is_longer_until_a_clean_day_forgives() {
    let mut record = Record::default();
    let mut now = 0;
    let mut ban = |pause| {
        now += pause;
        let Verdict::Banned { until } = record.blame(100.0, now, &Suspicion::default(), 0.0) else {
            panic!("no ban at {now}")
        };
        let minutes = (until - now) / MINUTE;
        now = until;
        minutes
    };

    let bans = [0, 1, DAY - 1, 1, 1, 1, DAY].map(&mut ban);

    assert_eq!(bans, [1, 5, 30, 120, 1_440, 1_440, 1]);
}

#[test]
fn an_honest_client_that_hits_a_rate_now_and_then_is_left_alone() {
    let mut record = Record::default();
    for second in 0..86_400 {
        let points = super::offence::Offence::EventRate.points();
        let verdict = record.blame(points, second * 1_000, &Suspicion::default(), 0.0);
        assert_eq!(verdict, Verdict::Noted, "after {second} seconds");
    }
}

#[test]
fn rules_that_do_not_go_up_are_mistakes() {
    let rules = Suspicion { warn_at: 60, bans: Vec::new(), ..Suspicion::default() };

    assert_eq!(rules.mistakes().len(), 2);
    assert_eq!(Suspicion::default().mistakes(), Vec::<String>::new());
}

proptest! {
    /// Whatever is done and when: there is a ban exactly when the score gets there; it lasts as long as
    /// its step and at most a fifth longer; nothing happens during one; and in the end nothing is left.
    #[test]
    fn a_ban_is_what_the_score_and_the_ladder_say(
        offences in prop::collection::vec((0_u64..40 * MINUTE, 0.0_f64..60.0, 0.0_f64..1.0), 1..120),
    ) {
        let rules = Suspicion::default();
        let mut record = Record::default();
        let (mut now, mut step) = (0, 0);
        for (pause, points, chance) in offences {
            now += pause;
            let before = record;
            let expected = before.score(now, &rules) + points;
            let verdict = record.blame(points, now, &rules, chance);
            if before.is_banned(now) {
                prop_assert_eq!((verdict, record), (Verdict::Noted, before));
                continue;
            }
            match verdict {
                Verdict::Banned { until } => {
                    prop_assert!(expected >= 100.0);
                    if record.level == 1 { step = 0; }
                    let time = rules.bans[step.min(4)];
                    let lasts = Duration::from_millis(until - now);
                    prop_assert!(lasts >= time && lasts <= time.mul_f64(1.2), "{lasts:?}");
                    step += 1;
                }
                Verdict::Disconnected => prop_assert!((50.0..100.0).contains(&expected)),
                Verdict::Warned => prop_assert!((25.0..50.0).contains(&expected)),
                Verdict::Noted => prop_assert!(expected < 100.0),
                Verdict::Lifted => prop_assert!(false),
            }
        }
        prop_assert!(record.is_over(now + 3 * DAY, &rules), "{record:?}");
    }
}
