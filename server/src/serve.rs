//! Serves an application together with the server on one port.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::guarded_io::IoLimits;
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
        let app = app.layer(self.layer()).into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(self.listener(tcp), app).with_graceful_shutdown(async {
            // Also when the sender is dropped: nobody waits for this server any more.
            let _ended_or_dropped = stopped.await;
        });
        let ending = async {
            ended.await;
            // The receiver is gone only if serving has ended.
            let _is_serving = stop.send(());
            // The application's own requests may take so long and no longer.
            tokio::time::sleep(self.core.settings.shutdown_timeout).await;
        };
        tokio::select! {
            served = serving.into_future() => served,
            () = ending => Ok(()),
        }
    }
}
