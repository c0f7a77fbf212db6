//! What a room keeps, and for how long.

use tautline_server::journal::*;

use crate::sample::*;

const HOUR: u64 = 3_600_000;

pub(crate) async fn a_room_gives_no_more_than_its_count(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();

    for number in 1..=9 {
        store(&mut *writer, |writer| {
            writer.append(&kept("a", &number.to_string(), 5)).unwrap();
            writer.append(&kept("b", &number.to_string(), 50)).unwrap();
        });
    }

    let extent = journal.extent(&key("a")).await.unwrap();
    assert_eq!((extent.first, extent.head.seq), (5, 9));
    assert_eq!(all(journal, "a").await, ["5", "6", "7", "8", "9"]);
    assert_eq!(all(journal, "b").await.len(), 9);
}

pub(crate) async fn a_room_gives_nothing_that_is_too_old(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| {
        for (json, ago) in [("1", 5 * HOUR), ("2", 3 * HOUR), ("3", HOUR), ("4", 0)] {
            writer.append(&aged("a", json, 2 * HOUR, ago)).unwrap();
        }
    });

    let extent = journal.extent(&key("a")).await.unwrap();
    assert_eq!((extent.first, extent.head.seq), (3, 4));
    assert_eq!(all(journal, "a").await, ["3", "4"]);
}

pub(crate) async fn a_room_that_fell_silent_is_empty_when_its_time_is_over(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| {
        for _ in 0..3 {
            writer.append(&aged("a", "1", HOUR, 2 * HOUR)).unwrap();
        }
    });

    let extent = journal.extent(&key("a")).await.unwrap();
    assert_eq!((extent.first, extent.head.seq), (4, 3));
    assert_eq!(all(journal, "a").await, Vec::<String>::new());
}

pub(crate) async fn tending_takes_nothing_that_is_kept(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| {
        for number in 1..=20 {
            writer.append(&kept("a", &number.to_string(), 5)).unwrap();
            writer.append(&aged("b", &number.to_string(), HOUR, 0)).unwrap();
            writer.append(&event("c", &number.to_string())).unwrap();
        }
        writer.remember(&id(1), &answer("1")).unwrap();
    });

    for _ in 0..3 {
        writer.tend();
    }

    assert_eq!(all(journal, "a").await, ["16", "17", "18", "19", "20"]);
    assert_eq!(all(journal, "b").await.len(), 20);
    assert_eq!(all(journal, "c").await.len(), 20);
    assert!(journal.recall(&id(1)).await.unwrap().is_some());
}

pub(crate) async fn a_room_keeps_its_position_without_events(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| {
        writer.append(&aged("a", "1", HOUR, 2 * HOUR)).unwrap();
    });
    let before = journal.extent(&key("a")).await.unwrap();

    writer.tend();
    let mut next = None;
    store(&mut *writer, |writer| {
        next = Some(writer.append(&aged("a", "2", HOUR, 0)).unwrap());
    });

    let next = next.unwrap();
    assert_eq!((next.epoch, next.seq), (before.head.epoch, 2));
}
