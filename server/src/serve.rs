//! Serves an application together with the server on one port.
//!
//! Not by `axum::serve`, which gives a client all the time in the world to say what it wants: whoever
//! opens a connection and sends nothing, or a letter a minute, would hold it for ever.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Layer;

use crate::guarded_io::GuardedIo;
use crate::io_handle::IoLimits;
use crate::listener::{GuardedListener, SocketListener};
use crate::sentry::{Offence, Suspect};
use crate::transport::{Core, Transport};

impl Transport {
    /// A listener for `axum::serve`.
    pub(crate) fn listener(&self, tcp: TcpListener) -> SocketListener {
        let settings = &self.core.settings;
        let limits = IoLimits { stall: settings.stall_timeout, pause: settings.ping_timeout / 2 };
        let (arrivals, sentry) = (Arc::clone(&self.core.arrivals), Arc::clone(&self.core.sentry));
        GuardedListener { listener: tcp, limits, arrivals, sentry }.for_axum()
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
        // Each connection that is no websocket holds a receiver.
        let is_ending = watch::Sender::new(false);
        let mut ended = std::pin::pin!(ended);
        loop {
            let (stream, address) = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut ended => break,
            };
            serve_one(stream, address, app.clone(), &self.core, is_ending.subscribe());
        }
        drop(listener);
        // The application's own requests may take so long and no longer.
        is_ending.send_replace(true);
        if tokio::time::timeout(settings.shutdown_timeout, is_ending.closed()).await.is_err() {
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
    core: &Arc<Core>,
    mut is_ending: watch::Receiver<bool>,
) {
    let handle = stream.handle();
    let core = Arc::clone(core);
    let patience = core.settings.connect_timeout;
    // Only HTTP/1.1: finding out which one it is would wait for the client without a limit.
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience);
    // Handlers find the address where `axum::serve` puts it.
    let app = Extension(ConnectInfo(address)).layer(app);
    let service = TowerToHyperService::new(app);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::spawn(async move {
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = async { let _said = is_ending.wait_for(|is_ending| *is_ending).await; } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        let Err(error) = ended else { return };
        let is_late = error.is_timeout();
        // One that was answered before only rests.
        if !is_late || handle.bytes_out() > 0 {
            tracing::debug!(%address, %error, "a connection ended");
            return;
        }
        let bytes = handle.bytes_in();
        tracing::info!(%address, bytes, "a connection did not say in time what it wants");
        // Browsers open connections before they know what for. They do not write a letter at a time.
        if bytes > 0 {
            let caller = core.arrivals.caller(address).map(Suspect::Address);
            core.sentry.accuse(caller, Offence::NeverEntered, None);
        }
    });
}
