//! Streams through the wire: text that grows while its readers watch, whatever happens to it.

mod chaos;
mod contract;
mod course;
mod endings;
mod journal;
mod producers;
mod questions;
mod readers;
mod restart;
mod scribe;
