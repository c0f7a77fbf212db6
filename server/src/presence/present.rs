//! `tautline:present`: a member shows its state to a room.

use std::sync::Arc;

use tautline::control::ShowPresence;
use tautline::{Cause, Command, LibraryCode, Refusal, Report};

use super::state::State;
use crate::core::Core;
use crate::encode::json;
use crate::frame::decode_with_path;
use crate::journal::RoomKey;
use crate::problems::{hold, inside};

/// Takes what the caller shows, if it is of the room's type.
pub(crate) fn present<C: Command>(core: &Arc<Core>, shown: &ShowPresence) -> Result<(), Refusal> {
    let key = RoomKey { namespace: core.session.facts().path, room: shown.room.clone() };
    if !core.runtime.kinds.has_presence(&key) {
        return Err(LibraryCode::UnknownRoom.into());
    }
    if !core.session.is_in(&key.room) {
        return Err(LibraryCode::NotJoined.into());
    }
    let state = match &shown.state {
        None => None,
        Some(state) => Some(read::<C>(&key, &json(state))?),
    };
    core.runtime.presence.show(&key, &core.session, state).map_err(Refusal::from)
}

fn read<C: Command>(key: &RoomKey, text: &str) -> Result<State, Refusal> {
    let mut report = Report::new();
    let read = decode_with_path(text, |state| C::presence(key.room.as_str(), state, &mut report));
    let encoded = read.map_err(|problem| Refusal::Problem(inside(problem, "state")))?;
    hold(report).map_err(|problem| Refusal::Problem(inside(problem, "state")))?;
    let Some(encoded) = encoded else { return Err(LibraryCode::UnknownRoom.into()) };
    State::new(encoded.json).map_err(|error| Refusal::Internal(Cause::new(error)))
}
