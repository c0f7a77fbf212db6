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
mod handshake;
mod identity;
mod jwt;
mod link;
mod listener;
mod origin;
mod outbound;
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

pub use auth::{AuthError, Authentication, Authenticator, Credentials};
pub use guarded_io::GuardedIo;
pub use handshake::{SocketLayer, SocketService};
pub use identity::Identity;
pub use jwt::Jwt;
pub use listener::{GuardedListener, SocketListener};
pub use origin::AllowedOrigins;
pub use settings::{Settings, Transports};
