//! The way around socketioxide's own emitting: a frame that is already encoded goes to exactly one
//! socket, with a precise answer when it does not fit. Rooms of socketioxide are not used.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use socketioxide::adapter::Emitter;
use socketioxide::socket::{Sid, Socket};
use socketioxide_core::Str;
use socketioxide_core::adapter::errors::SocketError;
use socketioxide_core::adapter::{
    BroadcastOptions, CoreAdapter, CoreLocalAdapter, DefinedAdapter, SocketEmitter,
};
use socketioxide_core::packet::Packet;

use crate::frame_out::{Class, Frame};
use crate::port::{Blocked, Port};
use crate::shortcut::Shortcut;

/// The adapters of all namespaces, by path: how one gets from a socket to its emitter.
#[derive(Default)]
pub(crate) struct Adapters {
    by_path: RwLock<HashMap<String, Arc<Unicast>>>,
    is_complete: AtomicBool,
}

impl Adapters {
    /// The adapter of the namespace at `path`.
    pub(crate) fn of(&self, path: &str) -> Option<Arc<Unicast>> {
        self.by_path.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// All namespaces are there: what comes now is in nobody's contract, and is not remembered.
    pub(crate) fn complete(&self) {
        self.is_complete.store(true, Ordering::Release);
    }
}

/// One namespace's adapter.
pub(crate) struct Unicast {
    local: CoreLocalAdapter<Emitter>,
    // Weak: the list holds this adapter.
    adapters: Weak<Adapters>,
}

impl CoreAdapter<Emitter> for Unicast {
    type Error = Infallible;
    type State = Arc<Adapters>;
    type AckStream = <Emitter as SocketEmitter>::AckStream;
    type InitRes = ();

    fn new(state: &Self::State, local: CoreLocalAdapter<Emitter>) -> Self {
        Self { local, adapters: Arc::downgrade(state) }
    }

    fn init(self: Arc<Self>, on_success: impl FnOnce() + Send + 'static) {
        let adapters = self.adapters.upgrade();
        if let Some(adapters) =
            adapters.filter(|adapters| !adapters.is_complete.load(Ordering::Acquire))
        {
            let path = self.local.path().to_string();
            adapters.by_path.write().unwrap_or_else(PoisonError::into_inner).insert(path, self);
        }
        on_success();
    }

    async fn broadcast_with_ack(
        &self,
        packet: Packet,
        options: BroadcastOptions,
        timeout: Option<Duration>,
    ) -> Result<Self::AckStream, Infallible> {
        Ok(self.local.broadcast_with_ack(packet, options, timeout).0)
    }

    fn get_local(&self) -> &CoreLocalAdapter<Emitter> {
        &self.local
    }
}

impl DefinedAdapter for Unicast {}

/// One socket, as a link sees it.
pub(crate) struct SocketPort {
    adapter: Arc<Unicast>,
    path: Str,
    sid: Sid,
    // Weak: the socket's handlers hold the link, and the link holds this.
    socket: Weak<Socket<Unicast>>,
    shortcut: Option<Arc<Shortcut>>,
}

impl SocketPort {
    pub(crate) fn new(
        adapter: Arc<Unicast>,
        path: &'static str,
        socket: &Arc<Socket<Unicast>>,
        shortcut: Option<Arc<Shortcut>>,
    ) -> Self {
        let (path, sid) = (Str::from(path), socket.id);
        Self { adapter, path, sid, socket: Arc::downgrade(socket), shortcut }
    }

    fn give(&self, frame: &Frame) -> Result<(), Blocked> {
        let path = self.path.clone();
        let packet = match frame {
            Frame::Event(payload) => Packet::event(path, payload.to_value()),
            Frame::Ack(id, payload) => Packet::ack(path, payload.to_value(), *id),
        };
        // Without rooms and flags, the options name this one socket.
        let sent = self.adapter.local.broadcast(packet, BroadcastOptions::new(self.sid));
        sent.map_err(|errors| {
            if errors.iter().any(|error| matches!(error, SocketError::InternalChannelFull)) {
                Blocked::Full
            } else {
                Blocked::Gone
            }
        })
    }
}

impl Port for SocketPort {
    fn try_send(&self, _class: Class<'_>, frame: &Frame) -> Result<(), Blocked> {
        let Some(shortcut) = &self.shortcut else { return self.give(frame) };
        if frame.payload().whole().is_some_and(|whole| shortcut.write(whole)) {
            return Ok(());
        }
        if frame.large(&self.path).is_some_and(|large| shortcut.line_up(large)) {
            return Ok(());
        }
        shortcut.give(frame.payload().messages(), || self.give(frame))
    }

    fn leave(&self) -> Result<(), Blocked> {
        let Some(socket) = self.socket.upgrade() else { return Err(Blocked::Gone) };
        if !socket.connected() {
            return Err(Blocked::Gone);
        }
        socket.disconnect().map_err(|error| match error {
            SocketError::InternalChannelFull => Blocked::Full,
            SocketError::Closed => Blocked::Gone,
        })
    }
}
