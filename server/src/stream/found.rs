//! What the server finds in the journal when it starts: streams whose producers may come back for one
//! lease, and questions that nobody waits for any more.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tautline::{Event, EventKind, LibraryCode, NamespaceFacts, Retention, RoomName, Uuid};

use super::SoFar;
use super::book::Streams;
use super::entry::{Entry, Making};
use super::frames::ended;
use super::state::StreamState;
use super::work::Ending;
use crate::commit::Work;
use crate::journal::{Change, RoomKey, StreamRecord, Unfinished};
use crate::problems::Chain;
use crate::runtime::Runtime;
use crate::session::lock;
use crate::stage::{Staged, Target, library_event};
use crate::trace::TraceId;

/// How long after a journal that could not be read it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The streams and questions that were begun here until those of before were found: the journal has
/// them, too.
#[derive(Debug)]
pub(crate) struct Begun(Mutex<Option<HashSet<Uuid>>>);

impl Default for Begun {
    fn default() -> Self {
        Self(Mutex::new(Some(HashSet::new())))
    }
}

impl Begun {
    /// Something is begun. Before it goes to the journal.
    pub(crate) fn add(&self, id: Uuid) {
        if let Some(begun) = &mut *lock(&self.0) {
            begun.insert(id);
        }
    }

    /// Those of before are found: nobody needs to know any more.
    fn end(&self, sort: impl FnOnce(&HashSet<Uuid>)) {
        if let Some(begun) = lock(&self.0).take() {
            sort(&begun);
        }
    }
}

/// Takes up what was begun before the start. Nobody enters a room before the first attempt.
pub(crate) async fn take_up(runtime: Weak<Runtime>) {
    while let Some(runtime) = runtime.upgrade() {
        match runtime.journal.unfinished().await {
            Ok(unfinished) => {
                let Unfinished { mut streams, mut questions, bans, revocations } = unfinished;
                // Before those who wait for the bans come in.
                runtime.revoked.found(revocations, runtime.clock.now_ms());
                runtime.end_revoked();
                runtime.sentry.found(bans);
                runtime.streams.begun.end(|begun| {
                    streams.retain(|stream| !begun.contains(&stream.id));
                    questions.retain(|question| !begun.contains(&question.id));
                });
                streams.into_iter().for_each(|stream| found(&runtime, stream));
                crate::question::call_off_all(&runtime, questions);
                return runtime.streams.ready();
            }
            Err(error) => {
                tracing::error!(error = %Chain(&error), "unfinished streams are not read");
                runtime.streams.ready();
            }
        }
        drop(runtime);
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Goes on with a stream. One that the contract does not have any more has failed.
fn found(runtime: &Arc<Runtime>, record: StreamRecord) {
    let streams = &runtime.streams;
    let StreamRecord { id, name, rooms, payload, number, text, .. } = record;
    let namespaces = runtime.contract.namespaces;
    let Some(namespace) = namespaces.iter().find(|facts| facts.path == record.namespace) else {
        return lost(streams, Change::StreamClosed(id), None);
    };
    let known = namespace.events.iter().find(|event| event.name == name);
    let rooms = rooms_again(namespace, known, rooms);
    if let Some((event, EventKind::Stream { lease_ms })) = known.map(|event| (event, event.kind)) {
        let now = streams.clock.now_ms();
        let state = StreamState::found(streams.rules(lease_ms), now, number, text);
        let entry = Entry::new(Making { id, event, rooms, payload, cause: None, state });
        streams.insert(&entry);
        streams.show(&entry);
        streams.schedule(&entry);
        return;
    }
    let mut problem = Box::new(LibraryCode::TimedOut.problem());
    problem.trace_id = TraceId::new().to_string();
    let payload = ended(&id, &name, &SoFar { number, text }, &Ending::Failed(problem));
    let staged =
        Staged { event: library_event("tautline:ended"), target: Target::Rooms(rooms), payload };
    lost(streams, Change::StreamClosed(id), Some(staged));
}

/// Closes what cannot go on.
fn lost(streams: &Streams, change: Change, staged: Option<Staged>) {
    tracing::warn!(?change, "the contract does not have this stream any more");
    let mut work = Work::new();
    work.effects.staged.extend(staged);
    work.effects.changes.push(change);
    streams.writer.submit(
        work,
        crate::commit::Reply::new(|result| {
            if let Err(error) = result {
                // It is found again at the next start.
                tracing::error!(?error, "a lost stream was not closed");
            }
        }),
    );
}

/// Rooms that were read back, with what the contract says of each.
pub(crate) fn rooms_again(
    namespace: &'static NamespaceFacts,
    event: Option<&'static Event>,
    rooms: Vec<RoomName>,
) -> Vec<(RoomKey, Retention)> {
    let retention = |place: usize| {
        let facts = event.and_then(|event| event.policy.rooms.get(place));
        facts.map_or(Retention::DEFAULT, |facts| facts.retention)
    };
    rooms
        .into_iter()
        .enumerate()
        .map(|(place, room)| (RoomKey { namespace: namespace.path, room }, retention(place)))
        .collect()
}
