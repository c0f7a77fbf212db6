//! A proxy for tests that understands Engine.IO v4 and Socket.IO v5, over websockets and polling, and
//! breaks what rules tell it to: by link, direction, kind, namespace, event and count.
//!
//! In reading order:
//!
//! 1. [`Rule`] says which frames ([`When`]), how often, and what becomes of them ([`Action`]); [`storm`]
//!    draws rules from a seed.
//! 2. [`FaultProxy`] stands before a server. It also cuts, stops and lets go on at once, without a rule.
//! 3. [`Entry`] is what it did, or what passed; [`Search`] finds entries and waits for them.
//! 4. [`EnginePacket`], [`SocketPacket`] and [`Frame`] are what it reads; [`Rules`] and [`Trips`] are
//!    what it thinks. All of these are pure.
//!
//! The program `tautline-fault-proxy` is the same for tests that are not written in Rust: orders come
//! in and answers go out, a JSON object a line. It ends with its standard input.

#![forbid(unsafe_code)]

mod answers;
mod chance;
mod desk;
mod engine_packet;
mod frame;
mod handshake;
mod line;
mod link;
mod log;
mod polling;
mod proxy;
mod pump;
mod rule;
mod rules;
mod socket_packet;
mod storm;
mod trips;
mod upstream;

pub use engine_packet::{EnginePacket, Piece, read_body, write_body};
pub use frame::{Assembler, Direction, Frame, Kind};
pub use log::{Act, Entry, Search};
pub use proxy::{FaultProxy, Options, StartError};
pub use rule::{Action, Half, LinkId, Rule, RuleId, Way, When};
pub use rules::Rules;
pub use socket_packet::{SocketKind, SocketPacket};
pub use storm::storm;
pub use trips::Trips;
