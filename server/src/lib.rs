//! The runtime of Tautline contracts: authentication, rooms, acknowledgements, the journal and
//! everything else between a Socket.IO client and the service that implements a contract.

#![forbid(unsafe_code)]

// The transport: from TCP to one namespace of one client.
mod connection;
mod frame_out;
mod guarded_io;
mod identity;
mod link;
mod outbound;
#[cfg(test)]
mod recorder;

pub use identity::Identity;
