//! Rooms: a struct whose fields name one. Parameters are percent-encoded, so no id forges a room.

use std::borrow::Borrow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{RoomFacts, Wire};

/// What JavaScript's `encodeURIComponent` leaves as it is, so that both sides spell a room alike.
const PARAM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A room's name as it travels: `session:6f9619ff-8b86-d011-b42d-00c04fc964ff`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomName(String);

impl RoomName {
    /// A name that is already spelled as it travels.
    pub fn from_wire(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for RoomName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Wire for RoomName {}
crate::types::described!(RoomName, ts = "string", schema = { "type": "string" });

/// A kind of room, made by `#[room]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a room",
    note = "put `#[room(\"kind:{{field}}\")]` on the struct"
)]
pub trait Room: Wire {
    /// What the contract says of it.
    const FACTS: &'static RoomFacts;

    /// What its members show each other; [`NoPresence`] if it has no presence.
    type Presence: Wire;

    /// The name of this room.
    fn name(&self) -> RoomName;

    /// The room of this name, or `None` if the name is not of this kind.
    fn parse(name: &str) -> Option<Self>;
}

/// The state of a room whose members do not see each other: there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(schemars::JsonSchema, ts_rs::TS))]
pub enum NoPresence {}

#[diagnostic::do_not_recommend]
impl Wire for NoPresence {}

/// A type that can stand in a room's name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a room's name",
    note = "use `String`, `Uuid`, an integer, or a `#[payload]` newtype over one of them"
)]
pub trait RoomParam: Sized {
    /// The parameter as text, not yet encoded.
    fn to_param(&self) -> String;

    /// The parameter back from its text.
    fn from_param(text: &str) -> Option<Self>;
}

macro_rules! params {
    ($($ty:ty),*) => {
        $(impl RoomParam for $ty {
            fn to_param(&self) -> String {
                self.to_string()
            }

            /// Accepts one spelling only, so that one room has one name.
            fn from_param(text: &str) -> Option<Self> {
                text.parse().ok().filter(|value: &Self| value.to_param() == text)
            }
        })*
    };
}

params!(String, Uuid, i8, i16, i32, u8, u16, u32);

/// Writes a name after `pattern`, its parameters in the pattern's order.
pub fn format_name(pattern: &str, params: &[String]) -> RoomName {
    let mut name = String::with_capacity(pattern.len() + 40);
    let mut params = params.iter();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        name.push_str(before);
        if let Some(param) = params.next() {
            name.extend(utf8_percent_encode(param, PARAM));
        }
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    name.push_str(rest);
    RoomName(name)
}

/// Reads the parameters of `name` after `pattern`; `None` if it does not match or is spelled
/// otherwise than [`format_name`] would.
pub fn parse_name(pattern: &str, name: &str) -> Option<Vec<String>> {
    let mut params = Vec::new();
    let mut rest = name;
    let mut pattern_rest = pattern;
    while let Some((before, after)) = pattern_rest.split_once('{') {
        rest = rest.strip_prefix(before)?;
        pattern_rest = after.split_once('}')?.1;
        // Encoded parameters hold no `:` or `/`, so the next literal character ends this one.
        let end = match pattern_rest.chars().next() {
            Some(literal) if literal != '{' => rest.find(literal)?,
            _ => rest.len(),
        };
        let (param, after) = rest.split_at(end);
        params.push(percent_decode_str(param).decode_utf8().ok()?.into_owned());
        rest = after;
    }
    (rest == pattern_rest && format_name(pattern, &params).as_str() == name).then_some(params)
}

/// The personal room of one caller. The runtime lets everybody into their own, and nobody else.
#[crate::room("user:{subject}")]
pub struct User {
    /// Whose room it is: the `sub` of their token.
    pub subject: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_cannot_forge_another_room() {
        let forged = User { subject: "a/../user:b c%".to_owned() };

        let name = forged.name();

        assert_eq!(name.as_str(), "user:a%2F..%2Fuser%3Ab%20c%25");
        assert_eq!(User::parse(name.as_str()), Some(forged));
    }

    #[test]
    fn a_room_has_one_spelling() {
        assert_eq!(User::parse("user:%61"), None);
        assert_eq!(User::parse("task:a"), None);
        assert_eq!(u32::from_param("007"), None);
    }

    #[test]
    fn several_parameters_are_told_apart() {
        let name = format_name("a:{x}:{y}/end", &["1:2".to_owned(), String::new()]);

        assert_eq!(name.as_str(), "a:1%3A2:/end");
        assert_eq!(
            parse_name("a:{x}:{y}/end", name.as_str()),
            Some(vec!["1:2".to_owned(), String::new()])
        );
    }
}
