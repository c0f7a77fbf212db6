//! Where every frame is shown before it goes on: the rules judge it, the log notes it, round trips are
//! counted. What all tasks of a proxy share; nothing here waits for a frame.

mod orders;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::frame::{Direction, Frame, Kind};
use crate::line::Passage;
use crate::link::{Conversation, Link};
use crate::log::{Act, Log, Place};
use crate::rule::{Action, LinkId};
use crate::rules::Rules;

/// Everything that is shared.
#[derive(Debug)]
pub(crate) struct Desk {
    state: Mutex<State>,
    /// The number of the log's last entry.
    noted: watch::Sender<u64>,
    /// Cancelled when the proxy ends.
    pub(crate) ended: CancellationToken,
}

#[derive(Debug)]
struct State {
    rules: Rules,
    log: Log,
    rtt: Duration,
    last_link: u64,
    links: BTreeMap<LinkId, (Arc<Link>, Conversation)>,
    /// Links by the id that the server gave the session.
    sessions: HashMap<String, LinkId>,
}

/// What becomes of a frame.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// What goes on in its direction.
    pub(crate) passages: Vec<Passage>,
    /// What goes back to its sender.
    pub(crate) reply: Option<Frame>,
    /// The round trip of all of these.
    pub(crate) trip: u64,
    /// How long the way is.
    pub(crate) latency: Duration,
}

impl Desk {
    pub(crate) fn new(seed: u64, rtt: Duration) -> Self {
        let state = State {
            rules: Rules::new(seed),
            log: Log::default(),
            rtt,
            last_link: 0,
            links: BTreeMap::new(),
            sessions: HashMap::new(),
        };
        Self {
            state: Mutex::new(state),
            noted: watch::Sender::default(),
            ended: CancellationToken::new(),
        }
    }

    /// A client has come. `None` turns it away.
    pub(crate) fn open(&self) -> Option<Arc<Link>> {
        let mut state = self.state();
        state.last_link += 1;
        let id = LinkId(state.last_link);
        let frame = link_frame();
        let verdict = state.rules.judge(id, Direction::Up, &frame);
        let place = Place { link: id, direction: Direction::Up, trip: 0 };
        if let Some((rule, Action::Refuse { .. } | Action::Drop | Action::Cut { .. })) = verdict {
            state.log.note(Act::Refused, place, &frame, Some(rule));
            self.tell(&state);
            return None;
        }
        let link = Arc::new(Link::new(id, &self.ended));
        state.links.insert(id, (Arc::clone(&link), Conversation::default()));
        state.log.note(Act::Opened, place, &frame, None);
        if let Some((rule, Action::HalfOpen { way })) = verdict {
            link.stop(way);
            state.log.note(Act::HalfOpened, place, &frame, Some(rule));
        }
        self.tell(&state);
        Some(link)
    }

    /// The server has given a link its session's id.
    pub(crate) fn name(&self, link: &Link, session: &str) {
        self.state().sessions.insert(session.to_owned(), link.id);
    }

    /// The link of a session, if it came through here and has not ended.
    pub(crate) fn link_of(&self, session: &str) -> Option<Arc<Link>> {
        let state = self.state();
        let id = state.sessions.get(session)?;
        state.links.get(id).map(|(link, _)| Arc::clone(link))
    }

    /// A frame has been read: what becomes of it?
    pub(crate) fn judge(&self, link: &Link, direction: Direction, mut frame: Frame) -> Verdict {
        let mut state = self.state();
        let State { rules, log, links, rtt, .. } = &mut *state;
        let mut ended = Conversation::default();
        let talk = links.get_mut(&link.id).map_or(&mut ended, |(_, conversation)| conversation);
        talk.answers.look(direction, &mut frame);
        let place = Place { link: link.id, direction, trip: talk.trips.sent(direction) };
        let (rule, action) = match rules.judge(link.id, direction, &frame) {
            Some((rule, action)) => (Some(rule), action),
            None => (None, Action::Pass),
        };
        if let Some(act) = act_of(&action, &frame) {
            log.note(act, place, &frame, rule);
        }
        let (passages, reply) = match (&action, &frame) {
            (Action::Refuse { message }, Frame { kind: Kind::Connect, namespace, .. }) => {
                let refusal = Frame::refusal(namespace.as_deref().unwrap_or("/"), message);
                match direction {
                    // Whoever asks is answered; the server never hears of it.
                    Direction::Up => (Vec::new(), Some(refusal)),
                    // The server has granted it, and the client hears the opposite.
                    Direction::Down => (talk.line(direction).take(refusal, &Action::Pass), None),
                }
            }
            _ => (talk.line(direction).take(frame, &action), None),
        };
        let latency = *rtt / 2;
        self.tell(&state);
        Verdict { passages, reply, trip: place.trip, latency }
    }

    /// Frames have been handed to their receiver's socket, or were on their way when the link ended.
    pub(crate) fn note<'a>(
        &self,
        act: Act,
        link: &Link,
        direction: Direction,
        frames: impl IntoIterator<Item = (&'a Frame, u64)>,
    ) {
        let mut state = self.state();
        let State { log, links, .. } = &mut *state;
        for (frame, trip) in frames {
            let place = Place { link: link.id, direction, trip };
            log.note(act, place, frame, None);
            if let (Act::Passed, Some((_, talk))) = (act, links.get_mut(&link.id)) {
                talk.trips.arrived(direction, frame.kind, trip);
            }
        }
        self.tell(&state);
    }

    /// A link is over.
    pub(crate) fn close(&self, link: &Link) {
        let mut state = self.state();
        let State { log, links, sessions, .. } = &mut *state;
        let Some((_, mut talk)) = links.remove(&link.id) else { return };
        for direction in [Direction::Up, Direction::Down] {
            let place = Place { link: link.id, direction, trip: talk.trips.sent(direction) };
            for frame in talk.line(direction).left() {
                log.note(Act::Lost, place, &frame, None);
            }
        }
        sessions.retain(|_, id| *id != link.id);
        let trip = talk.trips.completed();
        let place = Place { link: link.id, direction: Direction::Up, trip };
        log.note(Act::Closed, place, &link_frame(), None);
        self.tell(&state);
    }

    fn tell(&self, state: &State) {
        self.noted.send_replace(state.log.last());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands for a client that comes or goes.
fn link_frame() -> Frame {
    Frame { kind: Kind::Link, namespace: None, event: None, id: None, pieces: Vec::new() }
}

fn act_of(action: &Action, frame: &Frame) -> Option<Act> {
    Some(match action {
        Action::Pass => return None,
        Action::Refuse { .. } if frame.kind == Kind::Connect => Act::Refused,
        Action::Drop | Action::Refuse { .. } => Act::Dropped,
        Action::Delay { .. } => Act::Delayed,
        Action::Duplicate { .. } => Act::Duplicated,
        Action::Reorder { .. } => Act::HeldBack,
        Action::Truncate { .. } => Act::Truncated,
        Action::Cut { .. } => Act::Cut,
        Action::HalfOpen { .. } => Act::HalfOpened,
    })
}
