//! The contract against which servers and clients are tested. Nobody would use it: each namespace
//! holds what one family of tests needs.
//!
//! - [`echo`]: values of every kind, back to their sender.
//! - [`tables`]: rooms, with state, numbered events and questions.
//! - [`faults`]: everything that can go wrong.
//! - [`recovery`]: refusals of every category.
//! - [`work`]: order, patience and load.
//! - [`recitals`]: streams whose speakers leave and come back.
//! - [`history`]: marks that runs under faults leave behind.
//! - [`chat`]: what a page of people who talk needs.

pub mod chat;
pub mod echo;
pub mod faults;
pub mod history;
pub mod recitals;
pub mod recovery;
pub mod tables;
pub mod work;

use chat::Chat;
use echo::Echo;
use faults::Faults;
use history::History;
use recitals::Recitals;
use recovery::Recovery;
use tables::Tables;
use work::Work;

tautline::contract! {
    name: "conformance",
    version: "1.0.0",
    namespaces: [Echo, Tables, Faults, Work, History, Chat, Recitals, Recovery],
    scopes: ["admin"],
    auth: jwt,
    guests: true,
}
