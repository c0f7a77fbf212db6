//! The door of a namespace: who may enter, and what is installed on the socket before it may speak.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use socketioxide::handler::{ConnectHandler, DisconnectHandler, MessageHandler, Value};
use socketioxide::socket::{DisconnectReason as Gone, Socket};
use tautline::{DisconnectReason, LibraryCode, Problem};
use tracing::Instrument;

use crate::adapter::{Adapters, SocketPort, Unicast};
use crate::arrivals::Arrivals;
use crate::auth::Gate;
use crate::connection::Connection;
use crate::greeting::{Greeting, Said};
use crate::handshake;
use crate::link::{Arrived, Inbox, Link, panic_message};
use crate::note;
use crate::roster::Roster;
use crate::sentry::{Offence, Suspect};
use crate::trace::TraceId;
use crate::versions::{Admission, ContractFit, Versions};

/// So many refusals on one connection, and it ends: each costs a check of credentials.
const REFUSALS: u32 = 10;

/// What all doors of a server share.
pub(crate) struct Doorkeeper {
    pub(crate) versions: Arc<Versions>,
    /// What becomes of stock clients.
    pub(crate) stock_clients: Admission,
    /// What becomes of clients of which the table of versions says nothing.
    pub(crate) unlisted_clients: Admission,
    pub(crate) gate: Gate,
    pub(crate) adapters: Arc<Adapters>,
    pub(crate) roster: Arc<Roster>,
    /// The longest `auth` that is read, in bytes.
    pub(crate) greeting_bytes: usize,
    pub(crate) is_draining: Arc<std::sync::atomic::AtomicBool>,
    pub(crate) arrivals: Arc<Arrivals>,
}

impl Doorkeeper {
    /// Lets in who speaks the server's contract, or a state of it that still works.
    fn check_version(&self, greeting: &Greeting) -> Result<ContractFit, Box<Problem>> {
        let claimed = greeting.contract.as_ref();
        let version = claimed.map(|claimed| &*claimed.version);
        let hash = claimed.map(|claimed| &*claimed.hash);
        let fit = self.versions.judge(claimed);
        let admission = match fit {
            ContractFit::Same => return Ok(fit),
            ContractFit::Compatible => {
                tracing::debug!(version, hash, "an older client, which goes on working");
                return Ok(fit);
            }
            ContractFit::Unsaid => self.stock_clients,
            ContractFit::Unlisted => self.unlisted_clients,
            ContractFit::Incompatible | ContractFit::Foreign => Admission::Refuse,
        };
        if fit == ContractFit::Unlisted {
            tracing::warn!(
                version,
                hash,
                "the client knows a state of the contract of which `contract.compat.json` says \
                 nothing: run `cargo contract -p <the contract's crate> write` and build the page \
                 anew, or put the lock of that version into `locks`"
            );
        }
        match admission {
            Admission::Admit => Ok(fit),
            Admission::Refuse => {
                tracing::info!(version, hash, ?fit, "the client is of another contract");
                Err(LibraryCode::UpgradeClient.problem().into())
            }
        }
    }
}

/// One namespace's door.
#[derive(Clone)]
pub(crate) struct Door {
    keeper: Arc<Doorkeeper>,
    inbox: Arc<dyn Inbox>,
}

/// Tells our handlers apart from socketioxide's closures.
pub(crate) enum Own {}

/// The link of a socket whose CONNECT is being answered.
#[derive(Clone)]
struct Arriving(Arc<Link>);

/// The answer to a CONNECT that is being made.
pub(crate) type Admitting<'a> =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn fmt::Display + Send>>> + Send + 'a>>;

impl Door {
    pub(crate) fn new(keeper: Arc<Doorkeeper>, inbox: Arc<dyn Inbox>) -> Self {
        Self { keeper, inbox }
    }

    /// Lets the socket in, or says why not.
    async fn admit(
        &self,
        socket: &Arc<Socket<Unicast>>,
        auth: Option<&str>,
    ) -> Result<(), Box<Problem>> {
        let keeper = &self.keeper;
        let path = self.inbox.facts().path;
        let Some(connection) = socket.req_parts().extensions.get::<Arc<Connection>>() else {
            return Err(self.fault("the connection did not come through the server's own service"));
        };
        if keeper.is_draining.load(std::sync::atomic::Ordering::Acquire) {
            return Err(LibraryCode::ShuttingDown.problem().into());
        }
        connection.note_entering();
        connection.sentry().informed().await;
        if let Some(client) = connection.peer().client() {
            self.look_at(connection, &Suspect::Address(client))?;
        }
        if auth.is_some_and(|auth| auth.len() > keeper.greeting_bytes) {
            return Err(LibraryCode::PayloadTooLarge.problem().into());
        }
        let greeting = Greeting::read(auth)?;
        let fit = keeper.check_version(&greeting)?;
        if let Some(client) = &greeting.client {
            tracing::debug!(client = client.name, version = client.version, "the client's runtime");
        }
        let identity = keeper.gate.admit(connection, &greeting).await;
        let identity = identity.map_err(|denial| {
            tracing::info!(cause = %denial.cause, "the caller was not recognised");
            if denial.code == LibraryCode::TokenInvalid {
                connection.sentry().blame_address(connection, Offence::BadCredentials);
            }
            Box::new(denial.code.problem())
        })?;
        if !identity.guest {
            self.look_at(connection, &Suspect::User(identity.subject.clone()))?;
        }
        if connection.seat_user(&identity.subject, &keeper.arrivals).is_err() {
            tracing::info!(subject = identity.subject, "the user has too many connections");
            return Err(Box::new(handshake::too_many()));
        }
        let Some(adapter) = keeper.adapters.of(path) else {
            return Err(self.fault("the namespace has no adapter"));
        };
        let port = SocketPort::new(adapter, path, socket, connection.shortcut());
        let link = Link::new(
            Arc::clone(connection),
            Arc::clone(&self.inbox),
            identity,
            Box::new(port),
            Arc::clone(&keeper.roster),
        );
        link.note_said(Said::of(&greeting, fit));
        // Before CONNECT is answered: what the client sends next must find them.
        socket.on_fallback(Reader(Arc::clone(&link)));
        socket.on_disconnect(Closer(Arc::clone(&link)));
        socket.extensions.insert(Arriving(link));
        Ok(())
    }

    /// Sends those away who are banned, and their connection with them.
    fn look_at(&self, connection: &Arc<Connection>, suspect: &Suspect) -> Result<(), Box<Problem>> {
        match connection.sentry().refusal(suspect) {
            None => Ok(()),
            Some(problem) => {
                connection.put_out();
                Err(problem.into())
            }
        }
    }

    fn fault(&self, cause: &str) -> Box<Problem> {
        tracing::error!(namespace = self.inbox.facts().path, cause, "nobody can enter");
        LibraryCode::Internal.problem().into()
    }

    /// The refusal as the client gets it: socketioxide carries one string.
    fn refuse(
        &self,
        socket: &Socket<Unicast>,
        mut problem: Box<Problem>,
        trace: &TraceId,
    ) -> String {
        problem.trace_id = trace.to_string();
        note::refused(self.inbox.facts(), "connect", &problem);
        self.inbox.refused(&problem.code);
        if let Some(connection) = socket.req_parts().extensions.get::<Arc<Connection>>() {
            connection.help().fill(&mut problem);
            count_refusal(connection);
        }
        serde_json::to_string(&problem).unwrap_or_else(|_| problem.code.clone())
    }
}

/// Counts a refusal, and ends the connection that has had enough of them.
pub(crate) fn count_refusal(connection: &Arc<Connection>) {
    if connection.count_refusal() == REFUSALS {
        let client = connection.peer().client().map(tracing::field::display);
        tracing::warn!(connection = %connection.id(), client, "refused too often");
        connection.end(DisconnectReason::ProtocolError);
    }
}

impl ConnectHandler<Unicast, Own> for Door {
    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket<Unicast>>,
        auth: &'a Option<Value>,
    ) -> Admitting<'a> {
        let trace = TraceId::new();
        let connection = socket.req_parts().extensions.get::<Arc<Connection>>();
        let span = tracing::info_span!(
            "connect",
            namespace = self.inbox.facts().path,
            connection = connection.map(|connection| connection.id().to_string()),
            client = connection.and_then(|connection| connection.peer().client()).map(tracing::field::display),
            trace_id = %trace,
        );
        let admission = async move {
            let auth = auth.as_ref().and_then(Value::as_str).map(|auth| auth.as_str());
            let admitted = AssertUnwindSafe(self.admit(&socket, auth)).catch_unwind().await;
            let admitted = admitted.unwrap_or_else(|panic| Err(self.fault(panic_message(&*panic))));
            admitted.map_err(|problem| -> Box<dyn fmt::Display + Send> {
                Box::new(self.refuse(&socket, problem, &trace))
            })
        };
        Box::pin(admission.instrument(span))
    }

    fn call(&self, socket: Arc<Socket<Unicast>>, _auth: Option<Value>) {
        let Some(Arriving(link)) = socket.extensions.remove::<Arriving>() else { return };
        link.open();
    }
}

/// Takes every event of one socket, in the order of the wire.
struct Reader(Arc<Link>);

impl MessageHandler<Unicast, Own> for Reader {
    fn call(&self, _socket: Arc<Socket<Unicast>>, value: Value, ack: Option<i64>) {
        match value {
            Value::Str(args, attachments) => {
                let attachments = attachments.map(Vec::from).unwrap_or_default();
                self.0.receive(Arrived { args, attachments, ack });
            }
            // The common parser makes none of these.
            Value::Bytes(_) => self.0.close(DisconnectReason::ProtocolError),
        }
    }
}

/// Hears that one socket is gone. Must neither fail nor wait: until it is done, the socket stays in
/// its namespace.
struct Closer(Arc<Link>);

impl DisconnectHandler<Unicast, Own> for Closer {
    fn call_with_defer(
        &self,
        socket: Arc<Socket<Unicast>>,
        reason: Gone,
        defer: fn(Arc<Socket<Unicast>>),
    ) {
        let connection = self.0.connection();
        // A stream that has neither failed nor ended carried something that is no websocket, or a frame that
        // is too large.
        let is_broken = match reason {
            Gone::PacketParsingError => true,
            Gone::TransportError => connection.ended().is_none() && connection.io().is_sound(),
            Gone::TransportClose
            | Gone::MultipleHttpPollingError
            | Gone::HeartbeatTimeout
            | Gone::ClientNSDisconnect
            | Gone::ServerNSDisconnect
            | Gone::ClosingServer => false,
        };
        if is_broken {
            connection.sentry().blame(&self.0, Offence::BrokenProtocol);
        }
        self.0.finish(match reason {
            Gone::ClientNSDisconnect => DisconnectReason::ClientLeft,
            Gone::HeartbeatTimeout => DisconnectReason::HeartbeatTimeout,
            Gone::MultipleHttpPollingError | Gone::PacketParsingError => {
                DisconnectReason::ProtocolError
            }
            Gone::ServerNSDisconnect => DisconnectReason::Kicked,
            Gone::ClosingServer => DisconnectReason::ShuttingDown,
            Gone::TransportError if is_broken => DisconnectReason::ProtocolError,
            // What the engine sees of a connection that we cut.
            Gone::TransportClose | Gone::TransportError => {
                connection.ended().unwrap_or(DisconnectReason::ConnectionLost)
            }
        });
        defer(socket);
    }
}
