//! Tokens that are no good any more, although their time is not over.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::identity::Identity;
use crate::session::lock;

/// Which tokens were revoked: single ones by their `jti`, and all that a subject had at some time by
/// their `iat`. Clones are the same list.
///
/// The list lives in memory. An application that keeps its own, in a table or for several servers, makes
/// one of these when it starts, gives it to [`Builder::revocations`](crate::Builder::revocations), and
/// adds to it what it hears; [`Server::revoke_token`](crate::Server::revoke_token) and
/// [`Server::revoke_subject`](crate::Server::revoke_subject) also end the connections that are there.
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
    subjects: HashMap<String, DateTime<Utc>>,
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
        lists.tokens.insert(id.into(), until);
        if lists.tokens.len() > lists.swept * 2 + SWEEP {
            let now = Utc::now();
            lists.tokens.retain(|_, until| *until > now);
            lists.swept = lists.tokens.len();
        }
    }

    /// Revokes all tokens of a subject that were issued until then. One of the same second, which is as
    /// exact as `iat` is, counts as older; one that does not say when it was issued, too.
    pub fn subject(&self, subject: impl Into<String>, until: DateTime<Utc>) {
        let mut lists = lock(&self.0);
        let before = lists.subjects.entry(subject.into()).or_insert(until);
        *before = until.max(*before);
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
        lists.subjects.get(&identity.subject).is_some_and(|until| {
            let issued = identity.claims.get("iat").and_then(Value::as_f64);
            #[expect(clippy::cast_precision_loss, reason = "exact for millennia")]
            issued.is_none_or(|issued| issued <= until.timestamp() as f64)
        })
    }
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
}
