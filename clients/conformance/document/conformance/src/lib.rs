//! The conformance contract, written from its document by `tautline-rust`: nothing here knows the
//! crate in which it was declared.

#![expect(missing_docs, reason = "a document has no words for what its contract left without")]

#[rustfmt::skip]
pub mod contract;
mod rules;

pub use contract::contract;

// A document does not say which module a type was declared in. The handlers, which are those of the
// conformance server, find each where they look for it. A new module of the contract gets its name here.
pub use contract::{
    self as chat, self as echo, self as faults, self as history, self as recitals,
    self as recovery, self as tables, self as work,
};
