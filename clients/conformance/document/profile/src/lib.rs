//! The profile's contract, written from its document by `tautline-rust`: nothing here knows the crate
//! in which it was declared.

#![expect(missing_docs, reason = "a document has no words for what its contract left without")]

#[rustfmt::skip]
mod contract;

pub use contract::*;
