//! What the dispatcher and the emitters need of values.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

use crate::{Answer, Cause, ContractError, Encoded, Refusal, Reply, Report, Room, Wire, encode};

/// The payload of an event that has none: `{}`.
#[crate::payload]
pub struct NoPayload {}

/// The answer of a handler, as it travels.
///
/// # Errors
/// What the handler refused, and what serde says of an answer that cannot be written.
pub fn reply<T: Serialize, E: ContractError>(answer: Answer<T, E>) -> Reply {
    let value = answer.map_err(Refusal::from)?;
    encode(&value).map_err(|error| Refusal::Internal(Cause::new(error)))
}

/// The answer of a handler that nobody waits for.
///
/// # Errors
/// Never: it has the shape of [`reply`].
pub fn no_reply() -> Reply {
    encode(&()).map_err(|error| Refusal::Internal(Cause::new(error)))
}

/// What `decode` says to an index that is none of a command.
pub fn no_command<E: Error>(index: usize) -> E {
    E::custom(format_args!("there is no command with the index {index}"))
}

/// The state that a member shows to a room, as it travels on: what the room's type does not have is
/// left out.
///
/// # Errors
/// What the deserializer says of a state that is not of the room's type.
pub fn presence<'de, R: Room, D: Deserializer<'de>>(
    state: D,
    report: &mut Report,
) -> Result<Option<Encoded>, D::Error> {
    let state = R::Presence::deserialize(state)?;
    state.check(report);
    encode(&state).map(Some).map_err(D::Error::custom)
}

/// Puts one fact of a refusal beside the others.
pub fn param<T: Serialize>(params: &mut Map<String, Value>, name: &str, value: &T) {
    params.insert(name.to_owned(), written(value));
}

/// A value of the portable profile as JSON. `null` stands for one that cannot be written, which the
/// profile has none of.
pub fn written<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A field that says how long to wait.
#[diagnostic::on_unimplemented(
    message = "`after` wants a field that counts milliseconds, and `{Self}` is not `u32`",
    label = "this field is no number of milliseconds"
)]
pub trait Milliseconds {
    /// The number.
    fn count(&self) -> u32;
}

impl Milliseconds for u32 {
    fn count(&self) -> u32 {
        *self
    }
}

/// How long to wait, as the field of a refusal says.
pub fn milliseconds(field: &impl Milliseconds) -> u32 {
    field.count()
}
