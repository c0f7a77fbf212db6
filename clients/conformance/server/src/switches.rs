//! The environment variables that a test sets.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tautline_server::failpoint::Failpoint;
use tautline_server::{AllowedOrigins, Limits, Settings, Transports};

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
    is_polling_allowed: bool,
    frame_bytes: Option<usize>,
    stall: Option<Duration>,
    ping: Option<Duration>,
    heads: Option<Duration>,
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
            is_polling_allowed: text("POLLING").is_some_and(|value| value == "true"),
            frame_bytes: number("FRAME_BYTES")?,
            stall: duration("STALL_MS")?,
            ping: duration("PING_MS")?,
            heads: duration("HEADS_MS")?,
            origins: text("ORIGINS"),
        })
    }

    /// The settings of the server's transport.
    pub(crate) fn settings(&self) -> Settings {
        let default = Settings::default();
        let frame_bytes = self.frame_bytes.unwrap_or(default.frame_bytes);
        Settings {
            // Tests flood it, and one test is many users.
            limits: Limits::unlimited(),
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
            allowed_origins: match &self.origins {
                Some(origins) => {
                    AllowedOrigins::List(origins.split(',').map(str::to_owned).collect())
                }
                None => default.allowed_origins,
            },
            ..default
        }
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
