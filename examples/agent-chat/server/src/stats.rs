//! What happens on the server, in numbers: `GET /stats`, and whether it can do its work: `GET /health`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router, routing::get};
use hdrhistogram::Histogram;
use serde::Serialize;
use serde_json::{Value, json};
use tautline_server::journal::Health;
use tautline_server::{ConnectionFilter, ContractFit, Fact, Observer, Server};

/// The longest time that is told apart, in microseconds: a minute, and so longer than any deadline.
const LONGEST: u64 = 60_000_000;

/// The one command whose time says how long people think, and nothing of the server.
const WAITS_FOR_PEOPLE: &str = "request_approval";

/// From when on a client counts as stalled, in milliseconds: a healthy one takes what comes in less.
const STALLED_MS: u64 = 1_000;

/// How many codes are counted. A contract has fewer.
const CODES: usize = 200;

/// Counts what happens. Cheap to clone; clones are the same count.
#[derive(Clone)]
pub(crate) struct Stats(Arc<Counts>);

struct Counts {
    handshakes: AtomicU64,
    joins: AtomicU64,
    leaves: AtomicU64,
    events: AtomicU64,
    told: Mutex<Told>,
}

struct Told {
    errors: BTreeMap<String, u64>,
    /// How long commands took, in microseconds.
    took: Histogram<u64>,
}

/// The numbers as they are shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    /// Links that are open: one for each namespace of each connection.
    connections: usize,
    /// Rooms in which somebody is.
    rooms: usize,
    /// Commands that came in.
    events: u64,
    /// Connections that were made.
    handshakes: u64,
    joins: u64,
    leaves: u64,
    errors: BTreeMap<String, u64>,
    clients: Clients,
    p50_ms: f64,
    p99_ms: f64,
}

/// Those who are connected now, all in one: everybody may read this page, so it names nobody. Who they
/// are says `Server::connections`, to whom the application shows it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Clients {
    /// Those that take nothing of what waits for them, for a second or longer.
    stalled: usize,
    waiting_bytes: usize,
    bytes_in: u64,
    bytes_out: u64,
    dropped: u64,
    /// How many namespaces are entered by clients of which state of the contract.
    contract: BTreeMap<ContractFit, usize>,
}

impl Stats {
    /// Nothing has happened yet.
    ///
    /// # Errors
    /// When the histogram's bounds do not fit, which they do.
    pub(crate) fn new() -> Result<Self, hdrhistogram::CreationError> {
        let took = Histogram::new_with_bounds(1, LONGEST, 3)?;
        Ok(Self(Arc::new(Counts {
            handshakes: AtomicU64::new(0),
            joins: AtomicU64::new(0),
            leaves: AtomicU64::new(0),
            events: AtomicU64::new(0),
            told: Mutex::new(Told { errors: BTreeMap::new(), took }),
        })))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self, server: &Server) -> Shown {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let told = self.told();
        Shown {
            connections: server.links(),
            rooms: server.rooms(),
            events: count(&self.0.events),
            handshakes: count(&self.0.handshakes),
            joins: count(&self.0.joins),
            leaves: count(&self.0.leaves),
            errors: told.errors.clone(),
            clients: Clients::of(server),
            p50_ms: told.ms_at(0.5),
            p99_ms: told.ms_at(0.99),
        }
    }
}

impl Clients {
    fn of(server: &Server) -> Self {
        let mut clients = Self::default();
        for connected in server.connections().list(&ConnectionFilter::default()) {
            clients.stalled += usize::from(connected.stalled_ms.is_some_and(|ms| ms >= STALLED_MS));
            clients.waiting_bytes += connected.waiting_bytes;
            clients.bytes_in += connected.bytes_in;
            clients.bytes_out += connected.bytes_out;
            clients.dropped += connected.dropped;
            for entered in &connected.namespaces {
                *clients.contract.entry(entered.contract).or_default() += 1;
            }
        }
        clients
    }
}

impl Told {
    fn failed(&mut self, code: &str) {
        if let Some(count) = self.errors.get_mut(code) {
            *count += 1;
        } else if self.errors.len() < CODES {
            self.errors.insert(code.to_owned(), 1);
        }
    }

    /// How long the quickest share of all commands took at most.
    #[expect(clippy::cast_precision_loss, reason = "a minute of microseconds is exact")]
    fn ms_at(&self, share: f64) -> f64 {
        self.took.value_at_quantile(share) as f64 / 1_000.0
    }
}

impl Observer for Stats {
    fn observe(&self, fact: &Fact<'_>) {
        let one_more = |counter: &AtomicU64| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        match fact {
            Fact::Connected { is_new: true, .. } => one_more(&self.0.handshakes),
            Fact::Refused { code, .. } => self.told().failed(code),
            Fact::Joined { .. } => one_more(&self.0.joins),
            Fact::Left { .. } => one_more(&self.0.leaves),
            Fact::Ran { event, took, code, .. } => {
                one_more(&self.0.events);
                let mut told = self.told();
                if *event != WAITS_FOR_PEOPLE {
                    told.took.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST));
                }
                if let Some(code) = code {
                    told.failed(code);
                }
            }
            // What an observer may hear of and these numbers leave out.
            _ => {}
        }
    }
}

/// The routes.
pub(crate) fn router(server: &Server, stats: Stats) -> Router {
    Router::new()
        .route("/stats", get(show))
        .route("/health", get(health))
        .with_state((server.clone(), stats))
}

async fn show(State((server, stats)): State<(Server, Stats)>) -> Json<Shown> {
    Json(stats.shown(&server))
}

/// A server that cannot store refuses all that matters.
async fn health(State((server, _)): State<(Server, Stats)>) -> (StatusCode, Json<Value>) {
    match server.journal_health() {
        Health::Ready => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Health::Failing(reason) => {
            tracing::warn!(reason, "asked for its health while the journal fails");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing" })))
        }
    }
}
