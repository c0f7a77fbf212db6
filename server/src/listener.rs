//! Accepts TCP connections for axum: without Nagle's delay, and with an eye on peers that stop reading.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::{Listener, ListenerExt, TapIo};
#[cfg(any(target_os = "linux", target_os = "android"))]
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

use crate::arrivals::Arrivals;
use crate::guarded_io::GuardedIo;
use crate::io_handle::{IoHandle, IoLimits};
use crate::sentry::{Offence, Sentry, Suspect};

/// How long accepting rests when the process is out of file handles.
const REST: Duration = Duration::from_secs(1);

/// How much the kernel takes of a connection beyond what its peer has room for (`TCP_NOTSENT_LOWAT`). Without
/// it, Linux grows a send buffer to 4 MiB, for each of those who read slowly, and this server would learn of
/// them only then. What is on its way to a peer that reads is not bounded by it, so it costs no throughput
/// while it holds what a task writes before it is woken again.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT_BYTES: u32 = 128 * 1024;

/// The listener of [`Server::listener`](crate::Server::listener), for `axum::serve`. Its connections
/// know their [`SocketAddr`] as those of a plain `TcpListener` do.
pub type SocketListener = TapIo<GuardedListener, fn(&mut GuardedIo<TcpStream>)>;

/// Accepts guarded streams.
#[derive(Debug)]
pub struct GuardedListener {
    pub(crate) listener: TcpListener,
    pub(crate) limits: IoLimits,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) sentry: Arc<Sentry>,
}

impl GuardedListener {
    /// As axum takes it, which lets a listener of a foreign crate name its `SocketAddr` only so.
    pub(crate) fn for_axum(self) -> SocketListener {
        self.tap_io(|_| {})
    }

    /// The stream with a hand on it, unless its address has enough of them.
    fn admit(&self, stream: TcpStream, address: SocketAddr) -> Option<GuardedIo<TcpStream>> {
        let caller = self.arrivals.caller(address);
        let Ok(seat) = self.arrivals.seat_of_socket(caller) else {
            tracing::info!(
                client = caller.map(tracing::field::display),
                "refused a socket: its address has too many"
            );
            self.sentry.accuse(caller.map(Suspect::Address), Offence::Handshakes, None);
            return None;
        };
        prepare(&stream);
        let stream = GuardedIo::new(stream, IoHandle::new(self.limits));
        // A websocket leaves it, and takes a seat among the connections.
        Some(stream.on_drop(move || drop(seat)))
    }
}

impl Listener for GuardedListener {
    type Io = GuardedIo<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    if let Some(stream) = self.admit(stream, address) {
                        return (stream, address);
                    }
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Sets the options of a new connection. It works without them, only worse.
fn prepare(stream: &TcpStream) {
    // A small frame would wait some 40 ms for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot switch Nagle's delay off");
    }
    // Not every system can; the kernel's own bound holds there.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES) {
        tracing::debug!(%error, "cannot bound what the kernel holds of a slow reader");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
