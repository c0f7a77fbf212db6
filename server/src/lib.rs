//! The runtime of Tautline contracts: authentication, rooms, acknowledgements, the journal and
//! everything else between a Socket.IO client and the service that implements a contract.
//!
//! In learning order:
//!
//! 1. [`Server::builder`] takes a contract, mounts a service for each of its namespaces and says what
//!    is missing. [`Settings`] has the limits and times, each with its reason.
//! 2. A service implements the server trait of its namespace. [`Context`] is what its methods know of
//!    a call: who called, what to emit, and [`Context::commit`], which stores the answer, the durable
//!    events and the application's own rows as one step.
//! 3. [`Server::emitter`] and [`Server::room`] are for everything outside of a call: timers, HTTP
//!    handlers, workers. A [`Stream`] is an event whose text comes in parts.
//!    [`Server::presence`] and [`Server::receipts`] say who is in a room and how far each has read.
//!    An [`Observer`] counts what happens.
//! 4. [`journal`] is where durable events and answers live. [`journal::Memory`] goes with the process,
//!    `journal::Sqlite` (feature `sqlite`, on by default) is a file, in which an application's own
//!    tables have room, too.
//! 5. [`Server::layer`], [`Server::router`] and [`Server::serve`] put it beside an application's own
//!    routes; [`Server::shutdown`] ends it in good order.
//! 6. `testing` (feature `testing`) is a client in the same process, for the tests of a service.
//!
//! ```
//! use tautline::{contract, contract_error, namespace, payload, room};
//! use tautline_server::{Answer, Context, Server};
//!
//! /// A counter that everybody in its room sees.
//! #[room("counter:{name}")]
//! pub struct Counter { pub name: String }
//!
//! /// How far it is.
//! #[payload]
//! pub struct Count { pub name: String, pub count: u32 }
//!
//! /// Why it was not counted.
//! #[contract_error]
//! pub enum CounterError {
//!     /// It is full.
//!     #[problem(category = capacity, message = "It is full.", hint = "Begin another one.")]
//!     Full,
//! }
//!
//! /// What a client may ask for.
//! #[namespace("/counters", client = CountersClient)]
//! pub trait CountersServer {
//!     /// Shows a counter.
//!     #[join]
//!     async fn join_counter(room: Counter) -> Result<Count, CounterError>;
//!
//!     /// Counts.
//!     #[event(delivery = idempotent, room = Counter)]
//!     async fn count(counter: Count) -> Result<Count, CounterError>;
//! }
//!
//! /// What the server tells.
//! #[namespace("/counters", side = client)]
//! pub trait CountersClient {
//!     /// Somebody counted.
//!     #[event(delivery = durable, room = Counter)]
//!     fn counted(count: Count);
//! }
//!
//! contract! { name: "counters", version: "1.0.0", namespaces: [Counters], scopes: [], auth: none, guests: true }
//!
//! struct Service;
//!
//! impl CountersServer for Service {
//!     type Context = Context<Counters>;
//!
//!     async fn authorize_counter(&self, _: &Self::Context, _: &Counter) -> Answer<(), CounterError> {
//!         Ok(())
//!     }
//!
//!     async fn join_counter(&self, _: &Self::Context, room: &Counter) -> Answer<Count, CounterError> {
//!         Ok(Count { name: room.name.clone(), count: 0 })
//!     }
//!
//!     async fn count(&self, cx: &Self::Context, next: Count) -> Answer<Count, CounterError> {
//!         if next.count > 99 {
//!             return Err(CounterError::Full)?;
//!         }
//!         cx.commit(move |tx| {
//!             tx.emit().counted(&next);
//!             Ok(next)
//!         })
//!         .await
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::builder(contract()).namespace::<Counters>(Service).build()?;
//! let app: axum::Router = axum::Router::new().merge(server.router());
//! # let _ = app;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

// The transport: from TCP to one namespace of one client.
mod adapter;
mod address;
mod arrivals;
mod auth;
mod closing;
mod connect;
mod connection;
mod connections;
mod frame_out;
mod greeting;
mod guarded_io;
mod guest;
mod handshake;
mod help;
mod identity;
mod io_handle;
mod jwt;
mod limits;
mod link;
mod listener;
mod origin;
mod outbound;
mod pace;
mod port;
#[cfg(test)]
mod recorder;
mod revocation;
mod roster;
mod sentry;
mod serve;
mod settings;
mod shortcut;
mod shutdown;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod trace;
mod transport;
mod versions;

// The runtime: from one namespace of one client to the service, and back to everybody.
mod alarms;
mod builder;
mod chance;
mod clock;
mod commit;
mod context;
mod control;
mod core;
mod deadline;
mod emitter;
mod encode;
mod execute;
#[cfg(feature = "failpoints")]
pub mod failpoint;
#[cfg(not(feature = "failpoints"))]
mod failpoint;
mod fingerprint;
mod frame;
mod gate;
mod heads;
mod inbox;
mod join;
pub mod journal;
mod lane;
mod ledger;
mod lifecycle;
mod membership;
mod meta;
mod mount;
mod nobody;
mod note;
mod observe;
mod position;
mod presence;
mod problems;
mod publish;
mod question;
mod rates;
mod receipt;
mod refuse;
mod resume;
mod room_kinds;
mod room_table;
mod rooms;
mod runtime;
mod server;
mod session;
mod settlement;
mod sink;
mod stage;
mod standing;
mod stream;
mod tasks;
mod term;
mod welcome;
mod writer;

pub use address::ClientAddress;
pub use auth::{AuthError, Authentication, Authenticator, Credentials};
pub use builder::{BuildError, Builder};
pub use connections::{Carrier, Connected, ConnectionFilter, Connections, Entered};
pub use context::{Context, NoConnection, Tx};
pub use emitter::{Emit, EmitError, EmitterSink};
pub use guarded_io::GuardedIo;
pub use handshake::{SocketLayer, SocketService};
pub use identity::Identity;
pub use jwt::Jwt;
pub use limits::{Allowance, Limits};
pub use listener::{GuardedListener, SocketListener};
pub use mount::Mount;
pub use observe::{Fact, Observer};
pub use origin::AllowedOrigins;
pub use position::{Extent, Position};
pub use presence::Present;
pub use revocation::Revocations;
pub use rooms::RoomHandle;
pub use sentry::{Ban, Bans, Decision, NotStored, Offence, Suspect, Suspicion, Verdict};
pub use server::Server;
pub use settings::{Settings, Transports};
pub use sink::{CommandSink, TxSink};
pub use stream::{SoFar, Stream, StreamError};
pub use versions::{Admission, ContractFit, VersionCounts};

/// The networks that [`Limits`] and [`Settings`] name: `"10.0.0.0/8".parse()?`.
pub use ipnet::IpNet;

/// The SQLite that the journal is written with: a second one would be linked beside it.
#[cfg(feature = "sqlite")]
pub use rusqlite;

// What a service's methods take and return, so that it needs nothing but its contract and this crate.
pub use tautline::{Answer, DisconnectReason, Failure, NoRefusal, Outcome};
