//! The runtime through the wire: a real server, a real service and a real contract, in one process.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod bans;
mod breaker;
mod connections;
mod contract;
mod elsewhere;
mod failpoints;
mod failures;
mod fanout;
mod help;
mod journal;
mod lab;
mod lanes;
mod ledger;
mod lifecycle;
mod lounge;
mod notes;
mod observed;
mod outcomes;
mod questions;
mod rates;
mod resume;
mod rights;
mod rooms;
mod streams;
mod tokens;
