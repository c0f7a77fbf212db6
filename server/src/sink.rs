//! The places events can be sent to: a command, a transaction, a whole namespace.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use tautline::{AskSink, ContractError, Event, Namespace, RoomName, Sink, Unanswered, Wire};

use crate::core::Core;
use crate::question::{self, Asker};
use crate::session::Session;
use crate::stage::{Staged, Target, rooms_of};

/// Where `cx.emit()` sends to: kept until the handler's `Ok`. Without a room, to the caller's own
/// connection. A question is put at once.
pub struct CommandSink<N> {
    core: Arc<Core>,
    namespace: PhantomData<fn() -> N>,
}

impl<N> CommandSink<N> {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, namespace: PhantomData }
    }
}

impl<N: Namespace> Sink for CommandSink<N> {
    type Sent = ();

    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) {
        let target = target::<N>(event, rooms, &self.core.session);
        self.core.stage(Staged::new(event, target, payload));
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

/// Where `tx.emit()` sends to: stored with the transaction, published after it. Takes no questions:
/// those are never staged.
pub struct TxSink<N> {
    staged: Rc<RefCell<StagedInTx>>,
    session: Arc<Session>,
    namespace: PhantomData<fn() -> N>,
}

/// What a transaction emitted.
#[derive(Debug, Default)]
pub(crate) struct StagedInTx {
    pub(crate) staged: Vec<Staged>,
    pub(crate) fault: Option<serde_json::Error>,
}

impl<N> TxSink<N> {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { staged: Rc::default(), session, namespace: PhantomData }
    }

    /// Takes what was emitted.
    pub(crate) fn take(&self) -> StagedInTx {
        self.staged.take()
    }
}

impl<N> Clone for TxSink<N> {
    fn clone(&self) -> Self {
        Self {
            staged: Rc::clone(&self.staged),
            session: Arc::clone(&self.session),
            namespace: PhantomData,
        }
    }
}

impl<N: Namespace> Sink for TxSink<N> {
    type Sent = ();

    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) {
        let target = target::<N>(event, rooms, &self.session);
        let mut staged = self.staged.borrow_mut();
        match Staged::new(event, target, payload) {
            Ok(emit) => staged.staged.push(emit),
            Err(error) => staged.fault = Some(error),
        }
    }
}

/// The rooms that the payload names, or the caller's own connection.
fn target<N: Namespace>(
    event: &'static Event,
    rooms: Vec<RoomName>,
    session: &Arc<Session>,
) -> Target {
    if rooms.is_empty() {
        return Target::Connection(Arc::clone(&session.link));
    }
    Target::Rooms(rooms_of::<N>(event, rooms))
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
