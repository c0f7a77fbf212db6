//! What is still there after a stop, clean or not.

use tautline::{RoomName, Uuid};
use tautline_server::Position;
use tautline_server::journal::*;

use super::Place;
use crate::sample::*;

/// A journal with an event, a kept refusal, a receipt and a stream in it.
fn fill(journal: &Sqlite) -> Box<dyn JournalWriter> {
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| {
        writer.append(&event("a", "1")).unwrap();
        let receipt = Receipt { delivered: 1, read: 1 };
        let subject = "ann".to_owned();
        writer.record(&Change::ReceiptGiven { room: key("a"), subject, receipt }).unwrap();
        writer.record(&Change::StreamOpened(stream())).unwrap();
        let refusal = LedgerEntry { is_refusal: true, ..answer("1") };
        writer.remember(&id(1), &refusal).unwrap();
    });
    writer
}

fn stream() -> StreamRecord {
    StreamRecord {
        id: Uuid::from_u128(1),
        namespace: "/t".to_owned(),
        name: "answer".to_owned(),
        rooms: vec![RoomName::from_wire("a")],
        payload: text("{}"),
        number: 2,
        text: "so far".to_owned(),
        lease_until: 3,
    }
}

#[derive(Debug, PartialEq)]
struct Found {
    at: Position,
    events: Vec<String>,
    answer: Option<LedgerEntry>,
    receipts: Vec<(String, Receipt)>,
    unfinished: Unfinished,
    ledger: String,
    secret: [u8; 32],
}

async fn find(journal: &Sqlite) -> Found {
    Found {
        at: journal.extent(&key("a")).await.unwrap().head,
        events: all(journal, "a").await,
        answer: journal.recall(&id(1)).await.unwrap(),
        receipts: journal.receipts(&key("a")).await.unwrap(),
        unfinished: journal.unfinished().await.unwrap(),
        ledger: journal.ledger(),
        secret: journal.secret(),
    }
}

#[tokio::test]
async fn everything_is_there_after_a_clean_stop() {
    for durability in [Durability::Full, Durability::Normal, Durability::Off] {
        let place = Place::new();
        let open = || Sqlite::builder(place.file()).durability(durability).open().unwrap();
        let journal = open();
        let writer = fill(&journal);
        let before = find(&journal).await;

        drop(writer);
        drop(journal);
        let journal = open();

        assert_eq!(find(&journal).await, before);
        assert_eq!(before.unfinished.streams, [stream()]);
        assert_eq!(before.events, ["1"]);
        let mut next = None;
        store(&mut *journal.writer().unwrap(), |writer| {
            next = Some(writer.append(&event("a", "2")).unwrap());
        });
        assert_eq!(next, Some(Position { seq: 2, ..before.at }));
    }
}

#[tokio::test]
async fn everything_is_there_after_the_power_was_cut_at_full_durability() {
    let place = Place::new();
    let journal = place.open();
    let _writer = fill(&journal);
    let before = find(&journal).await;

    let copy = place.copy();
    let after = copy.open();

    assert_eq!(find(&after).await, before);
}

#[tokio::test]
async fn nobody_goes_on_from_before_a_power_cut_at_less_than_full_durability() {
    for durability in [Durability::Normal, Durability::Off] {
        let place = Place::new();
        let journal = Sqlite::builder(place.file()).durability(durability).open().unwrap();
        let _writer = fill(&journal);
        let before = find(&journal).await;
        let never_written = journal.extent(&key("b")).await.unwrap().head;

        // It counts what the file was written with, and not what it is opened with.
        let copy = place.copy();
        let after = copy.open();

        let found = find(&after).await;
        assert_ne!(found.at.epoch, before.at.epoch);
        assert_ne!(found.ledger, before.ledger);
        assert_ne!(after.extent(&key("b")).await.unwrap().head, never_written);
        assert_eq!(found.at.seq, before.at.seq);
        assert_eq!((found.events, found.secret), (before.events, before.secret));
    }
}

#[tokio::test]
async fn nobody_has_read_more_than_there_is_after_a_power_cut() {
    let place = Place::new();
    let journal = Sqlite::builder(place.file()).durability(Durability::Normal).open().unwrap();
    let mut writer = fill(&journal);
    store(&mut *writer, |writer| {
        let receipt = Receipt { delivered: 9, read: 8 };
        let subject = "bob".to_owned();
        writer.record(&Change::ReceiptGiven { room: key("a"), subject, receipt }).unwrap();
    });

    let copy = place.copy();
    let after = copy.open();

    let receipts = after.receipts(&key("a")).await.unwrap();
    assert!(receipts.iter().all(|(_, receipt)| *receipt == Receipt { delivered: 1, read: 1 }));
    assert_eq!(receipts.len(), 2);
}

#[tokio::test]
async fn a_room_that_was_exhausted_takes_no_more() {
    let place = Place::new();
    let journal = place.open();
    drop(fill(&journal));
    drop(journal);
    let last = "UPDATE tautline_rooms SET head = (1 << 53) - 2";
    place.look().execute(last, []).unwrap();

    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| drop(writer.append(&event("a", "the last one")).unwrap()));
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    let refused = writer.append(&event("a", "one more")).unwrap_err();
    writer.rollback().unwrap();
    writer.commit().unwrap();

    assert!(matches!(refused, JournalError::Exhausted(_)), "{refused:?}");
    assert_eq!(journal.extent(&key("a")).await.unwrap().head.seq, (1 << 53) - 1);
}

/// A journal whose file was taken back to an older copy while clients know more.
async fn taken_back() -> (Place, Position) {
    let place = Place::new();
    let journal = place.open();
    let mut writer = fill(&journal);
    let copy = place.copy();
    let mut last = None;
    for _ in 0..4 {
        store(&mut *writer, |writer| last = Some(writer.append(&event("a", "lost")).unwrap()));
    }
    (copy, last.unwrap())
}

fn overtake(writer: &mut dyn JournalWriter, known: &Position) {
    store(writer, |writer| {
        let change = Change::RoomOvertaken { room: key("a"), known: known.clone() };
        writer.record(&change).unwrap();
    });
}

#[tokio::test]
async fn a_room_that_a_client_knows_more_of_begins_anew_once() {
    let (place, known) = taken_back().await;
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    let head = async || journal.extent(&key("a")).await.unwrap().head;
    let before = head().await;

    overtake(&mut *writer, &known);
    let renewed = head().await;
    overtake(&mut *writer, &Position { seq: 99, ..renewed.clone() });
    let mut next = None;
    store(&mut *writer, |writer| next = Some(writer.append(&event("a", "2")).unwrap()));

    assert_eq!((before.epoch.as_str(), before.seq), (known.epoch.as_str(), 1));
    assert_eq!(renewed.seq, 1);
    assert_ne!(renewed.epoch, before.epoch);
    assert_eq!(next, Some(Position { seq: 2, ..renewed }));
}

#[tokio::test]
async fn a_room_is_not_overtaken_by_who_knows_less_or_something_else() {
    let (place, known) = taken_back().await;
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    let before = journal.extent(&key("a")).await.unwrap().head;

    overtake(&mut *writer, &before);
    overtake(&mut *writer, &Position { epoch: "other".to_owned(), ..known });

    assert_eq!(journal.extent(&key("a")).await.unwrap().head, before);
}

#[tokio::test]
async fn a_room_without_a_row_can_be_overtaken_too() {
    let place = Place::new();
    let journal = place.open();
    let mut writer = journal.writer().unwrap();
    let before = journal.extent(&key("a")).await.unwrap().head;

    overtake(&mut *writer, &Position { seq: 5, ..before.clone() });

    let after = journal.extent(&key("a")).await.unwrap().head;
    assert_eq!(after.seq, 0);
    assert_ne!(after.epoch, before.epoch);
}
