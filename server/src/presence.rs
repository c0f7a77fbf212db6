//! Presence: who is in a room, as its members see it. Here is what the runtime does with it; who is
//! there and what the others hear of it is decided in [`group`], which knows no clock and no wire.
//!
//! Meant for rooms in which people see each other: whoever enters gets all members. Presence lives
//! in memory. A server that starts anew begins with other versions, and its clients, which have to
//! enter again, get who is there with the answer.

mod group;
mod members;
mod present;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tautline::{Encoded, LibraryCode};
use tokio::runtime::Handle;

use crate::alarms::Alarms;
use crate::clock::Clock;
use crate::journal::RoomKey;
use crate::publish::{Publication, Publisher};
use crate::room_table::{Kind, Message, RoomTable};
use crate::session::{Session, lock};
use group::Group;

pub use members::Present;
pub(crate) use present::present;
use state::State;
use wire::Member;

/// The presence of all rooms that have it.
pub(crate) struct Presence {
    groups: Mutex<HashMap<RoomKey, Group>>,
    alarms: Arc<Alarms<RoomKey>>,
    is_closing: AtomicBool,
    table: Arc<RoomTable>,
    publisher: Arc<Publisher>,
    clock: Clock,
    runtime: Handle,
}

/// How a connection left a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// It wanted to, or was put out.
    ForGood,
    /// Its link was lost: it may come back.
    Cut,
}

impl Presence {
    pub(crate) fn new(
        table: Arc<RoomTable>,
        publisher: Arc<Publisher>,
        clock: Clock,
        runtime: Handle,
    ) -> Arc<Self> {
        let (groups, alarms) = (Mutex::default(), Alarms::new());
        let is_closing = AtomicBool::new(false);
        Arc::new(Self { groups, alarms, is_closing, table, publisher, clock, runtime })
    }

    /// A connection was let into a room or has left it. Looks for itself which of the two: it may
    /// have gone or come again meanwhile, and whoever looks last is right.
    pub(crate) fn settle(self: &Arc<Self>, key: &RoomKey, session: &Session, how: Departure) {
        if self.is_closing() {
            return;
        }
        let subject = &session.link.identity().subject;
        let now = self.clock.now_ms();
        let mut groups = lock(&self.groups);
        let is_in = session.is_in(&key.room);
        let group = if is_in {
            groups.entry(key.clone()).or_insert_with(|| Group::new(now))
        } else {
            let Some(group) = groups.get_mut(key) else { return };
            group
        };
        match (is_in, how) {
            (true, _) => group.enter(subject, session.number, now),
            (false, Departure::ForGood) => group.leave(subject, session.number, now),
            (false, Departure::Cut) => group.cut(subject, session.number, now),
        }
        self.wake(key, group, now);
        self.tidy(&mut groups, key);
    }

    /// A user, or everybody, was put out: whoever lost the link is not waited for.
    pub(crate) fn give_up(self: &Arc<Self>, key: &RoomKey, subject: Option<&str>) {
        let now = self.clock.now_ms();
        let mut groups = lock(&self.groups);
        let Some(group) = groups.get_mut(key) else { return };
        group.give_up(subject, now);
        self.wake(key, group, now);
        self.tidy(&mut groups, key);
    }

    /// A member shows something else.
    ///
    /// # Errors
    /// When the connection is not in the room.
    fn show(
        self: &Arc<Self>,
        key: &RoomKey,
        session: &Session,
        state: Option<State>,
    ) -> Result<(), LibraryCode> {
        let now = self.clock.now_ms();
        let mut groups = lock(&self.groups);
        if !session.is_in(&key.room) {
            return Err(LibraryCode::NotJoined);
        }
        let subject = &session.link.identity().subject;
        let group = groups.entry(key.clone()).or_insert_with(|| Group::new(now));
        // It may have been let in a moment ago, and not be known here yet.
        group.enter(subject, session.number, now);
        group.show(subject, state, now);
        self.wake(key, group, now);
        Ok(())
    }

    /// Adds who is there to an answer, as the members know it.
    pub(crate) fn push(&self, key: &RoomKey, answer: &mut Encoded) {
        let now = self.clock.now_ms();
        let mut groups = lock(&self.groups);
        // Versions go on from the clock, so that they are new after a restart and after a room that
        // was empty.
        let group = groups.entry(key.clone()).or_insert_with(|| Group::new(now));
        answer.json.push_str(group.snapshot().json());
    }

    /// A receiver has missed something of a room: sees to it that it hears so.
    pub(crate) fn nudge(self: &Arc<Self>, key: &RoomKey) {
        let now = self.clock.now_ms();
        let mut groups = lock(&self.groups);
        if let Some(group) = groups.get_mut(key) {
            group.nudge(now);
            self.wake(key, group, now);
        }
    }

    /// Who is there now.
    fn members(&self, key: &RoomKey) -> Vec<Member> {
        lock(&self.groups).get(key).map_or_else(Vec::new, Group::members)
    }

    /// From now on nobody hears anything: the server goes down, and everybody leaves.
    pub(crate) fn close(&self) {
        self.is_closing.store(true, Ordering::Release);
    }

    fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    /// Tells a room what there is to tell.
    fn tick(self: &Arc<Self>, key: &RoomKey) {
        if self.is_closing() {
            return;
        }
        let now = self.clock.now_ms();
        let mut groups = lock(&self.groups);
        let Some(group) = groups.get_mut(key) else { return };
        let change = group.tick(now);
        self.wake(key, group, now);
        self.tidy(&mut groups, key);
        drop(groups);
        if let Some(change) = change {
            // One task ticks all rooms, so the versions of a room go out in their order.
            self.publisher.publish(Publication {
                key: key.clone(),
                message: Message { kind: Kind::Standing, payload: change.frame(&key.room) },
                unless_in: Vec::new(),
                release: None,
            });
        }
    }

    fn wake(self: &Arc<Self>, key: &RoomKey, group: &Group, now: u64) {
        let Some(at) = group.next_tick() else { return };
        let after = Duration::from_millis(at.saturating_sub(now));
        self.alarms.set(&self.runtime, (key.clone(), after), || {
            let presence = Arc::clone(self);
            move |key| presence.tick(&key)
        });
    }

    /// Forgets a room in which nobody is. One who is about to be let in has got its version.
    fn tidy(&self, groups: &mut HashMap<RoomKey, Group>, key: &RoomKey) {
        let is_deserted = groups.get(key).is_some_and(Group::is_deserted);
        if is_deserted && self.table.count(key) == 0 {
            groups.remove(key);
        }
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("rooms", &lock(&self.groups).len()).finish_non_exhaustive()
    }
}
