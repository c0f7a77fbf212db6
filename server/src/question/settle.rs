//! The end of a question: stored, and told to its rooms.

use std::sync::Arc;
use std::time::Duration;

use tautline::control::{QuestionOutcome, Settled};
use tautline::{Retention, Uuid};
use tokio::sync::oneshot;

use crate::commit::{CommitError, Hook, Work};
use crate::journal::{Change, JournalError, RoomKey};
use crate::runtime::Runtime;
use crate::stage::{Staged, Target, library_event};

/// When a settled question that could not be stored is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Tells the rooms that a question has ended. If the journal cannot store it, it is told when it can:
/// nobody is left with a question on the screen that is none.
pub(super) async fn settled(
    runtime: &Arc<Runtime>,
    id: Uuid,
    rooms: Vec<(RoomKey, Retention)>,
    outcome: QuestionOutcome,
) {
    let mut told = tell_settled(runtime, id, &rooms, &outcome).await;
    if matches!(told, Told::Done) {
        return;
    }
    let again = Arc::clone(runtime);
    runtime.spawn(Box::pin(async move {
        loop {
            match told {
                Told::Done => return,
                Told::Later => {}
                Told::Perhaps(is_stored) => {
                    if is_stored.await == Ok(true) {
                        return;
                    }
                }
            }
            tokio::time::sleep(AGAIN_AFTER).await;
            // A server that goes down leaves it to the next one.
            if again.is_closing() {
                return;
            }
            told = tell_settled(&again, id, &rooms, &outcome).await;
        }
    }));
}

/// Whether something was told.
enum Told {
    Done,
    Later,
    /// The journal does not know yet.
    Perhaps(oneshot::Receiver<bool>),
}

async fn tell_settled(
    runtime: &Runtime,
    id: Uuid,
    rooms: &[(RoomKey, Retention)],
    outcome: &QuestionOutcome,
) -> Told {
    let payload = Settled { question: id.to_string(), outcome: outcome.clone() };
    let mut work = Work::new();
    work.effects.changes.push(Change::QuestionClosed(id));
    let target = Target::Rooms(rooms.to_vec());
    match Staged::new(library_event("tautline:settled"), target, &payload) {
        Ok(staged) => work.effects.staged.push(staged),
        Err(error) => tracing::error!(%error, "a settled question cannot be told"),
    }
    let (tell, is_stored) = oneshot::channel();
    work.effects.hooks.push(Hook::new(move |stored| {
        // Whoever knows already does not wait for it.
        let _known = tell.send(stored);
    }));
    let Err(error) = runtime.writer.store(work).await else { return Told::Done };
    tracing::error!(question = %id, ?error, "a settled question was not stored");
    match error {
        CommitError::Behind => Told::Later,
        CommitError::Journal(error) => match &*error {
            JournalError::Unavailable(_) => Told::Later,
            JournalError::Unknown(_) => Told::Perhaps(is_stored),
            JournalError::Unanswerable(_) | JournalError::Exhausted(_) => Told::Done,
        },
        CommitError::Step
        | CommitError::Panicked(_)
        | CommitError::Predecessor
        | CommitError::Answered(_)
        | CommitError::Gone => Told::Done,
    }
}
