//! The door of all namespaces that do not exist. socketioxide would answer by itself, and nobody would know
//! who tries one name after the other.

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use socketioxide::SocketIo;
use socketioxide::handler::{ConnectHandler, FromConnectParts, Value};
use socketioxide::socket::Socket;
use tautline::LibraryCode;

use crate::adapter::Unicast;
use crate::connect::{Admitting, Own, count_refusal};
use crate::connection::Connection;
use crate::note;
use crate::sentry::Offence;
use crate::trace::TraceId;

/// Every path but `/`, which has to be refused by its name.
pub(crate) const EVERYWHERE: &str = "/{*path}";

/// As much of a name as is logged.
const SHOWN: usize = 64;

/// Refuses whoever wants to enter.
#[derive(Clone, Copy)]
pub(crate) enum Nobody {
    /// At a namespace that the engine has made because somebody asked for it.
    Dynamic,
    /// At one that was made with the server.
    Fixed,
}

impl ConnectHandler<Unicast, Own> for Nobody {
    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket<Unicast>>,
        auth: &'a Option<Value>,
    ) -> Admitting<'a> {
        match self {
            Self::Dynamic => {
                // It would be remembered for ever.
                let Ok(io) = SocketIo::from_connect_parts(&socket, auth);
                io.delete_ns(socket.ns());
            }
            Self::Fixed => {}
        }
        let refusal: Box<dyn fmt::Display + Send> = Box::new(refuse(&socket));
        Box::pin(ready(Err(refusal)))
    }

    fn call(&self, _: Arc<Socket<Unicast>>, _: Option<Value>) {
        unreachable!("nobody is let in")
    }
}

/// Takes note of it, and gives the refusal as the client gets it.
fn refuse(socket: &Socket<Unicast>) -> String {
    let mut problem = LibraryCode::UnknownNamespace.problem();
    let trace = TraceId::new();
    problem.trace_id = trace.to_string();
    let connection = socket.req_parts().extensions.get::<Arc<Connection>>();
    let name: String = socket.ns().chars().take(SHOWN).collect();
    tracing::info!(
        namespace = name,
        connection = connection.map(|connection| connection.id().to_string()),
        client = connection.and_then(|connection| connection.peer().client()).map(tracing::field::display),
        trace_id = %trace,
        "the namespace does not exist"
    );
    note::count(LibraryCode::UnknownNamespace);
    if let Some(connection) = connection {
        connection.help().fill(&mut problem);
        connection.note_entering();
        connection.sentry().blame_address(connection, Offence::Mistake);
        count_refusal(connection);
    }
    serde_json::to_string(&problem).unwrap_or_else(|_| problem.code.clone())
}
