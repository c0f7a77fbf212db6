//! Putting a question and waiting for its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tautline::control::QuestionOutcome;
use tautline::{Cause, ContractError, Event, EventKind, Retention, Unanswered, Uuid, Wire, encode};
use tokio::sync::oneshot;

use super::answer::reader;
use super::{Open, call_off, settled};
use crate::chance;
use crate::commit::{Hook, Work};
use crate::journal::{Change, QuestionRecord, QuestionRef, RoomKey};
use crate::runtime::Runtime;
use crate::stage::{Staged, Target};

/// Who asks.
pub(crate) struct Asker {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) cause: Option<Uuid>,
}

/// Puts a question to its rooms and waits for the first valid answer.
pub(crate) async fn ask<P: Wire, A: Wire, E: ContractError>(
    asker: Asker,
    event: &'static Event,
    rooms: Vec<(RoomKey, Retention)>,
    payload: &P,
) -> Result<A, Unanswered<E>> {
    let Asker { runtime, cause } = asker;
    let EventKind::Question { expires_ms } = event.kind else {
        return Err(Unanswered::Failed(Cause::new("the event is not a question")));
    };
    let payload = encode(payload).map_err(|error| Unanswered::Failed(Cause::new(error)))?;
    let id = chance::id();
    runtime.streams.begun.add(id);
    let expires_at = runtime.clock.now_ms() + u64::from(expires_ms);
    let (tell, mut answer) = oneshot::channel::<Result<A, E>>();
    let open = Open {
        name: event.name,
        scopes: event.policy.scopes,
        payload: payload.clone(),
        rooms: rooms.clone(),
        expires_at,
        read: reader(tell),
    };
    let mut work = Work::new();
    work.question = Some(QuestionRef { id, expires_at });
    work.cause = cause;
    work.effects.changes.push(Change::QuestionOpened(QuestionRecord {
        id,
        namespace: rooms.first().map_or("", |(room, _)| room.namespace).to_owned(),
        name: event.name.to_owned(),
        rooms: rooms.iter().map(|(room, _)| room.room.clone()).collect(),
        payload: payload.clone(),
        expires_at,
    }));
    let asking = Asking { runtime: &runtime, id, is_gone: Arc::default() };
    let (opening, is_gone) = (Arc::clone(&runtime), Arc::clone(&asking.is_gone));
    // Found by whoever joins from the moment on at which it is stored, and not before.
    work.effects.hooks.push(Hook::new(move |is_stored| {
        if is_stored {
            opening.questions.open(id, open);
            if is_gone.load(Ordering::SeqCst) {
                call_off(&opening, id);
            }
        }
    }));
    work.effects.staged = vec![Staged { event, target: Target::Rooms(rooms), payload }];
    if let Err(error) = runtime.writer.store(work).await {
        return Err(Unanswered::Failed(Cause::new(NotPut(format!("{error:?}")))));
    }
    let answered =
        tokio::time::timeout(Duration::from_millis(expires_ms.into()), &mut answer).await;
    match answered {
        Ok(Ok(Ok(answer))) => Ok(answer),
        Ok(Ok(Err(declined))) => Err(Unanswered::Declined(declined)),
        Ok(Err(_)) => Err(Unanswered::Cancelled),
        Err(_) if asking.end(QuestionOutcome::Expired).await => Err(Unanswered::Expired),
        // Somebody was faster by a hair, and everybody hears so: then it is answered here, too.
        Err(_) => match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(declined)) => Err(Unanswered::Declined(declined)),
            Err(_) => Err(Unanswered::Cancelled),
        },
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the question was not stored: {0}")]
struct NotPut(String);

/// Somebody asks. Dropped early, the question is called off.
struct Asking<'a> {
    runtime: &'a Arc<Runtime>,
    id: Uuid,
    /// Whether nobody asks any more. Set before the question is looked for, and read after it was
    /// opened: one of the two finds it.
    is_gone: Arc<AtomicBool>,
}

impl Asking<'_> {
    /// Whether it was still open.
    async fn end(&self, outcome: QuestionOutcome) -> bool {
        let Some(open) = self.runtime.questions.end(&self.id, outcome.clone()) else {
            return false;
        };
        settled(self.runtime, self.id, open.rooms, outcome).await;
        true
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::SeqCst);
        // Answered, expired, never put: then it is not open.
        call_off(self.runtime, self.id);
    }
}
