//! One namespace of one client: what the runtime talks to, and what it implements in return.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use bytes::Bytes;
use tautline::{DisconnectReason, NamespaceFacts, RoomName};
use uuid::Uuid;

use crate::connection::Connection;
use crate::frame_out::{Class, Frame};
use crate::greeting::Said;
use crate::identity::Identity;
use crate::io_handle::ReadPause;
use crate::port::Port;
use crate::roster::Roster;

/// What a namespace does with its links. Called by the transport, implemented by the runtime.
///
/// Panics are caught around every call. The calls come from the task that reads from the client, in
/// the order of the wire, and must not block.
pub(crate) trait Inbox: Send + Sync + 'static {
    /// What the contract says of the namespace.
    fn facts(&self) -> &'static NamespaceFacts;

    /// A client has entered. Comes before everything else of this link.
    fn opened(&self, link: &Arc<Link>);

    /// A client was not let in.
    fn refused(&self, code: &str) {
        let _ = code;
    }

    /// An event came in: the array's text, its byte fields, and the number of the acknowledgement
    /// that the client waits for.
    fn received(&self, link: &Arc<Link>, args: &str, attachments: Vec<Bytes>, ack: Option<i64>);

    /// The client has left. Exactly once for each `opened`.
    fn closed(&self, link: &Arc<Link>, reason: DisconnectReason);

    /// The rooms that a client has joined, without those that everybody is in.
    fn rooms(&self, link: &Arc<Link>) -> Vec<RoomName> {
        let _ = link;
        Vec::new()
    }

    /// There is room again after durable frames of these rooms were dropped.
    fn drained(&self, link: &Arc<Link>, dirty: Vec<RoomName>);

    /// What the caller may do has changed: asks for each of its rooms whether it may still be there.
    fn authorize_again(&self, link: &Arc<Link>);

    /// The server is going down; `closed` follows at once. The last moment for a notice.
    fn shutting_down(&self, link: &Arc<Link>);
}

/// One namespace socket of one client.
pub(crate) struct Link {
    connection: Arc<Connection>,
    inbox: Arc<dyn Inbox>,
    identity: RwLock<Arc<Identity>>,
    port: Box<dyn Port>,
    roster: Arc<Roster>,
    /// Since when, in Unix milliseconds.
    since: u64,
    said: OnceLock<Box<Said>>,
    /// Set while events may go straight to the inbox: spares the lock below.
    is_open: AtomicBool,
    phase: Mutex<Phase>,
}

/// Keeps `opened`, `received` and `closed` in order, whichever task learns of them first.
enum Phase {
    /// `opened` has not returned yet: what comes meanwhile waits here.
    Opening {
        early: Vec<Arrived>,
        closing: Option<DisconnectReason>,
    },
    Open,
    Closed,
}

/// An event that came in.
pub(crate) struct Arrived {
    pub(crate) args: socketioxide_core::Str,
    pub(crate) attachments: Vec<Bytes>,
    pub(crate) ack: Option<i64>,
}

impl Link {
    pub(crate) fn new(
        connection: Arc<Connection>,
        inbox: Arc<dyn Inbox>,
        identity: Identity,
        port: Box<dyn Port>,
        roster: Arc<Roster>,
    ) -> Arc<Self> {
        Arc::new(Self {
            since: connection.sentry().clock().now_ms(),
            said: OnceLock::new(),
            connection,
            inbox,
            identity: RwLock::new(Arc::new(identity)),
            port,
            roster,
            is_open: AtomicBool::new(false),
            phase: Mutex::new(Phase::Opening { early: Vec::new(), closing: None }),
        })
    }

    /// The connection's public id: the same in all its namespaces, and never the session id.
    pub(crate) fn id(&self) -> Uuid {
        self.connection.id()
    }

    /// What the contract says of the namespace.
    pub(crate) fn namespace(&self) -> &'static NamespaceFacts {
        self.inbox.facts()
    }

    /// The connection that carries it.
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// What the client says of itself.
    pub(crate) fn note_said(&self, said: Said) {
        // Set once, before it is open.
        let _is_first = self.said.set(Box::new(said));
    }

    /// What the client has said of itself.
    pub(crate) fn said(&self) -> Option<&Said> {
        self.said.get().map(|said| &**said)
    }

    /// Since when, in Unix milliseconds.
    pub(crate) fn since(&self) -> u64 {
        self.since
    }

    /// The rooms that the client has joined.
    pub(crate) fn rooms(self: &Arc<Self>) -> Vec<RoomName> {
        self.inbox.rooms(self)
    }

    /// Who is at the other end.
    pub(crate) fn identity(&self) -> Arc<Identity> {
        Arc::clone(&self.identity.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the identity of a newer token.
    pub(crate) fn set_identity(&self, identity: Identity) {
        *self.identity.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(identity);
    }

    /// Sends a frame. Never blocks and never fails: the class decides what a full queue drops.
    pub(crate) fn send(self: &Arc<Self>, class: Class<'_>, frame: Frame) {
        self.send_shared(class, &frame);
    }

    /// Sends a frame that goes to others, too: it is cloned only where it has to wait.
    pub(crate) fn send_shared(self: &Arc<Self>, class: Class<'_>, frame: &Frame) {
        if !self.is_closed() {
            self.connection.outbound().send(self, class, frame);
        }
    }

    /// Stops reading from the connection while the guard lives.
    pub(crate) fn pause_reading(&self) -> ReadPause {
        self.connection.pause_reading()
    }

    /// Ends the link: `closed` is called before this returns, unless it was before. What was sent
    /// still goes out. Reasons that are the connection's fault end all of it, so that the client
    /// comes back by itself.
    pub(crate) fn close(self: &Arc<Self>, reason: DisconnectReason) {
        self.finish(reason);
        match reason {
            // Clients do not come back by themselves from this. One that has sent events before it
            // hears of it loses its connection all the same, and with it its other namespaces:
            // socketioxide takes an event for a namespace that was left for a fault.
            DisconnectReason::ClientLeft | DisconnectReason::Kicked => {
                self.connection.outbound().leave(self);
            }
            DisconnectReason::ConnectionLost
            | DisconnectReason::HeartbeatTimeout
            | DisconnectReason::Stalled
            | DisconnectReason::ProtocolError
            | DisconnectReason::TokenExpired
            | DisconnectReason::ShuttingDown => self.connection.end(reason),
        }
    }

    /// Whether the link is open.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    fn is_closed(&self) -> bool {
        !self.is_open() && matches!(*self.phase(), Phase::Closed)
    }

    pub(crate) fn port(&self) -> &dyn Port {
        &*self.port
    }

    /// Calls `opened`, then delivers what came in meanwhile.
    pub(crate) fn open(self: &Arc<Self>) {
        self.roster.add(self);
        self.guarded("opened", || self.inbox.opened(self));
        loop {
            let early = {
                let mut phase = self.phase();
                let Phase::Opening { early, closing } = &mut *phase else { return };
                if let Some(reason) = *closing {
                    *phase = Phase::Closed;
                    drop(phase);
                    return self.closed(reason);
                }
                if early.is_empty() {
                    *phase = Phase::Open;
                    self.is_open.store(true, Ordering::Release);
                    return;
                }
                std::mem::take(early)
            };
            for event in early {
                self.deliver(event);
            }
        }
    }

    /// Takes an event from the client.
    pub(crate) fn receive(self: &Arc<Self>, event: Arrived) {
        if self.connection.is_silenced() {
            return;
        }
        self.connection.note_event();
        if !self.is_open() {
            match &mut *self.phase() {
                Phase::Opening { early, .. } => return early.push(event),
                // The client sent it before it learned that it is out.
                Phase::Closed => return,
                Phase::Open => {}
            }
        }
        self.deliver(event);
    }

    /// Calls `closed` if `opened` was called and `closed` was not.
    pub(crate) fn finish(self: &Arc<Self>, reason: DisconnectReason) {
        {
            let mut phase = self.phase();
            match &mut *phase {
                Phase::Opening { closing, .. } => {
                    closing.get_or_insert(reason);
                    return;
                }
                Phase::Closed => return,
                Phase::Open => {
                    *phase = Phase::Closed;
                    self.is_open.store(false, Ordering::Release);
                }
            }
        }
        self.closed(reason);
    }

    fn closed(self: &Arc<Self>, reason: DisconnectReason) {
        self.roster.remove(self);
        tracing::info!(
            connection = %self.id(),
            namespace = self.namespace().path,
            subject = self.identity().subject,
            client = self.connection.peer().client().map(tracing::field::display),
            reason = reason.as_str(),
            bytes_in = self.connection.io().bytes_in(),
            bytes_out = self.connection.io().bytes_out(),
            dropped = self.connection.outbound().dropped(),
            slowed = self.connection.io().is_slowed(),
            "disconnected"
        );
        self.guarded("closed", || self.inbox.closed(self, reason));
    }

    /// Tells the inbox that what the caller may do has changed.
    pub(crate) fn authorize_again(self: &Arc<Self>) {
        if self.is_open() {
            self.guarded("authorize_again", || self.inbox.authorize_again(self));
        }
    }

    /// Tells the inbox that there is room again.
    pub(crate) fn drained(self: &Arc<Self>, dirty: Vec<RoomName>) {
        if !self.is_closed() {
            self.guarded("drained", || self.inbox.drained(self, dirty));
        }
    }

    /// Tells the inbox that the server is going down, then that the link is closed. Its connection
    /// ends with the engine.
    pub(crate) fn shut_down(self: &Arc<Self>) {
        if self.is_open() {
            self.guarded("shutting_down", || self.inbox.shutting_down(self));
        }
        self.finish(DisconnectReason::ShuttingDown);
    }

    fn deliver(self: &Arc<Self>, event: Arrived) {
        let Arrived { args, attachments, ack } = event;
        self.guarded("received", || self.inbox.received(self, &args, attachments, ack));
    }

    /// A panic here would end the task that reads from the client, and with it the connection.
    fn guarded(&self, call: &'static str, run: impl FnOnce()) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
            tracing::error!(
                connection = %self.id(),
                namespace = self.namespace().path,
                call,
                panic = panic_message(&*panic),
                "the runtime panicked"
            );
        }
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("connection", &self.id())
            .field("namespace", &self.namespace().path)
            .field("is_open", &self.is_open())
            .finish_non_exhaustive()
    }
}

/// What a panic said, for the log.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
