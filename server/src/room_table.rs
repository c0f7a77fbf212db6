//! Who is in which room. Holds the links themselves, so that a fan-out looks nothing up.
//!
//! A caller becomes a member before anybody has decided whether it may: what the room says meanwhile
//! is held back for it, and reaches it only with the verdict. So nothing is missed between the state
//! that a join answers and the first live event, and nothing leaks.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tautline::RoomName;

use crate::chance::Salted;
use crate::frame_out::{Class, Frame, Payload};
use crate::journal::RoomKey;
use crate::position::Position;
use crate::session::{Entering, Session, lock};
use crate::stage::is_own;

/// Into how many parts the table is cut. Each has its own lock and its own publisher.
pub(crate) const SHARDS: usize = 16;

/// How many frames are held back for one caller. A join that takes longer costs its live events, and
/// has its durable ones fetched.
const HELD: usize = 512;

/// Likewise in bytes.
const HELD_BYTES: usize = 1024 * 1024;

/// From so many members on, a message is made into one websocket frame for all of them, which takes
/// the short way to each. For fewer it is not worth it: a sender's own event and its acknowledgement
/// then go out in one write.
const FRAMED_FROM: usize = 8;

/// What is sent to a room.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// How it is delivered.
    pub(crate) kind: Kind,
    /// The frame.
    pub(crate) payload: Payload,
}

/// How a message is delivered.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// With a place in the room.
    Durable(Position),
    /// In order.
    Live,
    /// A part of a stream: likewise. One who misses it is told where the room stands, as soon as
    /// there is room.
    Part,
    /// The newest of its name.
    Volatile(&'static str),
    /// One of the library's own.
    Control,
    /// Of what stands in the room. One who misses it is told where the room stands, as soon as there
    /// is room.
    Standing,
}

/// All rooms.
#[derive(Debug)]
pub(crate) struct RoomTable {
    shards: Vec<Mutex<HashMap<RoomKey, Members>>>,
    hasher: Salted,
    next_token: AtomicU64,
}

#[derive(Debug, Default)]
struct Members {
    members: Vec<Member>,
    /// Where each session stands in `members`.
    places: HashMap<u64, usize>,
    /// The last position that was published while somebody was here.
    head: Option<Position>,
    /// Whether it moved since the last heads.
    moved: bool,
}

#[derive(Debug)]
struct Member {
    session: Arc<Session>,
    token: u64,
    /// What waits for the verdict; `None` once it is there.
    held: Option<Held>,
}

#[derive(Debug, Default)]
struct Held {
    messages: Vec<Message>,
    bytes: usize,
    is_over: bool,
}

/// Whether one who was let in has everything that came meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// It has.
    Complete,
    /// There was too much of it.
    Lossy,
}

/// A member whose verdict is still to come.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: RoomKey,
    token: u64,
}

impl RoomTable {
    pub(crate) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: Salted::new(),
            next_token: AtomicU64::new(1),
        }
    }

    /// Which shard a room is in.
    pub(crate) fn shard_of(&self, key: &RoomKey) -> usize {
        usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0)
    }

    fn shard(&self, key: &RoomKey) -> &Mutex<HashMap<RoomKey, Members>> {
        &self.shards[self.shard_of(key)]
    }

    /// Makes the session a member, its messages held back until [`RoomTable::admit`]. One who is a
    /// member already goes on receiving.
    ///
    /// # Errors
    /// When it is in too many rooms or over.
    pub(crate) fn enter(&self, key: RoomKey, session: &Arc<Session>) -> Result<Entry, Entering> {
        let token = self.next_token.fetch_add(1, Ordering::Relaxed);
        let mut shard = lock(self.shard(&key));
        // The table and the session change together: else one who enters while somebody puts it out is
        // in the one and not in the other. One who closes afterwards leaves the rooms that are noted.
        match session.note_entering(&key.room) {
            Entering::Noted => {}
            refused @ (Entering::TooMany | Entering::Closed) => return Err(refused),
        }
        let room = shard.entry(key.clone()).or_default();
        match room.places.get(&session.number) {
            Some(place) => room.members[*place].token = token,
            None => {
                room.places.insert(session.number, room.members.len());
                let held = Some(Held::default());
                room.members.push(Member { session: Arc::clone(session), token, held });
            }
        }
        drop(shard);
        Ok(Entry { key, token })
    }

    /// The verdict is yes: sends what was held back, and everything from now on. Says whether all of
    /// it could be held back.
    pub(crate) fn admit(&self, entry: &Entry, session: &Arc<Session>) -> Admitted {
        let mut shard = lock(self.shard(&entry.key));
        let Some(room) = shard.get_mut(&entry.key) else { return Admitted::Complete };
        let Some(place) = room.places.get(&session.number) else { return Admitted::Complete };
        let member = &mut room.members[*place];
        if member.token != entry.token {
            // A later attempt to enter is under way: its verdict counts.
            return Admitted::Complete;
        }
        session.note_entered(&entry.key.room);
        let Some(held) = member.held.take() else { return Admitted::Complete };
        for message in &held.messages {
            send(session, &entry.key.room, &message.kind, &message.frame());
        }
        if held.is_over { Admitted::Lossy } else { Admitted::Complete }
    }

    /// The verdict is no: nothing of what was held back is ever sent.
    pub(crate) fn withdraw(&self, entry: &Entry, session: &Arc<Session>) {
        let is_current = lock(self.shard(&entry.key))
            .get(&entry.key)
            .and_then(|room| Some(&room.members[*room.places.get(&session.number)?]))
            .is_some_and(|member| member.token == entry.token);
        if is_current {
            self.leave(&entry.key, session);
        }
    }

    /// How many rooms have members, without those in which everybody is by itself.
    pub(crate) fn named(&self) -> usize {
        let named = |key: &&RoomKey| !is_own(key);
        self.shards.iter().map(|shard| lock(shard).keys().filter(named).count()).sum()
    }

    /// Takes the session out of the room.
    pub(crate) fn leave(&self, key: &RoomKey, session: &Session) -> bool {
        let mut shard = lock(self.shard(key));
        session.note_left(&key.room);
        let Some(room) = shard.get_mut(key) else { return false };
        let gone = room.remove(session.number);
        if room.members.is_empty() {
            shard.remove(key);
        }
        drop(shard);
        // The last reference to a session may go here: not under the lock.
        gone.is_some()
    }

    /// Sends a message to every member, except to those whom `unless_in` has brought it already.
    /// `is_last`: nothing else waits to be published.
    pub(crate) fn publish(
        &self,
        key: &RoomKey,
        message: &Message,
        unless_in: &[RoomKey],
        is_last: bool,
    ) {
        let mut shard = lock(self.shard(key));
        let Some(room) = shard.get_mut(key) else { return };
        if let Kind::Durable(position) = &message.kind {
            room.head = Some(position.clone());
            room.moved = true;
        }
        // Once for all: a fan-out costs nothing more per member than handing it over.
        let frame = if is_last && room.members.len() >= FRAMED_FROM {
            Frame::Event(message.payload.framed(key.namespace))
        } else {
            message.frame()
        };
        for member in &mut room.members {
            if unless_in.iter().any(|other| member.session.is_in(&other.room)) {
                continue;
            }
            match &mut member.held {
                None => send(&member.session, &key.room, &message.kind, &frame),
                Some(held) => held.push(message),
            }
        }
    }

    /// How many are in the room, those without a verdict included.
    pub(crate) fn count(&self, key: &RoomKey) -> usize {
        lock(self.shard(key)).get(key).map_or(0, |room| room.members.len())
    }

    /// The members who have been let in.
    pub(crate) fn members(&self, key: &RoomKey) -> Vec<Arc<Session>> {
        let shard = lock(self.shard(key));
        let members = shard.get(key).map_or(&[][..], |room| &room.members[..]);
        let admitted = members.iter().filter(|member| member.held.is_none());
        admitted.map(|member| Arc::clone(&member.session)).collect()
    }

    /// The last position that was published to the room.
    pub(crate) fn head(&self, key: &RoomKey) -> Option<Position> {
        lock(self.shard(key)).get(key)?.head.clone()
    }

    /// The rooms of one shard that moved since the last call, with their members.
    pub(crate) fn moved(&self, shard: usize) -> Vec<(RoomName, Position, Vec<Arc<Session>>)> {
        let mut moved = Vec::new();
        for (key, room) in lock(&self.shards[shard]).iter_mut() {
            if let (true, Some(head)) = (std::mem::take(&mut room.moved), &room.head) {
                let members = room.members.iter().filter(|member| member.held.is_none());
                let members = members.map(|member| Arc::clone(&member.session)).collect();
                moved.push((key.room.clone(), head.clone(), members));
            }
        }
        moved
    }
}

impl Members {
    fn remove(&mut self, session: u64) -> Option<Member> {
        let place = self.places.remove(&session)?;
        let member = self.members.swap_remove(place);
        if let Some(moved) = self.members.get(place) {
            self.places.insert(moved.session.number, place);
        }
        Some(member)
    }
}

impl Message {
    fn frame(&self) -> Frame {
        Frame::Event(self.payload.clone())
    }
}

impl Held {
    fn push(&mut self, message: &Message) {
        let bytes = self.bytes + message.payload.len();
        // Once over, always over: what comes later must not look as if nothing was missing.
        if self.is_over || self.messages.len() >= HELD || bytes > HELD_BYTES {
            self.is_over = true;
            return;
        }
        self.bytes = bytes;
        self.messages.push(message.clone());
    }
}

fn send(session: &Session, room: &RoomName, kind: &Kind, frame: &Frame) {
    let class = match kind {
        Kind::Durable(_) | Kind::Standing => Class::Durable { room },
        Kind::Live => Class::Live,
        Kind::Part => Class::Part { room },
        Kind::Volatile(conflate) => Class::Volatile { conflate },
        Kind::Control => Class::Control,
    };
    session.link.send_shared(class, frame);
}
