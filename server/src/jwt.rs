//! JSON Web Tokens. The algorithm is a fact of the key: what a token says of it only has to match.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use chrono::DateTime;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use tautline::Cause;

use crate::auth::{AuthError, Authentication, Authenticator, Credentials};
use crate::identity::Identity;

/// The shortest secret that gives HS256 its strength (RFC 7518, section 3.2).
const SHORTEST_SECRET: usize = 32;

/// A longer token is not looked at: a real one has a few hundred bytes.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Recognises callers by their JSON Web Token.
///
/// The token's `sub` is the subject and must be there, and so must `exp`. Scopes come from `scope`
/// (separated by spaces) or from `scopes` (an array). The other claims are kept for the application.
///
/// ```
/// use tautline_server::Jwt;
///
/// let jwt = Jwt::hs256("a secret of at least thirty-two bytes").issuer("https://id.example.com");
/// ```
#[derive(Clone, Debug)]
pub struct Jwt {
    keys: Vec<Key>,
    issuers: Vec<String>,
    audiences: Vec<String>,
    leeway: Duration,
    mistakes: Vec<String>,
}

#[derive(Clone)]
struct Key {
    id: Option<String>,
    key: DecodingKey,
    rules: Validation,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithms", &self.rules.algorithms)
            .finish_non_exhaustive()
    }
}

impl Jwt {
    /// Tokens signed with this shared secret. It needs at least 32 bytes.
    pub fn hs256(secret: impl AsRef<[u8]>) -> Self {
        Self::empty().and_hs256(secret)
    }

    /// Tokens signed with the private half of this Ed25519 key (`-----BEGIN PUBLIC KEY-----`).
    pub fn ed25519(public_key_pem: impl AsRef<[u8]>) -> Self {
        Self::empty().and_ed25519(public_key_pem)
    }

    /// Accepts this secret, too: for rotation.
    pub fn and_hs256(mut self, secret: impl AsRef<[u8]>) -> Self {
        let secret = secret.as_ref();
        if secret.len() < SHORTEST_SECRET {
            self.mistakes.push(format!(
                "a JWT secret has {} bytes: HS256 needs at least {SHORTEST_SECRET}",
                secret.len()
            ));
        }
        self.add(Algorithm::HS256, DecodingKey::from_secret(secret))
    }

    /// Accepts this key, too.
    pub fn and_ed25519(mut self, public_key_pem: impl AsRef<[u8]>) -> Self {
        match DecodingKey::from_ed_pem(public_key_pem.as_ref()) {
            Ok(key) => self.add(Algorithm::EdDSA, key),
            Err(error) => {
                self.mistakes
                    .push(format!("a JWT key is not an Ed25519 public key in PEM: {error}"));
                self
            }
        }
    }

    /// Names the key added last. A token that names a key is checked with the keys of that name
    /// and with the nameless ones.
    pub fn key_id(mut self, id: impl Into<String>) -> Self {
        match self.keys.last_mut() {
            Some(key) => key.id = Some(id.into()),
            None => self.mistakes.push("`key_id` names no key: add a key before it".to_owned()),
        }
        self
    }

    /// Accepts tokens of this issuer (`iss`). Without one, the issuer is not looked at.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self.apply()
    }

    /// Accepts tokens for this audience (`aud`). Without one, tokens for an audience are refused,
    /// since they were made for somebody else.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self.apply()
    }

    /// How far the clocks of issuer and server may be apart. Default 10 s.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self.apply()
    }

    fn empty() -> Self {
        Self {
            keys: Vec::new(),
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: Duration::from_secs(10),
            mistakes: Vec::new(),
        }
    }

    fn add(mut self, algorithm: Algorithm, key: DecodingKey) -> Self {
        self.keys.push(Key { id: None, key, rules: Validation::new(algorithm) });
        self.apply()
    }

    /// Writes the rules into every key, so that checking a token builds nothing.
    fn apply(mut self) -> Self {
        for key in &mut self.keys {
            let rules = &mut key.rules;
            rules.leeway = self.leeway.as_secs();
            rules.validate_nbf = true;
            // A claim that is checked must be there: the library passes over absent ones.
            let mut required = vec!["exp", "sub"];
            if !self.issuers.is_empty() {
                rules.set_issuer(&self.issuers);
                required.push("iss");
            }
            if !self.audiences.is_empty() {
                rules.set_audience(&self.audiences);
                required.push("aud");
            }
            rules.set_required_spec_claims(&required);
        }
        self
    }

    /// Who this token speaks of.
    fn verify(&self, token: &str) -> Result<Identity, AuthError> {
        if token.len() > LONGEST_TOKEN {
            return Err(invalid("the token is too long"));
        }
        let header = decode_header(token).map_err(|error| refuse(&error))?;
        let mut refusal = invalid("no key of this name");
        for key in self.keys.iter().filter(|key| key.is_meant(header.kid.as_deref())) {
            match decode::<Claims>(token, &key.key, &key.rules) {
                Ok(token) => return token.claims.identity(),
                // A key that fits knows better than one that does not.
                Err(error) => match error.kind() {
                    ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => {
                        refusal = refuse(&error);
                    }
                    _ => return Err(refuse(&error)),
                },
            }
        }
        Err(refusal)
    }
}

impl Key {
    fn is_meant(&self, wanted: Option<&str>) -> bool {
        match (wanted, self.id.as_deref()) {
            (Some(wanted), Some(id)) => wanted == id,
            (None, _) | (_, None) => true,
        }
    }
}

impl Authenticator for Jwt {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a> {
        let identity =
            credentials.token.ok_or(AuthError::Missing).and_then(|token| self.verify(token));
        Box::pin(std::future::ready(identity))
    }

    fn mistakes(&self) -> Vec<String> {
        self.mistakes.clone()
    }
}

/// The claims that mean something to us, and the rest.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    scopes: Option<Vec<String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Claims {
    fn identity(self) -> Result<Identity, AuthError> {
        if self.sub.is_empty() {
            return Err(invalid("the subject is empty"));
        }
        let mut scopes = self.scopes.unwrap_or_default();
        if let Some(scope) = &self.scope {
            scopes.extend(scope.split_ascii_whitespace().map(str::to_owned));
        }
        scopes.sort_unstable();
        scopes.dedup();
        let mut claims = self.rest;
        for registered in ["iss", "aud", "nbf", "iat"] {
            claims.remove(registered);
        }
        // An end beyond the calendar is no end.
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        let expires_at = DateTime::from_timestamp(self.exp as i64, 0);
        Ok(Identity { subject: self.sub, scopes, guest: false, expires_at, claims })
    }
}

fn refuse(error: &Error) -> AuthError {
    match error.kind() {
        ErrorKind::ExpiredSignature => AuthError::Expired,
        _ => AuthError::Invalid(Cause::new(error.clone())),
    }
}

fn invalid(why: &'static str) -> AuthError {
    AuthError::Invalid(Cause::new(why))
}
