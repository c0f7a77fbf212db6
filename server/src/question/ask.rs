//! Putting a question and waiting for its end.

use std::sync::Arc;
use std::time::Duration;

use tautline::control::QuestionOutcome;
use tautline::{Cause, ContractError, Event, EventKind, Retention, Unanswered, Uuid, Wire, encode};
use tokio::sync::oneshot;

use super::answer::reader;
use super::{Open, settled};
use crate::commit::Work;
use crate::journal::{QuestionRef, RoomKey};
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
    let id = Uuid::new_v4();
    let expires_at = runtime.clock.now_ms() + u64::from(expires_ms);
    let (tell, mut answer) = oneshot::channel::<Result<A, E>>();
    let asking = Asking { runtime: &runtime, id, rooms: rooms.clone() };
    runtime.questions.open(
        id,
        Open {
            name: event.name,
            scopes: event.policy.scopes,
            payload: payload.clone(),
            rooms: rooms.clone(),
            expires_at,
            read: reader(tell),
        },
    );
    let mut work = Work::new();
    work.staged = vec![Staged { event, target: Target::Rooms(rooms), payload }];
    work.question = Some(QuestionRef { id, expires_at });
    work.cause = cause;
    if let Err(error) = runtime.writer.store(work).await {
        // Nobody has seen it: there is nothing to settle.
        runtime.questions.forget(&id);
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
    rooms: Vec<(RoomKey, Retention)>,
}

impl Asking<'_> {
    /// Whether it was still open.
    async fn end(&self, outcome: QuestionOutcome) -> bool {
        if self.runtime.questions.end(&self.id, outcome.clone()).is_none() {
            return false;
        }
        settled(self.runtime, self.id, self.rooms.clone(), outcome).await;
        true
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        // Answered, expired, never put: then it is not open, and known to have ended or forgotten.
        let was_open = self.runtime.questions.end(&self.id, QuestionOutcome::Cancelled).is_some();
        if was_open {
            let (runtime, id) = (Arc::clone(self.runtime), self.id);
            let rooms = std::mem::take(&mut self.rooms);
            let settling = async move {
                settled(&runtime, id, rooms, QuestionOutcome::Cancelled).await;
            };
            self.runtime.spawn(Box::pin(settling));
        }
    }
}
