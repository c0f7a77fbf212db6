//! The profile's contract as a program has it that reads and writes its JSON and knows nothing of
//! Tautline: plain types and names, written from the document by `tautline-rust … --types`.

#[rustfmt::skip]
mod profile;

pub use profile::*;
