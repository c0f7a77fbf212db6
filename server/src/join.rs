//! Entering a room: a live member first, then the position, then the question whether it may, and
//! last the state. In this order nothing that happens meanwhile is missed.

use std::sync::Arc;

use tautline::{Cause, Command, Dispatch, LibraryCode, Refusal, Reply, Room, RoomName, User};

use crate::context::Context;
use crate::core::{Core, Joining};
use crate::journal::{JournalError, RoomKey};
use crate::membership;
use crate::position::Position;
use crate::problems::Chain;
use crate::room_table::Entry;
use crate::session::Entering;

/// Runs a join command. The acknowledgement admits the member or takes it out again.
pub(crate) async fn join<N, S>(
    service: Arc<S>,
    core: Arc<Core>,
    command: N::Command,
    rooms: Vec<RoomName>,
) -> Reply
where
    N: Dispatch<S, Context = Context<N>>,
{
    let Some(room) = rooms.into_iter().next() else {
        return Err(Refusal::Internal(Cause::new("a join command names no room")));
    };
    let (entry, key) = enter(&core, room.clone())?;
    let entry = Entered::new(&core, entry);
    let extent = core.runtime.journal.extent(&key).await.map_err(|error| unread(&core, &error))?;
    load(&core, &key).await?;
    entry.keep(Some((room, extent.head)));
    let cx = Context::<N>::new(core);
    N::authorize(&service, &cx, &command).await?;
    N::run(&service, &cx, command).await
}

/// Makes the caller a member, everything held back.
pub(crate) fn enter(core: &Core, room: RoomName) -> Result<(Entry, RoomKey), Refusal> {
    let key = RoomKey { namespace: core.session.facts().path, room };
    match core.runtime.rooms.enter(key.clone(), &core.session) {
        Ok(entry) => Ok((entry, key)),
        Err(Entering::TooMany) => Err(LibraryCode::TooManyRooms.into()),
        Err(Entering::Noted | Entering::Closed) => Err(LibraryCode::Cancelled.into()),
    }
}

/// Reads what is told of a room beside its state, for one who has entered it.
pub(crate) async fn load(core: &Core, key: &RoomKey) -> Result<(), Refusal> {
    if core.runtime.kinds.has_receipts(key) {
        core.runtime.receipts.load(key).await.map_err(|error| unread(core, &error))?;
    }
    Ok(())
}

/// Takes the caller out of a room again unless the command keeps it.
pub(crate) struct Entered<'a> {
    core: &'a Core,
    entry: Option<Entry>,
}

impl<'a> Entered<'a> {
    pub(crate) fn new(core: &'a Core, entry: Entry) -> Self {
        Self { core, entry: Some(entry) }
    }

    /// Leaves the verdict to the command's acknowledgement.
    pub(crate) fn keep(mut self, at: Option<(RoomName, Position)>) {
        if let Some(entry) = self.entry.take() {
            self.core.push_joining(Joining { entry, at });
        }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            membership::withdraw(&self.core.runtime, &entry, &self.core.session);
        }
    }
}

/// Whether the caller may be in the room.
pub(crate) async fn authorize<N, S>(
    service: &S,
    core: &Arc<Core>,
    room: &RoomName,
) -> Result<(), Refusal>
where
    N: Dispatch<S, Context = Context<N>>,
{
    if let Some(user) = User::parse(room.as_str()) {
        let is_own = user.subject == core.identity.subject;
        return if is_own { Ok(()) } else { Err(LibraryCode::RoomDenied.into()) };
    }
    let command = N::Command::join(room.as_str()).ok_or(LibraryCode::UnknownRoom)?;
    let event = &N::FACTS.commands[command.index()];
    core.runtime.may(event, &core.identity)?;
    let cx = Context::<N>::new(Arc::clone(core));
    N::authorize(service, &cx, &command).await
}

/// Whether the namespace has a room of this name at all.
pub(crate) fn exists<N: tautline::Namespace>(room: &RoomName) -> bool {
    User::parse(room.as_str()).is_some() || N::Command::join(room.as_str()).is_some()
}

/// The journal could not be read.
pub(crate) fn unread(core: &Core, error: &JournalError) -> Refusal {
    tracing::error!(trace_id = %core.trace, event = core.name, error = %Chain(error), "not read");
    LibraryCode::JournalUnavailable.into()
}
