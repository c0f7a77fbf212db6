//! What the macros' expansions name. Not for people: no promise about anything here.

mod laws;
mod open;
mod reply;

pub use self::laws::{Laws, is_same};
pub use self::open::{OpenValue, open_value};
pub use self::reply::{
    Milliseconds, NoPayload, milliseconds, no_command, no_reply, param, presence, reply, written,
};
pub use crate::check::{Items, Number, Text, items, length, pattern, range};
pub use crate::room::{format_name, parse_name};
pub use serde;
pub use serde_json;
#[cfg(feature = "codegen")]
pub use {schemars, ts_rs};

use std::sync::OnceLock;

use regex::Regex;

/// A field of a payload by the hash of its name, so that a room can take it from there at compile
/// time.
pub trait HasField<const NAME: u64, T> {
    /// The field.
    fn field(&self) -> &T;
}

/// Holds for the types of the portable profile alone.
pub const fn is_wire<T: crate::Wire>() {}

/// The type of what a room's members show each other.
pub const fn presence_type<R: crate::Room>() -> crate::TypeRef {
    crate::TypeRef::checked::<R::Presence>()
}

/// A regular expression of a constraint, compiled when it is first needed.
pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    /// A pattern that the macro has parsed already.
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    /// The compiled expression.
    pub fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| match Regex::new(self.text) {
            Ok(regex) => regex,
            // The macro parses every pattern, so only one that is too large to compile comes here.
            Err(error) => unreachable!("the pattern of a constraint does not compile: {error}"),
        })
    }
}

/// FNV-1a over a field's name. Two names of one hash in one payload do not compile: they would be
/// two implementations of one trait.
/// Constants of the 64-bit variant: <https://datatracker.ietf.org/doc/html/rfc9923>.
pub const fn field_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash
}

/// Emits an item once: with the derives of codegen under *this crate's* feature `codegen`, without
/// them otherwise. A `cfg_attr` in the user's crate would ask for a feature of the user's.
#[cfg(feature = "codegen")]
#[doc(hidden)]
#[macro_export]
macro_rules! __either {
    ({ $($plain:tt)* } { $($codegen:tt)* }) => { $($codegen)* };
}

/// Emits an item once: with the derives of codegen under *this crate's* feature `codegen`, without
/// them otherwise. A `cfg_attr` in the user's crate would ask for a feature of the user's.
#[cfg(not(feature = "codegen"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __either {
    ({ $($plain:tt)* } { $($codegen:tt)* }) => { $($plain)* };
}
