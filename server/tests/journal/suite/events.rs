//! Events and where they are.

use bytes::Bytes;
use tautline::{Encoded, RoomName, Uuid};
use tautline_server::journal::*;

use crate::sample::*;

pub(crate) async fn numbers_of_a_room_begin_at_one_and_have_no_gap(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();

    let mut seqs = Vec::new();
    for _ in 0..3 {
        store(&mut *writer, |writer| {
            for room in ["a", "b", "a"] {
                seqs.push((room, writer.append(&event(room, "1")).unwrap().seq));
            }
        });
    }

    let of = |room| seqs.iter().filter(move |(of, _)| *of == room).map(|(_, seq)| *seq);
    assert!(of("a").eq(1..=6));
    assert!(of("b").eq(1..=3));
    assert_eq!(journal.extent(&key("a")).await.unwrap().head.seq, 6);
}

pub(crate) async fn a_room_has_its_epoch_before_its_first_event(journal: &dyn Journal) {
    let before = journal.extent(&key("a")).await.unwrap();
    let mut writer = journal.writer().unwrap();

    let mut first = None;
    store(&mut *writer, |writer| first = Some(writer.append(&event("a", "1")).unwrap()));

    let first = first.unwrap();
    assert_eq!((before.head.seq, before.first), (0, 1));
    assert_eq!((before.head.epoch, 1), (first.epoch.clone(), first.seq));
    assert_eq!(journal.extent(&key("a")).await.unwrap().head, first);
}

pub(crate) async fn the_same_name_in_two_namespaces_is_two_rooms(journal: &dyn Journal) {
    let other = RoomKey { namespace: "/u", room: RoomName::from_wire("a") };
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| {
        writer.append(&event("a", "1")).unwrap();
        writer.append(&NewEvent { room: other.clone(), ..event("a", "2") }).unwrap();
    });

    let page = journal.read(&other, 0, usize::MAX).await.unwrap();
    assert_eq!(all(journal, "a").await, ["1"]);
    assert_eq!((page.events[0].seq, &page.events[0].body.payload.json[..]), (1, "2"));
}

pub(crate) async fn an_event_comes_back_as_it_was(journal: &dyn Journal) {
    let mut whole = event("a", "");
    whole.body = EventBody {
        name: "tautline:ended".into(),
        payload: Encoded {
            json: "{\"text\":\"žluť \\\"'; DROP TABLE rooms\",\"b\":{\"_placeholder\":true,\"num\":0}}"
                .to_owned(),
            attachments: vec![Bytes::from_static(&[0, 255, 0]), Bytes::new()],
        },
        ts: now(),
        cause: Some(Uuid::from_u128(1)),
        question: Some(QuestionRef { id: Uuid::from_u128(2), expires_at: 3 }),
        stream: Some(StreamRef { id: Uuid::from_u128(4), lease_ms: 5 }),
    };
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| drop(writer.append(&whole).unwrap()));

    let page = journal.read(&key("a"), 0, usize::MAX).await.unwrap();
    assert_eq!(page.events, [StoredEvent { seq: 1, body: whole.body }]);
}

pub(crate) async fn a_group_is_invisible_before_its_commit_and_gone_when_abandoned(
    journal: &dyn Journal,
) {
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    writer.append(&event("a", "1")).unwrap();
    writer.remember(&id(1), &answer("1")).unwrap();
    writer.release().unwrap();

    let seen = journal.extent(&key("a")).await.unwrap().head.seq;
    let answered = journal.recall(&id(1)).await.unwrap();
    writer.abandon();
    store(&mut *writer, |writer| {
        assert_eq!(writer.append(&event("a", "2")).unwrap().seq, 1);
        assert_eq!(writer.remember(&id(1), &answer("2")).unwrap(), None);
    });

    assert_eq!((seen, answered), (0, None));
    assert_eq!(all(journal, "a").await, ["2"]);
}

pub(crate) async fn a_command_that_is_rolled_back_takes_nothing_else_with_it(
    journal: &dyn Journal,
) {
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();

    for (json, is_kept) in [("1", true), ("2", false), ("3", true)] {
        writer.savepoint().unwrap();
        writer.append(&event("a", json)).unwrap();
        writer.append(&event(json, json)).unwrap();
        if is_kept { writer.release().unwrap() } else { writer.rollback().unwrap() }
    }
    writer.commit().unwrap();

    assert_eq!(all(journal, "a").await, ["1", "3"]);
    assert_eq!(all(journal, "2").await, Vec::<String>::new());
    assert_eq!(journal.extent(&key("a")).await.unwrap().head.seq, 2);
}

pub(crate) async fn a_page_holds_what_fits_and_at_least_one(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| {
        for json in ["\"aaaa\"", "\"bbbb\"", "\"cccc\""] {
            writer.append(&event("a", json)).unwrap();
        }
    });

    let seqs = async |since, bytes| {
        let page = journal.read(&key("a"), since, bytes).await.unwrap();
        page.events.iter().map(|event| event.seq).collect::<Vec<_>>()
    };

    assert_eq!(seqs(0, 1).await, [1]);
    assert_eq!(seqs(0, 12).await, [1, 2]);
    assert_eq!(seqs(1, 12).await, [2, 3]);
    assert_eq!(seqs(3, 12).await, [0_u64; 0]);
}

pub(crate) async fn what_is_asked_of_the_future_is_empty(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    store(&mut *writer, |writer| drop(writer.append(&event("a", "1")).unwrap()));

    for since in [1, 2, u64::MAX] {
        let page = journal.read(&key("a"), since, usize::MAX).await.unwrap();

        assert_eq!((page.extent.head.seq, page.events), (1, Vec::new()));
    }
}
