//! Integers beyond 32 bits. JavaScript's numbers are exact up to 2^53 - 1 only.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Wire;

macro_rules! text_integer {
    ($(#[$doc:meta])* $name:ident($inner:ty), $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse::<$inner>()
                    .ok()
                    .filter(|number| number.to_string() == text)
                    .map(Self)
                    .ok_or_else(|| de::Error::custom(concat!(
                        "expected a ", stringify!($inner), " as decimal text"
                    )))
            }
        }

        impl From<$inner> for $name {
            fn from(number: $inner) -> Self {
                Self(number)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Wire for $name {}
        super::described!($name, ts = "string", schema = { "type": "string", "pattern": $pattern });
    };
}

text_integer! {
    /// An unsigned 64-bit integer; travels as decimal text.
    U64(u64), r"^(0|[1-9]\d{0,19})$"
}

text_integer! {
    /// A signed 64-bit integer; travels as decimal text.
    I64(i64), r"^(0|-?[1-9]\d{0,18})$"
}

/// An unsigned integer that JavaScript holds exactly: at most 2^53 - 1. Travels as a number.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(try_from = "u64", into = "u64")]
pub struct SafeInt(u64);

impl SafeInt {
    /// JavaScript's `Number.MAX_SAFE_INTEGER`.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The number, or `None` above [`SafeInt::MAX`].
    pub const fn new(number: u64) -> Option<Self> {
        if number <= Self::MAX.0 { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for SafeInt {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("expected an integer of at most 2^53 - 1")
    }
}

impl From<SafeInt> for u64 {
    fn from(number: SafeInt) -> Self {
        number.0
    }
}

impl std::fmt::Display for SafeInt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Wire for SafeInt {}
super::described!(
    SafeInt,
    ts = "number",
    schema = { "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64 }
);
