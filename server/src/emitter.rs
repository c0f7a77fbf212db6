//! Emitting from outside of a handler: timers, HTTP handlers, workers.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tautline::{
    AskSink, ContractError, Event, Namespace, Retention, RoomName, Sink, StreamSink, Unanswered,
    Uuid, Wire,
};

use crate::commit::{CommitError, Work};
use crate::journal::{JournalError, RoomKey};
use crate::link::Link;
use crate::question::{self, Asker};
use crate::runtime::Runtime;
use crate::stage::{Staged, Target, everyone, live, rooms_of, send_to};
use crate::stream::{Stream, StreamError};

/// Where a server's own emits go: to the rooms that the payload names, and without a room to
/// everybody in the namespace, or to the one that the emitter was made for.
pub struct EmitterSink<N> {
    runtime: Arc<Runtime>,
    roomless: Roomless,
    namespace: PhantomData<fn() -> N>,
}

/// Where an event without a room goes.
#[derive(Clone)]
pub(crate) enum Roomless {
    Everyone,
    Room(RoomKey),
    /// `None` if the connection is gone.
    Connection(Option<Arc<Link>>),
}

impl<N: Namespace> EmitterSink<N> {
    pub(crate) fn new(runtime: Arc<Runtime>, roomless: Roomless) -> Self {
        Self { runtime, roomless, namespace: PhantomData }
    }
}

impl Roomless {
    /// The rooms that a payload names, and without one this. `None` if nobody is there.
    pub(crate) fn target<N: Namespace>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
    ) -> Option<Target> {
        if !rooms.is_empty() {
            return Some(Target::Rooms(rooms_of::<N>(event, rooms)));
        }
        match self {
            Self::Everyone => {
                Some(Target::Rooms(vec![(everyone(N::FACTS.path), Retention::DEFAULT)]))
            }
            Self::Room(key) => Some(Target::Rooms(vec![(key.clone(), Retention::DEFAULT)])),
            Self::Connection(link) => link.clone().map(Target::Connection),
        }
    }
}

impl<N: Namespace> Sink for EmitterSink<N> {
    type Sent = Emit;

    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) -> Emit {
        let Some(target) = self.roomless.target::<N>(event, rooms) else {
            return Emit::done(Err(EmitError::Gone));
        };
        let staged = match Staged::new(event, target, payload) {
            Ok(staged) => staged,
            Err(error) => return Emit::done(Err(EmitError::Encode(error))),
        };
        if staged.is_durable() {
            let mut work = Work::new();
            work.effects.staged = vec![staged];
            let stored = self.runtime.writer.store(work);
            return Emit(State::Storing(Box::pin(async move {
                stored.await.map(|_| ()).map_err(EmitError::from)
            })));
        }
        // A timer or a worker may call from outside, and a link that is full spawns a task.
        let _context = self.runtime.context();
        match &staged.target {
            Target::Connection(link) => send_to(link, staged.message()),
            Target::Rooms(_) => {
                for publication in live(&staged) {
                    self.runtime.publisher.publish(publication);
                }
            }
        }
        Emit::done(Ok(()))
    }
}

impl<N: Namespace> AskSink for EmitterSink<N> {
    async fn ask<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        payload: &P,
    ) -> Result<A, Unanswered<E>> {
        let asker = Asker { runtime: Arc::clone(&self.runtime), cause: None };
        question::ask(asker, event, rooms_of::<N>(event, rooms), payload).await
    }
}

impl<N: Namespace> StreamSink for EmitterSink<N> {
    type Stream<A: Wire, E: ContractError> = Stream<N, A, E>;
    type StreamError = StreamError;

    fn open<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        start: &P,
    ) -> Stream<N, A, E> {
        Stream::begin(&self.runtime, self.roomless.clone(), None, (event, rooms), start)
    }

    async fn reopen<A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        id: Uuid,
    ) -> Result<Stream<N, A, E>, StreamError> {
        let streams = Arc::clone(&self.runtime.streams);
        Stream::reopen(streams, self.roomless.clone(), event, id).await
    }
}

/// An emit that was made. It goes out whether it is awaited or not; awaited, it says whether it was
/// stored.
#[must_use = "a durable emit can fail: await it, or say `let _unheard = …` and why"]
pub struct Emit(State);

enum State {
    Done(Option<Result<(), EmitError>>),
    Storing(Pin<Box<dyn Future<Output = Result<(), EmitError>> + Send>>),
}

impl Emit {
    fn done(result: Result<(), EmitError>) -> Self {
        Self(State::Done(Some(result)))
    }
}

impl Future for Emit {
    type Output = Result<(), EmitError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Done(result) => Poll::Ready(result.take().unwrap_or(Ok(()))),
            State::Storing(storing) => storing.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for Emit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Emit")
    }
}

impl<N> fmt::Debug for EmitterSink<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmitterSink")
    }
}

/// Why an emit did not go out. One receiver's full queue is that receiver's affair and no error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The payload could not be serialised.
    #[error("the payload could not be serialised")]
    Encode(#[source] serde_json::Error),
    /// The journal did not store it.
    #[error("the event was not stored")]
    Journal(#[source] Arc<JournalError>),
    /// Too much waits for the journal.
    #[error("too much waits for the journal: slow down")]
    Behind,
    /// The connection, or the server, is gone.
    #[error("there is nobody to send it to any more")]
    Gone,
}

impl From<CommitError> for EmitError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Journal(error) => Self::Journal(error),
            CommitError::Behind => Self::Behind,
            CommitError::Gone => Self::Gone,
            CommitError::Step
            | CommitError::Panicked(_)
            | CommitError::Predecessor
            | CommitError::Answered(_) => {
                unreachable!("an emit has no step, no predecessor and no id")
            }
        }
    }
}
