//! What the application can do with a room from outside of a handler.

use std::fmt;
use std::sync::Arc;

use tautline::control::RoomClosed;
use tautline::{Problem, Uuid};

use crate::control::{put_out, put_out_problem};
use crate::encode;
use crate::journal::{JournalError, RoomKey};
use crate::membership;
use crate::position::Position;
use crate::presence::Departure;
use crate::room_table::{Kind, Message};
use crate::runtime::Runtime;

/// One room of one namespace.
#[derive(Clone)]
pub struct RoomHandle {
    runtime: Arc<Runtime>,
    key: RoomKey,
}

impl RoomHandle {
    pub(crate) fn new(runtime: Arc<Runtime>, key: RoomKey) -> Self {
        Self { runtime, key }
    }

    /// The connections that are in it.
    pub fn members(&self) -> Vec<Uuid> {
        let members = self.runtime.rooms.members(&self.key);
        members.iter().map(|session| session.link.id()).collect()
    }

    /// Where it is: the place of its last event.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn position(&self) -> Result<Position, JournalError> {
        Ok(self.runtime.journal.extent(&self.key).await?.head)
    }

    /// Puts everybody out; `problem` tells them why. Without one they learn `room_denied`.
    pub fn close(&self, problem: Option<Problem>) {
        let mut problem = put_out_problem(problem);
        let members = self.runtime.rooms.members(&self.key);
        if let Some(member) = members.first() {
            member.link.connection().help().fill(&mut problem);
        }
        let closed = RoomClosed { room: self.key.room.clone(), problem };
        let payload = encode::control("room_closed", &closed);
        self.runtime.rooms.publish(
            &self.key,
            &Message { kind: Kind::Control, payload },
            &[],
            false,
        );
        for session in members {
            membership::leave(&self.runtime, &self.key, &session, Departure::ForGood);
        }
        self.runtime.presence.give_up(&self.key, None);
    }

    /// Puts one caller's connections out; `problem` tells them why. Without one they learn
    /// `room_denied`. It may come back if the service lets it: kick first, and say no from then on.
    pub fn kick(&self, subject: &str, problem: Option<Problem>) {
        let problem = put_out_problem(problem);
        for session in self.runtime.rooms.members(&self.key) {
            if session.link.identity().subject == subject {
                put_out(&self.runtime, &session, &self.key.room, problem.clone());
            }
        }
        self.runtime.presence.give_up(&self.key, Some(subject));
    }
}

impl fmt::Debug for RoomHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RoomHandle").field(&self.key).finish()
    }
}
