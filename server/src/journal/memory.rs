//! The journal in memory: real positions, real groups, real answers, gone with the process.

use std::any::Any;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tautline::{Retention, SafeInt, Uuid};

use super::{
    BanRecord, Change, Health, Host, Journal, JournalError, JournalFuture, JournalWriter,
    LedgerEntry, LedgerKey, NewEvent, Page, QuestionRecord, Receipt, RevocationRecord, RoomKey,
    StoredEvent, StreamRecord, Unfinished,
};
use crate::clock::Clock;
use crate::position::{Extent, Position};

/// A journal that lives and dies with the process. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Memory {
    shared: Arc<Shared>,
}

struct Shared {
    /// Every room's epoch: the sequences begin and end together, with the process.
    epoch: String,
    ledger: String,
    secret: [u8; 32],
    clock: Clock,
    stored: Mutex<Stored>,
}

#[derive(Default)]
struct Stored {
    rooms: HashMap<RoomKey, Room>,
    answers: HashMap<LedgerKey, LedgerEntry>,
    /// The answers in the order in which they came, to forget them in time.
    expiries: VecDeque<(u64, LedgerKey)>,
    streams: BTreeMap<Uuid, StreamRecord>,
    questions: BTreeMap<Uuid, QuestionRecord>,
    receipts: HashMap<RoomKey, BTreeMap<String, Receipt>>,
    bans: BTreeMap<(String, String), BanRecord>,
    revocations: BTreeMap<(String, String), RevocationRecord>,
}

struct Room {
    head: u64,
    retention: Retention,
    events: VecDeque<StoredEvent>,
}

impl Room {
    /// The events that are not too old.
    fn events(&self, now: u64) -> impl Iterator<Item = &StoredEvent> {
        let since = self.retention.age_ms.map_or(0, |age| now.saturating_sub(age));
        self.events.iter().skip_while(move |event| event.body.ts < since)
    }

    fn trim(&mut self, now: u64) {
        let first = self.events(now).next().map(|event| event.seq);
        let kept = self.retention.count.map_or(u64::MAX, u64::from);
        let last = first.unwrap_or(self.head + 1).max((self.head + 1).saturating_sub(kept));
        while self.events.front().is_some_and(|event| event.seq < last) {
            self.events.pop_front();
        }
    }
}

impl Memory {
    /// An empty journal.
    pub fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                epoch: Uuid::new_v4().to_string(),
                ledger: Uuid::new_v4().to_string(),
                secret: random_secret(),
                clock: Clock::new(),
                stored: Mutex::default(),
            }),
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Shared {
    fn stored(&self) -> MutexGuard<'_, Stored> {
        // Nothing in here panics between two changes that belong together.
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn extent(&self, room: Option<&Room>) -> Extent {
        let seq = room.map_or(0, |room| room.head);
        let first = room.and_then(|room| room.events(self.clock.now_ms()).next());
        let first = first.map_or(seq + 1, |event| event.seq);
        Extent { head: Position { epoch: self.epoch.clone(), seq }, first }
    }

    fn page(&self, room: &RoomKey, since: u64, max_bytes: usize) -> Page {
        let stored = self.stored();
        let room = stored.rooms.get(room);
        let extent = self.extent(room);
        let mut events = Vec::new();
        let mut bytes = 0;
        let kept = room.into_iter().flat_map(|room| room.events(self.clock.now_ms()));
        for event in kept.filter(|event| event.seq > since) {
            bytes += event.bytes();
            if bytes > max_bytes && !events.is_empty() {
                break;
            }
            events.push(event.clone());
        }
        Page { extent, events }
    }
}

impl Journal for Memory {
    fn writer(&self) -> Result<Box<dyn JournalWriter>, JournalError> {
        Ok(Box::new(Writer {
            shared: Arc::clone(&self.shared),
            events: Vec::new(),
            answers: Vec::new(),
            changes: Vec::new(),
            heads: HashMap::new(),
            mark: (0, 0, 0),
        }))
    }

    fn host(&self) -> Host {
        Host::Task
    }

    fn ledger(&self) -> String {
        self.shared.ledger.clone()
    }

    fn extent<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Extent> {
        Box::pin(async move {
            let stored = self.shared.stored();
            Ok(self.shared.extent(stored.rooms.get(room)))
        })
    }

    fn read<'a>(
        &'a self,
        room: &'a RoomKey,
        since: u64,
        max_bytes: usize,
    ) -> JournalFuture<'a, Page> {
        Box::pin(async move { Ok(self.shared.page(room, since, max_bytes)) })
    }

    fn unfinished(&self) -> JournalFuture<'_, Unfinished> {
        Box::pin(async move {
            let stored = self.shared.stored();
            let streams = stored.streams.values().cloned().collect();
            let questions = stored.questions.values().cloned().collect();
            let bans = stored.bans.values().cloned().collect();
            let revocations = stored.revocations.values().cloned().collect();
            Ok(Unfinished { streams, questions, bans, revocations })
        })
    }

    fn receipts<'a>(&'a self, room: &'a RoomKey) -> JournalFuture<'a, Vec<(String, Receipt)>> {
        Box::pin(async move {
            let stored = self.shared.stored();
            let receipts = stored.receipts.get(room).into_iter().flatten();
            Ok(receipts.map(|(subject, receipt)| (subject.clone(), *receipt)).collect())
        })
    }

    fn secret(&self) -> [u8; 32] {
        self.shared.secret
    }

    fn recall<'a>(&'a self, key: &'a LedgerKey) -> JournalFuture<'a, Option<LedgerEntry>> {
        let now = self.shared.clock.now_ms();
        Box::pin(async move { Ok(self.shared.stored().answer(key, now)) })
    }

    fn health(&self) -> Health {
        Health::Ready
    }
}

/// Collects a group; nothing of it is visible before the commit.
struct Writer {
    shared: Arc<Shared>,
    events: Vec<(NewEvent, u64)>,
    answers: Vec<(LedgerKey, LedgerEntry)>,
    changes: Vec<Change>,
    /// The heads of the rooms that this group has written to.
    heads: HashMap<RoomKey, u64>,
    /// How much of the group was there at the savepoint.
    mark: (usize, usize, usize),
}

impl JournalWriter for Writer {
    fn begin(&mut self) -> Result<(), JournalError> {
        self.abandon();
        Ok(())
    }

    fn savepoint(&mut self) -> Result<(), JournalError> {
        self.mark = (self.events.len(), self.answers.len(), self.changes.len());
        Ok(())
    }

    fn append(&mut self, event: &NewEvent) -> Result<Position, JournalError> {
        let head = self.head(&event.room)?.seq;
        let seq = SafeInt::new(head + 1)
            .ok_or_else(|| JournalError::Exhausted(event.room.room.clone()))?
            .get();
        self.heads.insert(event.room.clone(), seq);
        self.events.push((event.clone(), seq));
        Ok(Position { epoch: self.shared.epoch.clone(), seq })
    }

    fn head(&self, room: &RoomKey) -> Result<Position, JournalError> {
        let seq = match self.heads.get(room) {
            Some(head) => *head,
            None => self.shared.stored().rooms.get(room).map_or(0, |room| room.head),
        };
        Ok(Position { epoch: self.shared.epoch.clone(), seq })
    }

    fn remember(
        &mut self,
        key: &LedgerKey,
        entry: &LedgerEntry,
    ) -> Result<Option<LedgerEntry>, JournalError> {
        let grouped = self.answers.iter().find(|(known, _)| known == key);
        let known = match grouped {
            Some((_, entry)) => Some(entry.clone()),
            None => self.shared.stored().answer(key, self.shared.clock.now_ms()),
        };
        if known.is_none() {
            self.answers.push((key.clone(), entry.clone()));
        }
        Ok(known)
    }

    fn record(&mut self, change: &Change) -> Result<(), JournalError> {
        self.changes.push(change.clone());
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), JournalError> {
        let (events, answers, changes) = self.mark;
        for (event, seq) in self.events.drain(events..).rev() {
            // Also right when the number before is the stored head: the entry then says the same.
            self.heads.insert(event.room, seq - 1);
        }
        self.answers.truncate(answers);
        self.changes.truncate(changes);
        Ok(())
    }

    fn release(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        let now = self.shared.clock.now_ms();
        let mut stored = self.shared.stored();
        for (event, seq) in self.events.drain(..) {
            let retention = event.retention;
            let empty = || Room { head: 0, retention, events: VecDeque::new() };
            let room = stored.rooms.entry(event.room).or_insert_with(empty);
            room.head = seq;
            room.retention = retention;
            room.events.push_back(StoredEvent { seq, body: event.body });
            room.trim(now);
        }
        for (key, entry) in self.answers.drain(..) {
            stored.expiries.push_back((entry.expires_at, key.clone()));
            stored.answers.insert(key, entry);
        }
        self.changes.drain(..).for_each(|change| stored.apply(change));
        stored.forget(now);
        self.heads.clear();
        Ok(())
    }

    fn abandon(&mut self) {
        self.events.clear();
        self.answers.clear();
        self.changes.clear();
        self.heads.clear();
        self.mark = (0, 0, 0);
    }

    fn tend(&mut self) -> bool {
        let now = self.shared.clock.now_ms();
        let mut stored = self.shared.stored();
        stored.forget(now);
        stored.revocations.retain(|_, revocation| revocation.expires_at > now);
        stored.rooms.values_mut().for_each(|room| room.trim(now));
        false
    }

    fn connection(&self) -> &dyn Any {
        &()
    }
}

impl Stored {
    /// An answer whose time is not over.
    fn answer(&self, key: &LedgerKey, now: u64) -> Option<LedgerEntry> {
        self.answers.get(key).filter(|entry| entry.expires_at > now).cloned()
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::StreamOpened(stream) => {
                self.streams.insert(stream.id, stream);
            }
            Change::StreamExtended { id, number, text, lease_until } => {
                if let Some(stream) =
                    self.streams.get_mut(&id).filter(|stream| number > stream.number)
                {
                    stream.number = number;
                    stream.text.push_str(&text);
                    stream.lease_until = lease_until;
                }
            }
            Change::StreamClosed(id) => {
                self.streams.remove(&id);
            }
            Change::QuestionOpened(question) => {
                self.questions.insert(question.id, question);
            }
            Change::QuestionClosed(id) => {
                self.questions.remove(&id);
            }
            Change::ReceiptGiven { room, subject, receipt } => {
                let receipts = self.receipts.entry(room).or_default();
                let known = receipts.entry(subject).or_default();
                *known = known.merged(receipt);
            }
            Change::BanChanged(ban) => {
                let name = (ban.kind.clone(), ban.name.clone());
                if ban.level == 0 {
                    self.bans.remove(&name);
                } else {
                    self.bans.insert(name, ban);
                }
            }
            Change::TokensRevoked(revocation) => {
                let name = (revocation.kind.clone(), revocation.name.clone());
                let known = self.revocations.entry(name).or_insert_with(|| revocation.clone());
                known.until = known.until.max(revocation.until);
                known.expires_at = known.expires_at.max(revocation.expires_at);
            }
            // The epoch is as old as the process, and nothing is taken back while that lives.
            Change::RoomOvertaken { .. } => {}
        }
    }

    /// Forgets answers whose window is over. In the order in which they came: one with a long window
    /// keeps shorter ones behind it a little longer, which harms nobody.
    fn forget(&mut self, now: u64) {
        while let Some((expires_at, _)) = self.expiries.front() {
            if *expires_at > now {
                break;
            }
            let Some((_, key)) = self.expiries.pop_front() else { break };
            // Another answer may have taken its place since.
            if self.answers.get(&key).is_some_and(|entry| entry.expires_at <= now) {
                self.answers.remove(&key);
            }
        }
    }
}

/// 256 bits of the system's randomness.
fn random_secret() -> [u8; 32] {
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    secret[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    secret
}
