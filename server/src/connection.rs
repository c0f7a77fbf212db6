//! One Engine.IO connection: what all its namespaces share. It lives in the request extensions of
//! the engine's session, so that it goes when the session goes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use http::HeaderMap;
use tautline::DisconnectReason;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use uuid::Uuid;

use crate::address::ClientAddress;
use crate::arrivals::{Arrivals, Full, Seat};
use crate::guest::Guest;
use crate::help::HelpPages;
use crate::io_handle::{IoHandle, ReadPause};
use crate::outbound::Outbound;
use crate::pace::Meter;
use crate::rates::Bucket;
use crate::roster::Roster;
use crate::sentry::{Offence, Sentry};
use crate::session::lock;
use crate::shortcut::Shortcut;

/// How long a connection that ends may still take what was sent to it. socketioxide does not say when
/// its own queue is empty.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Connection {
    id: Uuid,
    io: Arc<IoHandle>,
    peer: Peer,
    outbound: Outbound,
    allowances: Allowances,
    guest: OnceLock<Guest>,
    /// Its places among the connections of its users. Almost always one.
    seats: Mutex<Vec<Seat<Arc<str>>>>,
    ending: Mutex<Option<DisconnectReason>>,
    refusals: AtomicU32,
    has_entered: AtomicBool,
    polling: OnceLock<Polling>,
    shortcut: OnceLock<Arc<Shortcut>>,
    is_upgrading: AtomicBool,
    /// Whether nothing that it says counts any more.
    is_silenced: AtomicBool,
    /// Since when, in Unix milliseconds.
    since: u64,
    started: Instant,
    events_in: AtomicU64,
    /// How long after its beginning the last one came, in milliseconds.
    last_event: AtomicU64,
    roster: Weak<Roster>,
    /// Where its problems point to.
    help: HelpPages,
    /// Who watches it.
    sentry: Arc<Sentry>,
    /// Whether it has ever asked for anything.
    has_asked: AtomicBool,
    /// Frames may come from threads that know no runtime, such as a journal's writer.
    runtime: Handle,
}

/// What there is only for a session that began with polling.
pub(crate) struct Polling {
    /// The Engine.IO session id: a secret.
    pub(crate) session: String,
    /// One permit: one request at a time brings packets.
    pub(crate) posting: Arc<Semaphore>,
    /// Ends the session from the server's side, since it has no stream to cut.
    pub(crate) hang_up: Box<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Polling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Polling")
    }
}

/// What one connection may do, where that is counted.
#[derive(Debug, Default)]
pub(crate) struct Allowances {
    /// What its events may cost.
    pub(crate) events: Option<Bucket>,
    /// What it may send, whatever carries it.
    pub(crate) bytes: Option<Arc<Meter>>,
}

/// Who opened the connection, as far as its first request tells.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    /// The other end of the TCP connection; a proxy's where there is one.
    pub(crate) address: Option<SocketAddr>,
    /// The first request's headers, copied: the originals would keep the whole request alive.
    pub(crate) headers: HeaderMap,
    /// Its place among the connections of its address, if those count.
    pub(crate) seat: Option<Seat<ClientAddress>>,
}

impl Peer {
    /// Whom limits by address mean, if anybody.
    pub(crate) fn client(&self) -> Option<ClientAddress> {
        self.seat.as_ref().map(|seat| *seat.key())
    }
}

impl Connection {
    pub(crate) fn new(
        io: Arc<IoHandle>,
        peer: Peer,
        outbound: Outbound,
        allowances: Allowances,
        help: HelpPages,
        sentry: &Arc<Sentry>,
    ) -> Arc<Self> {
        let roster = sentry.roster();
        let connection = Arc::new(Self {
            id: Uuid::new_v4(),
            io,
            peer,
            outbound,
            allowances,
            guest: OnceLock::new(),
            seats: Mutex::default(),
            ending: Mutex::new(None),
            refusals: AtomicU32::new(0),
            has_entered: AtomicBool::new(false),
            polling: OnceLock::new(),
            shortcut: OnceLock::new(),
            is_upgrading: AtomicBool::new(false),
            is_silenced: AtomicBool::new(false),
            since: sentry.clock().now_ms(),
            started: Instant::now(),
            events_in: AtomicU64::new(0),
            last_event: AtomicU64::new(0),
            roster: Arc::downgrade(roster),
            help,
            sentry: Arc::clone(sentry),
            has_asked: AtomicBool::new(false),
            runtime: Handle::current(),
        });
        roster.add_connection(&connection);
        connection
    }

    /// The public id. Never the Engine.IO session id, which is a credential.
    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    /// The stream's handle.
    pub(crate) fn io(&self) -> &Arc<IoHandle> {
        &self.io
    }

    /// Who opened it.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// What waits to be sent.
    pub(crate) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// What its events may cost; `None` is as much as they like.
    pub(crate) fn allowance(&self) -> Option<&Bucket> {
        self.allowances.events.as_ref()
    }

    /// What it may send; `None` is as much as it likes.
    pub(crate) fn bytes(&self) -> Option<Arc<Meter>> {
        self.allowances.bytes.clone()
    }

    /// Where its tasks run.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// The guest that every namespace of this connection sees.
    pub(crate) fn guest(&self, admit: impl FnOnce() -> Guest) -> &Guest {
        self.guest.get_or_init(admit)
    }

    /// What the guest of this connection comes back with, if there is one.
    pub(crate) fn guest_credential(&self) -> Option<&str> {
        self.guest.get().map(|guest| &*guest.credential)
    }

    /// Takes a seat for a user, unless the user has one here.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn seat_user(&self, subject: &str, arrivals: &Arrivals) -> Result<(), Full> {
        let mut seats = lock(&self.seats);
        if !seats.iter().any(|seat| **seat.key() == *subject) {
            seats.push(arrivals.seat_of_user(subject)?);
        }
        Ok(())
    }

    /// Stops reading while the guard lives.
    pub(crate) fn pause_reading(&self) -> ReadPause {
        self.io.pause_reading()
    }

    /// There is a short way to its websocket.
    pub(crate) fn set_shortcut(&self, shortcut: Arc<Shortcut>) {
        // Set once, by the request that opened the session.
        let _is_first = self.shortcut.set(shortcut);
    }

    /// The short way to its websocket, if there is one.
    pub(crate) fn shortcut(&self) -> Option<Arc<Shortcut>> {
        self.shortcut.get().cloned()
    }

    /// The session is a polling one.
    pub(crate) fn set_polling(self: &Arc<Self>, polling: Polling) {
        if let Some(roster) = self.roster.upgrade() {
            roster.add_polling(polling.session.clone(), self);
        }
        // Set once, by the response that opened the session.
        let _is_first = self.polling.set(polling);
    }

    /// Whoever brings packets by polling needs its only permit.
    pub(crate) fn posting(&self) -> Option<Arc<Semaphore>> {
        Some(Arc::clone(&self.polling.get()?.posting))
    }

    /// Whether this is the session's first attempt to get a websocket.
    pub(crate) fn begin_upgrade(&self) -> bool {
        !self.is_upgrading.swap(true, Ordering::AcqRel)
    }

    /// It has entered a namespace. Says whether that is its first.
    pub(crate) fn enter(&self) -> bool {
        !self.has_entered.swap(true, Ordering::Relaxed)
    }

    /// Where its problems point to.
    pub(crate) fn help(&self) -> &HelpPages {
        &self.help
    }

    /// Who watches it.
    pub(crate) fn sentry(&self) -> &Arc<Sentry> {
        &self.sentry
    }

    /// Since when, in Unix milliseconds.
    pub(crate) fn since(&self) -> u64 {
        self.since
    }

    /// Notes that it has sent an event.
    pub(crate) fn note_event(&self) {
        self.events_in.fetch_add(1, Ordering::Relaxed);
        let after = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_event.store(after, Ordering::Relaxed);
    }

    /// How many events it has sent.
    pub(crate) fn events_in(&self) -> u64 {
        self.events_in.load(Ordering::Relaxed)
    }

    /// When it has sent the last one, in Unix milliseconds.
    pub(crate) fn last_event(&self) -> Option<u64> {
        let after = self.last_event.load(Ordering::Relaxed);
        (self.events_in() > 0).then(|| self.since.saturating_add(after))
    }

    /// Notes that it asks to enter a namespace.
    pub(crate) fn note_entering(&self) {
        self.has_asked.store(true, Ordering::Relaxed);
    }

    /// Counts a refused CONNECT and gives the number so far.
    pub(crate) fn count_refusal(&self) -> u32 {
        self.refusals.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Ends the whole connection, so that its client comes back by itself. The first reason given is
    /// the one that counts. What was sent before still goes out, unless nobody reads it.
    pub(crate) fn end(self: &Arc<Self>, reason: DisconnectReason) {
        {
            let mut ending = self.ending();
            if ending.is_some() {
                return;
            }
            *ending = Some(reason);
        }
        if reason == DisconnectReason::Stalled {
            return self.cut();
        }
        let connection = Arc::clone(self);
        self.runtime.spawn(async move {
            tokio::time::sleep(LAST_WORDS).await;
            connection.cut();
        });
    }

    /// Ends it as [`Connection::end`] does, and hears nothing more of it: a flood costs nothing while
    /// the last words go out.
    pub(crate) fn put_out(self: &Arc<Self>) {
        self.is_silenced.store(true, Ordering::Relaxed);
        self.end(DisconnectReason::Kicked);
    }

    /// Whether nothing that it says counts any more.
    pub(crate) fn is_silenced(&self) -> bool {
        self.is_silenced.load(Ordering::Relaxed)
    }

    fn cut(&self) {
        if self.io.is_attached() {
            self.io.kill();
        } else {
            self.hang_up();
        }
    }

    /// Ends a session that is polling. Does nothing to another.
    pub(crate) fn hang_up(&self) {
        if let Some(polling) = self.polling.get() {
            (polling.hang_up)();
        }
    }

    /// Why the server ended it, if it did.
    pub(crate) fn ended(&self) -> Option<DisconnectReason> {
        if self.io.is_stalled() {
            return Some(DisconnectReason::Stalled);
        }
        *self.ending()
    }

    fn ending(&self) -> MutexGuard<'_, Option<DisconnectReason>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(roster) = self.roster.upgrade() {
            roster.forget(self.id, self.polling.get().map(|polling| polling.session.as_str()));
        }
        let is_ours = *self.ending() == Some(DisconnectReason::ShuttingDown);
        if !self.has_asked.load(Ordering::Relaxed) && !is_ours {
            self.sentry.blame_address(self, Offence::NeverEntered);
        }
    }
}
