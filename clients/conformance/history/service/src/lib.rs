//! The application of the runs under faults: serves `/history` of the conformance contract. A crate of
//! its own, since it is compiled twice: against the contract's crate, and against the contract as it
//! was written from its document.
//!
//! [`service`] is what it does, and [`books`] in [`rows`] or [`filed`] where it writes.

#![forbid(unsafe_code)]

pub mod books;
pub mod filed;
pub mod rows;
pub mod service;
