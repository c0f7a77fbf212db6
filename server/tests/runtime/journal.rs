//! What happens when the journal cannot store, and when it waits for a disk.

use std::any::Any;
use std::io;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use serde_json::{Value, json};
use tautline_server::Extent;
use tautline_server::Position;
use tautline_server::journal::*;

use super::lab::{Lab, join};

/// A journal in memory that fails as it is told to.
#[derive(Clone)]
pub(crate) struct Faulty {
    memory: Memory,
    host: Host,
    fault: Arc<AtomicU8>,
    /// How many groups were begun.
    begun: Arc<AtomicU32>,
    gate: Arc<Barrier>,
}

pub(crate) const WELL: u8 = 0;
pub(crate) const FULL: u8 = 1;
pub(crate) const DOUBTFUL: u8 = 2;
const BROKEN: u8 = 3;
/// Stores, and does not know that it has.
pub(crate) const FORGETFUL: u8 = 4;
/// Likewise, and does not begin another group either.
pub(crate) const FAINT: u8 = 5;
/// Does not come back from beginning a group, until it is let go on.
pub(crate) const HUNG: u8 = 6;

impl Faulty {
    pub(crate) fn new(host: Host) -> Self {
        let (fault, begun) = (Arc::default(), Arc::default());
        Self { memory: Memory::new(), host, fault, begun, gate: Arc::new(Barrier::new(2)) }
    }

    pub(crate) fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }

    /// Lets a journal go on that hangs, and be well from then on. Waits until it does hang.
    pub(crate) fn release(&self) {
        self.gate.wait();
        self.set(WELL);
        self.gate.wait();
    }

    pub(crate) fn set(&self, fault: u8) {
        self.fault.store(fault, Ordering::SeqCst);
    }
}

impl Journal for Faulty {
    fn writer(&self) -> Result<Box<dyn JournalWriter>, JournalError> {
        Ok(Box::new(FaultyWriter {
            inner: self.memory.writer()?,
            fault: Arc::clone(&self.fault),
            begun: Arc::clone(&self.begun),
            gate: Arc::clone(&self.gate),
            has_stored: None,
        }))
    }

    fn host(&self) -> Host {
        self.host
    }

    fn ledger(&self) -> String {
        self.memory.ledger()
    }

    fn extent<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Extent> {
        self.memory.extent(room)
    }

    fn read<'a>(&'a self, room: &'a RoomKey, since: u64, bytes: usize) -> JournalFuture<'a, Page> {
        self.memory.read(room, since, bytes)
    }

    fn recall<'a>(&'a self, key: &'a LedgerKey) -> JournalFuture<'a, Option<LedgerEntry>> {
        self.memory.recall(key)
    }

    fn unfinished(&self) -> JournalFuture<'_, Unfinished> {
        self.memory.unfinished()
    }

    fn receipts<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Vec<(String, Receipt)>> {
        self.memory.receipts(room)
    }

    fn secret(&self) -> [u8; 32] {
        self.memory.secret()
    }

    fn health(&self) -> Health {
        self.memory.health()
    }
}

struct FaultyWriter {
    inner: Box<dyn JournalWriter>,
    fault: Arc<AtomicU8>,
    begun: Arc<AtomicU32>,
    gate: Arc<Barrier>,
    /// Of the last group that it did not know of.
    has_stored: Option<bool>,
}

impl JournalWriter for FaultyWriter {
    fn begin(&mut self) -> Result<(), JournalError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        if self.fault.load(Ordering::SeqCst) == HUNG {
            self.gate.wait();
            // Until it is well: otherwise the next group would hang again.
            self.gate.wait();
        }
        match self.fault.load(Ordering::SeqCst) {
            FAINT if self.has_stored.is_some() => {
                Err(JournalError::Unavailable(Box::new(io::Error::other("no disk"))))
            }
            _ => self.inner.begin(),
        }
    }

    fn savepoint(&mut self) -> Result<(), JournalError> {
        self.inner.savepoint()
    }

    fn append(&mut self, event: &NewEvent) -> Result<Position, JournalError> {
        assert_ne!(self.fault.load(Ordering::SeqCst), BROKEN, "the journal is broken");
        self.inner.append(event)
    }

    fn head(&self, room: &RoomKey) -> Result<Position, JournalError> {
        self.inner.head(room)
    }

    fn remember(
        &mut self,
        key: &LedgerKey,
        entry: &LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError> {
        self.inner.remember(key, entry)
    }

    fn record(&mut self, change: &Change) -> Result<(), JournalError> {
        self.inner.record(change)
    }

    fn rollback(&mut self) -> Result<(), JournalError> {
        self.inner.rollback()
    }

    fn release(&mut self) -> Result<(), JournalError> {
        self.inner.release()
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        let error = || Box::new(io::Error::other("no space left on device"));
        match self.fault.load(Ordering::SeqCst) {
            FULL => Err(JournalError::Unavailable(error())),
            DOUBTFUL => {
                self.has_stored = Some(false);
                Err(JournalError::Unknown(error()))
            }
            FORGETFUL | FAINT => {
                self.has_stored = Some(true);
                self.inner.commit().and(Err(JournalError::Unknown(error())))
            }
            _ => self.inner.commit(),
        }
    }

    fn has_stored(&mut self) -> Option<bool> {
        self.has_stored.take()
    }

    fn abandon(&mut self) {
        self.inner.abandon();
    }

    fn tend(&mut self) -> bool {
        self.inner.tend()
    }

    fn can_store(&self) -> bool {
        self.fault.load(Ordering::SeqCst) == WELL
    }

    fn connection(&self) -> &dyn Any {
        self.inner.connection()
    }
}

fn note(text: &str) -> Value {
    json!({ "desk": "a", "text": text })
}

#[tokio::test]
async fn nothing_is_published_that_is_not_stored() {
    for host in [Host::Task, Host::Thread] {
        let lab = Lab::default();
        let journal = Faulty::new(host);
        let server = lab.server_with(journal.clone());
        let (_client, mut socket) = join(&server, "ann", "a").await;

        journal.set(FULL);
        let full = socket.call::<Value>("write_note", &note("full")).await.unwrap_err();
        journal.set(DOUBTFUL);
        let doubtful = socket.call::<Value>("write_note", &note("doubtful")).await.unwrap_err();
        journal.set(WELL);
        let well = socket.call_with("write_note", &note("well"), &json!({})).await.unwrap();

        assert_eq!(
            (&full.code[..], full.outcome.as_str()),
            ("journal_unavailable", "not_executed")
        );
        assert!(!serde_json::to_string(&full).unwrap().contains("device"), "the cause stays here");
        assert_eq!((&doubtful.code[..], doubtful.outcome.as_str()), ("outcome_unknown", "unknown"));
        assert_eq!(well["at"][0]["seq"], 1);
        assert_eq!(socket.next_named("noted").await.payload["text"], "well");
    }
}

#[tokio::test]
async fn what_was_stored_in_doubt_is_published_before_what_comes_after() {
    for host in [Host::Task, Host::Thread] {
        let lab = Lab::default();
        let journal = Faulty::new(host);
        let server = lab.server_with(journal.clone());
        let (_client, mut socket) = join(&server, "ann", "a").await;

        journal.set(FAINT);
        let doubtful = socket.call::<Value>("write_note", &note("doubtful")).await.unwrap_err();
        let refused = socket.call::<Value>("write_note", &note("refused")).await.unwrap_err();
        journal.set(WELL);
        let well = socket.call_with("write_note", &note("well"), &json!({})).await.unwrap();

        assert_eq!((&doubtful.code[..], doubtful.outcome.as_str()), ("outcome_unknown", "unknown"));
        assert_eq!(
            (&refused.code[..], refused.outcome.as_str()),
            ("journal_unavailable", "not_executed")
        );
        assert_eq!(well["at"][0]["seq"], 2);
        assert_eq!(socket.next_named("noted").await.payload["text"], "doubtful");
        assert_eq!(socket.next_named("noted").await.payload["text"], "well");
    }
}

#[tokio::test]
async fn a_journal_that_panics_leaves_nobody_waiting() {
    for host in [Host::Task, Host::Thread] {
        let lab = Lab::default();
        let journal = Faulty::new(host);
        let server = lab.server_with(journal.clone());
        let (_client, socket) = join(&server, "ann", "a").await;

        journal.set(BROKEN);
        let first = socket.call::<Value>("write_note", &note("x")).await.unwrap_err();
        journal.set(WELL);
        let second = socket.call::<Value>("write_note", &note("y")).await;

        assert_eq!(first.code, "journal_unavailable");
        assert!(second.is_ok(), "{second:?}");
    }
}

#[tokio::test]
async fn a_writer_on_a_thread_of_its_own_keeps_the_order() {
    let lab = Lab::default();
    let server = lab.server_with(Faulty::new(Host::Thread));
    let (_client, mut socket) = join(&server, "ann", "a").await;

    let calls: Vec<_> = (0..60)
        .map(|number: u32| socket.call::<Value>("write_note", &note(&number.to_string())))
        .collect();
    for call in calls {
        call.await.unwrap();
    }

    for number in 0..60 {
        let event = socket.next_named("noted").await;
        assert_eq!(
            (&event.payload["text"], &event.meta["seq"]),
            (&json!(number.to_string()), &json!(number + 1))
        );
    }
}

#[tokio::test]
async fn a_command_whose_predecessor_fails_at_the_writer_does_not_take_effect() {
    let lab = Lab::default();
    let server = lab.server();
    let (_client, mut socket) = join(&server, "ann", "a").await;
    let id = |number: u128| tautline::Uuid::from_u128(number).to_string();

    let first = note("refused in the step");
    let first = socket.call_with("write_note", &first, &json!({ "id": id(1) }));
    let second = json!({ "id": id(2), "after": id(1) });
    let second = socket.call_with("write_note", &note("behind"), &second);
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    socket.call::<Value>("write_note", &note("later")).await.unwrap();

    assert_eq!(first["error"]["code"], "desk.busy");
    assert_eq!(second["error"]["code"], "predecessor_unsettled");
    assert_eq!(socket.next_named("noted").await.payload["text"], "later");
}
