//! The contract against which servers and clients are tested. Nobody would use it: each namespace
//! holds what one family of tests needs.
//!
//! - [`echo`]: values of every kind, back to their sender.
//! - [`tables`]: rooms, with state, numbered events and questions.
//! - [`faults`]: everything that can go wrong.
//! - [`work`]: order, patience and load.
//! - [`history`]: marks that runs under faults leave behind.

pub mod echo;
pub mod faults;
pub mod history;
pub mod tables;
pub mod work;

use echo::Echo;
use faults::Faults;
use history::History;
use tables::Tables;
use work::Work;

tautline::contract! {
    name: "conformance",
    version: "1.0.0",
    namespaces: [Echo, Tables, Faults, Work, History],
    scopes: ["admin"],
    auth: jwt,
    guests: true,
}
