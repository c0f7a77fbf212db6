//! Integers beyond 32 bits. JavaScript's numbers are exact up to 2^53 - 1 only.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Wire;

macro_rules! text_integer {
    ($(#[$doc:meta])* $name:ident($inner:ty), $pattern:expr) => {
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

        impl $name {
            /// The pattern of its texts: it takes exactly the numbers that the type holds, and means
            /// the same to Rust, JavaScript and JSON Schema.
            #[cfg(feature = "codegen")]
            pub fn pattern() -> String {
                $pattern
            }
        }

        impl Wire for $name {}
        super::described!(
            $name, ts = "string", schema = { "type": "string", "pattern": $name::pattern() }
        );
    };
}

text_integer! {
    /// An unsigned 64-bit integer; travels as decimal text.
    U64(u64), format!("^(0|{})$", up_to(u64::MAX))
}

text_integer! {
    /// A signed 64-bit integer; travels as decimal text.
    // There is one number more below nought than above.
    I64(i64), format!("^(0|-?({})|{})$", up_to(i64::MAX.unsigned_abs()), i64::MIN)
}

/// A pattern of the numbers from 1 to `most`: those of fewer digits, and for each digit of `most`
/// those that begin with the digits before it and go on with a smaller one.
#[cfg(feature = "codegen")]
fn up_to(most: u64) -> String {
    let digits = most.to_string();
    let mut choices = vec![format!(r"[1-9]\d{{0,{}}}", digits.len() - 2)];
    for (at, digit) in digits.char_indices() {
        let is_last = at + 1 == digits.len();
        let least = if at == 0 { '1' } else { '0' };
        // The last digit may be that of `most` itself.
        let largest = (least..=digit).rev().nth(usize::from(!is_last));
        let Some(largest) = largest else { continue };
        let before = &digits[..at];
        let next =
            if least == largest { least.to_string() } else { format!("[{least}-{largest}]") };
        choices.push(match digits.len() - at - 1 {
            0 => format!("{before}{next}"),
            1 => format!(r"{before}{next}\d"),
            rest => format!(r"{before}{next}\d{{{rest}}}"),
        });
    }
    choices.join("|")
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

#[cfg(all(test, feature = "codegen"))]
mod tests {
    use regex::Regex;

    use super::*;

    /// Texts around each edge, and others that somebody might write for a number.
    fn texts() -> Vec<String> {
        let around = |number: i128| (-2..=2).map(move |by| (number + by).to_string());
        let powers = (0..=20).flat_map(|digits| [1, -1].map(|sign| sign * 10_i128.pow(digits)));
        let edges = [0, u64::MAX.into(), i64::MAX.into(), i64::MIN.into()];
        let odd =
            ["", "-0", "00", "01", "-01", "+1", " 1", "1 ", "1\n", "1.0", "1e3", "0x1", "٣", "--1"];
        let all = powers.chain(edges).flat_map(around);
        all.chain(odd.map(str::to_owned)).collect()
    }

    #[test]
    fn a_pattern_takes_what_the_type_takes_and_nothing_else() {
        // JavaScript's `\d`, in Rust's words.
        let regex = |pattern: String| Regex::new(&pattern.replace(r"\d", "[0-9]")).unwrap();
        let (unsigned, signed) = (regex(U64::pattern()), regex(I64::pattern()));

        for text in texts() {
            let json = serde_json::to_string(&text).unwrap();

            let taken = serde_json::from_str::<U64>(&json).is_ok();
            assert_eq!(unsigned.is_match(&text), taken, "{text:?} as U64");
            let taken = serde_json::from_str::<I64>(&json).is_ok();
            assert_eq!(signed.is_match(&text), taken, "{text:?} as I64");
        }
    }
}
