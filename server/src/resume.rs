//! Going on in a room after a cut: what was missed, in full or not at all.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tautline::control::Subscribe;
use tautline::{Dispatch, Encoded, LibraryCode, Problem, Refusal, Reply, RoomName};

use crate::commit::Work;
use crate::context::Context;
use crate::core::Core;
use crate::encode::{json, push_missed};
use crate::execute::supervise;
use crate::join::{Entered, authorize, enter, exists, load, unread};
use crate::journal::{Change, Page, RoomKey};
use crate::position::{Position, Reason};
use crate::problems::Chain;
use crate::publish::Publication;
use crate::room_table::{Kind, Message};

/// How many bytes of payload one room's page holds.
const PAGE: usize = 256 * 1024;

/// How many bytes of payload all rooms of one request get. Beyond it each still gets one event, so
/// that everybody gets on.
const ALL: usize = 1024 * 1024;

/// `tautline:subscribe`: one room; a refusal is the answer's.
pub(crate) async fn subscribe<N, S>(service: Arc<S>, core: Arc<Core>, room: Subscribe) -> Reply
where
    N: Dispatch<S, Context = Context<N>>,
{
    let mut answer = Encoded::default();
    let found = room_of::<N, S>(&service, &core, &room, &AtomicUsize::new(ALL)).await?;
    write(&core, &room.room, found, &mut answer);
    Ok(answer)
}

/// `tautline:resume`: all rooms at once; a refusal is its room's alone.
pub(crate) async fn resume<N, S>(service: Arc<S>, core: Arc<Core>, rooms: Vec<Subscribe>) -> Reply
where
    N: Dispatch<S, Context = Context<N>>,
{
    let left = AtomicUsize::new(ALL);
    let verdicts = rooms.iter().map(|room| room_of::<N, S>(&service, &core, room, &left));
    let verdicts = futures_util::future::join_all(verdicts).await;
    let mut answer = Encoded { json: "{\"rooms\":[".to_owned(), attachments: Vec::new() };
    for (room, verdict) in rooms.iter().zip(verdicts) {
        if !answer.json.ends_with('[') {
            answer.json.push(',');
        }
        let found = verdict.unwrap_or_else(|refusal| {
            let unknown = !exists::<N>(&room.room);
            let mut problem =
                crate::problems::Trouble::from(refusal).into_problem(&core.trace, core.name);
            crate::note::refused(N::FACTS, core.name, &problem);
            core.session.link.connection().help().fill(&mut problem);
            Found::Refused { reason: unknown.then_some(Reason::UnknownRoom), problem }
        });
        write(&core, &room.room, found, &mut answer);
    }
    answer.json.push_str("]}");
    Ok(answer)
}

/// What a caller gets of one room.
enum Found {
    /// Everything that it missed, or the first page of it.
    Missed(RoomKey, Page),
    /// It has to enter anew.
    Lost(Reason, Position),
    /// It may not enter.
    Refused { reason: Option<Reason>, problem: Box<Problem> },
}

async fn room_of<N, S>(
    service: &S,
    core: &Arc<Core>,
    room: &Subscribe,
    left: &AtomicUsize,
) -> Result<Found, Refusal>
where
    N: Dispatch<S, Context = Context<N>>,
{
    if !exists::<N>(&room.room) {
        return Err(LibraryCode::UnknownRoom.into());
    }
    let (entry, key) = enter(core, room.room.clone())?;
    let entry = Entered::new(core, entry);
    // Supervised for itself: a service that panics over one room does not cost the others theirs.
    let verdict = supervise(core, authorize::<N, S>(service, core, &room.room)).await;
    verdict.map_err(|trouble| Refusal::Problem(trouble.into_problem(&core.trace, core.name)))?;
    let since = room
        .since
        .as_ref()
        .map(|since| Position { epoch: since.epoch.clone(), seq: since.seq.get() });
    let budget = left.load(Ordering::Relaxed).min(PAGE);
    let from = since.as_ref().map_or(u64::MAX, |since| since.seq);
    let read = core.runtime.journal.read(&key, from, budget).await;
    let mut page = read.map_err(|error| unread(core, &error))?;
    load(core, &key).await?;
    entry.keep(None);
    let from = match page.extent.covers(since.as_ref()) {
        Ok(()) => from,
        Err(Reason::Ahead) => {
            let at = begin_anew(core, &key, since, page.extent.head).await;
            return Ok(Found::Lost(Reason::Ahead, at));
        }
        Err(reason) => return Ok(Found::Lost(reason, page.extent.head)),
    };
    // Never partly: what is read goes on exactly where the caller is.
    if page.events.first().is_some_and(|event| event.seq != from + 1) {
        return Ok(Found::Lost(Reason::Trimmed, page.extent.head));
    }
    page.events.retain(|event| event.seq <= page.extent.head.seq);
    let bytes = page.events.iter().map(|event| event.body.payload.json.len()).sum();
    // Approximate on purpose: rooms are read side by side.
    let _before = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        Some(left.saturating_sub(bytes))
    });
    Ok(Found::Missed(key, page))
}

/// The caller knows more than there is: has the journal decide whether the room begins anew, and then
/// tells everybody in it. Gives where the room is.
async fn begin_anew(
    core: &Core,
    key: &RoomKey,
    known: Option<Position>,
    head: Position,
) -> Position {
    let Some(known) = known else { return head };
    let runtime = &core.runtime;
    let mut work = Work::new();
    work.effects.changes = vec![Change::RoomOvertaken { room: key.clone(), known }];
    if let Err(error) = runtime.writer.store(work).await {
        tracing::warn!(trace_id = %core.trace, ?error, "a room that was overtaken goes on as it is");
        return head;
    }
    let at = match runtime.journal.extent(key).await {
        Ok(extent) => extent.head,
        Err(error) => {
            tracing::warn!(trace_id = %core.trace, error = %Chain(&error), "not read");
            return head;
        }
    };
    if at.epoch != head.epoch {
        let payload = crate::heads::frame([(&key.room, &at)]);
        let message = Message { kind: Kind::Control, payload };
        let key = key.clone();
        runtime.publisher.publish(Publication { key, message, unless_in: vec![], release: None });
    }
    at
}

/// Writes a `RoomResumed`.
fn write(core: &Core, room: &RoomName, found: Found, answer: &mut Encoded) {
    // Writing to a `String` cannot fail.
    let _ = write!(answer.json, "{{\"room\":{}", json(room));
    let is_in = !matches!(found, Found::Refused { .. });
    let mut more = false;
    match found {
        Found::Missed(key, page) => {
            let head = &page.extent.head;
            let last = page.events.last().map_or(head.seq, |event| event.seq);
            more = last < head.seq;
            let _ = write!(answer.json, ",\"recovered\":true,\"at\":{},\"events\":[", json(head));
            for (place, event) in page.events.iter().enumerate() {
                if place > 0 {
                    answer.json.push(',');
                }
                push_missed(answer, &key, &head.epoch, event);
            }
            answer.json.push(']');
        }
        Found::Lost(reason, at) => {
            let (reason, at) = (json(&reason), json(&at));
            let _ = write!(
                answer.json,
                ",\"recovered\":false,\"reason\":{reason},\"at\":{at},\"events\":[]"
            );
        }
        Found::Refused { reason, problem } => {
            answer.json.push_str(",\"recovered\":false");
            if let Some(reason) = reason {
                let _ = write!(answer.json, ",\"reason\":{}", json(&reason));
            }
            let _ = write!(answer.json, ",\"events\":[],\"problem\":{}", json(&problem));
        }
    }
    let _ = write!(answer.json, ",\"more\":{more},");
    if is_in {
        let key = RoomKey { namespace: core.session.facts().path, room: room.clone() };
        crate::standing::push(&core.runtime, &key, answer);
    } else {
        answer.json.push_str("\"questions\":[],\"streams\":[]");
    }
    answer.json.push('}');
}
