//! The server itself, for services that reach beyond their caller. It exists only after them.

use std::io;
use std::sync::{Arc, OnceLock};

use tautline_server::Server;

/// The server, once it is built.
#[derive(Clone, Default)]
pub(crate) struct House(Arc<OnceLock<Server>>);

impl House {
    /// The server is built.
    pub(crate) fn open(&self, server: Server) {
        // Built once.
        let _first = self.0.set(server);
    }

    /// The server.
    pub(crate) fn server(&self) -> io::Result<&Server> {
        self.0.get().ok_or_else(|| io::Error::other("the server is not built yet"))
    }
}
