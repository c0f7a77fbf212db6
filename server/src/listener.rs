//! Accepts TCP connections for axum: without Nagle's delay, and with an eye on peers that stop reading.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::{Listener, ListenerExt, TapIo};
use tokio::net::{TcpListener, TcpStream};

use crate::guarded_io::GuardedIo;
use crate::io_handle::{IoHandle, IoLimits};

/// How long accepting rests when the process is out of file handles.
const REST: Duration = Duration::from_secs(1);

/// The listener of [`Server::listener`](crate::Server::listener), for `axum::serve`. Its connections
/// know their [`SocketAddr`] as those of a plain `TcpListener` do.
pub type SocketListener = TapIo<GuardedListener, fn(&mut GuardedIo<TcpStream>)>;

/// Accepts guarded streams.
#[derive(Debug)]
pub struct GuardedListener {
    listener: TcpListener,
    limits: IoLimits,
}

/// A listener whose streams have these limits.
pub(crate) fn listener(listener: TcpListener, limits: IoLimits) -> SocketListener {
    // axum lets a listener of a foreign crate name its `SocketAddr` only through `TapIo`.
    GuardedListener { listener, limits }.tap_io(|_| {})
}

impl Listener for GuardedListener {
    type Io = GuardedIo<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // A small frame would wait some 40 ms for the acknowledgement of the one before.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "cannot switch Nagle's delay off");
                    }
                    return (GuardedIo::new(stream, IoHandle::new(self.limits)), address);
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

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
