//! The places events can be sent to: a command, a transaction, a whole namespace.

use std::cell::{RefCell, RefMut};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use tautline::{
    AskSink, ContractError, Event, Namespace, RoomName, Sink, StreamSink, Unanswered, Uuid, Wire,
};

use crate::commit::Effects;
use crate::core::Core;
use crate::emitter::Roomless;
use crate::question::{self, Asker};
use crate::stage::{Staged, rooms_of};
use crate::stream::{Stream, StreamError};

/// Where `cx.emit()` sends to: kept until the handler's `Ok`. Without a room, to the caller's own
/// connection. A question is put at once, and a stream begun.
pub struct CommandSink<N> {
    core: Arc<Core>,
    /// Where an event without a room goes.
    roomless: Roomless,
    namespace: PhantomData<fn() -> N>,
}

impl<N> CommandSink<N> {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        let roomless = Roomless::Connection(Some(Arc::clone(&core.session.link)));
        Self { core, roomless, namespace: PhantomData }
    }

    /// Into a namespace in which the command is not.
    pub(crate) fn elsewhere(core: Arc<Core>) -> Self {
        Self { core, roomless: Roomless::Everyone, namespace: PhantomData }
    }
}

impl<N: Namespace> Sink for CommandSink<N> {
    type Sent = ();

    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) {
        // There is a target: the caller's connection is known.
        if let Some(target) = self.roomless.target::<N>(event, rooms) {
            self.core.stage(Staged::new(event, target, payload));
        }
    }
}

impl<N: Namespace> AskSink for CommandSink<N> {
    async fn ask<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        payload: &P,
    ) -> Result<A, Unanswered<E>> {
        let asker = Asker { runtime: Arc::clone(&self.core.runtime), cause: self.core.id };
        let waiting = self.core.wait_for_client();
        let answer = question::ask(asker, event, rooms_of::<N>(event, rooms), payload).await;
        drop(waiting);
        answer
    }
}

impl<N: Namespace> StreamSink for CommandSink<N> {
    type Stream<A: Wire, E: ContractError> = Stream<N, A, E>;
    type StreamError = StreamError;

    fn open<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        start: &P,
    ) -> Stream<N, A, E> {
        let Core { runtime, id, .. } = &*self.core;
        Stream::begin(runtime, self.roomless.clone(), *id, (event, rooms), start)
    }

    async fn reopen<A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        id: Uuid,
    ) -> Result<Stream<N, A, E>, StreamError> {
        let streams = Arc::clone(&self.core.runtime.streams);
        Stream::reopen(streams, self.roomless.clone(), event, id).await
    }
}

/// Where `tx.emit()` sends to: stored with the transaction, published after it. Takes no questions
/// and begins no streams: those are never staged.
pub struct TxSink<N> {
    staged: Rc<RefCell<StagedInTx>>,
    roomless: Roomless,
    namespace: PhantomData<fn() -> N>,
}

/// What a transaction emitted.
#[derive(Debug, Default)]
struct StagedInTx {
    effects: Effects,
    fault: Option<serde_json::Error>,
}

impl<N> TxSink<N> {
    pub(crate) fn new(roomless: Roomless) -> Self {
        Self { staged: Rc::default(), roomless, namespace: PhantomData }
    }

    /// The same transaction, in another namespace.
    pub(crate) fn elsewhere<M>(&self) -> TxSink<M> {
        TxSink {
            staged: Rc::clone(&self.staged),
            roomless: Roomless::Everyone,
            namespace: PhantomData,
        }
    }

    /// What was emitted so far.
    pub(crate) fn effects(&self) -> RefMut<'_, Effects> {
        RefMut::map(self.staged.borrow_mut(), |staged| &mut staged.effects)
    }

    /// Takes what was emitted, unless something of it could not be serialised.
    pub(crate) fn take(&self) -> Result<Effects, serde_json::Error> {
        let StagedInTx { effects, fault } = self.staged.take();
        fault.map_or(Ok(effects), Err)
    }
}

impl<N> Clone for TxSink<N> {
    fn clone(&self) -> Self {
        Self {
            staged: Rc::clone(&self.staged),
            roomless: self.roomless.clone(),
            namespace: PhantomData,
        }
    }
}

impl<N: Namespace> Sink for TxSink<N> {
    type Sent = ();

    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) {
        // Without a target the connection is gone: nobody is there to tell.
        let Some(target) = self.roomless.target::<N>(event, rooms) else { return };
        let mut staged = self.staged.borrow_mut();
        match Staged::new(event, target, payload) {
            Ok(emit) => staged.effects.staged.push(emit),
            Err(error) => staged.fault = Some(error),
        }
    }
}

macro_rules! opaque {
    ($($ty:ident),*) => {
        $(impl<N> std::fmt::Debug for $ty<N> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($ty))
            }
        })*
    };
}

opaque!(CommandSink, TxSink);
