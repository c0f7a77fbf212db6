//! Who is in one room, grouped by user. A state machine without I/O: it is told who comes, goes and
//! shows what, and says what the others are to hear of it, and when it wants to be asked again.
//!
//! Two views are kept apart. *Present* is who is there now. *Told* is what the members have heard so
//! far: it moves only with a [`Change`], each with the next version, and is what a newcomer gets. So
//! whoever has the told view of version n and hears n + 1 misses nothing.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::state::State;
use super::wire::{Change, Member, Snapshot};

/// How long changes are collected, in milliseconds. Four hundred people who enter together are a
/// few frames for each then, and not four hundred; nobody sees the delay.
pub(crate) const COLLECT: u64 = 50;

/// How long a user stays who lost the link, in milliseconds: who comes back meanwhile was never gone.
pub(crate) const GRACE: u64 = 10_000;

/// How often a change without content goes out at most, in milliseconds. Short beside the time in
/// which a slow receiver catches up.
const NUDGE: u64 = 1_000;

/// About how many bytes of states one change brings. What is more comes with the next one.
const CHANGE_BYTES: usize = 64 * 1024;

/// The users of one room. Times are in milliseconds, from anywhere.
#[derive(Debug)]
pub(crate) struct Group {
    version: u64,
    users: HashMap<Arc<str>, User>,
    /// Those of whom the others may have to hear something.
    changed: BTreeSet<Arc<str>>,
    /// When they hear it.
    tell_at: Option<u64>,
    /// When they hear that there is a version, whatever is in it.
    nudge_at: Option<u64>,
    last_nudge: Option<u64>,
    /// Whose grace may end when, in this order. Those who came back meanwhile are still on it.
    graces: VecDeque<(u64, Arc<str>)>,
    /// What a newcomer gets, until the next change.
    snapshot: Option<Snapshot>,
}

#[derive(Debug, Default)]
struct User {
    connections: HashSet<u64>,
    /// One deadline for each link that was cut, the earliest first.
    back_by: VecDeque<u64>,
    state: Option<State>,
    since: u64,
    /// What the others have heard.
    told: Option<(Option<State>, u64)>,
}

impl User {
    fn is_present(&self) -> bool {
        !self.connections.is_empty() || !self.back_by.is_empty()
    }

    fn shown(&self) -> Option<(Option<State>, u64)> {
        self.is_present().then(|| (self.state.clone(), self.since))
    }
}

impl Group {
    /// Nobody is there. The first change has the next version.
    pub(crate) fn new(version: u64) -> Self {
        Self {
            version,
            users: HashMap::new(),
            changed: BTreeSet::new(),
            tell_at: None,
            nudge_at: None,
            last_nudge: None,
            graces: VecDeque::new(),
            snapshot: None,
        }
    }

    /// A connection of a user has come. It takes the place of one that was cut.
    pub(crate) fn enter(&mut self, subject: &str, connection: u64, now: u64) {
        let subject: Arc<str> = subject.into();
        let user = self.users.entry(Arc::clone(&subject)).or_default();
        let was_present = user.is_present();
        if !user.connections.insert(connection) {
            return;
        }
        user.back_by.pop_front();
        if !was_present {
            user.since = now;
            user.state = None;
            self.touch(subject, now);
        }
    }

    /// A user shows something else, on whichever connection.
    pub(crate) fn show(&mut self, subject: &str, state: Option<State>, now: u64) {
        let Some((subject, user)) = self.users.get_key_value(subject) else { return };
        if user.state == state {
            return;
        }
        let subject = Arc::clone(subject);
        if let Some(user) = self.users.get_mut(&subject) {
            user.state = state;
        }
        self.touch(subject, now);
    }

    /// A connection is gone for good.
    pub(crate) fn leave(&mut self, subject: &str, connection: u64, now: u64) {
        self.part(subject, connection, now, None);
    }

    /// A connection was cut: its user may come back.
    pub(crate) fn cut(&mut self, subject: &str, connection: u64, now: u64) {
        self.part(subject, connection, now, Some(now + GRACE));
    }

    /// Nobody is waited for any more: not this user, or nobody at all.
    pub(crate) fn give_up(&mut self, subject: Option<&str>, now: u64) {
        let mut gone = Vec::new();
        for (name, user) in &mut self.users {
            let is_meant = subject.is_none_or(|subject| **name == *subject);
            if is_meant && !user.back_by.is_empty() {
                user.back_by.clear();
                if !user.is_present() {
                    gone.push(Arc::clone(name));
                }
            }
        }
        gone.into_iter().for_each(|name| self.touch(name, now));
    }

    fn part(&mut self, subject: &str, connection: u64, now: u64, back_by: Option<u64>) {
        let Some((subject, _)) = self.users.get_key_value(subject) else { return };
        let subject = Arc::clone(subject);
        let Some(user) = self.users.get_mut(&subject) else { return };
        if !user.connections.remove(&connection) {
            return;
        }
        match back_by {
            Some(at) => {
                user.back_by.push_back(at);
                self.graces.push_back((at, subject));
            }
            None if !user.is_present() => self.touch(subject, now),
            None => {}
        }
    }

    fn touch(&mut self, subject: Arc<str>, now: u64) {
        self.changed.insert(subject);
        self.tell_at.get_or_insert(now + COLLECT);
    }

    /// Somebody has missed a change and cannot know it before the next one: lets one go out.
    pub(crate) fn nudge(&mut self, now: u64) {
        let earliest = self.last_nudge.map_or(now, |last| now.max(last + NUDGE));
        self.nudge_at.get_or_insert(earliest);
    }

    /// Lets time pass: what the others are to hear now, if anything.
    pub(crate) fn tick(&mut self, now: u64) -> Option<Change> {
        self.end_graces(now);
        let is_due = |at: Option<u64>| at.is_some_and(|at| at <= now);
        let is_nudged = is_due(self.nudge_at);
        let change = if is_due(self.tell_at) { self.collect(now) } else { Change::default() };
        if change.is_empty() && !is_nudged {
            return None;
        }
        if is_nudged {
            self.last_nudge = Some(now);
        }
        self.nudge_at = None;
        self.snapshot = None;
        self.version += 1;
        Some(Change { version: self.version, ..change })
    }

    fn collect(&mut self, now: u64) -> Change {
        let mut change = Change::default();
        let mut bytes = 0;
        while bytes < CHANGE_BYTES
            && let Some(subject) = self.changed.pop_first()
        {
            let Some(user) = self.users.get_mut(&subject) else { continue };
            let shown = user.shown();
            if shown != user.told {
                bytes += subject.len() + shown.as_ref().map_or(0, |(state, _)| State::size(state));
                match shown.clone() {
                    Some((state, since)) => {
                        change.present.push(Member { subject: Arc::clone(&subject), state, since });
                    }
                    None => change.absent.push(Arc::clone(&subject)),
                }
                user.told = shown;
            }
            if !user.is_present() {
                self.users.remove(&subject);
            }
        }
        self.tell_at = (!self.changed.is_empty()).then(|| now + COLLECT);
        change
    }

    fn end_graces(&mut self, now: u64) {
        while self.graces.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, subject)) = self.graces.pop_front() else { return };
            let Some(user) = self.users.get_mut(&subject) else { continue };
            let Some(at) = user.back_by.front() else { continue };
            if *at > now {
                continue;
            }
            user.back_by.pop_front();
            if !user.is_present() {
                // Missing for long enough: told at once.
                self.changed.insert(subject);
                self.tell_at = Some(now);
            }
        }
    }

    /// When [`Group::tick`] has something to do next.
    pub(crate) fn next_tick(&self) -> Option<u64> {
        let grace = self.graces.front().map(|(at, _)| *at);
        [self.tell_at, self.nudge_at, grace].into_iter().flatten().min()
    }

    /// What the members have heard so far, for one who comes.
    pub(crate) fn snapshot(&mut self) -> Snapshot {
        if let Some(snapshot) = &self.snapshot {
            return snapshot.clone();
        }
        let told = self.users.iter().filter_map(|(subject, user)| {
            let (state, since) = user.told.clone()?;
            Some(Member { subject: Arc::clone(subject), state, since })
        });
        let snapshot = Snapshot::new(self.version, told.collect());
        self.snapshot = Some(snapshot.clone());
        snapshot
    }

    /// Who is there now, those included of whom the others have not heard yet.
    pub(crate) fn members(&self) -> Vec<Member> {
        let mut members: Vec<Member> = self
            .users
            .iter()
            .filter_map(|(subject, user)| {
                let (state, since) = user.shown()?;
                Some(Member { subject: Arc::clone(subject), state, since })
            })
            .collect();
        Member::sort(&mut members);
        members
    }

    /// The version of what the members have heard.
    #[cfg(test)]
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Whether nobody is there, and nobody is waited for.
    pub(crate) fn is_deserted(&self) -> bool {
        !self.users.values().any(User::is_present)
    }
}
