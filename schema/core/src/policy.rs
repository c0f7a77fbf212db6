//! How an event is delivered, limited and kept: the policy half of a contract, as plain data.

use crate::RoomFacts;

/// How hard the library tries, and what it promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// May be lost. Client → server: not acknowledged. Server → client: may be conflated.
    Volatile,
    /// Client → server: runs at most once; a cut in flight leaves the outcome unknown.
    AtMostOnce,
    /// Client → server: sent again until it is settled, and takes effect once.
    Idempotent,
    /// Server → client: in order, dropped only when the receiver's queue is full, and counted.
    Live,
    /// Server → client: numbered in its room, stored, and recovered after a cut.
    Durable,
}

impl Delivery {
    /// The name in documents and descriptors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Volatile => "volatile",
            Self::AtMostOnce => "at_most_once",
            Self::Idempotent => "idempotent",
            Self::Live => "live",
            Self::Durable => "durable",
        }
    }
}

/// In which order commands of one connection run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// One after the other within the event's room, or within the namespace if it has none.
    Room,
    /// One after the other with all events of this lane name.
    Named(&'static str),
    /// In any order.
    None,
}

/// What the client does with a command while there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offline {
    /// Keeps it and sends it later, for at most this long.
    Queue {
        /// Time to live in milliseconds.
        ttl_ms: u64,
    },
    /// Refuses it at once with `offline`.
    Fail,
    /// Forgets it.
    Drop,
}

/// So many events in so long a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In how many milliseconds.
    pub per_ms: u64,
}

/// How long a room keeps its durable events. Both bounds hold; `None` is no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// At most so many events.
    pub count: Option<u32>,
    /// At most so many milliseconds.
    pub age_ms: Option<u64>,
}

impl Retention {
    /// What a room keeps that does not say: a thousand events for a day.
    pub const DEFAULT: Self = Self { count: Some(1_000), age_ms: Some(86_400_000) };
}

/// An event that is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deprecated {
    /// The event to use instead.
    pub replacement: Option<&'static str>,
    /// Why, in a sentence.
    pub note: &'static str,
}

/// Everything a contract says about one event besides its types.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How hard the library tries.
    pub delivery: Delivery,
    /// How long the handler may take, in milliseconds.
    pub timeout_ms: u32,
    /// The rooms that the event belongs to; their names come from the payload.
    pub rooms: &'static [&'static RoomFacts],
    /// The order in which it runs.
    pub lane: Lane,
    /// The scopes of which the caller must hold all.
    pub scopes: &'static [&'static str],
    /// Whether a guest may send it.
    pub guests: bool,
    /// How often one user may send it, over all their connections.
    pub rate: Option<Rate>,
    /// How much one call takes from what all events of a connection, and of a user, may cost.
    pub cost: u32,
    /// The largest payload in bytes of JSON.
    pub max_bytes: u32,
    /// What the client does while there is no connection.
    pub offline: Offline,
    /// For how many milliseconds the answer of an idempotent command is remembered.
    pub window_ms: u64,
    /// The feature flag that turns it on.
    pub flag: Option<&'static str>,
    /// The contract version in which it came.
    pub since: Option<&'static str>,
    /// Set when it is on its way out.
    pub deprecated: Option<Deprecated>,
    /// An example payload as JSON, of the payload's own Rust type.
    pub example: Option<fn() -> serde_json::Value>,
    /// An example answer as JSON, of the answer's own Rust type.
    pub answer_example: Option<fn() -> serde_json::Value>,
}

impl Policy {
    /// A command that says nothing: at most once, ten seconds, 64 KiB, no rooms.
    ///
    /// The ten seconds are Centrifugo's and SignalR's order of magnitude for one call; 64 KiB is
    /// what Ably and Centrifugo allow for one message.
    pub const DEFAULT: Self = Self {
        delivery: Delivery::AtMostOnce,
        timeout_ms: 10_000,
        rooms: &[],
        lane: Lane::Room,
        scopes: &[],
        guests: false,
        rate: None,
        cost: 1,
        max_bytes: 65_536,
        offline: Offline::Fail,
        window_ms: 86_400_000,
        flag: None,
        since: None,
        deprecated: None,
        example: None,
        answer_example: None,
    };
}
