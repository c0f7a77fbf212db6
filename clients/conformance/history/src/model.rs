//! A client that follows the rules of clients, without I/O: packets and the time in, packets out. Its
//! parts run the same cases as those of the other clients.

pub mod backoff;
pub mod client;
pub mod cursor;
pub mod queue;
pub mod recovery;
mod rooms;
