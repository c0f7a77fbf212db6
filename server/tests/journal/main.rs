//! Journals: one suite that all of them pass, and what only a file can show.

#![expect(clippy::unwrap_used, reason = "tests")]

mod sample;
mod suite;
