//! JSON Web Tokens. The algorithm is a fact of the key: what a token says of it only has to match.

mod jwks;
mod key;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::COOKIE;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use tautline::Cause;

use crate::auth::{AuthError, Authentication, Authenticator, Credentials};
use crate::identity::Identity;
use jwks::{Jwks, Source};
use key::{Key, Rules};

/// The shortest secret that gives HS256 its strength (RFC 7518, section 3.2).
const SHORTEST_SECRET: usize = 32;

/// A longer token is not looked at: a real one has a few hundred bytes.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Recognises callers by their JSON Web Token.
///
/// The token's `sub` is the subject and must be there, and so must `exp`. Scopes come from `scope`
/// (separated by spaces) or from `scopes` (an array). The other claims are kept for the application.
///
/// The token is `auth.token` of the CONNECT, or a cookie: [`Jwt::cookie`].
///
/// ```
/// use tautline_server::Jwt;
///
/// let jwt = Jwt::hs256("a secret of at least thirty-two bytes").issuer("https://id.example.com");
/// ```
#[derive(Clone, Debug)]
pub struct Jwt {
    keys: Vec<Key>,
    jwks: Option<Arc<Jwks>>,
    rules: Rules,
    cookie: Option<String>,
    leeway: Duration,
    mistakes: Vec<String>,
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

    /// Tokens signed with the keys of this file, a JSON Web Key Set. It is read again when it has changed.
    pub fn jwks_file(path: impl Into<PathBuf>) -> Self {
        Self::empty().and_jwks(Source::File(path.into()))
    }

    /// Tokens signed with the keys that an identity provider publishes at this `https:` address:
    /// `https://id.example.com/.well-known/jwks.json`. They are kept for ten minutes, so that a key that is
    /// withdrawn is not taken for longer than that, and looked for again when a token names another one.
    /// While the provider does not answer they are used for a day.
    #[cfg(feature = "jwks-url")]
    pub fn jwks_url(url: impl Into<String>) -> Self {
        Self::empty().and_jwks(Source::Url(url.into()))
    }

    fn and_jwks(mut self, source: Source) -> Self {
        self.jwks = Some(Arc::new(Jwks::new(source)));
        self
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
        self.rules.issuers.push(issuer.into());
        self.apply()
    }

    /// Accepts tokens for this audience (`aud`). Without one, tokens for an audience are refused,
    /// since they were made for somebody else.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.rules.audiences.push(audience.into());
        self.apply()
    }

    /// How far the clocks of issuer and server may be apart. Default 10 s.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Looks for the token in this cookie of the first request, too, when the CONNECT has none. Make it
    /// `HttpOnly`, `Secure` and `SameSite`. Other sites' pages cannot connect with it as long as
    /// [`Settings::allowed_origins`](crate::Settings::allowed_origins) names none of them. A cookie is not
    /// renewed in place: when its token ends, the client connects anew, with whatever cookie there is.
    pub fn cookie(mut self, name: impl Into<String>) -> Self {
        self.cookie = Some(name.into());
        self
    }

    fn empty() -> Self {
        Self {
            keys: Vec::new(),
            jwks: None,
            rules: Rules::default(),
            cookie: None,
            leeway: Duration::from_secs(10),
            mistakes: Vec::new(),
        }
    }

    fn add(mut self, algorithm: Algorithm, key: DecodingKey) -> Self {
        self.keys.push(Key::new(algorithm, key));
        self.apply()
    }

    fn apply(mut self) -> Self {
        for key in &mut self.keys {
            key.apply(&self.rules);
        }
        // What was read before was read for other rules.
        self.jwks = self.jwks.map(|jwks| Arc::new(jwks.unread()));
        self
    }

    /// Who this token speaks of.
    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Identity, AuthError> {
        if token.len() > LONGEST_TOKEN {
            return Err(invalid("the token is too long"));
        }
        let header = decode_header(token).map_err(|error| refuse(&error))?;
        let wanted = header.kid.as_deref();
        let published = match &self.jwks {
            Some(jwks) => jwks.keys(wanted, now, &self.rules).await?,
            None => Arc::from([]),
        };
        let mut refusal = invalid("no key of this name");
        for key in self.keys.iter().chain(&*published).filter(|key| key.is_meant(wanted)) {
            match key.read::<Claims>(token) {
                Ok(claims) => return claims.at(now, self.leeway),
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

impl Authenticator for Jwt {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a> {
        Box::pin(async move {
            let cookie = self.cookie.as_deref();
            let shown = || cookie.and_then(|name| cookie_of(credentials.headers, name));
            let token = credentials.token.or_else(shown).ok_or(AuthError::Missing)?;
            self.verify(token, credentials.now).await
        })
    }

    fn mistakes(&self) -> Vec<String> {
        let jwks = self.jwks.as_ref().and_then(|jwks| jwks.mistake());
        self.mistakes.iter().cloned().chain(jwks).collect()
    }
}

/// The value of a cookie.
fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = pairs.flat_map(|header| header.split(';')).filter_map(|it| it.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().trim_matches('"'))
}

/// The claims that mean something to us, and the rest.
#[derive(Clone, Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    scopes: Option<Vec<String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Claims {
    /// Whom they speak of at this time.
    fn at(self, now: DateTime<Utc>, leeway: Duration) -> Result<Identity, AuthError> {
        #[expect(clippy::cast_precision_loss, reason = "exact for millennia")]
        let now = now.timestamp_millis() as f64 / 1_000.0;
        let leeway = leeway.as_secs_f64();
        if self.exp < now - leeway {
            return Err(AuthError::Expired);
        }
        if self.nbf.is_some_and(|begins| begins > now + leeway) {
            return Err(invalid("the token's time has not begun"));
        }
        self.identity()
    }

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
        // `jti` and `iat` stay: a revocation names them.
        for registered in ["iss", "aud"] {
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
