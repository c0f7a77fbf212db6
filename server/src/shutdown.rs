//! The order in which a server goes down, so that every client comes back and every service hears of
//! every leaving.

use tautline::DisconnectReason;

use crate::transport::Transport;

impl Transport {
    /// Ends every connection.
    ///
    /// 1. Whoever comes gets 503 with `Retry-After`: a client takes any other answer for its last.
    /// 2. Every link gets its notice and is closed. socketioxide would tell nobody.
    /// 3. The engine closes its sessions. A client that does not read would hold it up forever.
    /// 4. What is left is cut.
    pub(crate) async fn shutdown(&self) {
        let core = &self.core;
        core.drain();
        let links = core.roster.links();
        tracing::info!(links = links.len(), "shutting down");
        for link in links {
            link.shut_down();
        }
        let closing = tokio::time::timeout(core.settings.shutdown_timeout, core.io.close());
        if closing.await.is_err() {
            tracing::warn!("some clients do not take the news: their connections are cut");
        }
        // Who entered while the links were walked was told by nobody yet.
        for link in core.roster.links() {
            link.shut_down();
        }
        for connection in core.roster.connections() {
            connection.end(DisconnectReason::ShuttingDown);
        }
    }
}
