//! The third argument of a command: what the library's clients say about it. A stock client says
//! nothing, and everything here is optional.

use serde::Deserialize;
use tautline::Uuid;

/// What a client says about its command. Unknown fields are for newer servers and ignored.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    /// The idempotency key.
    pub(crate) id: Option<Uuid>,
    /// The command before it in its lane that the client has not yet seen settled.
    pub(crate) after: Option<Uuid>,
    /// Set when the command was sent before.
    pub(crate) resent: Option<Resent>,
    /// The trace id that the client wants to find it by.
    pub(crate) trace: Option<String>,
}

/// What the client knows about the first attempt.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resent {
    /// The ledger that was there at the first attempt.
    pub(crate) ledger: String,
    /// How long ago the first attempt was, in milliseconds.
    pub(crate) age_ms: u64,
}
