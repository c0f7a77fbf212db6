//! Keeps an eye on those who do what honest clients do not: remembers, warns, disconnects and bans.
//! Bans are in the journal, and so outlive the process.

mod bans;
mod offence;
mod record;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::sync::watch;

use tautline::control::{Notice, NoticeKind};
use tautline::{LibraryCode, Problem, RecoveryAction, Uuid};

pub use bans::{Ban, Bans, NotStored};
pub use offence::{Decision, Offence, Suspect, Verdict};
pub use record::Suspicion;

use crate::chance;
use crate::clock::Clock;
use crate::closing;
use crate::commit::{Reply, Work, WriterHandle};
use crate::connection::Connection;
use crate::encode;
use crate::frame_out::{Class, Frame};
use crate::journal::{BanRecord, Change};
use crate::link::Link;
use crate::roster::Roster;
use crate::session::lock;
use record::Record;

/// Where decisions go besides the log.
pub(crate) type Audit = Arc<dyn Fn(&Decision) + Send + Sync>;

/// How often those are forgotten of whom nothing is left to remember, and bans are stored that could not be.
const FORGET: Duration = Duration::from_secs(60);

/// When somebody whose connections were ended comes back: what it had in mind is over by then.
const COME_BACK: Duration = Duration::from_secs(5);

/// How long whoever comes waits for the bans of before.
const PATIENCE: Duration = Duration::from_secs(2);

/// What all connections of a server are watched by.
pub(crate) struct Sentry {
    rules: Suspicion,
    allowed_users: Vec<String>,
    clock: Clock,
    roster: Arc<Roster>,
    records: Mutex<HashMap<Suspect, Record>>,
    audit: Option<Audit>,
    /// Whether the bans of before are known.
    is_informed: watch::Sender<bool>,
    /// Whose bans could not be stored, and are tried again.
    unstored: Arc<Mutex<HashSet<Suspect>>>,
    /// Where bans are stored; nowhere in tests of the transport alone.
    writer: OnceLock<WriterHandle>,
}

impl Sentry {
    pub(crate) fn new(
        rules: Suspicion,
        allowed_users: Vec<String>,
        audit: Option<Audit>,
    ) -> Arc<Self> {
        let sentry = Arc::new(Self {
            rules,
            allowed_users,
            clock: Clock::new(),
            roster: Arc::default(),
            records: Mutex::default(),
            audit,
            is_informed: watch::Sender::new(true),
            unstored: Arc::default(),
            writer: OnceLock::new(),
        });
        tokio::spawn(forget(Arc::downgrade(&sentry)));
        sentry
    }

    /// What time it is for everybody who is watched.
    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// How suspect somebody is now.
    pub(crate) fn score(&self, suspect: &Suspect) -> f64 {
        let now = self.clock.now_ms();
        lock(&self.records).get(suspect).map_or(0.0, |record| record.score(now, &self.rules))
    }

    /// Who is connected.
    pub(crate) fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    /// From now on bans are stored, and those of before are waited for.
    pub(crate) fn set_writer(&self, writer: WriterHandle) {
        // Set once, when the server is built.
        let _is_first = self.writer.set(writer);
        self.is_informed.send_replace(false);
    }

    /// Waits until the bans of before are known. A journal that cannot be read keeps nobody out.
    pub(crate) async fn informed(&self) {
        let mut informed = self.is_informed.subscribe();
        let known = informed.wait_for(|is_informed| *is_informed);
        if tokio::time::timeout(PATIENCE, known).await.is_err() {
            tracing::warn!("the bans of before are not known yet");
        }
    }

    /// Takes the bans of before, and ends whoever slipped in meanwhile.
    pub(crate) fn found(&self, bans: Vec<BanRecord>) {
        for ban in bans {
            let Some(suspect) = bans::suspect(&ban) else { continue };
            let record = Record::stored(ban.level, ban.until);
            lock(&self.records).entry(suspect.clone()).or_insert(record);
            if record.is_banned(self.clock.now_ms()) {
                self.put_out_banned(&suspect);
            }
        }
        self.is_informed.send_replace(true);
    }

    /// Somebody on a link has done something.
    pub(crate) fn blame(&self, link: &Link, offence: Offence) {
        self.accuse(suspect_of(link), offence, Some(link.id()));
    }

    /// Somebody has done something who has not said who they are.
    pub(crate) fn blame_address(&self, connection: &Connection, offence: Offence) {
        let suspect = connection.peer().client().map(Suspect::Address);
        self.accuse(suspect, offence, Some(connection.id()));
    }

    pub(crate) fn accuse(
        &self,
        suspect: Option<Suspect>,
        offence: Offence,
        connection: Option<Uuid>,
    ) {
        let Some(suspect) = suspect.filter(|suspect| !self.is_allowed(suspect)) else { return };
        let now = self.clock.now_ms();
        let (verdict, score) = {
            let mut records = lock(&self.records);
            let record = records.entry(suspect.clone()).or_default();
            // 53 bits fit into a float exactly.
            let chance = (chance::bits() >> 11) as f64 / (1_u64 << 53) as f64;
            let before = record.score(now, &self.rules);
            let was = *record;
            let verdict = record.blame(offence.points(), now, &self.rules, chance);
            if self.rules.is_shadow && matches!(verdict, Verdict::Banned { .. }) {
                // What is only written down must not look like a ban later.
                *record = was;
                record.lift();
            }
            (verdict, before + offence.points())
        };
        if verdict == Verdict::Noted {
            tracing::trace!(target: "tautline::audit", %suspect, offence = offence.as_str(), score, "noted");
            return;
        }
        let is_shadow = self.rules.is_shadow;
        self.tell(Decision {
            suspect: suspect.clone(),
            offence: Some(offence),
            verdict,
            score,
            connection,
            is_shadow,
        });
        if is_shadow {
            return;
        }
        match verdict {
            Verdict::Warned => self.warn(&suspect),
            Verdict::Disconnected => self.put_out(&suspect, &disconnected()),
            Verdict::Banned { .. } => {
                self.put_out_banned(&suspect);
                self.store(&suspect);
            }
            Verdict::Noted | Verdict::Lifted => {}
        }
    }

    /// Whether somebody may not enter now, and how they are told.
    pub(crate) fn refusal(&self, suspect: &Suspect) -> Option<Problem> {
        let now = self.clock.now_ms();
        let until =
            lock(&self.records).get(suspect).filter(|record| record.is_banned(now))?.banned_until;
        let mut problem = LibraryCode::Banned.problem();
        problem.recovery.after_ms = u32::try_from(until - now).ok();
        Some(problem)
    }

    fn is_allowed(&self, suspect: &Suspect) -> bool {
        match suspect {
            Suspect::User(subject) => self.allowed_users.contains(subject),
            // Those of allowed networks are nobody's client address in the first place.
            Suspect::Address(_) => false,
        }
    }

    fn tell(&self, decision: Decision) {
        let Decision { suspect, offence, verdict, score, connection, is_shadow } = &decision;
        let (offence, connection) =
            (offence.map(Offence::as_str), connection.map(|id| id.to_string()));
        tracing::warn!(
            target: "tautline::audit", %suspect, offence, ?verdict, score, connection, is_shadow, "decided"
        );
        if let Some(audit) = &self.audit {
            audit(&decision);
        }
    }

    /// Tells the suspect's clients.
    fn warn(&self, suspect: &Suspect) {
        let notice = Notice {
            kind: NoticeKind::Suspicious,
            after_ms: None,
            message: "This connection asks for too much, and ends if it goes on.".to_owned(),
            problem: None,
        };
        let frame = Frame::Event(encode::control("notice", &notice));
        for link in self.roster.links() {
            if suspect_of(&link).as_ref() == Some(suspect) {
                link.send(Class::Control, frame.clone());
            }
        }
    }

    /// Ends the connections of somebody who is banned.
    fn put_out_banned(&self, suspect: &Suspect) {
        if let Some(problem) = self.refusal(suspect) {
            self.put_out(suspect, &problem);
        }
    }

    /// Ends the suspect's connections, and tells each of their namespaces why.
    fn put_out(&self, suspect: &Suspect, problem: &Problem) {
        let links = self.roster.links();
        let ended: HashMap<Uuid, Arc<Connection>> = match suspect {
            Suspect::Address(address) => {
                let connections = self.roster.connections().into_iter();
                let theirs = connections.filter(|it| it.peer().client() == Some(*address));
                theirs.map(|it| (it.id(), it)).collect()
            }
            Suspect::User(subject) => {
                let theirs = links.iter().filter(|link| {
                    let identity = link.identity();
                    !identity.guest && identity.subject == *subject
                });
                theirs.map(|link| (link.id(), Arc::clone(link.connection()))).collect()
            }
        };
        closing::tell(links.iter().filter(|link| ended.contains_key(&link.id())), problem);
        ended.values().for_each(Connection::put_out);
    }

    /// Writes down what holds of a suspect now.
    fn store(&self, suspect: &Suspect) {
        let Some(writer) = self.writer.get() else { return };
        let (told, unstored) = (suspect.clone(), Arc::clone(&self.unstored));
        writer.submit(
            self.work(suspect),
            Reply::new(move |stored| {
                if let Err(error) = stored {
                    tracing::warn!(suspect = %told, ?error, "a ban is not stored: it is tried again");
                    lock(&unstored).insert(told);
                }
            }),
        );
    }

    fn work(&self, suspect: &Suspect) -> Work {
        let record = lock(&self.records).get(suspect).copied().filter(|record| record.level > 0);
        let mut work = Work::new();
        work.effects
            .changes
            .push(Change::BanChanged(bans::stored(suspect, record.unwrap_or_default())));
        work
    }

    fn forget(&self) {
        let now = self.clock.now_ms();
        let mut forgiven = Vec::new();
        lock(&self.records).retain(|suspect, record| {
            let is_over = record.is_over(now, &self.rules);
            if is_over && record.level > 0 {
                forgiven.push(suspect.clone());
            }
            !is_over
        });
        let unstored = std::mem::take(&mut *lock(&self.unstored));
        forgiven.iter().chain(&unstored).for_each(|suspect| self.store(suspect));
    }
}

/// Why the connections of somebody end who may come back: as whoever comes too fast is told.
fn disconnected() -> Problem {
    let mut problem = LibraryCode::RateLimited.problem();
    problem.recovery.action = RecoveryAction::Reconnect;
    problem.recovery.after_ms = u32::try_from(COME_BACK.as_millis()).ok();
    problem
}

/// Who answers for a link. Nobody for a guest whose address does not count.
pub(crate) fn suspect_of(link: &Link) -> Option<Suspect> {
    let identity = link.identity();
    if identity.guest {
        return link.connection().peer().client().map(Suspect::Address);
    }
    Some(Suspect::User(identity.subject.clone()))
}

async fn forget(sentry: Weak<Sentry>) {
    loop {
        tokio::time::sleep(FORGET).await;
        let Some(sentry) = sentry.upgrade() else { return };
        sentry.forget();
    }
}

impl fmt::Debug for Sentry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sentry").field("rules", &self.rules).finish_non_exhaustive()
    }
}
