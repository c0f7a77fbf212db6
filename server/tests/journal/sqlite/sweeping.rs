//! What leaves the file, and what does not.

use tautline_server::journal::*;

use super::Place;
use crate::sample::*;

const HOUR: u64 = 3_600_000;

fn count(place: &Place, table: &str) -> u32 {
    place
        .look()
        .query_row(&format!("SELECT count(*) FROM tautline_{table}"), [], |row| row.get(0))
        .unwrap()
}

/// Tends until there is nothing more to do.
fn tend(writer: &mut dyn JournalWriter) {
    let mut idle = 0;
    while idle < 4 {
        idle = if writer.tend() { 0 } else { idle + 1 };
    }
}

#[tokio::test]
async fn what_is_over_leaves_the_file_also_in_rooms_that_fell_silent() {
    let place = Place::new();
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| {
        for number in 0..2_000 {
            writer.append(&kept("counted", "1", 5)).unwrap();
            writer.append(&aged("silent", "1", HOUR, 2 * HOUR)).unwrap();
            writer.append(&aged("young", "1", HOUR, 0)).unwrap();
            let over = LedgerEntry { expires_at: now() - 1, ..answer("1") };
            writer.savepoint().unwrap();
            writer.remember(&id(number), &over).unwrap();
            writer.release().unwrap();
        }
        writer.remember(&id(5_000), &answer("1")).unwrap();
    });

    tend(&mut *writer);

    assert_eq!(count(&place, "events"), 5 + 2_000);
    assert_eq!(count(&place, "answers"), 1);
    assert_eq!(count(&place, "rooms"), 3);
    let extent = journal.extent(&key("silent")).await.unwrap();
    assert_eq!((extent.head.seq, extent.first), (2_000, 2_001));
}

#[test]
fn a_busy_room_is_swept_while_it_is_written_to() {
    let place = Place::new();
    let journal = place.open();
    let mut writer = journal.writer().unwrap();

    for _ in 0..100 {
        store(&mut *writer, |writer| {
            for _ in 0..100 {
                writer.append(&kept("a", "1", 50)).unwrap();
            }
        });
    }

    assert!(count(&place, "events") < 1_000, "{}", count(&place, "events"));
}

#[tokio::test]
async fn a_long_silent_room_is_forgotten_and_gets_another_epoch_when_it_comes_back() {
    let place = Place::new();
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    let day = 24 * HOUR;
    store(&mut *writer, |writer| {
        writer.append(&aged("gone", "1", HOUR, 31 * day)).unwrap();
        writer.append(&aged("kept", "1", HOUR, 29 * day)).unwrap();
        let receipt = Receipt { delivered: 1, read: 1 };
        let subject = "ann".to_owned();
        writer.record(&Change::ReceiptGiven { room: key("gone"), subject, receipt }).unwrap();
    });
    let gone = journal.extent(&key("gone")).await.unwrap().head;
    let stays = journal.extent(&key("kept")).await.unwrap().head;

    tend(&mut *writer);
    let mut next = None;
    store(&mut *writer, |writer| next = Some(writer.append(&event("gone", "2")).unwrap()));

    let next = next.unwrap();
    assert_eq!((gone.seq, next.seq), (1, 1));
    assert_ne!(gone.epoch, next.epoch);
    assert_eq!(journal.extent(&key("kept")).await.unwrap().head, stays);
    assert_eq!(journal.receipts(&key("gone")).await.unwrap(), []);
}

#[test]
fn the_file_gives_room_back_to_the_disk() {
    let place = Place::new();
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    let large = format!("\"{}\"", "x".repeat(4_000));
    for _ in 0..60 {
        store(&mut *writer, |writer| {
            for _ in 0..100 {
                writer.append(&event("a", &large)).unwrap();
            }
        });
    }
    let pages =
        || -> u32 { place.look().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap() };
    let before = pages();

    store(&mut *writer, |writer| drop(writer.append(&kept("a", "1", 1)).unwrap()));
    tend(&mut *writer);
    while pages() > 5_000 {
        let now = pages();
        writer.tend();
        assert!(pages() < now, "{now} pages stay");
    }

    assert!(before > 6_000, "{before}");
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_no_gap() {
    let place = Place::new();
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| {
        // As the machine's clock said: the second one is before the first one.
        for ago in [0, 2 * HOUR, 0] {
            writer.append(&aged("a", "1", HOUR, ago)).unwrap();
        }
    });

    tend(&mut *writer);

    let page = journal.read(&key("a"), 0, usize::MAX).await.unwrap();
    let seqs: Vec<u64> = page.events.iter().map(|event| event.seq).collect();
    assert_eq!((page.extent.first, seqs), (3, vec![3]));
}
