//! What streams hand to the journal's writer. Every decision falls in a step of the writer's, in the
//! order of the commits: so a lease cannot run out between a part and its storing, and a producer that
//! was replaced cannot slip one in.

use std::sync::{Arc, Mutex};

use tautline::{Encoded, Event, EventKind, Problem, Retention, Uuid};

use super::book::Streams;
use super::entry::{Entry, Making};
use super::error::StreamError;
use super::frames::{append, ended};
use super::state::{Producer, Refused, StreamState};
use crate::chance;
use crate::commit::{CommitError, Effects, Hook, StepFailed, Work};
use crate::journal::{Change, RoomKey, StreamRecord, StreamRef};
use crate::session::lock;
use crate::stage::{PART, Staged, Target, library_event};

/// How a stream ends.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Finished(Encoded),
    Cancelled,
    Failed(Box<Problem>),
}

/// What a stream begins with.
pub(crate) struct Beginning {
    pub(crate) event: &'static Event,
    pub(crate) rooms: Vec<(RoomKey, Retention)>,
    /// What it was started with, if that could be serialised.
    pub(crate) payload: Result<Encoded, StreamError>,
    pub(crate) cause: Option<Uuid>,
}

impl Streams {
    /// Begins a stream: stored and published at once.
    pub(crate) fn begin(self: &Arc<Self>, beginning: Beginning) -> Arc<Entry> {
        let Beginning { event, rooms, payload, cause } = beginning;
        let (id, now) = (chance::id(), self.now());
        let (lease_ms, payload, fault) = match (event.kind, payload) {
            _ if self.is_closing() => (0, Encoded::default(), Some(StreamError::ShuttingDown)),
            (EventKind::Stream { lease_ms }, Ok(payload)) => (lease_ms, payload, None),
            (EventKind::Stream { .. }, Err(error)) => (0, Encoded::default(), Some(error)),
            // Nobody comes here but by hand: the macros open streams only.
            (EventKind::Plain | EventKind::Join | EventKind::Question { .. }, _) => {
                (0, Encoded::default(), Some(StreamError::NotOpen))
            }
        };
        let state = StreamState::starting(self.rules(lease_ms), now);
        let record = StreamRecord {
            id,
            namespace: rooms.first().map_or("", |(room, _)| room.namespace).to_owned(),
            name: event.name.to_owned(),
            rooms: rooms.iter().map(|(room, _)| room.room.clone()).collect(),
            payload: payload.clone(),
            number: 0,
            text: String::new(),
            lease_until: state.lease_until(),
        };
        let start =
            Staged { event, target: Target::Rooms(rooms.clone()), payload: payload.clone() };
        let entry = Entry::new(Making { id, event, rooms, payload, cause, state });
        if fault.is_some() {
            entry.state().not_started();
            entry.set_fault(fault);
            return entry;
        }
        self.begun.add(id);
        self.insert(&entry);
        let mut work = Work::new();
        work.cause = cause;
        work.stream = Some(StreamRef { id, lease_ms });
        work.effects.staged.push(start);
        work.effects.changes.push(Change::StreamOpened(record));
        let (streams, starting) = (Arc::clone(self), Arc::clone(&entry));
        work.effects.hooks.push(Hook::new(move |is_stored| {
            if is_stored {
                starting.state().started();
                streams.show(&starting);
                // After a doubt nobody else does it: whoever began it was told that it is unknown.
                streams.schedule(&starting);
            } else {
                starting.state().not_started();
                streams.remove(&starting);
            }
        }));
        self.submit(&entry, work);
        entry
    }

    /// In a step: stores everything that was accepted, and publishes it after.
    pub(super) fn hand_over(self: &Arc<Self>, entry: &Arc<Entry>, effects: &mut Effects) {
        let (parts, lease_until) = {
            let mut state = entry.state();
            (state.hand_over(self.now()), state.lease_until())
        };
        let Some(last) = parts.last().map(|part| part.number) else { return };
        for part in parts {
            for (key, _) in &entry.rooms {
                effects.staged.push(Staged {
                    event: library_event(PART),
                    target: Target::Rooms(vec![(key.clone(), Retention::DEFAULT)]),
                    payload: append(entry, key, part.number, &part.text),
                });
            }
            let (id, number, text) = (entry.id, part.number, part.text);
            effects.changes.push(Change::StreamExtended { id, number, text, lease_until });
        }
        let (streams, stored) = (Arc::clone(self), Arc::clone(entry));
        effects.hooks.push(Hook::new(move |is_stored| {
            let now = streams.now();
            let mut state = stored.state();
            if is_stored { state.stored(last, now) } else { state.not_stored(now) }
        }));
    }

    /// In a step: ends it, if it is this producer's to end; `None` is the library itself.
    pub(super) fn end(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        producer: Option<Producer>,
        ending: &Ending,
        effects: &mut Effects,
    ) -> Result<(), Refused> {
        {
            let mut state = entry.state();
            if let Some(producer) = producer {
                state.held_by(producer)?;
            }
            state.end()?;
        }
        self.hand_over(entry, effects);
        let so_far = entry.so_far();
        effects.staged.push(Staged {
            event: library_event("tautline:ended"),
            target: Target::Rooms(entry.rooms.clone()),
            payload: ended(&entry.id, entry.event.name, &so_far, ending),
        });
        effects.changes.push(Change::StreamClosed(entry.id));
        let (streams, ending) = (Arc::clone(self), Arc::clone(entry));
        effects.hooks.push(Hook::new(move |is_stored| {
            if is_stored {
                ending.state().ended();
                streams.remove(&ending);
            } else {
                ending.state().not_ended(streams.now());
                streams.schedule(&ending);
            }
            ending.changed.notify_waiters();
        }));
        Ok(())
    }

    /// Ends it for its producer.
    pub(super) async fn finish(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        producer: Producer,
        ending: Ending,
    ) -> Result<(), StreamError> {
        let streams = Arc::clone(self);
        self.decide(entry, move |entry, effects| {
            streams.end(entry, Some(producer), &ending, effects)
        })
        .await
    }

    /// Gives it to a new producer. Everything that an earlier one gave is stored before.
    pub(super) async fn take_over(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
    ) -> Result<Producer, StreamError> {
        let streams = Arc::clone(self);
        let producer = self
            .decide(entry, move |entry, effects| {
                let producer = entry.state().take_over(streams.now())?;
                streams.hand_over(entry, effects);
                Ok(producer)
            })
            .await;
        entry.changed.notify_waiters();
        self.schedule(entry);
        producer
    }

    /// Runs a step of its own, and says what came of it.
    async fn decide<T: Send + 'static>(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        step: impl FnOnce(&Arc<Entry>, &mut Effects) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, StreamError> {
        let decided = Arc::new(Mutex::new(None));
        let (kept, deciding) = (Arc::clone(&decided), Arc::clone(entry));
        let mut work = Work::new();
        work.cause = entry.cause;
        work.step = Some(Box::new(move |_, effects| {
            let result = step(&deciding, effects);
            let is_ok = result.is_ok();
            *lock(&kept) = Some(result);
            if is_ok { Ok(Encoded::default()) } else { Err(StepFailed) }
        }));
        let stored = self.writer.store(work).await;
        let decided = lock(&decided).take();
        match (stored, decided) {
            (Ok(_) | Err(CommitError::Step), Some(Err(refused))) => Err(self.error(entry, refused)),
            (Ok(_), Some(Ok(value))) => Ok(value),
            (Err(error), _) => Err(error.into()),
            (Ok(_), None) => unreachable!("a step that was stored has run"),
        }
    }
}
