//! The keys of an identity provider, from the document in which it publishes them. They are kept for a
//! while, and looked for again when a token names one that is not among them.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
#[cfg(feature = "jwks-url")]
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;
use tautline::Cause;
use tokio::sync::Mutex;

use super::key::{Key, Rules};
use crate::auth::AuthError;

/// How long the keys of a file are taken for those that are in it.
const FILE_FRESH: TimeDelta = TimeDelta::seconds(10);

/// How long those of a URL are: so long may a key be used that was withdrawn.
#[cfg(feature = "jwks-url")]
const URL_FRESH: TimeDelta = TimeDelta::minutes(10);

/// The time between two looks. Tokens with invented key names must not become a flood elsewhere.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// How long keys are used while their document cannot be read. A provider that is down for a night
/// must not put everybody out.
const STALE: TimeDelta = TimeDelta::days(1);

/// How long a provider may take. Below the time in which a caller must be recognised.
#[cfg(feature = "jwks-url")]
const PATIENCE: Duration = Duration::from_secs(4);

/// The largest document. Real ones have a few thousand bytes.
#[cfg(feature = "jwks-url")]
const LONGEST: u64 = 256 * 1024;

/// Where the document is.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// In a file, which may be replaced at any time.
    File(PathBuf),
    /// At an `https:` address.
    #[cfg(feature = "jwks-url")]
    Url(String),
}

/// The keys of a document.
#[derive(Debug)]
pub(super) struct Jwks {
    source: Source,
    kept: RwLock<Kept>,
    /// Whoever looks holds it: the others get what was found.
    looking: Mutex<()>,
}

#[derive(Debug, Default)]
struct Kept {
    keys: Arc<[Key]>,
    found: Option<DateTime<Utc>>,
    looked: Option<DateTime<Utc>>,
}

impl Jwks {
    pub(super) fn new(source: Source) -> Self {
        Self { source, kept: RwLock::default(), looking: Mutex::new(()) }
    }

    /// The same document, nothing of it read yet.
    pub(super) fn unread(&self) -> Self {
        Self::new(self.source.clone())
    }

    /// What is wrong with where it is.
    pub(super) fn mistake(&self) -> Option<String> {
        match &self.source {
            Source::File(path) => {
                let read = std::fs::read_to_string(path).map_err(|error| error.to_string());
                let keys = read.and_then(|text| parse(&text, &Rules::default()));
                let shown = path.display();
                keys.err().map(|error| format!("the keys in `{shown}` cannot be read: {error}"))
            }
            #[cfg(feature = "jwks-url")]
            Source::Url(url) => (!url.starts_with("https://") && !is_local(url)).then(|| {
                format!("the keys at `{url}` could be anybody's: use an address with `https:`")
            }),
        }
    }

    /// The keys, among them the one of this name if the provider has it.
    ///
    /// # Errors
    /// When there are none that could be trusted.
    pub(super) async fn keys(
        &self,
        wanted: Option<&str>,
        now: DateTime<Utc>,
        rules: &Rules,
    ) -> Result<Arc<[Key]>, AuthError> {
        if let Some(keys) = self.known(wanted, now) {
            return Ok(keys);
        }
        let _looking = self.looking.lock().await;
        // Whoever looked before us may have found it.
        if let Some(keys) = self.known(wanted, now) {
            return Ok(keys);
        }
        let looked = self.kept().looked;
        if looked.is_none_or(|looked| now - looked >= PAUSE) {
            self.look(now, rules).await;
        }
        let kept = self.kept();
        match kept.found {
            Some(found) if now - found < STALE => Ok(Arc::clone(&kept.keys)),
            Some(_) | None => Err(AuthError::Failed(Cause::new(
                "the keys of the identity provider are not there",
            ))),
        }
    }

    /// The keys that are kept, unless it is time to look again.
    fn known(&self, wanted: Option<&str>, now: DateTime<Utc>) -> Option<Arc<[Key]>> {
        let fresh = match &self.source {
            Source::File(_) => FILE_FRESH,
            #[cfg(feature = "jwks-url")]
            Source::Url(_) => URL_FRESH,
        };
        let kept = self.kept();
        let is_fresh = kept.found.is_some_and(|found| now - found < fresh);
        let is_there = kept.keys.iter().any(|key| key.is_meant(wanted));
        (is_fresh && is_there).then(|| Arc::clone(&kept.keys))
    }

    async fn look(&self, now: DateTime<Utc>, rules: &Rules) {
        self.kept_mut().looked = Some(now);
        let source = self.source.clone();
        let read = tokio::task::spawn_blocking(move || source.read()).await;
        let read = read.unwrap_or_else(|panic| Err(panic.to_string()));
        match read.and_then(|text| parse(&text, rules)) {
            Ok(keys) => {
                let mut kept = self.kept_mut();
                kept.keys = keys.into();
                kept.found = Some(now);
            }
            Err(error) => tracing::warn!(source = ?self.source, error, "no keys could be read"),
        }
    }

    fn kept(&self) -> std::sync::RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_mut(&self) -> std::sync::RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    fn read(&self) -> Result<String, String> {
        match self {
            Self::File(path) => std::fs::read_to_string(path).map_err(|error| error.to_string()),
            #[cfg(feature = "jwks-url")]
            Self::Url(url) => fetch(url).map_err(|error| error.to_string()),
        }
    }
}

#[cfg(feature = "jwks-url")]
fn fetch(url: &str) -> Result<String, ureq::Error> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .https_only(!is_local(url))
        .max_redirects(2)
        .build()
        .new_agent();
    agent.get(url).call()?.body_mut().with_config().limit(LONGEST).read_to_string()
}

/// An address of this machine: nobody is in between.
#[cfg(feature = "jwks-url")]
fn is_local(url: &str) -> bool {
    ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"].iter().any(|it| url.starts_with(it))
}

/// Reads a document. A key that we cannot use stops none of the others.
fn parse(text: &str, rules: &Rules) -> Result<Vec<Key>, String> {
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Value>,
    }
    let document: Document =
        serde_json::from_str(text).map_err(|error| format!("it is no key set: {error}"))?;
    let mut keys = Vec::new();
    for value in document.keys {
        let id = value.get("kid").and_then(Value::as_str).map(str::to_owned);
        let jwk: Result<Jwk, _> = serde_json::from_value(value);
        let key = jwk.map_err(|error| error.to_string());
        match key.and_then(|jwk| Key::of_jwk(&jwk).map_err(str::to_owned)) {
            Ok(mut key) => {
                key.apply(rules);
                keys.push(key);
            }
            Err(why) => tracing::warn!(key = id, why, "a key is left out"),
        }
    }
    if keys.is_empty() { Err("it has no key that can be used".to_owned()) } else { Ok(keys) }
}
