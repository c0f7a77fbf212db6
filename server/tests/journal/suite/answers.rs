//! Answers of idempotent commands.

use bytes::Bytes;
use tautline::{Encoded, RoomName};
use tautline_server::Position;
use tautline_server::journal::*;

use crate::sample::*;

pub(crate) async fn an_answer_is_found_as_soon_as_it_is_committed(journal: &dyn Journal) {
    let whole = LedgerEntry {
        hash: [3; 32],
        answer: Encoded {
            json: "{\"b\":{\"_placeholder\":true,\"num\":0}}".to_owned(),
            attachments: vec![Bytes::from_static(b"bytes")],
        },
        is_refusal: false,
        at: vec![(RoomName::from_wire("a"), Position { epoch: "e".to_owned(), seq: 4 })],
        expires_at: now() + 60_000,
    };
    let mut writer = journal.writer().unwrap();
    let before = journal.recall(&id(1)).await.unwrap();

    store(&mut *writer, |writer| {
        assert_eq!(writer.remember(&id(1), &whole.clone()).unwrap(), None);
    });

    assert_eq!(before, None);
    assert_eq!(journal.recall(&id(1)).await.unwrap(), Some(whole));
    assert_eq!(journal.recall(&id(2)).await.unwrap(), None);
    let elsewhere = LedgerKey { namespace: "/u", ..id(1) };
    assert_eq!(journal.recall(&elsewhere).await.unwrap(), None);
}

pub(crate) async fn the_first_answer_under_an_id_stays(journal: &dyn Journal) {
    let first = answer("1");
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| {
        assert_eq!(writer.remember(&id(1), &first.clone()).unwrap(), None);
        assert_eq!(writer.remember(&id(1), &answer("2")).unwrap(), Some(first.clone()));
    });
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    assert_eq!(writer.remember(&id(1), &answer("3")).unwrap(), Some(first.clone()));
    writer.rollback().unwrap();
    writer.savepoint().unwrap();
    assert_eq!(writer.remember(&id(2), &answer("4")).unwrap(), None);
    writer.release().unwrap();
    writer.savepoint().unwrap();
    assert!(writer.remember(&id(2), &answer("5")).unwrap().is_some());
    writer.rollback().unwrap();
    writer.commit().unwrap();

    assert_eq!(journal.recall(&id(1)).await.unwrap(), Some(first));
    assert_eq!(journal.recall(&id(2)).await.unwrap().unwrap().answer.json, "4");
}

pub(crate) async fn a_refusal_that_is_kept_is_known_as_one(journal: &dyn Journal) {
    let refusal = LedgerEntry { is_refusal: true, ..answer("{\"code\":\"desk.busy\"}") };
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| {
        assert_eq!(writer.remember(&id(1), &refusal.clone()).unwrap(), None);
        assert_eq!(writer.remember(&id(1), &answer("2")).unwrap(), Some(refusal.clone()));
        assert_eq!(writer.remember(&id(2), &answer("2")).unwrap(), None);
    });

    assert_eq!(journal.recall(&id(1)).await.unwrap(), Some(refusal));
    assert!(!journal.recall(&id(2)).await.unwrap().unwrap().is_refusal);
}

pub(crate) async fn an_id_is_free_again_when_its_time_is_over(journal: &dyn Journal) {
    let over = LedgerEntry { expires_at: now() - 1, is_refusal: true, ..answer("1") };
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| drop(writer.remember(&id(1), &over).unwrap()));
    let forgotten = journal.recall(&id(1)).await.unwrap();
    store(&mut *writer, |writer| {
        assert_eq!(writer.remember(&id(1), &answer("2")).unwrap(), None);
    });
    writer.tend();

    assert_eq!(forgotten, None);
    let found = journal.recall(&id(1)).await.unwrap().unwrap();
    assert_eq!((&found.answer.json[..], found.is_refusal), ("2", false));
}

pub(crate) async fn an_answer_of_a_command_that_is_rolled_back_is_none(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();

    writer.savepoint().unwrap();
    writer.remember(&id(1), &answer("1")).unwrap();
    writer.rollback().unwrap();
    writer.savepoint().unwrap();
    let second = writer.remember(&id(1), &answer("2")).unwrap();
    writer.rollback().unwrap();
    writer.commit().unwrap();

    assert_eq!(second, None);
    assert_eq!(journal.recall(&id(1)).await.unwrap(), None);
}

pub(crate) async fn the_secret_and_the_ledger_stay_the_same(journal: &dyn Journal) {
    let (secret, ledger) = (journal.secret(), journal.ledger());
    let mut writer = journal.writer().unwrap();

    store(&mut *writer, |writer| drop(writer.append(&event("a", "1")).unwrap()));

    assert_eq!((journal.secret(), journal.ledger()), (secret, ledger));
    assert_ne!(secret, [0; 32]);
}
