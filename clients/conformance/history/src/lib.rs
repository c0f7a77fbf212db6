//! Nothing is lost and nothing happens twice: clients and a server under faults, and a checker that
//! reads afterwards what each of them saw.
//!
//! 1. [`history`] is what everybody writes, [`checker`] what holds it against the storage.
//! 2. [`model`] is a client that follows the rules of clients, without I/O.
//! 3. [`sim`] runs a server, clients and faults in one thread under virtual time, from a seed.
//! 4. [`full`] does the same with processes, sockets and real clients.
//!
//! The application that both kinds of runs use is the crate `tautline-history-service`.

#![forbid(unsafe_code)]

pub mod anomaly;
pub mod checker;
mod crew;
pub mod dice;
pub mod full;
pub mod history;
pub mod model;
pub mod sim;
