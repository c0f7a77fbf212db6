//! Questions: put to a room, answered once, found again after a reload.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tautline::control::{AnswerQuestion, Control, QuestionOutcome, Settled};
use tautline::{
    Cause, ContractError, Encoded, Event, EventKind, LibraryCode, Namespace as _, Problem, Report,
    Retention, Unanswered, Uuid, Wire, decode_with_attachments, encode,
};
use tokio::sync::oneshot;

use crate::commit::Work;
use crate::encode::{json, renumbered};
use crate::frame::decode_with_path;
use crate::journal::{QuestionRef, RoomKey};
use crate::runtime::Runtime;
use crate::session::{Session, lock};
use crate::stage::{Staged, Target};

/// How many ended questions are remembered, to tell a late answer how they ended.
const REMEMBERED: usize = 4_096;

/// The questions that wait for an answer.
#[derive(Default)]
pub(crate) struct Questions(Mutex<Book>);

#[derive(Default)]
struct Book {
    open: HashMap<Uuid, Open>,
    by_room: HashMap<RoomKey, Vec<Uuid>>,
    ended: HashMap<Uuid, QuestionOutcome>,
    order: VecDeque<Uuid>,
}

struct Open {
    name: &'static str,
    payload: Encoded,
    rooms: Vec<(RoomKey, Retention)>,
    expires_at: u64,
    read: Arc<ReadAnswer>,
}

/// Reads an answer, and gives the way to hand it over. An answer that does not fit leaves the
/// question open.
type ReadAnswer = dyn Fn(Given<'_>) -> Result<HandOver, Box<Problem>> + Send + Sync;

type HandOver = Box<dyn FnOnce() + Send>;

/// What a client said.
enum Given<'a> {
    Answer(&'a str, &'a [Bytes]),
    Declined(&'a str),
}

impl Questions {
    fn open(&self, id: Uuid, open: Open) {
        let mut book = lock(&self.0);
        for (room, _) in &open.rooms {
            book.by_room.entry(room.clone()).or_default().push(id);
        }
        book.open.insert(id, open);
    }

    /// Ends a question. `None` if it has ended already.
    fn end(&self, id: &Uuid, outcome: QuestionOutcome) -> Option<Open> {
        let mut book = lock(&self.0);
        let open = book.close(id)?;
        book.ended.insert(*id, outcome);
        book.order.push_back(*id);
        while book.order.len() > REMEMBERED {
            if let Some(oldest) = book.order.pop_front() {
                book.ended.remove(&oldest);
            }
        }
        Some(open)
    }

    /// Forgets a question that nobody has seen.
    fn forget(&self, id: &Uuid) {
        lock(&self.0).close(id);
    }

    /// What a caller hears of a question that is not open. One that nobody knows is of the time
    /// before a restart: it will not be answered either.
    fn why_closed(&self, id: &Uuid) -> LibraryCode {
        match lock(&self.0).ended.get(id) {
            Some(QuestionOutcome::Answered | QuestionOutcome::Declined) => {
                LibraryCode::QuestionSettled
            }
            Some(QuestionOutcome::Cancelled) => LibraryCode::Cancelled,
            Some(QuestionOutcome::Expired) | None => LibraryCode::QuestionExpired,
        }
    }

    /// Adds the room's open questions to an answer, as a JSON list.
    pub(crate) fn push_open(&self, room: &RoomKey, answer: &mut Encoded) {
        let book = lock(&self.0);
        answer.json.push('[');
        let ids = book.by_room.get(room).map_or(&[][..], |ids| &ids[..]);
        for (place, (id, open)) in
            ids.iter().filter_map(|id| Some((id, book.open.get(id)?))).enumerate()
        {
            if place > 0 {
                answer.json.push(',');
            }
            let payload = renumbered(&open.payload, answer.attachments.len());
            let _ = write!(
                answer.json,
                "{{\"id\":\"{id}\",\"name\":\"{}\",\"payload\":{payload},\"room\":{},\"expiresAt\":{}}}",
                open.name,
                json(&room.room),
                open.expires_at
            );
            answer.attachments.extend(open.payload.attachments.iter().cloned());
        }
        answer.json.push(']');
    }
}

impl Book {
    fn close(&mut self, id: &Uuid) -> Option<Open> {
        let open = self.open.remove(id)?;
        for (room, _) in &open.rooms {
            if let Some(ids) = self.by_room.get_mut(room) {
                ids.retain(|other| other != id);
                if ids.is_empty() {
                    self.by_room.remove(room);
                }
            }
        }
        Some(open)
    }
}

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
    let (tell, answer) = oneshot::channel::<Result<A, E>>();
    let asking = Asking { runtime: &runtime, id, rooms: rooms.clone() };
    runtime.questions.open(
        id,
        Open {
            name: event.name,
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
    let answered = tokio::time::timeout(Duration::from_millis(expires_ms.into()), answer).await;
    match answered {
        Ok(Ok(Ok(answer))) => Ok(answer),
        Ok(Ok(Err(declined))) => Err(Unanswered::Declined(declined)),
        Ok(Err(_)) => Err(Unanswered::Cancelled),
        Err(_) => {
            asking.end(QuestionOutcome::Expired).await;
            Err(Unanswered::Expired)
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the question was not stored: {0}")]
struct NotPut(String);

/// Reads answers of the types that the contract declares.
fn reader<A: Wire, E: ContractError>(tell: oneshot::Sender<Result<A, E>>) -> Arc<ReadAnswer> {
    let tell = Arc::new(Mutex::new(Some(tell)));
    Arc::new(move |given: Given<'_>| {
        let answer = match given {
            Given::Declined(text) => Err(decode_with_path(text, |text| E::deserialize(text))
                .map_err(|problem| inside(problem, "declined"))?),
            Given::Answer(text, attachments) => {
                let decoded = decode_with_attachments(attachments.to_vec(), || {
                    decode_with_path(text, |text| A::deserialize(text))
                });
                let answer = decoded.map_err(|problem| inside(problem, "answer"))?;
                check(&answer).map_err(|problem| inside(problem, "answer"))?;
                Ok(answer)
            }
        };
        let tell = Arc::clone(&tell);
        let hand_over: HandOver = Box::new(move || {
            if let Some(tell) = lock(&tell).take() {
                // Who asked may have gone: the question is settled all the same.
                let _gone = tell.send(answer);
            }
        });
        Ok(hand_over)
    })
}

fn check<A: Wire>(answer: &A) -> Result<(), Box<Problem>> {
    let mut report = Report::new();
    answer.check(&mut report);
    let fields = report.into_fields();
    if fields.is_empty() {
        return Ok(());
    }
    let mut problem = Box::new(LibraryCode::InvalidPayload.problem());
    problem.fields = fields;
    Err(problem)
}

/// The same problem, seen from the root of the `tautline:answer`.
fn inside(mut problem: Box<Problem>, field: &str) -> Box<Problem> {
    for broken in &mut problem.fields {
        let dot = if broken.path.is_empty() || broken.path.starts_with('[') { "" } else { "." };
        broken.path = format!("{field}{dot}{}", broken.path);
    }
    problem
}

/// Somebody asks. Dropped early, the question is called off.
struct Asking<'a> {
    runtime: &'a Arc<Runtime>,
    id: Uuid,
    rooms: Vec<(RoomKey, Retention)>,
}

impl Asking<'_> {
    async fn end(&self, outcome: QuestionOutcome) {
        if self.runtime.questions.end(&self.id, outcome.clone()).is_some() {
            settled(self.runtime, self.id, self.rooms.clone(), outcome).await;
        }
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

/// `tautline:answer`: the first valid one counts.
pub(crate) async fn answer(
    runtime: &Arc<Runtime>,
    session: &Session,
    given: AnswerQuestion,
    attachments: Vec<Bytes>,
) -> Result<(), Box<Problem>> {
    let refused = |code: LibraryCode| Box::new(code.problem());
    let Ok(id) = given.question.parse::<Uuid>() else {
        return Err(refused(LibraryCode::QuestionExpired));
    };
    let (read, is_asked) = {
        let book = lock(&runtime.questions.0);
        match book.open.get(&id) {
            None => (None, false),
            Some(open) => {
                let path = session.facts().path;
                let is_in = |room: &RoomKey| room.namespace == path && session.is_in(&room.room);
                let is_asked = open.rooms.iter().any(|(room, _)| is_in(room));
                (Some(Arc::clone(&open.read)), is_asked)
            }
        }
    };
    let Some(read) = read else { return Err(refused(runtime.questions.why_closed(&id))) };
    if !is_asked {
        return Err(refused(LibraryCode::NotJoined));
    }
    let (hand_over, outcome) = match (&given.answer, &given.declined) {
        (Some(answer), None) => {
            let text = json(answer);
            (read(Given::Answer(&text, &attachments))?, QuestionOutcome::Answered)
        }
        (None, Some(declined)) => {
            (read(Given::Declined(&json(declined)))?, QuestionOutcome::Declined)
        }
        // An answer of `()` travels as null, which reads as none.
        (None, None) => (read(Given::Answer("null", &attachments))?, QuestionOutcome::Answered),
        (Some(_), Some(_)) => return Err(refused(LibraryCode::InvalidPayload)),
    };
    let Some(open) = runtime.questions.end(&id, outcome.clone()) else {
        return Err(refused(runtime.questions.why_closed(&id)));
    };
    hand_over();
    settled(runtime, id, open.rooms, outcome).await;
    Ok(())
}

/// Calls all questions off: those who ask hear it, and those who were asked.
pub(crate) fn cancel_all(runtime: &Arc<Runtime>) {
    let ids: Vec<Uuid> = lock(&runtime.questions.0).open.keys().copied().collect();
    for id in ids {
        if let Some(open) = runtime.questions.end(&id, QuestionOutcome::Cancelled) {
            // Dropping the rest of it tells the one who asks.
            let (settling, rooms) = (Arc::clone(runtime), open.rooms);
            let settling = async move {
                settled(&settling, id, rooms, QuestionOutcome::Cancelled).await;
            };
            runtime.spawn(Box::pin(settling));
        }
    }
}

/// Tells the rooms that a question has ended.
async fn settled(
    runtime: &Runtime,
    id: Uuid,
    rooms: Vec<(RoomKey, Retention)>,
    outcome: QuestionOutcome,
) {
    let Some(event) = Control::FACTS.events.iter().find(|event| event.name == SETTLED) else {
        unreachable!("the library's own events are written in one file");
    };
    let payload = Settled { question: id.to_string(), outcome };
    let mut work = Work::new();
    match Staged::new(event, Target::Rooms(rooms), &payload) {
        Ok(staged) => work.staged.push(staged),
        Err(error) => tracing::error!(%error, "a settled question cannot be told"),
    }
    if let Err(error) = runtime.writer.store(work).await {
        // Clients learn it when they answer, or when they join again.
        tracing::error!(question = %id, ?error, "a settled question was not stored");
    }
}

const SETTLED: &str = "tautline:settled";

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Questions").field("open", &lock(&self.0).open.len()).finish()
    }
}
