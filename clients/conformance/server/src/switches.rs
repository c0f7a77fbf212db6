//! The environment variables that a test sets.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tautline_server::failpoint::Failpoint;
use tautline_server::{AllowedOrigins, Jwt, Limits, Settings, Transports};

/// What a test wants of its server.
pub(crate) struct Switches {
    /// Which contract it serves.
    pub(crate) contract: String,
    /// Where it listens.
    pub(crate) address: String,
    /// The secret of its tokens.
    pub(crate) secret: String,
    /// The file of its journal; it is in memory if there is none.
    pub(crate) journal: Option<PathBuf>,
    /// Where it stops, to be killed there, and at which time.
    pub(crate) failpoint: Option<(Failpoint, u32)>,
    public_key: Option<PathBuf>,
    has_limits: bool,
    trusted_proxies: Option<String>,
    is_polling_allowed: bool,
    frame_bytes: Option<usize>,
    connect: Option<Duration>,
    stall: Option<Duration>,
    ping: Option<Duration>,
    heads: Option<Duration>,
    grace: Option<Duration>,
    origins: Option<String>,
}

impl Switches {
    /// Reads them all.
    pub(crate) fn read() -> anyhow::Result<Self> {
        Ok(Self {
            contract: text("CONTRACT").unwrap_or_else(|| "conformance".to_owned()),
            address: text("ADDRESS").unwrap_or_else(|| "127.0.0.1:0".to_owned()),
            secret: text("TAUTLINE_SECRET").context("TAUTLINE_SECRET is not set")?,
            journal: text("JOURNAL").map(PathBuf::from),
            failpoint: text("FAILPOINT").map(|name| failpoint(&name)).transpose()?,
            public_key: text("PUBLIC_KEY").map(PathBuf::from),
            has_limits: text("LIMITS").is_some_and(|value| value == "default"),
            trusted_proxies: text("TRUSTED_PROXIES"),
            is_polling_allowed: text("POLLING").is_some_and(|value| value == "true"),
            frame_bytes: number("FRAME_BYTES")?,
            connect: duration("CONNECT_MS")?,
            stall: duration("STALL_MS")?,
            ping: duration("PING_MS")?,
            heads: duration("HEADS_MS")?,
            grace: duration("GRACE_MS")?,
            origins: text("ORIGINS"),
        })
    }

    /// How users are recognised: by the secret that they share with it, and by a public key if there is one.
    pub(crate) fn jwt(&self) -> anyhow::Result<Jwt> {
        let jwt = Jwt::hs256(&self.secret);
        Ok(match &self.public_key {
            Some(path) => jwt.and_ed25519(fs::read(path)?),
            None => jwt,
        })
    }

    /// The settings of the server's transport.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        let default = Settings::default();
        let frame_bytes = self.frame_bytes.unwrap_or(default.frame_bytes);
        let connect_timeout = self.connect.unwrap_or(default.connect_timeout);
        let proxies = self.trusted_proxies.iter().flat_map(|proxies| proxies.split(','));
        Ok(Settings {
            limits: if self.has_limits {
                // All clients of a test are on this machine, and strangers to each other.
                Limits { allowed_networks: Vec::new(), ..Limits::default() }
            } else {
                // Tests flood it, and one test is many users.
                Limits::unlimited()
            },
            trusted_proxies: proxies.map(str::parse).collect::<Result<_, _>>()?,
            connect_timeout,
            authentication_timeout: default.authentication_timeout.min(connect_timeout / 2),
            transports: if self.is_polling_allowed {
                Transports::WebsocketAndPolling
            } else {
                Transports::WebsocketOnly
            },
            frame_bytes,
            stall_timeout: self.stall.unwrap_or(default.stall_timeout),
            ping_interval: self.ping.unwrap_or(default.ping_interval),
            ping_timeout: self.ping.unwrap_or(default.ping_timeout),
            heads_interval: self.heads.unwrap_or(default.heads_interval),
            token_grace: self.grace.unwrap_or(default.token_grace),
            allowed_origins: match &self.origins {
                Some(origins) => {
                    AllowedOrigins::List(origins.split(',').map(str::to_owned).collect())
                }
                None => default.allowed_origins,
            },
            ..default
        })
    }
}

fn text(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn failpoint(text: &str) -> anyhow::Result<(Failpoint, u32)> {
    let (name, nth) = text.split_once(':').unwrap_or((text, "1"));
    let point = Failpoint::named(name);
    let point = point.with_context(|| format!("FAILPOINT `{name}` does not exist"))?;
    Ok((point, nth.parse().with_context(|| format!("FAILPOINT `{nth}` is no number"))?))
}

fn duration(name: &str) -> anyhow::Result<Option<Duration>> {
    Ok(number(name)?.map(|ms| Duration::from_millis(ms as u64)))
}

fn number(name: &str) -> anyhow::Result<Option<usize>> {
    text(name)
        .map(|value| value.parse().with_context(|| format!("{name} is no number")))
        .transpose()
}
