//! Tokens that are no good any more, although their time is not over.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::identity::Identity;
use crate::journal::RevocationRecord;
use crate::session::lock;

/// Which tokens were revoked: single ones by their `jti`, and all that a subject had at some time by
/// their `iat`. Clones are the same list.
///
/// [`Server::revoke_token`](crate::Server::revoke_token) and
/// [`Server::revoke_subject`](crate::Server::revoke_subject) write into it and into the journal, from which
/// it is filled again at the next start, and end the connections that are there. What is added to the list
/// itself lives in memory: an application that keeps its own, in a table or for several servers, makes one
/// of these when it starts, gives it to [`Builder::revocations`](crate::Builder::revocations), and adds to
/// it what it hears.
///
/// An authenticator of one's own has the two facts in [`Identity::claims`] under the same names.
#[derive(Clone, Default)]
pub struct Revocations(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    /// By `jti`, with the time after which its token would not be taken anyway.
    tokens: HashMap<String, DateTime<Utc>>,
    /// How many there were when those that are over were thrown out last.
    swept: usize,
    subjects: HashMap<String, Issued>,
}

/// Which tokens of a subject.
#[derive(Clone, Copy, Debug)]
struct Issued {
    until: DateTime<Utc>,
    /// When the last of them is over; `None` if nobody knows.
    over_at: Option<DateTime<Utc>>,
}

/// How the journal names what is revoked.
const TOKEN: &str = "token";
const SUBJECT: &str = "subject";

/// One token, as the journal keeps it.
pub(crate) fn of_token(id: &str, until: DateTime<Utc>) -> RevocationRecord {
    record(TOKEN, id, until, until)
}

/// All tokens of a subject, likewise.
pub(crate) fn of_subject(
    subject: &str,
    until: DateTime<Utc>,
    longest: Duration,
) -> RevocationRecord {
    let over_at = TimeDelta::from_std(longest).ok().and_then(|it| until.checked_add_signed(it));
    record(SUBJECT, subject, until, over_at.unwrap_or(DateTime::<Utc>::MAX_UTC))
}

fn record(
    kind: &str,
    name: &str,
    until: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> RevocationRecord {
    let millis = |at: DateTime<Utc>| u64::try_from(at.timestamp_millis()).unwrap_or(0);
    let (until, expires_at) = (millis(until), millis(expires_at));
    RevocationRecord { kind: kind.to_owned(), name: name.to_owned(), until, expires_at }
}

/// So many are kept before it is looked which of them are over.
const SWEEP: usize = 1_000;

impl Revocations {
    /// Nothing is revoked.
    pub fn new() -> Self {
        Self::default()
    }

    /// Revokes one token by its `jti`. Kept until its own end, `exp`.
    pub fn token(&self, id: impl Into<String>, until: DateTime<Utc>) {
        let mut lists = lock(&self.0);
        lists.add_token(id.into(), until);
        lists.sweep(Utc::now());
    }

    /// Revokes all tokens of a subject that were issued until then. One of the same second, which is as
    /// exact as `iat` is, counts as older; one that does not say when it was issued, too.
    pub fn subject(&self, subject: impl Into<String>, until: DateTime<Utc>) {
        lock(&self.0).add_subject(subject.into(), Issued { until, over_at: None });
    }

    /// Takes what the journal has, or gets.
    pub(crate) fn found(&self, records: Vec<RevocationRecord>, now: u64) {
        let mut lists = lock(&self.0);
        for RevocationRecord { kind, name, until, expires_at } in records {
            if expires_at <= now {
                continue;
            }
            match kind.as_str() {
                TOKEN => lists.add_token(name, date(expires_at)),
                SUBJECT => {
                    let issued = Issued { until: date(until), over_at: Some(date(expires_at)) };
                    lists.add_subject(name, issued);
                }
                // A newer version wrote it.
                _ => {}
            }
        }
        lists.sweep(date(now));
    }

    /// Whether the token that this identity came from was revoked.
    pub(crate) fn cover(&self, identity: &Identity) -> bool {
        if identity.guest {
            return false;
        }
        let lists = lock(&self.0);
        let id = identity.claims.get("jti").and_then(Value::as_str);
        if id.is_some_and(|id| lists.tokens.contains_key(id)) {
            return true;
        }
        lists.subjects.get(&identity.subject).is_some_and(|Issued { until, .. }| {
            let issued = identity.claims.get("iat").and_then(Value::as_f64);
            #[expect(clippy::cast_precision_loss, reason = "exact for millennia")]
            issued.is_none_or(|issued| issued <= until.timestamp() as f64)
        })
    }
}

impl Lists {
    fn add_token(&mut self, id: String, until: DateTime<Utc>) {
        let before = self.tokens.entry(id).or_insert(until);
        *before = until.max(*before);
    }

    fn add_subject(&mut self, subject: String, issued: Issued) {
        let before = self.subjects.entry(subject).or_insert(issued);
        before.until = issued.until.max(before.until);
        before.over_at = before.over_at.zip(issued.over_at).map(|(one, other)| one.max(other));
    }

    /// Throws out those that are over, now and then.
    fn sweep(&mut self, now: DateTime<Utc>) {
        if self.tokens.len() + self.subjects.len() > self.swept * 2 + SWEEP {
            self.tokens.retain(|_, until| *until > now);
            self.subjects.retain(|_, issued| issued.over_at.is_none_or(|over_at| over_at > now));
            self.swept = self.tokens.len() + self.subjects.len();
        }
    }
}

/// A time of the journal's. One beyond the calendar is its end.
fn date(ms: u64) -> DateTime<Utc> {
    let date = i64::try_from(ms).ok().and_then(DateTime::from_timestamp_millis);
    date.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = lock(&self.0);
        f.debug_struct("Revocations")
            .field("tokens", &lists.tokens.len())
            .field("subjects", &lists.subjects.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;

    fn of(claims: &Value) -> Identity {
        let claims = claims.as_object().unwrap().clone();
        Identity { subject: "ann".to_owned(), guest: false, claims, ..Identity::new_guest() }
    }

    #[test]
    fn a_token_is_known_by_its_id() {
        let revocations = Revocations::new();
        revocations.token("t1", Utc::now());

        assert!(revocations.cover(&of(&json!({ "jti": "t1" }))));
        assert!(!revocations.cover(&of(&json!({ "jti": "t2" }))));
        assert!(!revocations.cover(&of(&json!({}))));
    }

    #[test]
    fn what_a_subject_had_is_revoked_and_what_it_gets_is_not() {
        let then = Utc::now();
        let revocations = Revocations::new();
        revocations.subject("ann", then);
        revocations.subject("ann", then - TimeDelta::hours(1));

        assert!(revocations.cover(&of(&json!({ "iat": then.timestamp() - 1 }))));
        assert!(revocations.cover(&of(&json!({ "iat": then.timestamp() }))));
        assert!(revocations.cover(&of(&json!({}))));
        assert!(!revocations.cover(&of(&json!({ "iat": then.timestamp() + 1 }))));
        let ben = Identity { subject: "ben".to_owned(), ..of(&json!({})) };
        assert!(!revocations.cover(&ben));
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let revocations = Revocations::new();
        let (over, open) = (Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::hours(1));
        for number in 0..SWEEP {
            revocations.token(format!("old {number}"), over);
        }

        revocations.token("new", open);

        assert_eq!(lock(&revocations.0).tokens.len(), 1);
    }

    #[test]
    fn what_was_stored_is_known_again_and_what_is_over_is_not() {
        let now = Utc::now();
        let hour = Duration::from_secs(3_600);
        let records = vec![
            of_token("t1", now + hour),
            of_token("t2", now - hour),
            of_subject("ann", now, hour),
            of_subject("ben", now - hour, hour),
            RevocationRecord { kind: "moon".to_owned(), ..of_token("t3", now + hour) },
        ];
        let revocations = Revocations::new();

        revocations.found(records, u64::try_from(now.timestamp_millis()).unwrap());

        let covers =
            |id: &str| revocations.cover(&of(&json!({ "jti": id, "iat": now.timestamp() + 1 })));
        assert_eq!(["t1", "t2", "t3"].map(covers), [true, false, false]);
        assert!(revocations.cover(&of(&json!({ "iat": now.timestamp() }))));
        let ben = Identity { subject: "ben".to_owned(), ..of(&json!({ "iat": 0 })) };
        assert!(!revocations.cover(&ben));
    }

    #[test]
    fn of_a_subject_the_later_times_hold_and_no_end_is_the_latest() {
        let revocations = Revocations::new();
        let day = Duration::from_secs(86_400);
        let then = Utc::now() - day * 40;
        revocations.found(vec![of_subject("ann", then, day * 50)], 0);
        revocations.subject("ann", then + day);
        for number in 0..SWEEP - 1 {
            revocations.found(vec![of_subject(&number.to_string(), then, day)], 0);
        }

        revocations.token("t", Utc::now() + day);

        assert_eq!(lock(&revocations.0).subjects.len(), 1);
        assert!(revocations.cover(&of(&json!({ "iat": (then + day).timestamp() }))));
    }
}
