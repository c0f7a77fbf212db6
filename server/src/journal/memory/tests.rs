//! The in-memory journal against a model of itself.

use proptest::prelude::*;
use tautline::{Encoded, Retention, RoomName};

use super::*;
use crate::journal::EventBody;

fn key(room: &str) -> RoomKey {
    RoomKey { namespace: "/t", room: RoomName::from_wire(room) }
}

fn event(room: &str, number: usize) -> NewEvent {
    NewEvent {
        room: key(room),
        retention: Retention { count: Some(5), age_ms: None },
        body: EventBody {
            name: "e".into(),
            payload: Encoded { json: number.to_string(), attachments: Vec::new() },
            ts: 0,
            cause: None,
            question: None,
            stream: None,
        },
    }
}

fn answer(expires_at: u64) -> LedgerEntry {
    LedgerEntry { hash: [0; 32], answer: Encoded::default(), at: Vec::new(), expires_at }
}

fn id(number: u128) -> LedgerKey {
    LedgerKey { namespace: "/t", id: Uuid::from_u128(number) }
}

/// One command of a group: how many events it appends to which room, and whether it succeeds.
#[derive(Clone, Debug)]
struct Step {
    room: usize,
    events: usize,
    succeeds: bool,
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = (0_usize..3, 0_usize..4, any::<bool>()).prop_map(|(room, events, succeeds)| Step {
        room,
        events,
        succeeds,
    });
    prop::collection::vec(prop::collection::vec(step, 0..6), 0..8)
}

proptest! {
    #[test]
    fn numbers_have_no_gap_and_failed_commands_leave_nothing(groups in steps()) {
        let journal = Memory::new();
        let mut writer = journal.writer().unwrap();
        let mut model = [Vec::new(), Vec::new(), Vec::new()];
        let mut number = 0;

        for group in groups {
            writer.begin().unwrap();
            for step in group {
                writer.savepoint().unwrap();
                let mut appended = Vec::new();
                for _ in 0..step.events {
                    number += 1;
                    let room = step.room.to_string();
                    let at = writer.append(&event(&room, number)).unwrap();
                    appended.push(number);
                    prop_assert_eq!(at.seq as usize, model[step.room].len() + appended.len());
                }
                if step.succeeds {
                    writer.release().unwrap();
                    model[step.room].extend(appended);
                } else {
                    writer.rollback().unwrap();
                }
            }
            writer.commit().unwrap();
        }

        for (room, expected) in model.iter().enumerate() {
            let page = journal.shared.page(&key(&room.to_string()), 0, usize::MAX);
            let kept = &expected[expected.len().saturating_sub(5)..];
            let found: Vec<usize> =
                page.events.iter().map(|event| event.body.payload.json.parse().unwrap()).collect();
            prop_assert_eq!(&found[..], kept);
            prop_assert_eq!(page.extent.head.seq as usize, expected.len());
            prop_assert_eq!(page.extent.first as usize, expected.len() - kept.len() + 1);
        }
    }
}

#[tokio::test]
async fn a_group_is_invisible_before_its_commit_and_gone_when_abandoned() {
    let journal = Memory::new();
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    writer.append(&event("a", 1)).unwrap();
    writer.remember(&id(1), answer(u64::MAX)).unwrap();
    writer.release().unwrap();

    let seen = journal.extent(&key("a")).await.unwrap().head.seq;
    writer.abandon();
    writer.begin().unwrap();
    writer.commit().unwrap();

    assert_eq!(seen, 0);
    assert_eq!(journal.extent(&key("a")).await.unwrap().head.seq, 0);
    assert_eq!(journal.recall(&id(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_page_ends_at_its_size_but_holds_at_least_one_event() {
    let journal = Memory::new();
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    for number in [1000, 2000, 3000] {
        writer.append(&event("a", number)).unwrap();
    }
    writer.release().unwrap();
    writer.commit().unwrap();

    let small = journal.read(&key("a"), 0, 1).await.unwrap();
    let two = journal.read(&key("a"), 1, 8).await.unwrap();

    assert_eq!(small.events.len(), 1);
    assert_eq!(two.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_forgotten_after_its_window() {
    let journal = Memory::new();
    let mut writer = journal.writer().unwrap();
    let soon = journal.shared.clock.now_ms() + 1_000;
    writer.begin().unwrap();
    writer.remember(&id(1), answer(soon)).unwrap();
    writer.commit().unwrap();
    assert!(journal.recall(&id(1)).await.unwrap().is_some());

    tokio::time::advance(std::time::Duration::from_millis(1_001)).await;
    writer.begin().unwrap();
    writer.commit().unwrap();

    assert_eq!(journal.recall(&id(1)).await.unwrap(), None);
}

#[test]
fn the_first_answer_under_an_id_stays() {
    let journal = Memory::new();
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();

    let first = writer.remember(&id(1), answer(1)).unwrap();
    let second = writer.remember(&id(1), answer(2)).unwrap();

    assert_eq!(first, None);
    assert_eq!(second, Some(answer(1)));
}
