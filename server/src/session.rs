//! What the runtime knows of one link: its lanes, its rooms, and how its last commands ended.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tautline::{NamespaceFacts, RoomName, Uuid};
use tokio::sync::watch;

use crate::frame_out::{Class, Frame, Payload};
use crate::io_handle::ReadPause;
use crate::lane::{Admission, LaneKey, Lanes};
use crate::link::Link;
use crate::settlement::{Settlement, Stage};

/// A command that is ready to run.
pub(crate) type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How many rooms one connection may be in. Centrifugo's default for channels.
pub(crate) const MAX_ROOMS: usize = 128;

/// The personal room and the namespace's: everybody is in them, and they are on the house.
const OWN_ROOMS: usize = 2;

/// How many ended commands a connection's successors can refer to. Twice what can be in flight with
/// our own clients.
const REMEMBERED: usize = 64;

/// One link, seen from the runtime.
pub(crate) struct Session {
    /// Tells sessions apart for ever, also two of one connection.
    pub(crate) number: u64,
    /// The way to the client.
    pub(crate) link: Arc<Link>,
    /// Whom it belongs to. A newer token does not change that.
    pub(crate) subject: Arc<str>,
    lanes: Mutex<Lanes<Job>>,
    pause: Mutex<Option<ReadPause>>,
    rooms: Mutex<Rooms>,
    commands: Mutex<Commands>,
    /// How many of its commands the journal's writer has.
    commits: AtomicUsize,
    /// Whether the hook of its beginning has ended.
    connected: watch::Sender<bool>,
}

#[derive(Default)]
struct Rooms {
    is_closed: bool,
    /// Whether the verdict is there, for each room.
    rooms: HashMap<RoomName, bool>,
}

#[derive(Default)]
struct Commands {
    known: HashMap<Uuid, Arc<Settlement>>,
    order: VecDeque<Uuid>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Session {
    pub(crate) fn new(link: Arc<Link>) -> Arc<Self> {
        Arc::new(Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            subject: link.identity().subject.as_str().into(),
            link,
            lanes: Mutex::new(Lanes::new()),
            pause: Mutex::default(),
            rooms: Mutex::default(),
            commands: Mutex::default(),
            commits: AtomicUsize::new(0),
            connected: watch::Sender::new(false),
        })
    }

    /// The journal's writer has got one of its commands.
    pub(crate) fn commit_started(&self) {
        self.commits.fetch_add(1, Ordering::AcqRel);
    }

    /// The journal's writer is done with one.
    pub(crate) fn commit_ended(&self) {
        self.commits.fetch_sub(1, Ordering::AcqRel);
    }

    /// The hook of its beginning has ended.
    pub(crate) fn hook_ended(&self) {
        self.connected.send_replace(true);
    }

    /// Waits until the hook of its beginning has ended.
    pub(crate) async fn hook_over(&self) {
        // The sender lives as long as the session.
        let mut connected = self.connected.subscribe();
        let _always = connected.wait_for(|ended| *ended).await;
    }

    /// Whether the writer has any.
    pub(crate) fn has_commits(&self) -> bool {
        self.commits.load(Ordering::Acquire) > 0
    }

    /// The namespace.
    pub(crate) fn facts(&self) -> &'static NamespaceFacts {
        self.link.namespace()
    }

    /// Sends one of the library's own events.
    pub(crate) fn send_control(&self, payload: Payload) {
        self.link.send(Class::Control, Frame::Event(payload));
    }

    /// Takes a command. Gives it back if it starts now; `Err` if there are too many.
    pub(crate) fn admit(&self, key: Option<LaneKey>, job: Job) -> Result<Option<Job>, ()> {
        let mut lanes = lock(&self.lanes);
        let admission = lanes.admit(key, job);
        if lanes.is_full() {
            // Under the lock of the lanes: whoever settles the last command must see the pause.
            let mut pause = lock(&self.pause);
            if pause.is_none() {
                *pause = Some(self.link.pause_reading());
            }
        }
        drop(lanes);
        match admission {
            Admission::Start(job) => Ok(Some(job)),
            Admission::Queued => Ok(None),
            Admission::Refused => Err(()),
        }
    }

    /// Lets the commands in that came before the connection was ready.
    pub(crate) fn open_lanes(&self) -> Vec<Job> {
        lock(&self.lanes).open()
    }

    /// The lane's current command is staged. Gives the next.
    pub(crate) fn staged(&self, key: &LaneKey) -> Option<Job> {
        lock(&self.lanes).staged(key)
    }

    /// A command is settled.
    pub(crate) fn settled(&self) {
        let mut lanes = lock(&self.lanes);
        lanes.settled();
        self.resume_reading(&lanes);
    }

    /// A command begins to wait for a client.
    pub(crate) fn park(&self, key: Option<&LaneKey>) {
        let mut lanes = lock(&self.lanes);
        lanes.park(key);
        self.resume_reading(&lanes);
    }

    /// A command has what it waited for.
    pub(crate) fn unpark(&self, key: Option<&LaneKey>) {
        lock(&self.lanes).unpark(key);
    }

    fn resume_reading(&self, lanes: &Lanes<Job>) {
        if lanes.has_room() {
            lock(&self.pause).take();
        }
    }

    /// Whether the connection is a member of the room, allowed in.
    pub(crate) fn is_in(&self, room: &RoomName) -> bool {
        lock(&self.rooms).rooms.get(room).copied().unwrap_or(false)
    }

    /// Notes that the connection is about to enter a room.
    pub(crate) fn note_entering(&self, room: &RoomName) -> Entering {
        let mut rooms = lock(&self.rooms);
        if rooms.is_closed {
            return Entering::Closed;
        }
        if !rooms.rooms.contains_key(room) {
            if rooms.rooms.len() >= MAX_ROOMS + OWN_ROOMS {
                return Entering::TooMany;
            }
            rooms.rooms.insert(room.clone(), false);
        }
        Entering::Noted
    }

    /// Notes that the connection was let in.
    pub(crate) fn note_entered(&self, room: &RoomName) {
        if let Some(is_in) = lock(&self.rooms).rooms.get_mut(room) {
            *is_in = true;
        }
    }

    /// Notes that the connection is out.
    pub(crate) fn note_left(&self, room: &RoomName) {
        lock(&self.rooms).rooms.remove(room);
    }

    /// The connection is over. Gives the rooms it was in.
    pub(crate) fn close(&self) -> Vec<RoomName> {
        let mut rooms = lock(&self.rooms);
        rooms.is_closed = true;
        let left = std::mem::take(&mut rooms.rooms);
        drop(rooms);
        lock(&self.pause).take();
        left.into_keys().collect()
    }

    /// Whether it is over.
    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.rooms).is_closed
    }

    /// The rooms it is in.
    pub(crate) fn rooms(&self) -> Vec<RoomName> {
        let rooms = lock(&self.rooms);
        rooms.rooms.iter().filter(|(_, is_in)| **is_in).map(|(room, _)| room.clone()).collect()
    }

    /// How the command of this id ended or will end, if it came over this connection lately.
    pub(crate) fn command(&self, id: &Uuid) -> Option<Arc<Settlement>> {
        lock(&self.commands).known.get(id).cloned()
    }

    /// Remembers that a command did not run, unless an earlier attempt of it is known.
    pub(crate) fn remember_refused(&self, id: Uuid) {
        if self.command(&id).is_none() {
            let settlement = Arc::new(Settlement::default());
            settlement.reach(Stage::Failed);
            self.remember(id, settlement);
        }
    }

    /// Remembers a command for its successors.
    pub(crate) fn remember(&self, id: Uuid, settlement: Arc<Settlement>) {
        let mut commands = lock(&self.commands);
        if commands.known.insert(id, settlement).is_none() {
            commands.order.push_back(id);
        }
        while commands.order.len() > REMEMBERED {
            if let Some(oldest) = commands.order.pop_front() {
                commands.known.remove(&oldest);
            }
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("link", &self.link).finish_non_exhaustive()
    }
}

/// Whether a connection may enter one more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entering {
    /// It may.
    Noted,
    /// It is in too many.
    TooMany,
    /// It is over.
    Closed,
}

/// Locks what nothing can leave half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
