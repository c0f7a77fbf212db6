//! The application through the wire: the real server, its store and its contract, in one process.

#![expect(clippy::unwrap_used, reason = "tests")]

mod agents;
mod chat;
mod config;
mod house;
mod restart;
mod seed;
mod sign_in;
mod tasks;
