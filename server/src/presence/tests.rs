//! What a group promises, step by step and under everything that can happen to a room.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::group::{COLLECT, GRACE, Group};
use super::state::State;
use super::wire::{Change, Member};
use crate::testing::RoomPresence;

fn state(mood: u8) -> Option<State> {
    (mood > 0).then(|| State::new(format!("{{\"mood\":{mood}}}")).unwrap())
}

fn snapshot(group: &mut Group) -> Value {
    serde_json::from_str(group.snapshot().json()).unwrap()
}

fn wire(change: &Change) -> Value {
    json!({
        "version": change.version,
        "present": change.present,
        "absent": change.absent.iter().map(|subject| &**subject).collect::<Vec<_>>(),
    })
}

fn subjects(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| &*member.subject).collect()
}

#[test]
fn who_enters_is_told_once_and_collected_with_others() {
    let mut group = Group::new(7);

    group.enter("ann", 1, 100);
    group.enter("bob", 2, 120);
    group.enter("ann", 3, 130);

    assert_eq!(group.next_tick(), Some(100 + COLLECT));
    assert_eq!(group.tick(149), None);
    let change = group.tick(150).unwrap();
    assert_eq!((change.version, subjects(&change.present)), (8, vec!["ann", "bob"]));
    assert_eq!(change.present[0].since, 100);
    assert_eq!((group.next_tick(), group.tick(10_000)), (None, None));
}

#[test]
fn a_newcomer_gets_what_the_members_have_heard() {
    let mut group = Group::new(7);
    group.enter("ann", 1, 0);
    assert_eq!(snapshot(&mut group), json!({ "version": 7, "members": [] }));

    group.tick(COLLECT);
    group.enter("bob", 2, 60);

    let told = json!({ "version": 8, "members": [{ "subject": "ann", "since": 0 }] });
    assert_eq!(snapshot(&mut group), told);
    assert_eq!(subjects(&group.members()), ["ann", "bob"]);
}

#[test]
fn who_comes_back_within_the_grace_was_never_gone() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.show("ann", state(3), 0);
    group.tick(COLLECT);

    group.cut("ann", 1, 1_000);
    assert_eq!(group.next_tick(), Some(1_000 + GRACE));
    assert_eq!(group.tick(1_000 + GRACE - 1), None);
    group.enter("ann", 2, 1_000 + GRACE - 1);

    assert_eq!(group.tick(1_000 + GRACE), None);
    assert_eq!(group.members()[0].state, state(3));
}

#[test]
fn who_does_not_come_back_is_told_when_the_grace_is_over() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.tick(COLLECT);
    group.cut("ann", 1, 1_000);

    let change = group.tick(1_000 + GRACE).unwrap();

    assert_eq!((change.version, &*change.absent[0]), (2, "ann"));
    assert!(group.is_deserted());
}

#[test]
fn who_is_put_out_is_not_waited_for() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.enter("bob", 2, 0);
    group.enter("bob", 3, 0);
    group.tick(COLLECT);
    group.cut("ann", 1, 1_000);
    group.cut("bob", 2, 1_000);

    group.give_up(Some("bob"), 2_000);
    assert_eq!(group.next_tick(), Some(1_000 + GRACE));
    group.give_up(None, 2_000);

    let change = group.tick(2_000 + COLLECT).unwrap();
    assert_eq!((&*change.absent[0], subjects(&group.members())), ("ann", vec!["bob"]));
}

#[test]
fn who_leaves_is_told_at_once_unless_another_connection_is_there() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.enter("ann", 2, 0);
    group.tick(COLLECT);

    group.leave("ann", 1, 100);
    assert_eq!(group.next_tick(), None);
    group.leave("ann", 2, 200);

    assert_eq!(&*group.tick(200 + COLLECT).unwrap().absent[0], "ann");
}

#[test]
fn leaving_does_not_end_the_grace_of_another_connection() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.enter("ann", 2, 0);
    group.tick(COLLECT);

    group.cut("ann", 1, 1_000);
    group.leave("ann", 2, 2_000);

    assert_eq!(group.tick(3_000), None);
    assert_eq!(&*group.tick(1_000 + GRACE).unwrap().absent[0], "ann");
}

#[test]
fn who_comes_and_goes_between_two_changes_is_not_told() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.show("ann", state(1), 5);
    group.leave("ann", 1, 10);

    assert_eq!(group.tick(COLLECT), None);
    assert_eq!(group.version(), 0);
}

#[test]
fn a_state_that_stays_the_same_is_not_told() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.show("ann", state(1), 0);
    group.tick(COLLECT);

    group.show("ann", state(1), 100);
    assert_eq!(group.next_tick(), None);
    group.show("ann", state(2), 100);
    group.show("ann", state(1), 110);

    assert_eq!(group.tick(100 + COLLECT), None);
}

#[test]
fn who_missed_a_change_sees_it_at_the_next_which_comes_soon() {
    let mut group = Group::new(0);
    group.enter("ann", 1, 0);
    group.tick(COLLECT);

    group.nudge(100);
    assert_eq!(group.tick(100), Some(Change { version: 2, ..Change::default() }));
    group.nudge(200);
    group.nudge(300);
    assert_eq!(group.tick(1_099), None);
    assert_eq!(group.tick(1_100), Some(Change { version: 3, ..Change::default() }));
    group.nudge(1_200);
    group.show("ann", state(1), 1_300);
    assert_eq!(group.tick(1_350).unwrap().version, 4);

    assert_eq!(group.next_tick(), None);
}

#[test]
fn a_change_that_would_be_large_comes_in_several() {
    let mut group = Group::new(0);
    let large = || State::new(format!("\"{}\"", "x".repeat(2_000))).ok();
    for number in 0..100_u64 {
        let subject = format!("u{number:03}");
        group.enter(&subject, number, 0);
        group.show(&subject, large(), 0);
    }

    let (mut now, mut told, mut versions) = (0, 0, Vec::new());
    while let Some(at) = group.next_tick() {
        now = at;
        let change = group.tick(now).unwrap();
        told += change.present.len();
        versions.push(change.version);
    }

    assert_eq!((told, versions), (100, vec![1, 2, 3, 4]));
    assert_eq!(now, 4 * COLLECT);
}

#[derive(Clone, Debug)]
enum Step {
    Enter(u8, u64),
    Show(u8, u8),
    Leave(u8, u64),
    Cut(u8, u64),
    Pass(u64),
    /// A client asks for the room.
    Ask,
    /// It gets the answer.
    Answer,
    /// The next changes do not reach it.
    Lose(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let user = 0_u8..4;
    let link = 0_u64..3;
    let step = prop_oneof![
        4 => (user.clone(), link.clone()).prop_map(|(who, link)| Step::Enter(who, link)),
        3 => (user.clone(), 0_u8..3).prop_map(|(who, mood)| Step::Show(who, mood)),
        2 => (user.clone(), link.clone()).prop_map(|(who, link)| Step::Leave(who, link)),
        3 => (user, link).prop_map(|(who, link)| Step::Cut(who, link)),
        6 => prop_oneof![0_u64..60, 3_000_u64..6_000].prop_map(Step::Pass),
        1 => Just(Step::Ask),
        2 => Just(Step::Answer),
        1 => any::<bool>().prop_map(Step::Lose),
    ];
    prop::collection::vec(step, 0..150)
}

/// Lets all changes go out until `end`, to the client unless they are lost on the way.
fn pass(
    group: &mut Group,
    client: &mut RoomPresence,
    (now, end): (u64, u64),
    is_lost: bool,
) -> bool {
    let mut asks = false;
    let mut at = now;
    while at <= end {
        if let Some(change) = group.tick(at)
            && !is_lost
        {
            asks |= client.take(&wire(&change));
        }
        match group.next_tick() {
            Some(next) if next <= end => at = next.max(at),
            Some(_) | None => break,
        }
    }
    asks
}

proptest! {
    /// Whoever has a snapshot and hears the changes behind it knows who is there, whatever is lost on
    /// the way, once it has asked where it saw a gap.
    #[test]
    fn a_client_that_follows_knows_who_is_there(steps in steps()) {
        let mut group = Group::new(1_000);
        let mut client = RoomPresence::default();
        let mut answers = Vec::new();
        let (mut now, mut is_lost) = (0, false);
        for step in steps {
            match step {
                Step::Enter(who, link) => group.enter(&who.to_string(), link, now),
                Step::Show(who, mood) => group.show(&who.to_string(), state(mood), now),
                Step::Leave(who, link) => group.leave(&who.to_string(), link, now),
                Step::Cut(who, link) => group.cut(&who.to_string(), link, now),
                Step::Pass(ms) => {
                    if pass(&mut group, &mut client, (now, now + ms), is_lost) {
                        answers.push(snapshot(&mut group));
                    }
                    now += ms;
                }
                Step::Ask => {
                    answers.clear();
                    client.asked();
                    answers.push(snapshot(&mut group));
                }
                Step::Answer => if let Some(answer) = answers.pop()
                    && client.answered(&answer)
                {
                    answers.push(snapshot(&mut group));
                },
                Step::Lose(lost) => is_lost = lost,
            }
        }
        // Everybody's grace ends; what was lost on the way shows in the change that follows.
        if pass(&mut group, &mut client, (now, now + 2 * GRACE), is_lost) {
            answers.push(snapshot(&mut group));
        }
        now += 2 * GRACE;
        group.nudge(now);
        if pass(&mut group, &mut client, (now, now + 2 * GRACE), false) {
            answers.push(snapshot(&mut group));
        }
        if client.version().is_none() && !client.is_asking() {
            client.asked();
            answers.push(snapshot(&mut group));
        }
        while client.is_asking() {
            let answer = answers.pop().unwrap_or_else(|| snapshot(&mut group));
            if client.answered(&answer) {
                answers.clear();
            }
        }

        prop_assert_eq!(json!(client.members()), json!(group.members()));
        prop_assert_eq!(client.version(), Some(group.version()));
    }

    /// Who is there is who has a link, or had one less than a grace ago; nobody else.
    #[test]
    fn present_is_who_has_a_link_or_lost_it_lately(steps in steps()) {
        let mut group = Group::new(0);
        let mut links: BTreeMap<(u8, u64), ()> = BTreeMap::new();
        let mut last_seen: BTreeMap<u8, u64> = BTreeMap::new();
        let mut now = 0;
        for step in steps {
            match step {
                Step::Enter(who, link) => {
                    group.enter(&who.to_string(), link, now);
                    links.insert((who, link), ());
                }
                Step::Show(who, mood) => group.show(&who.to_string(), state(mood), now),
                Step::Leave(who, link) => {
                    group.leave(&who.to_string(), link, now);
                    links.remove(&(who, link));
                }
                Step::Cut(who, link) => {
                    group.cut(&who.to_string(), link, now);
                    if links.remove(&(who, link)).is_some() {
                        last_seen.insert(who, now);
                    }
                }
                Step::Pass(ms) => {
                    now += ms;
                    pass(&mut group, &mut RoomPresence::default(), (now - ms, now), true);
                }
                Step::Ask | Step::Answer | Step::Lose(_) => {}
            }
            for member in group.members() {
                let who: u8 = member.subject.parse().unwrap();
                let has_link = links.keys().any(|(other, _)| *other == who);
                let lately = last_seen.get(&who).is_some_and(|at| at + GRACE >= now);
                prop_assert!(has_link || lately, "{who} is a ghost");
            }
            for (who, _) in links.keys() {
                let who = who.to_string();
                prop_assert!(group.members().iter().any(|member| *member.subject == *who));
            }
        }
    }
}
