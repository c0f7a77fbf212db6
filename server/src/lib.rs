//! The runtime of Tautline contracts: authentication, rooms, acknowledgements, the journal and
//! everything else between a Socket.IO client and the service that implements a contract.

#![forbid(unsafe_code)]

// The transport: from TCP to one namespace of one client.
mod adapter;
mod auth;
mod connect;
mod connection;
mod frame_out;
mod greeting;
mod guarded_io;
mod guest;
mod handshake;
mod identity;
mod io_handle;
mod jwt;
mod link;
mod listener;
mod origin;
mod outbound;
mod port;
#[cfg(test)]
mod recorder;
mod roster;
mod serve;
mod settings;
mod shutdown;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod trace;
mod transport;

// The runtime: from one namespace of one client to the service, and back to everybody.
mod builder;
mod clock;
mod commit;
mod context;
mod control;
mod core;
mod deadline;
mod emitter;
mod encode;
mod execute;
mod frame;
mod gate;
mod heads;
mod inbox;
mod join;
pub mod journal;
mod lane;
mod ledger;
mod lifecycle;
mod meta;
mod mount;
mod position;
mod problems;
mod publish;
mod question;
mod refuse;
mod resume;
mod room_table;
mod rooms;
mod runtime;
mod server;
mod session;
mod settlement;
mod sink;
mod stage;
mod tasks;
mod welcome;
mod writer;

pub use auth::{AuthError, Authentication, Authenticator, Credentials};
pub use builder::{BuildError, Builder};
pub use context::{Context, Tx};
pub use emitter::{Emit, EmitError, EmitterSink};
pub use guarded_io::GuardedIo;
pub use handshake::{SocketLayer, SocketService};
pub use identity::Identity;
pub use jwt::Jwt;
pub use listener::{GuardedListener, SocketListener};
pub use mount::Mount;
pub use origin::AllowedOrigins;
pub use position::{Extent, Position};
pub use rooms::RoomHandle;
pub use server::Server;
pub use settings::{Settings, Transports};
pub use sink::{CommandSink, TxSink};

// What a service's methods take and return, so that it needs nothing but its contract and this crate.
pub use tautline::{Answer, DisconnectReason, Failure, NoRefusal};
