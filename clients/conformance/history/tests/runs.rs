//! A share of the runs under virtual time. `make soak` does thousands; any that fails says how to
//! replay it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use tautline_history::sim::{Kind, Plan, run, run_plan};
use tautline_server::journal::Durability;

/// Runs these seeds.
#[track_caller]
fn runs(seeds: std::ops::Range<u64>) {
    let mut wrong = String::new();
    for seed in seeds {
        let report = run(seed).unwrap();
        if !report.anomalies.is_empty() {
            let _ = writeln!(wrong, "cargo run -p tautline-history -- --seed {seed}");
            for anomaly in report.anomalies {
                let _ = writeln!(wrong, "  {anomaly}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn nothing_is_lost_and_nothing_happens_twice_in_a_hundred_worlds() {
    runs(0..100);
}

#[test]
fn nor_in_another_hundred() {
    runs(100..200);
}

#[test]
fn nor_in_a_third_one() {
    runs(200..300);
}

#[test]
fn a_stream_that_began_in_doubt_and_was_given_up_ends_with_its_lease() {
    runs(3_006_601..3_006_602);
}

#[test]
fn nor_over_a_file_whatever_it_promises() {
    let (mut wrong, mut discontinuities) = (String::new(), 0);
    for seed in 0..30 {
        let durability = if seed % 2 == 0 { Durability::Full } else { Durability::Normal };
        let plan = Plan { storage: Kind::Sqlite(durability), crash: 30, ..Plan::of(seed) };
        let report = run_plan(plan).unwrap();
        for anomaly in report.anomalies {
            let _ = writeln!(wrong, "seed {seed}, {durability:?}: {anomaly}");
        }
        let lost = report.history.iter().map(ToString::to_string);
        let lost = lost.filter(|entry| entry.contains("events lost: epoch_changed")).count();
        assert!(durability == Durability::Normal || lost == 0, "seed {seed}");
        discontinuities += lost;
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(discontinuities > 0, "no crash has ever made a new epoch");
}

#[test]
fn a_seed_is_the_same_run_each_time() {
    // Who hears first of a shutdown is left to the engine below.
    let history = |seed| {
        let mut history = run(seed).unwrap().history;
        history.sort_by_key(|entry| (entry.at_ms, entry.who.clone()));
        history
    };
    for seed in 0..40 {
        let (first, second) = (history(seed), history(seed));

        let differs = first.iter().zip(&second).find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(first.len(), second.len(), "seed {seed}");
    }
}

#[test]
fn the_worlds_have_everything_in_them_that_can_go_wrong() {
    let (mut crashes, mut words) = (0, String::new());
    for seed in 0..60 {
        let report = run(seed).unwrap();
        crashes += report.crashes;
        for entry in report.history {
            let _ = writeln!(words, "{entry}");
        }
    }

    assert!(crashes > 20, "{crashes} crashes");
    for what in [
        "crashes at `handler`",
        "crashes at `staged`",
        "crashes at `committed`",
        "crashes at `published`",
        "crashes at `acked`",
        "goes down in good order",
        "cannot store a group",
        "stored a group, and does not know",
        "did not store a group, and does not know",
        "is cut off",
        "reloads",
        "events lost: trimmed",
        "outcome_unknown, unknown",
        "not_joined, not_executed",
    ] {
        assert!(words.contains(what), "never: {what}");
    }
}
