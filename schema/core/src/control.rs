//! The library's own events.
