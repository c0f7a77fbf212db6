//! The client's half of a namespace: what the server may send, and the places it can be sent to.

use std::fmt;

use crate::{ContractError, Event, RoomName, Uuid, Wire};

/// The emitter struct that `#[namespace(side = client)]` makes.
pub trait ClientSide {
    /// What the server may send.
    const EVENTS: &'static [Event];
}

/// Somewhere events go: a transaction, a connection, a whole namespace. Made by the runtime.
pub trait Sink {
    /// What an emit gives back: nothing where it is only staged, a future elsewhere.
    type Sent;

    /// Serialises `payload` at once and sends it to `rooms`; without rooms, to the sink's own
    /// target.
    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P)
    -> Self::Sent;
}

/// A sink that can put a question. Never a staged one: a question is published at once.
pub trait AskSink: Sink {
    /// Puts the question and waits for the first valid answer.
    fn ask<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        payload: &P,
    ) -> impl Future<Output = Result<A, Unanswered<E>>> + Send;
}

/// A sink that can start a stream. Never a staged one: parts are published as they come.
pub trait StreamSink: Sink {
    /// The stream that was started: takes parts, ends in an `A` or fails with an `E`.
    type Stream<A: Wire, E: ContractError>;

    /// Why nobody can go on with a stream.
    type StreamError: std::error::Error + Send + Sync + 'static;

    /// Starts a stream.
    fn open<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        start: &P,
    ) -> Self::Stream<A, E>;

    /// Goes on with a stream that was started before. Whoever had it has it no more.
    fn reopen<A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        id: Uuid,
    ) -> impl Future<Output = Result<Self::Stream<A, E>, Self::StreamError>> + Send;
}

/// Why a question has no answer.
#[derive(Debug)]
pub enum Unanswered<E> {
    /// Somebody declined it.
    Declined(E),
    /// Its time was over.
    Expired,
    /// It was called off, or the server went down.
    Cancelled,
    /// It could not be put.
    Failed(crate::Cause),
}

impl<E: ContractError> fmt::Display for Unanswered<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declined(error) => {
                write!(f, "the question was declined: {}", error.problem().code)
            }
            Self::Expired => f.write_str("the question expired before anybody answered"),
            Self::Cancelled => f.write_str("the question was cancelled"),
            Self::Failed(cause) => write!(f, "the question could not be put: {cause}"),
        }
    }
}

impl<E: ContractError> std::error::Error for Unanswered<E> {}

/// The emitter of a namespace that sends nothing of its own.
#[derive(Debug)]
pub struct NoClient<S>(S);

impl<S> From<S> for NoClient<S> {
    fn from(sink: S) -> Self {
        Self(sink)
    }
}

impl<S> ClientSide for NoClient<S> {
    const EVENTS: &'static [Event] = &[];
}
