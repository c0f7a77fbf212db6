//! Guests: callers without a token, who must be the same caller again after a cut. Otherwise what
//! they send again would find no earlier answer, and run twice.
//!
//! A guest gets a credential in `tautline:welcome` and shows it as `auth.guest` when it comes back.
//! It is signed with the journal's secret: a guest is forgotten together with the ledger, not before.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::identity::Identity;

/// Whom the credential is for: no token of an application says this.
const AUDIENCE: &str = "tautline:guest";

/// A guest and what it comes back with.
#[derive(Clone)]
pub(crate) struct Guest {
    /// Who it is.
    pub(crate) identity: Identity,
    /// Proves it. A secret of the guest's.
    pub(crate) credential: String,
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").field("subject", &self.identity.subject).finish_non_exhaustive()
    }
}

/// Lets guests in and knows them again.
#[derive(Clone)]
pub(crate) struct Guests {
    signs: EncodingKey,
    reads: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    aud: String,
}

impl Guests {
    /// Guests whose credentials are signed with this secret.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self { signs: EncodingKey::from_secret(secret), reads: DecodingKey::from_secret(secret) }
    }

    /// The guest of this credential, or a new one if it is not ours.
    pub(crate) fn admit(&self, credential: Option<&str>) -> Guest {
        let known = credential.and_then(|credential| {
            let subject = self.subject(credential)?;
            let identity = Identity { subject, ..Identity::new_guest() };
            Some(Guest { identity, credential: credential.to_owned() })
        });
        known.unwrap_or_else(|| self.welcome(Identity::new_guest()))
    }

    fn welcome(&self, identity: Identity) -> Guest {
        let claims = Claims { sub: identity.subject.clone(), aud: AUDIENCE.to_owned() };
        // Signing text with a key in memory does not fail; if it did, the guest would be a new one
        // the next time.
        let credential =
            encode(&Header::new(Algorithm::HS256), &claims, &self.signs).unwrap_or_default();
        Guest { identity, credential }
    }

    fn subject(&self, credential: &str) -> Option<String> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["aud", "sub"]);
        rules.validate_exp = false;
        decode::<Claims>(credential, &self.reads, &rules).ok().map(|token| token.claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_that_comes_back_is_the_same_guest() {
        let guests = Guests::new(&[2; 32]);

        let first = guests.admit(None);
        let again = guests.admit(Some(&first.credential));

        assert_eq!(again.identity, first.identity);
        assert!(again.identity.guest);
    }

    #[test]
    fn a_credential_of_another_server_or_of_nobody_makes_a_new_guest() {
        let stranger = Guests::new(&[1; 32]).admit(None);
        let guests = Guests::new(&[2; 32]);

        for credential in [stranger.credential.as_str(), "", "rubbish", "a.b.c"] {
            let guest = guests.admit(Some(credential));

            assert_ne!(guest.identity.subject, stranger.identity.subject);
            assert_ne!(guest.credential, credential);
        }
    }

    #[test]
    fn a_credential_is_not_printed() {
        let guest = Guests::new(&[1; 32]).admit(None);

        assert!(!format!("{guest:?}").contains(&guest.credential));
    }
}
