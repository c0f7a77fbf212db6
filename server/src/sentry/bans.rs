//! Bans as operators see and change them, and as the journal keeps them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::record::{FOREVER, Record};
use super::{Decision, Sentry, Suspect, Verdict};
use crate::address::ClientAddress;
use crate::journal::BanRecord;
use crate::session::lock;

/// The bans of a server: [`Server::bans`](crate::Server::bans).
#[derive(Clone)]
pub struct Bans(pub(crate) Arc<Sentry>);

/// One ban.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// Who may not come.
    pub suspect: Suspect,
    /// Until when, in Unix milliseconds; `None` until it is lifted.
    pub until: Option<u64>,
}

/// What was changed holds, but could not be stored: it ends with the process.
#[derive(Clone, Debug, thiserror::Error)]
#[error("it holds, but is not stored: {0}")]
pub struct NotStored(pub(crate) String);

impl Bans {
    /// Those that hold now, in the order of their suspects.
    pub fn list(&self) -> Vec<Ban> {
        let now = self.0.clock.now_ms();
        let records = lock(&self.0.records);
        let banned = records.iter().filter(|(_, record)| record.is_banned(now));
        let mut bans: Vec<Ban> = banned
            .map(|(suspect, record)| {
                let until = Some(record.banned_until).filter(|until| *until < FOREVER);
                Ban { suspect: suspect.clone(), until }
            })
            .collect();
        bans.sort_unstable_by(|one, other| one.suspect.cmp(&other.suspect));
        bans
    }

    /// Bans somebody by hand, for so long, or until it is lifted. Their connections end.
    ///
    /// # Errors
    /// When it holds but could not be stored. That is tried again every minute.
    pub async fn ban(&self, suspect: Suspect, time: Option<Duration>) -> Result<(), NotStored> {
        let now = self.0.clock.now_ms();
        let until = {
            let mut records = lock(&self.0.records);
            let record = records.entry(suspect.clone()).or_default();
            record.ban(now, time.unwrap_or(Duration::MAX));
            record.banned_until
        };
        self.0.put_out_banned(&suspect);
        self.changed(suspect, Verdict::Banned { until }).await
    }

    /// Lifts a ban, and forgets everything that is held against somebody.
    ///
    /// # Errors
    /// When it is lifted but that could not be stored.
    pub async fn lift(&self, suspect: Suspect) -> Result<(), NotStored> {
        lock(&self.0.records).remove(&suspect);
        self.changed(suspect, Verdict::Lifted).await
    }

    /// How suspect somebody is now.
    pub fn score(&self, suspect: &Suspect) -> f64 {
        self.0.score(suspect)
    }

    async fn changed(&self, suspect: Suspect, verdict: Verdict) -> Result<(), NotStored> {
        let score = self.score(&suspect);
        let (work, named) = (self.0.work(&suspect), suspect.clone());
        self.0.tell(Decision {
            suspect,
            offence: None,
            verdict,
            score,
            connection: None,
            is_shadow: false,
        });
        let Some(writer) = self.0.writer.get() else { return Ok(()) };
        writer.store(work).await.map(drop).map_err(|error| {
            lock(&self.0.unstored).insert(named);
            NotStored(format!("{error:?}"))
        })
    }
}

impl fmt::Debug for Bans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

/// A record as the journal keeps it. Level 0 says that there is nothing to keep.
pub(super) fn stored(suspect: &Suspect, record: Record) -> BanRecord {
    let (kind, name) = match suspect {
        Suspect::Address(address) => ("address", address.first().to_string()),
        Suspect::User(subject) => ("user", subject.clone()),
    };
    let Record { level, banned_until, .. } = record;
    BanRecord { kind: kind.to_owned(), name, level, until: banned_until }
}

/// Whom a stored record is about; `None` if a newer version wrote it.
pub(super) fn suspect(ban: &BanRecord) -> Option<Suspect> {
    match ban.kind.as_str() {
        "address" => Some(Suspect::Address(ClientAddress::of(ban.name.parse().ok()?))),
        "user" => Some(Suspect::User(ban.name.clone())),
        _ => None,
    }
}
