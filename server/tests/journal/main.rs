//! Journals: one suite that all of them pass, and what only a file can show.

#![expect(clippy::unwrap_used, reason = "tests")]

#[cfg(all(feature = "sqlite", target_os = "linux"))]
mod disk;
mod sample;
#[cfg(feature = "sqlite")]
mod shop;
mod suite;

#[cfg(feature = "sqlite")]
mod sqlite;
