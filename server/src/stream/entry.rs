//! One stream: what never changes of it, its state, and who waits for it to change.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard};

use tautline::{Encoded, Event, Retention, Uuid};
use tokio::sync::Notify;

use super::SoFar;
use super::error::StreamError;
use super::state::StreamState;
use super::timers::Times;
use crate::journal::RoomKey;
use crate::session::lock;

/// One stream.
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(super) event: &'static Event,
    pub(super) rooms: Vec<(RoomKey, Retention)>,
    pub(super) payload: Encoded,
    /// The id of the command that began it.
    pub(super) cause: Option<Uuid>,
    pub(super) state: Mutex<StreamState>,
    /// Something happened that a producer may wait for.
    pub(super) changed: Notify,
    /// Why the journal did not store the last time.
    pub(super) fault: Mutex<Option<StreamError>>,
    /// The writer has work that looks at it: nobody else needs to.
    pub(super) is_queued: AtomicBool,
    /// When the timer looks at it.
    pub(super) times: Times,
}

/// What a stream is made of.
pub(super) struct Making {
    pub(super) id: Uuid,
    pub(super) event: &'static Event,
    pub(super) rooms: Vec<(RoomKey, Retention)>,
    pub(super) payload: Encoded,
    pub(super) cause: Option<Uuid>,
    pub(super) state: StreamState,
}

impl Entry {
    pub(super) fn new(making: Making) -> Arc<Self> {
        let Making { id, event, rooms, payload, cause, state } = making;
        Arc::new(Self {
            id,
            event,
            rooms,
            payload,
            cause,
            state: Mutex::new(state),
            changed: Notify::new(),
            fault: Mutex::default(),
            is_queued: AtomicBool::new(false),
            times: Times::default(),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, StreamState> {
        lock(&self.state)
    }

    /// How far it has got, with what is not stored yet.
    pub(super) fn so_far(&self) -> SoFar {
        let (number, text) = self.state().so_far();
        SoFar { number, text }
    }

    /// Whether it was begun by this event.
    pub(super) fn is_of(&self, namespace: &str, event: &Event) -> bool {
        let is_here = self.rooms.first().is_some_and(|(room, _)| room.namespace == namespace);
        is_here && self.event.name == event.name
    }

    /// What the journal said the last time, if it did not store.
    pub(super) fn set_fault(&self, fault: Option<StreamError>) {
        *lock(&self.fault) = fault;
        self.changed.notify_waiters();
    }

    pub(super) fn fault(&self) -> Option<StreamError> {
        lock(&self.fault).clone()
    }
}
