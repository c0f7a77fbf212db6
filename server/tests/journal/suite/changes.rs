//! Streams, questions, receipts, bans and revocations.

use bytes::Bytes;
use tautline::{Encoded, RoomName, Uuid};
use tautline_server::journal::*;

use crate::sample::*;

fn stream(number: u128) -> StreamRecord {
    StreamRecord {
        id: Uuid::from_u128(number),
        namespace: "/t".to_owned(),
        name: "answer".to_owned(),
        rooms: vec![RoomName::from_wire("a"), RoomName::from_wire("b:%2F")],
        payload: Encoded {
            json: "{}".to_owned(),
            attachments: vec![Bytes::from_static(b"picture")],
        },
        number: 0,
        text: String::new(),
        lease_until: 10,
    }
}

fn part(number: u128, part: u32, text: &str) -> Change {
    let (id, text) = (Uuid::from_u128(number), text.to_owned());
    Change::StreamExtended { id, number: part, text, lease_until: 10 + u64::from(part) }
}

fn record(writer: &mut dyn JournalWriter, changes: &[Change]) {
    store(writer, |writer| {
        for change in changes {
            writer.record(change).unwrap();
        }
    });
}

pub(crate) async fn a_stream_is_unfinished_until_it_ends(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    record(&mut *writer, &[Change::StreamOpened(stream(1)), Change::StreamOpened(stream(2))]);
    record(&mut *writer, &[part(1, 1, "Once "), part(2, 1, "x"), part(1, 2, "upon ")]);
    record(&mut *writer, &[part(1, 10, "a time"), Change::StreamClosed(Uuid::from_u128(2))]);

    let unfinished = journal.unfinished().await.unwrap();

    let text = "Once upon a time".to_owned();
    let first = StreamRecord { number: 10, text, lease_until: 20, ..stream(1) };
    assert_eq!(unfinished, Unfinished { streams: vec![first], ..Unfinished::default() });
}

pub(crate) async fn a_part_with_an_old_number_changes_nothing(journal: &dyn Journal) {
    let begun = StreamRecord { number: 3, text: "abc".to_owned(), ..stream(1) };
    let mut writer = journal.writer().unwrap();

    record(&mut *writer, &[Change::StreamOpened(begun.clone())]);
    record(&mut *writer, &[part(1, 3, "again"), part(1, 2, "older"), part(9, 1, "of nobody")]);

    assert_eq!(journal.unfinished().await.unwrap().streams, [begun]);
}

pub(crate) async fn a_question_is_open_until_it_is_settled(journal: &dyn Journal) {
    let question = |number| QuestionRecord {
        id: Uuid::from_u128(number),
        namespace: "/t".to_owned(),
        name: "approve".to_owned(),
        rooms: vec![RoomName::from_wire("a")],
        payload: text("{\"tool\":\"rm\"}"),
        expires_at: 99,
    };
    let mut writer = journal.writer().unwrap();

    record(&mut *writer, &[1, 2].map(|number| Change::QuestionOpened(question(number))));
    record(&mut *writer, &[Change::QuestionClosed(Uuid::from_u128(1))]);

    let unfinished = journal.unfinished().await.unwrap();
    assert_eq!(unfinished, Unfinished { questions: vec![question(2)], ..Unfinished::default() });
}

pub(crate) async fn receipts_only_go_forward(journal: &dyn Journal) {
    let given = |room: &str, subject: &str, delivered, read| Change::ReceiptGiven {
        room: key(room),
        subject: subject.to_owned(),
        receipt: Receipt { delivered, read },
    };
    let mut writer = journal.writer().unwrap();

    record(&mut *writer, &[given("a", "ann", 5, 2), given("a", "bob", 1, 0)]);
    record(
        &mut *writer,
        &[given("a", "ann", 4, 3), given("a", "bob", 0, 7), given("b", "ann", 1, 1)],
    );

    let receipt = |delivered, read| Receipt { delivered, read };
    let of = async |room| journal.receipts(&key(room)).await.unwrap();
    assert_eq!(
        of("a").await,
        [("ann".to_owned(), receipt(5, 3)), ("bob".to_owned(), receipt(7, 7))]
    );
    assert_eq!(of("b").await, [("ann".to_owned(), receipt(1, 1))]);
    assert_eq!(of("c").await, []);
    assert_eq!(journal.extent(&key("b")).await.unwrap().head.seq, 0);
}

pub(crate) async fn changes_of_a_command_that_is_rolled_back_are_none(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();

    writer.savepoint().unwrap();
    writer.record(&Change::StreamOpened(stream(1))).unwrap();
    writer.rollback().unwrap();
    writer.savepoint().unwrap();
    writer.record(&Change::StreamOpened(stream(2))).unwrap();
    writer.release().unwrap();
    writer.commit().unwrap();

    assert_eq!(journal.unfinished().await.unwrap().streams, [stream(2)]);
}

pub(crate) async fn a_ban_is_kept_until_it_is_forgiven(journal: &dyn Journal) {
    let ban = |kind: &str, level, until| {
        let (kind, name) = (kind.to_owned(), "192.0.2.1".to_owned());
        BanRecord { kind, name, level, until }
    };
    let mut writer = journal.writer().unwrap();

    let change = |kind, level, until| Change::BanChanged(ban(kind, level, until));
    record(&mut *writer, &[change("address", 1, 10), change("user", 1, 20)]);
    record(&mut *writer, &[change("address", 2, 30), change("user", 0, 0)]);

    assert_eq!(journal.unfinished().await.unwrap().bans, [ban("address", 2, 30)]);
}

/// Later than any clock says.
const FAR: u64 = 1 << 52;

fn revocation(kind: &str, until: u64, expires_at: u64) -> RevocationRecord {
    RevocationRecord { kind: kind.to_owned(), name: "ann".to_owned(), until, expires_at }
}

async fn revocations(journal: &dyn Journal) -> Vec<RevocationRecord> {
    journal.unfinished().await.unwrap().revocations
}

pub(crate) async fn a_revocation_is_kept_until_its_tokens_are_over(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();
    let [over, open] = [revocation("subject", 10, 20), revocation("token", 30, FAR)];

    record(&mut *writer, &[over, open.clone()].map(Change::TokensRevoked));
    writer.tend();

    assert_eq!(revocations(journal).await, [open]);
}

pub(crate) async fn of_two_revocations_the_later_times_hold(journal: &dyn Journal) {
    let mut writer = journal.writer().unwrap();

    let early = [revocation("subject", 30, FAR), revocation("subject", 10, FAR + 1)];
    record(&mut *writer, &early.map(Change::TokensRevoked));
    record(&mut *writer, &[Change::TokensRevoked(revocation("token", 1, FAR))]);

    assert_eq!(
        revocations(journal).await,
        [revocation("subject", 30, FAR + 1), revocation("token", 1, FAR)]
    );
}
