//! Streams through the wire: text that grows while its readers watch, whatever happens to it.

mod contract;
mod course;
mod endings;
mod journal;
mod producers;
mod readers;
mod restart;
mod scribe;
