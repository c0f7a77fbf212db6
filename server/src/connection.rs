//! One Engine.IO connection: what all its namespaces share. It lives in the request extensions of
//! the engine's session, so that it goes when the session goes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use http::HeaderMap;
use tautline::DisconnectReason;
use uuid::Uuid;

use crate::guarded_io::{IoHandle, ReadPause};
use crate::identity::Identity;
use crate::outbound::Outbound;

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Connection {
    id: Uuid,
    io: Arc<IoHandle>,
    peer: Peer,
    outbound: Outbound,
    guest: OnceLock<Identity>,
    ending: Mutex<Option<DisconnectReason>>,
    /// Closes a session that has no stream of its own.
    hang_up: OnceLock<HangUp>,
}

/// Ends a polling session from the server's side.
pub(crate) struct HangUp(pub(crate) Box<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for HangUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HangUp")
    }
}

/// Who opened the connection, as far as its first request tells.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    /// The other end of the TCP connection; a proxy's where there is one.
    pub(crate) address: Option<SocketAddr>,
    /// The first request's headers, copied: the originals would keep the whole request alive.
    pub(crate) headers: HeaderMap,
}

impl Connection {
    pub(crate) fn new(io: Arc<IoHandle>, peer: Peer, outbound: Outbound) -> Arc<Self> {
        Arc::new(Self {
            id: Uuid::new_v4(),
            io,
            peer,
            outbound,
            guest: OnceLock::new(),
            ending: Mutex::new(None),
            hang_up: OnceLock::new(),
        })
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

    /// The guest that every namespace of this connection sees.
    pub(crate) fn guest(&self) -> Identity {
        self.guest.get_or_init(Identity::new_guest).clone()
    }

    /// Stops reading while the guard lives.
    pub(crate) fn pause_reading(&self) -> ReadPause {
        self.io.pause_reading()
    }

    /// How to end it while it is polling.
    pub(crate) fn set_hang_up(&self, hang_up: HangUp) {
        // A second one would do the same: the first stays.
        let _same = self.hang_up.set(hang_up);
    }

    /// Ends the whole connection. The first reason given is the one that counts.
    pub(crate) fn end(&self, reason: DisconnectReason) {
        self.ending().get_or_insert(reason);
        if self.io.is_attached() {
            self.io.kill();
        } else if let Some(hang_up) = self.hang_up.get() {
            hang_up.0();
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
