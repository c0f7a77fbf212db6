//! What the environment says. Read once, and all mistakes are told in one message.

use std::env;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

/// The shortest secret that gives HS256 its strength.
const SHORTEST_SECRET: usize = 32;

/// How the server is run.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// `ADDRESS`: where it listens; port 0 is a free one. Default `127.0.0.1:4000`.
    pub address: SocketAddr,
    /// `JOURNAL`: the file in which everything is kept. Default `agent-chat.db`.
    pub journal: PathBuf,
    /// `WEB`: the folder of the built page. Without it there is no page.
    pub web: Option<PathBuf>,
    /// `TAUTLINE_SECRET`: what tokens are signed with. Without it a random one, that no token outlives.
    pub secret: Option<String>,
    /// `TOKEN_MINUTES`: how long a token is good. Default 60.
    pub token_lifetime: Duration,
    /// `ORIGINS`: other pages that may connect, separated by commas. The own one always may.
    pub origins: Vec<String>,
    /// `SEED`: whether there is something to see from the beginning. Default no.
    pub seed: bool,
    /// `LOG`: what is logged, as `tracing` reads it: `info,tautline_server=debug`. Default `info`.
    pub log: String,
}

/// What is wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment has mistakes:\n- {}", mistakes.join("\n- "))]
pub struct ConfigError {
    /// All of it, each with the way out.
    pub mistakes: Vec<String>,
}

impl Config {
    /// What the process was started with.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| env::var_os(name).map(|value| value.into_string().map_err(drop)))
    }

    /// Reads variables: `None` is one that is not set, an `Err` one that is not text.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn read(
        variable: impl Fn(&str) -> Option<Result<String, ()>>,
    ) -> Result<Self, ConfigError> {
        let mut mistakes = Vec::new();
        let mut read = Reader { variable: &variable, mistakes: &mut mistakes };
        let config = Self {
            address: read.or(SocketAddr::from(([127, 0, 0, 1], 4000)), "ADDRESS", |text| {
                text.parse().map_err(|_| format!("`{text}` is no address: write `127.0.0.1:4000`"))
            }),
            journal: read.or("agent-chat.db".into(), "JOURNAL", |text| Ok(text.into())),
            web: read.or(None, "WEB", folder),
            secret: read.or(None, "TAUTLINE_SECRET", secret),
            token_lifetime: read.or(Duration::from_secs(3600), "TOKEN_MINUTES", minutes),
            origins: read.or(Vec::new(), "ORIGINS", |text| Ok(list(text))),
            seed: read.or(false, "SEED", |text| match text {
                "1" => Ok(true),
                "0" => Ok(false),
                other => Err(format!("`{other}` is neither `1` nor `0`")),
            }),
            log: read.or("info".to_owned(), "LOG", filter),
        };
        if mistakes.is_empty() { Ok(config) } else { Err(ConfigError { mistakes }) }
    }
}

impl fmt::Debug for Config {
    /// Leaves out the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("address", &self.address)
            .field("journal", &self.journal)
            .field("web", &self.web)
            .field("has_secret", &self.secret.is_some())
            .field("token_lifetime", &self.token_lifetime)
            .field("origins", &self.origins)
            .field("seed", &self.seed)
            .field("log", &self.log)
            .finish()
    }
}

/// Reads one variable after the other, and collects what is wrong.
struct Reader<'a, V> {
    variable: &'a V,
    mistakes: &'a mut Vec<String>,
}

impl<V: Fn(&str) -> Option<Result<String, ()>>> Reader<'_, V> {
    /// What a variable says; the default if it is not set or empty.
    fn or<T>(
        &mut self,
        default: T,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        let parsed = match (self.variable)(name) {
            None => return default,
            Some(Ok(text)) if text.is_empty() => return default,
            Some(Ok(text)) => parse(&text),
            Some(Err(())) => Err("it is not text: write it in UTF-8".to_owned()),
        };
        parsed.unwrap_or_else(|mistake| {
            self.mistakes.push(format!("{name}: {mistake}"));
            default
        })
    }
}

fn folder(text: &str) -> Result<Option<PathBuf>, String> {
    let path = PathBuf::from(text);
    if path.join("index.html").is_file() {
        return Ok(Some(path));
    }
    Err(format!("`{text}` has no `index.html`: build the page first, or leave it out"))
}

fn secret(text: &str) -> Result<Option<String>, String> {
    match text.len() {
        // Not repeated: it may be nearly the right one.
        0..SHORTEST_SECRET => {
            Err(format!("it has {} bytes: give it {SHORTEST_SECRET} at least", text.len()))
        }
        _ => Ok(Some(text.to_owned())),
    }
}

fn minutes(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(minutes @ 1..=1440) => Ok(Duration::from_secs(minutes * 60)),
        Ok(_) | Err(_) => Err(format!("`{text}` is no number of minutes: write 1 to 1440")),
    }
}

fn filter(text: &str) -> Result<String, String> {
    match text.parse::<EnvFilter>() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("`{text}` is no filter: {error}")),
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}
