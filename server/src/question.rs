//! Questions: put to a room, answered once, found again after a reload.

mod answer;
mod ask;
mod settle;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tautline::control::QuestionOutcome;
use tautline::{Encoded, LibraryCode, Problem, Retention, Uuid};

use crate::encode::{json, renumbered};
use crate::journal::{QuestionRecord, RoomKey};
use crate::runtime::Runtime;
use crate::session::lock;
use crate::stream::rooms_again;

pub(crate) use answer::answer;
pub(crate) use ask::{Asker, ask};
use settle::settled;

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
    /// What whoever answers must be allowed.
    scopes: &'static [&'static str],
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
        book.remember(*id, outcome);
        Some(open)
    }

    /// What a caller hears of a question that is not open. One that nobody knows ended long ago.
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
    fn remember(&mut self, id: Uuid, outcome: QuestionOutcome) {
        self.ended.insert(id, outcome);
        self.order.push_back(id);
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.ended.remove(&oldest);
            }
        }
    }

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

/// Calls all questions off: those who ask hear it, and those who were asked.
pub(crate) fn cancel_all(runtime: &Arc<Runtime>) {
    let ids: Vec<Uuid> = lock(&runtime.questions.0).open.keys().copied().collect();
    for id in ids {
        // Dropping what it holds tells the one who asks.
        call_off(runtime, id);
    }
}

/// Ends a question that nobody asks any more, if it is open.
fn call_off(runtime: &Arc<Runtime>, id: Uuid) {
    if let Some(open) = runtime.questions.end(&id, QuestionOutcome::Cancelled) {
        spawn_settled(runtime, id, open.rooms);
    }
}

fn spawn_settled(runtime: &Arc<Runtime>, id: Uuid, rooms: Vec<(RoomKey, Retention)>) {
    let settling = Arc::clone(runtime);
    runtime.spawn(Box::pin(async move {
        settled(&settling, id, rooms, QuestionOutcome::Cancelled).await;
    }));
}

/// Calls off what was asked before the server started: nobody waits for the answers any more.
pub(crate) fn call_off_all(runtime: &Arc<Runtime>, questions: Vec<QuestionRecord>) {
    for QuestionRecord { id, namespace, name, rooms, .. } in questions {
        lock(&runtime.questions.0).remember(id, QuestionOutcome::Cancelled);
        let namespaces = runtime.contract.namespaces;
        let rooms = namespaces.iter().find(|facts| facts.path == namespace).map(|facts| {
            let event = facts.events.iter().find(|event| event.name == name);
            rooms_again(facts, event, rooms)
        });
        spawn_settled(runtime, id, rooms.unwrap_or_default());
    }
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Questions").field("open", &lock(&self.0).open.len()).finish()
    }
}
