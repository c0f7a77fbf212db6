//! Serves an application together with the server on one port.
//!
//! Not by `axum::serve`, which gives a client all the time in the world to say what it wants: whoever
//! opens a connection and sends nothing, or a letter a minute, would hold it for ever.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::Layer;

use crate::guarded_io::GuardedIo;
use crate::io_handle::IoLimits;
use crate::listener::{self, SocketListener};
use crate::transport::Transport;

impl Transport {
    /// A listener for `axum::serve`.
    pub(crate) fn listener(&self, tcp: TcpListener) -> SocketListener {
        let settings = &self.core.settings;
        let limits = IoLimits { stall: settings.stall_timeout, pause: settings.ping_timeout / 2 };
        listener::listener(tcp, limits)
    }

    /// Serves until `ended` is done, and stops listening only then: clients that come meanwhile are
    /// told when to come again.
    pub(crate) async fn serve(
        &self,
        tcp: TcpListener,
        app: Router,
        ended: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let app = app.layer(self.layer());
        let settings = &self.core.settings;
        let mut listener = self.listener(tcp);
        let open = GracefulShutdown::new();
        let mut ended = std::pin::pin!(ended);
        loop {
            let (stream, address) = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut ended => break,
            };
            serve_one(stream, address, app.clone(), settings.connect_timeout, &open);
        }
        drop(listener);
        // The application's own requests may take so long and no longer.
        if tokio::time::timeout(settings.shutdown_timeout, open.shutdown()).await.is_err() {
            tracing::warn!("some requests have not ended");
        }
        Ok(())
    }
}

/// Serves one connection on a task of its own. A websocket leaves it with its upgrade.
fn serve_one(
    stream: GuardedIo<TcpStream>,
    address: SocketAddr,
    app: Router,
    patience: Duration,
    open: &GracefulShutdown,
) {
    // Only HTTP/1.1: finding out which one it is would wait for the client without a limit.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    // Handlers find the address where `axum::serve` puts it.
    let app = Extension(ConnectInfo(address)).layer(app);
    let service = TowerToHyperService::new(app);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let connection = open.watch(connection.into_owned());
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%address, %error, "a connection ended");
        }
    });
}
