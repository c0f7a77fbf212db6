//! `Context`: what a handler knows of its caller, and what it can do besides answering.

use std::any::TypeId;
use std::cell::RefMut;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use tautline::{Answer, Cause, Failure, Namespace, Room, Uuid, encode};

use crate::commit::{CommitError, Effects, StepFailed};
use crate::core::Core;
use crate::emitter::Roomless;
use crate::identity::Identity;
use crate::journal::{JournalError, JournalWriter, Receipt, RoomKey};
use crate::membership;
use crate::position::Position;
use crate::presence::{Departure, Present};
use crate::rooms::RoomHandle;
use crate::session::lock;
use crate::sink::{CommandSink, TxSink};

/// One call of a handler: who called, and the way to answer with more than a value.
pub struct Context<N> {
    core: Arc<Core>,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> Context<N> {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, namespace: PhantomData }
    }

    /// Who called.
    pub fn identity(&self) -> &Identity {
        &self.core.identity
    }

    /// The caller's connection. A public id: safe to show, worthless as a credential.
    pub fn connection(&self) -> Uuid {
        self.core.session.link.id()
    }

    /// The id that the client gave the command; the same when it sends the command again. For the
    /// unique key of an effect that the journal does not cover.
    pub fn command_id(&self) -> Option<Uuid> {
        self.core.id
    }

    /// The id under which the log and the caller's problem tell of this call.
    pub fn trace_id(&self) -> String {
        self.core.trace.to_string()
    }

    /// Emits with the handler's `Ok`, not at all without it. An event without a room goes to the
    /// caller's own connection. A question is put at once, and can be awaited; a stream is begun at once, and
    /// may go on when the handler has ended.
    pub fn emit(&self) -> N::Emit<CommandSink<N>> {
        CommandSink::new(Arc::clone(&self.core)).into()
    }

    /// Likewise into another namespace of the contract. An event without a room goes to everybody in
    /// it: the caller need not be there.
    ///
    /// ```ignore
    /// let stream = cx.emit_in::<Chat>().answer(&start); // from a handler of /agents
    /// ```
    pub fn emit_in<M: Namespace>(&self) -> M::Emit<CommandSink<M>> {
        CommandSink::elsewhere(Arc::clone(&self.core)).into()
    }

    /// A room of any namespace of the contract: who is in it, where it is, and the way to put somebody
    /// out.
    pub fn room<M: Namespace>(&self, room: &impl Room) -> RoomHandle {
        let key = RoomKey { namespace: M::FACTS.path, room: room.name() };
        RoomHandle::new(Arc::clone(&self.core.runtime), key)
    }

    /// Whether the caller's connection is in the room.
    pub fn is_in<R: Room>(&self, room: &R) -> bool {
        self.core.session.is_in(&room.name())
    }

    /// Who is in the room, in the order in which they came. Nobody, unless the contract gives the
    /// room presence.
    pub fn presence<R: Room>(&self, room: &R) -> Vec<Present<R::Presence>> {
        let key = RoomKey { namespace: N::FACTS.path, room: room.name() };
        self.core.runtime.presence.of::<R>(&key)
    }

    /// How far each user has got in the room, by subject, as it is stored.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn receipts<R: Room>(
        &self,
        room: &R,
    ) -> Result<BTreeMap<String, Receipt>, JournalError> {
        let key = RoomKey { namespace: N::FACTS.path, room: room.name() };
        self.core.runtime.receipts.all(&key).await
    }

    /// Takes the caller's connection out of the room.
    pub fn leave<R: Room>(&self, room: &R) {
        let key = RoomKey { namespace: N::FACTS.path, room: room.name() };
        membership::leave(&self.core.runtime, &key, &self.core.session, Departure::ForGood);
    }

    /// Runs `step` on the journal's writer, as one atomic step with everything that it and the
    /// handler emitted, and with the answer under the command's id. Then publishes, then returns.
    ///
    /// At most once per call of a handler. The step runs alone: keep it short, and wait for nothing
    /// in it. Its `Err` takes everything back. What it answered is the command's answer once it is
    /// stored, whatever the handler returns after that; what a handler does elsewhere, before the step or
    /// without one, is told by [`Failure::RefusedWith`].
    ///
    /// # Errors
    /// What the step says; `Internal` if nothing could be stored, which the caller learns as what it
    /// is.
    pub async fn commit<T, E, F>(&self, step: F) -> Answer<T, E>
    where
        T: Serialize + Send + 'static,
        E: Send + 'static,
        F: FnOnce(&Tx<'_, N>) -> Answer<T, E> + Send + 'static,
    {
        if self.core.answer_type.is_some_and(|expected| expected != TypeId::of::<T>()) {
            return Err(internal(CommitMisuse::OtherType {
                event: self.core.name,
                committed: std::any::type_name::<T>(),
            }));
        }
        let answer = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&answer);
        let roomless = Roomless::Connection(Some(Arc::clone(&self.core.session.link)));
        let submitted = self.core.submit(|work| {
            work.step = Some(Box::new(move |journal, effects| {
                let tx = Tx::behind(effects, journal, TxSink::new(roomless));
                let result = run_step(&tx, step);
                let (result, encoded) = match (result, tx.take()) {
                    (Ok((value, encoded)), Ok(emitted)) => {
                        effects.extend(emitted);
                        (Ok(value), Some(encoded))
                    }
                    (Ok(_), Err(fault)) => (Err(internal(fault)), None),
                    (Err(failure), _) => (Err(failure), None),
                };
                *lock(&kept) = Some(result);
                encoded.ok_or(StepFailed)
            }));
        });
        submitted.map_err(internal)?;
        if self.core.may_stage_early() {
            self.core.release_lane();
        }
        match self.core.outcome().await {
            Some(Ok(_) | Err(CommitError::Step)) => {
                let answer = lock(&answer).take();
                answer.unwrap_or_else(|| Err(internal(CommitMisuse::NotStored)))
            }
            Some(Err(_)) | None => Err(internal(CommitMisuse::NotStored)),
        }
    }
}

/// Runs the step of a commit, and serialises what it answers.
pub(crate) fn run_step<N, T, E, F>(tx: &Tx<'_, N>, step: F) -> Answer<(T, tautline::Encoded), E>
where
    T: Serialize,
    F: FnOnce(&Tx<'_, N>) -> Answer<T, E>,
{
    let value = step(tx).inspect_err(|failure| {
        if let Failure::Internal(cause) = failure {
            tx.journal.step_failed(cause.error());
        }
    })?;
    let encoded = encode(&value).map_err(internal)?;
    Ok((value, encoded))
}

fn internal<E>(error: impl std::error::Error + Send + Sync + 'static) -> Failure<E> {
    Failure::Internal(Cause::new(error))
}

/// What is wrong with a commit.
#[derive(Debug, thiserror::Error)]
enum CommitMisuse {
    #[error(
        "the commit of `{event}` answers a `{committed}`, which is not the answer that the \
         contract declares: its answer could not be replayed"
    )]
    OtherType { event: &'static str, committed: &'static str },
    #[error("the commit was not stored")]
    NotStored,
}

impl<N> fmt::Debug for Context<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

/// One atomic step on the journal's writer.
pub struct Tx<'a, N> {
    journal: &'a dyn JournalWriter,
    sink: TxSink<N>,
    /// The rooms in which what was emitted before the step gets its places, one for each.
    before: Vec<RoomKey>,
}

impl<'a, N: Namespace> Tx<'a, N> {
    pub(crate) fn new(journal: &'a dyn JournalWriter, sink: TxSink<N>) -> Self {
        Self::behind(&Effects::default(), journal, sink)
    }

    /// A step that comes after what was emitted already.
    pub(crate) fn behind(
        earlier: &Effects,
        journal: &'a dyn JournalWriter,
        sink: TxSink<N>,
    ) -> Self {
        let durable = earlier.staged.iter().filter(|staged| staged.is_durable());
        let before = durable.flat_map(|staged| staged.rooms().map(RoomKey::clone)).collect();
        Self { journal, sink, before }
    }

    /// What is stored with this step.
    pub(crate) fn effects(&self) -> RefMut<'_, Effects> {
        self.sink.effects()
    }

    /// Takes what is stored with this step.
    pub(crate) fn take(&self) -> Result<Effects, serde_json::Error> {
        self.sink.take()
    }

    /// Emits with this step: stored with it, published after it. An event without a room goes to the
    /// caller's own connection.
    pub fn emit(&self) -> N::Emit<TxSink<N>> {
        self.sink.clone().into()
    }

    /// Likewise into another namespace of the contract, with the same step: what is emitted here and
    /// there is stored together and published in the order of the calls. An event without a room goes
    /// to everybody in that namespace.
    ///
    /// ```ignore
    /// cx.commit(move |tx| {
    ///     store.insert(tx, &message)?;
    ///     tx.emit().message_created(&message);
    ///     tx.emit_in::<Agents>().prompted(&prompt); // the agent hears it if the message is stored
    ///     Ok(message)
    /// })
    /// ```
    pub fn emit_in<M: Namespace>(&self) -> M::Emit<TxSink<M>> {
        self.sink.elsewhere().into()
    }

    /// Where a room of any namespace of the contract is, with everything that was emitted so far: what
    /// is emitted next to it gets the number behind. For rows that remember the place of their event.
    ///
    /// ```ignore
    /// let at = tx.head::<Chat>(&session)?;
    /// store.insert(tx, &message, at.seq + 1)?;
    /// tx.emit().message_created(&message);
    /// ```
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn head<M: Namespace>(&self, room: &impl Room) -> Result<Position, JournalError> {
        let key = RoomKey { namespace: M::FACTS.path, room: room.name() };
        let Position { epoch, seq } = self.journal.head(&key)?;
        let before: u64 = self.before.iter().map(|room| u64::from(*room == key)).sum();
        let here: u64 = self.effects().staged.iter().map(|staged| staged.places_in(&key)).sum();
        Ok(Position { epoch, seq: seq + before + here })
    }

    /// The journal's own connection, to write the application's rows in the same transaction.
    ///
    /// # Errors
    /// When the journal has no connection of this type, or cannot lend it at the moment.
    pub fn connection<C: 'static>(&self) -> Result<&'a C, NoConnection> {
        let connection = self.journal.connection().downcast_ref();
        connection.ok_or(NoConnection(std::any::type_name::<C>()))
    }
}

/// The journal has no connection of the type that a step has asked for.
#[derive(Debug, thiserror::Error)]
#[error("the journal lends no `{0}`: build the server with a journal that has one")]
pub struct NoConnection(&'static str);

impl<N> fmt::Debug for Tx<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}
