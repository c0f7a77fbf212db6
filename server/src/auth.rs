//! Finds out who connects. The transport asks at CONNECT, the runtime when a token is refreshed.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use http::HeaderMap;
use tautline::{Auth, Cause, Contract, LibraryCode};

use crate::clock::Clock;
use crate::connection::Connection;
use crate::greeting::Greeting;
use crate::guest::Guests;
use crate::identity::Identity;
use crate::link::panic_message;
use crate::revocation::Revocations;

/// Checks a caller's credentials. [`Jwt`](crate::Jwt) is one; implement it for anything else.
pub trait Authenticator: Send + Sync + 'static {
    /// Who the caller is.
    ///
    /// # Errors
    /// Why that cannot be said. Causes go to the log, never to the caller.
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a>;

    /// What is wrong with its own settings. A server is not built as long as there is something.
    fn mistakes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What [`Authenticator::authenticate`] gives.
pub type Authentication<'a> =
    Pin<Box<dyn Future<Output = Result<Identity, AuthError>> + Send + 'a>>;

/// What a caller shows.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Credentials<'a> {
    /// `auth.token` of the CONNECT, or the token of a refresh.
    pub token: Option<&'a str>,
    /// The headers of the connection's first request, for cookies.
    pub headers: &'a HeaderMap,
    /// The other end of the TCP connection; a proxy's where there is one.
    pub address: Option<SocketAddr>,
    /// The server's clock, which a token's times are compared with.
    pub now: DateTime<Utc>,
}

impl fmt::Debug for Credentials<'_> {
    /// Leaves out the token and the headers: they are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why a caller was not recognised.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// There are no credentials.
    #[error("no credentials")]
    Missing,
    /// The credentials are not good.
    #[error("invalid credentials: {0}")]
    Invalid(Cause),
    /// Their time is over.
    #[error("expired credentials")]
    Expired,
    /// They could not be checked: a fault of the server.
    #[error("credentials could not be checked: {0}")]
    Failed(Cause),
}

/// How this server finds out who connects.
#[derive(Clone)]
pub(crate) struct Gate(GateParts);

/// What a gate is made of.
#[derive(Clone)]
pub(crate) struct GateParts {
    pub(crate) contract: &'static Contract,
    pub(crate) authenticator: Option<Arc<dyn Authenticator>>,
    pub(crate) revocations: Revocations,
    pub(crate) longest: Longest,
    pub(crate) clock: Clock,
    pub(crate) guests: Guests,
    /// How long checking credentials may take.
    pub(crate) deadline: Duration,
}

/// How long tokens live, as far as the settings know.
#[derive(Clone)]
pub(crate) struct Longest {
    settings: Duration,
    has_warned: Arc<AtomicBool>,
}

impl Longest {
    pub(crate) fn new(settings: Duration) -> Self {
        Self { settings, has_warned: Arc::default() }
    }

    /// Warns of one that lives longer: once.
    fn look_at(&self, identity: &Identity, clock: Clock) {
        let ends_at = identity.expires_at.map(|at| at.timestamp_millis());
        let Some(ends_at) = ends_at.and_then(|at| u64::try_from(at).ok()) else { return };
        let left = Duration::from_millis(ends_at.saturating_sub(clock.now_ms()));
        if left > self.settings && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a token lives longer than `longest_token`: if its subject's tokens are revoked, that is \
                 forgotten before it ends"
            );
        }
    }
}

impl Gate {
    pub(crate) fn new(parts: GateParts) -> Self {
        Self(parts)
    }

    /// Who connects with this greeting.
    ///
    /// # Errors
    /// The code that tells the caller why not, and the cause for the log.
    pub(crate) async fn admit(
        &self,
        connection: &Connection,
        greeting: &Greeting,
    ) -> Result<Identity, Denial> {
        let guest = || connection.guest(|| self.0.guests.admit(greeting.guest.as_deref()));
        if self.0.authenticator.is_none() {
            return Ok(guest().identity.clone());
        }
        match self.identify(connection, greeting.token.as_deref()).await {
            // Only who shows nothing is a guest: a bad token is refused, so that its bearer learns.
            Err(denial)
                if denial.code == LibraryCode::Unauthenticated
                    && greeting.token.is_none()
                    && self.0.contract.guests =>
            {
                Ok(guest().identity.clone())
            }
            answer => answer,
        }
    }

    /// Whom a token speaks for.
    ///
    /// # Errors
    /// As [`Gate::admit`]. A server without an authenticator knows no tokens.
    pub(crate) async fn identify(
        &self,
        connection: &Connection,
        token: Option<&str>,
    ) -> Result<Identity, Denial> {
        match &self.0.authenticator {
            Some(authenticator) => {
                let identity = self.ask(&**authenticator, connection, token).await?;
                self.0.longest.look_at(&identity, self.0.clock);
                if self.0.revocations.cover(&identity) {
                    return Err(Denial::new(LibraryCode::TokenRevoked, "the token was revoked"));
                }
                Ok(identity)
            }
            None => Err(Denial::new(LibraryCode::Unauthenticated, "there is no authenticator")),
        }
    }

    async fn ask(
        &self,
        authenticator: &dyn Authenticator,
        connection: &Connection,
        token: Option<&str>,
    ) -> Result<Identity, Denial> {
        let peer = connection.peer();
        let now = i64::try_from(self.0.clock.now_ms()).ok();
        let credentials = Credentials {
            token,
            headers: &peer.headers,
            address: peer.address,
            now: now.and_then(DateTime::from_timestamp_millis).unwrap_or_default(),
        };
        // The call itself may panic as well as the future.
        let asked = async move { authenticator.authenticate(credentials).await };
        let answer = AssertUnwindSafe(tokio::time::timeout(self.0.deadline, asked)).catch_unwind();
        match answer.await {
            Ok(Ok(Ok(identity))) => Ok(identity),
            Ok(Ok(Err(error))) => Err(Denial::from(error)),
            Ok(Err(_)) => {
                Err(Denial::new(LibraryCode::TimedOut, "the authenticator took too long"))
            }
            Err(panic) => Err(Denial::new(
                LibraryCode::Internal,
                format!("the authenticator panicked: {}", panic_message(&*panic)),
            )),
        }
    }
}

/// What the contract asks for and the server lacks, or the other way round.
pub(crate) fn mistakes(
    contract: &Contract,
    authenticator: Option<&dyn Authenticator>,
) -> Vec<String> {
    let name = contract.name;
    match (contract.auth, authenticator) {
        (Auth::Jwt, None) => vec![format!(
            "the contract `{name}` says `auth: jwt` and the server has no keys: add \
             `.jwt(Jwt::hs256(secret))` or an authenticator of your own"
        )],
        (Auth::None, Some(_)) => vec![format!(
            "the contract `{name}` says `auth: none` and the server has an authenticator, which would \
             never be asked: remove it or change the contract"
        )],
        (Auth::Jwt, Some(authenticator)) => authenticator.mistakes(),
        (Auth::None, None) => Vec::new(),
    }
}

/// Why somebody was not let in.
#[derive(Debug)]
pub(crate) struct Denial {
    /// What the caller learns.
    pub(crate) code: LibraryCode,
    /// What the log learns.
    pub(crate) cause: String,
}

impl Denial {
    pub(crate) fn new(code: LibraryCode, cause: impl Into<String>) -> Self {
        Self { code, cause: cause.into() }
    }
}

impl From<AuthError> for Denial {
    fn from(error: AuthError) -> Self {
        let code = match error {
            AuthError::Missing => LibraryCode::Unauthenticated,
            AuthError::Invalid(_) => LibraryCode::TokenInvalid,
            AuthError::Expired => LibraryCode::TokenExpired,
            AuthError::Failed(_) => LibraryCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}
