//! What streams hand to the journal's writer. Every decision falls in a step of the writer's, in the
//! order of the commits: so a lease cannot run out between a part and its storing, and a producer that
//! was replaced cannot slip one in.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use tautline::control::StreamOutcome;
use tautline::{Encoded, Event, EventKind, LibraryCode, Problem, Retention, Uuid};

use super::book::{Entry, Making, Streams};
use super::error::StreamError;
use super::state::{Producer, Refused, StreamState};
use super::timers::Reason;
use crate::commit::{CommitError, Effects, Hook, Reply, StepFailed, Work};
use crate::encode::json;
use crate::journal::{Change, RoomKey, StreamRecord, StreamRef};
use crate::session::lock;
use crate::stage::{PART, Staged, Target, library_event};
use crate::trace::TraceId;

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
        let (id, now) = (Uuid::new_v4(), self.now());
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
            } else {
                starting.state().not_started();
                streams.remove(&starting);
            }
        }));
        self.submit(&entry, work);
        entry
    }

    /// Lets the timer look when there is something to do. Not when the server goes down: what was
    /// accepted is on its way, and the leases stand still until the next start.
    pub(super) fn schedule(&self, entry: &Arc<Entry>) {
        if entry.is_queued.load(Ordering::Acquire) || self.is_closing() {
            return;
        }
        let (due_at, expires_at) = {
            let state = entry.state();
            (state.due_at(), state.expires_at())
        };
        if let Some(at) = due_at {
            self.timers.wake(entry, Reason::Parts, at);
        }
        if let Some(at) = expires_at {
            self.timers.wake(entry, Reason::Lease, at);
        }
    }

    /// Its time has come, or has moved.
    pub(super) fn look_at(self: &Arc<Self>, entry: &Arc<Entry>) {
        let now = self.now();
        let is_due = {
            let state = entry.state();
            state.due_at().into_iter().chain(state.expires_at()).any(|at| at <= now)
        };
        if is_due { self.pump(entry) } else { self.schedule(entry) }
    }

    /// Stores what was accepted, or ends a stream whose lease is over.
    pub(super) fn pump(self: &Arc<Self>, entry: &Arc<Entry>) {
        if entry.is_queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let (streams, pumped) = (Arc::clone(self), Arc::clone(entry));
        let mut work = Work::new();
        work.step = Some(Box::new(move |_, effects| {
            pumped.is_queued.store(false, Ordering::Release);
            let now = streams.now();
            let is_over = pumped.state().expires_at().is_some_and(|at| at <= now);
            if is_over && !streams.is_closing() {
                let mut problem = Box::new(LibraryCode::TimedOut.problem());
                problem.trace_id = TraceId::new().to_string();
                tracing::warn!(
                    stream = %pumped.id,
                    event = pumped.event.name,
                    trace_id = problem.trace_id,
                    "the producer of a stream is silent: it has failed"
                );
                // Somebody was faster, then.
                let _ended = streams.end(&pumped, None, &Ending::Failed(problem), effects);
            } else {
                streams.hand_over(&pumped, effects);
            }
            Ok(Encoded::default())
        }));
        self.submit(entry, work);
    }

    /// Stores what was accepted, if there is anything, though it is not due yet.
    pub(super) fn pump_rest(self: &Arc<Self>, entry: &Arc<Entry>) {
        let has_rest = entry.state().has_rest();
        if has_rest {
            self.pump(entry);
        }
    }

    fn submit(self: &Arc<Self>, entry: &Arc<Entry>, work: Work) {
        let (streams, entry) = (Arc::clone(self), Arc::clone(entry));
        let tell = move |result: Result<_, CommitError>| {
            let (is_stored, fault) = (result.is_ok(), result.err());
            if let Some(error) = &fault {
                tracing::error!(stream = %entry.id, ?error, "a part of a stream was not stored");
                // Its step may not have run at all.
                entry.is_queued.store(false, Ordering::Release);
                entry.state().not_stored(streams.now());
            }
            entry.set_fault(fault.map(StreamError::from));
            if streams.is_closing() && is_stored {
                streams.pump_rest(&entry);
            }
            streams.schedule(&entry);
        };
        self.writer.submit(work, Reply::new(tell));
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
        effects.staged.push(Staged {
            event: library_event("tautline:ended"),
            target: Target::Rooms(entry.rooms.clone()),
            payload: ended(&entry.id, entry.event.name, ending),
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

/// The payload of `tautline:append`.
pub(super) fn append(entry: &Entry, room: &RoomKey, number: u32, text: &str) -> Encoded {
    let json = format!(
        "{{\"room\":{},\"stream\":\"{}\",\"number\":{number},\"text\":{}}}",
        json(&room.room),
        entry.id,
        json(text)
    );
    Encoded { json, attachments: Vec::new() }
}

/// The payload of `tautline:ended`. The answer is of the contract, and may have byte fields.
pub(super) fn ended(id: &Uuid, name: &str, ending: &Ending) -> Encoded {
    let (outcome, answer, problem) = match ending {
        Ending::Finished(answer) => (StreamOutcome::Finished, Some(answer), None),
        Ending::Cancelled => (StreamOutcome::Cancelled, None, None),
        Ending::Failed(problem) => (StreamOutcome::Failed, None, Some(problem)),
    };
    let mut text =
        format!("{{\"stream\":\"{id}\",\"name\":{},\"outcome\":{}", json(name), json(&outcome));
    if let Some(answer) = answer {
        text.push_str(",\"answer\":");
        text.push_str(&answer.json);
    }
    if let Some(problem) = problem {
        text.push_str(",\"problem\":");
        text.push_str(&json(problem));
    }
    text.push('}');
    let attachments = answer.map(|answer| answer.attachments.clone()).unwrap_or_default();
    Encoded { json: text, attachments }
}
