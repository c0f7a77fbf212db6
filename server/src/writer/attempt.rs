//! Stores one command of a group.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tautline::RoomName;

use crate::commit::{CommitError, Committed, Effects, Hook, Remember, StepFailed, Work};
use crate::journal::{EventBody, JournalWriter, LedgerEntry, NewEvent, RoomKey};
use crate::link::panic_message;
use crate::position::Position;
use crate::stage::{Staged, Target};

/// What a command stored, and what is to be sent once its group is.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) committed: Committed,
    pub(super) hooks: Vec<Hook>,
    /// In the order in which it was emitted.
    pub(super) outgoing: Vec<Outgoing>,
}

/// Something to send.
pub(super) enum Outgoing {
    /// An event with its place in a room.
    Durable { key: RoomKey, at: Position, body: EventBody },
    /// An event without one.
    Live(Staged),
}

/// Stores a command in the savepoint that is open.
pub(super) fn attempt(
    journal: &mut dyn JournalWriter,
    work: Work,
    ts: u64,
) -> Result<Stored, CommitError> {
    let Work { step, mut effects, mut answer, is_refusal, ledger, .. } = work;
    let (cause, home, question, stream) = (work.cause, work.home, work.question, work.stream);
    if let Some(step) = step {
        let ran = catch_unwind(AssertUnwindSafe(|| step(&*journal, &mut effects)));
        answer = ran
            .map_err(|panic| CommitError::Panicked(panic_message(&*panic).to_owned()))?
            .map_err(|StepFailed| CommitError::Step)?;
    }
    let Effects { staged, changes, hooks } = effects;
    let mut at: Vec<(RoomName, Position)> = Vec::new();
    let mut outgoing = Vec::with_capacity(staged.len());
    for emit in staged {
        let is_durable = emit.is_durable();
        let Staged { event: facts, target, mut payload } = emit;
        let rooms = match target {
            Target::Rooms(rooms) if is_durable => rooms,
            Target::Rooms(_) | Target::Connection(_) => {
                outgoing.push(Outgoing::Live(Staged { event: facts, target, payload }));
                continue;
            }
        };
        let mut rooms = rooms.into_iter().peekable();
        while let Some((key, retention)) = rooms.next() {
            let is_last = rooms.peek().is_none();
            let body = EventBody {
                name: facts.name.into(),
                payload: if is_last { std::mem::take(&mut payload) } else { payload.clone() },
                ts,
                cause,
                question: question.clone(),
                stream,
            };
            let event = NewEvent { room: key, retention, body };
            let position = journal.append(&event).map_err(CommitError::journal)?;
            let NewEvent { room: key, body, .. } = event;
            if home.is_none_or(|home| home == key.namespace) {
                match at.iter_mut().find(|(room, _)| *room == key.room) {
                    Some((_, last)) => *last = position.clone(),
                    None => at.push((key.room.clone(), position.clone())),
                }
            }
            outgoing.push(Outgoing::Durable { key, at: position, body });
        }
    }
    for change in &changes {
        journal.record(change).map_err(CommitError::journal)?;
    }
    if let Some(Remember { key, hash, window_ms }) = ledger {
        let expires_at = ts.saturating_add(window_ms);
        let entry = LedgerEntry { hash, answer, is_refusal, at, expires_at };
        let known = journal.remember(&key, &entry).map_err(CommitError::journal)?;
        if let Some(known) = known {
            return Err(CommitError::Answered(known));
        }
        LedgerEntry { answer, at, .. } = entry;
    }
    Ok(Stored { committed: Committed { answer, at }, hooks, outgoing })
}
