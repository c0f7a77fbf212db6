//! The world that clients live in: a server that crashes and comes back over the same storage.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::Router;
use serde_json::Map;
use tautline_conformance::history::History;
use tautline_history_service::service::{Book, HistoryService};
use tautline_server::failpoint::Failpoint;
use tautline_server::{
    AuthError, Authentication, Authenticator, Credentials, Identity, Limits, Server, Settings,
};
use tokio::sync::Notify;

use super::journal::{Archive, Mortal, Stored};
use super::plan::Plan;
use super::storage::{Shelf, Storage};
use crate::crew::{Habits, Stage, lock};
use crate::dice::Dice;

tautline::contract! {
    name: "history",
    version: "1.0.0",
    namespaces: [History],
    scopes: [],
    flags: [],
    auth: jwt,
    guests: true,
}

/// How often a server crashes in one run, at most.
const CRASHES: u32 = 12;

/// One life of the server, from its start to its crash.
#[derive(Debug, Default)]
pub(super) struct Life {
    is_over: AtomicBool,
    /// Not a watch, which wakes those who wait in an order of its own.
    over: Notify,
}

impl Life {
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Waits for the crash.
    pub(super) async fn over(&self) {
        let over = self.over.notified();
        if !self.is_over() {
            over.await;
        }
    }

    /// From now on nothing that the server does has any effect.
    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.over.notify_waiters();
    }
}

/// A server that can be reached.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) life: Arc<Life>,
    pub(super) router: Router,
    server: Server,
}

/// The world. Cheap to clone.
#[derive(Clone)]
pub(super) struct World {
    pub(super) plan: Arc<Plan>,
    pub(super) stage: Stage,
    archive: Archive,
    storage: Arc<Mutex<Storage>>,
    /// The rows, as the server that lives now has them.
    shelf: Arc<Mutex<Option<Shelf>>>,
    live: Arc<Mutex<Option<Live>>>,
    crashes: Arc<AtomicU32>,
    dice: Arc<Mutex<Dice>>,
}

impl World {
    pub(super) fn new(plan: Plan, dice: &mut Dice) -> anyhow::Result<Self> {
        let storage = Arc::new(Mutex::new(Storage::new(plan.storage)?));
        let Plan { commands, pace_ms, pause_ms, .. } = plan;
        let stage = Stage::new(Habits { commands, pace_ms, pause_ms });
        let plan = Arc::new(plan);
        let archive = Archive {
            stage: stage.clone(),
            stored: Arc::default(),
            dice: Arc::new(Mutex::new(dice.fork())),
            plan: Arc::clone(&plan),
        };
        Ok(Self {
            plan,
            stage,
            archive,
            storage,
            shelf: Arc::default(),
            live: Arc::default(),
            crashes: Arc::default(),
            dice: Arc::new(Mutex::new(dice.fork())),
        })
    }

    /// The server, if it is up.
    pub(super) fn live(&self) -> Option<Live> {
        lock(&self.live).clone().filter(|live| !live.life.is_over())
    }

    pub(super) fn crashes(&self) -> u32 {
        self.crashes.load(Ordering::Relaxed)
    }

    pub(super) fn stored(&self) -> Stored {
        self.archive.stored()
    }

    /// The rows of a room.
    pub(super) async fn rows(&self, room: &str) -> anyhow::Result<Vec<String>> {
        let shelf = lock(&self.shelf).clone().context("no server has ever lived")?;
        shelf.read(room).await.map_err(|cause| anyhow!("{}", cause.error()))
    }

    /// Keeps the server running: starts it again after every crash, and now and then takes it down in
    /// good order.
    pub(super) async fn keep(&self) -> anyhow::Result<()> {
        loop {
            let live = self.start()?;
            let until_restart = Duration::from_millis(self.between(2_000, 120_000));
            let crash = tokio::time::timeout(until_restart, live.life.over()).await;
            if crash.is_err() && self.stage.is_calm() {
                live.life.over().await;
            }
            if crash.is_err() {
                if self.between(0, 1) == 0 {
                    self.stage.recorder.note("server", "goes down in good order");
                    live.server.shutdown().await;
                } else {
                    self.stage.recorder.note("server", "crashes");
                }
                self.end(&live.life);
            }
            *lock(&self.live) = None;
            let down = self.between(0, 6_000);
            tokio::time::sleep(Duration::from_millis(down)).await;
        }
    }

    fn start(&self) -> anyhow::Result<Live> {
        let life = Arc::new(Life::default());
        let (journal, shelf) = lock(&self.storage).open()?;
        *lock(&self.shelf) = Some(shelf.clone());
        let (world, dying) = (self.clone(), Arc::clone(&life));
        let server = Server::builder(contract())
            .authenticator(Trusting)
            .settings(Settings { limits: Limits::unlimited(), ..Settings::default() })
            .journal(Mortal::new(self.archive.clone(), journal, Arc::clone(&life)))
            .namespace::<History>(HistoryService::new(shelf))
            .failpoints(move |point| world.pass(point, &dying))
            .build()?;
        self.stage.recorder.note("server", format!("starts over {:?}", self.plan.storage));
        let live = Live { life, router: server.router(), server };
        *lock(&self.live) = Some(live.clone());
        Ok(live)
    }

    /// A command is at a failpoint: the server may crash there.
    fn pass(&self, point: Failpoint, life: &Life) {
        let is_mortal = !life.is_over() && !self.stage.is_calm() && self.crashes() < CRASHES;
        if is_mortal && lock(&self.dice).permille(self.plan.crash) {
            self.stage.recorder.note("server", format!("crashes at `{}`", point.as_str()));
            self.end(life);
        }
    }

    fn end(&self, life: &Life) {
        self.crashes.fetch_add(1, Ordering::Relaxed);
        life.end();
    }

    fn between(&self, low: u64, high: u64) -> u64 {
        lock(&self.dice).between(low, high)
    }
}

/// Takes everybody for who they say they are.
pub(crate) struct Trusting;

impl Authenticator for Trusting {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a> {
        Box::pin(async move {
            let subject = credentials.token.ok_or(AuthError::Missing)?;
            Ok(Identity {
                subject: subject.to_owned(),
                scopes: Vec::new(),
                guest: false,
                expires_at: None,
                claims: Map::new(),
            })
        })
    }
}
