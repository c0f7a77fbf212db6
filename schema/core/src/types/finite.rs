//! `Finite`: a number with a fraction. JSON has no infinity and no NaN, so neither has this.

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::Wire;

/// A finite 64-bit float.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(into = "f64")]
pub struct Finite(f64);

impl<'de> Deserialize<'de> for Finite {
    /// Through JSON's own numbers: in a build with `serde_json/arbitrary_precision`, a float within a
    /// tagged enum is nothing that an `f64` can be read from.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number.as_f64().and_then(Self::new).ok_or_else(|| D::Error::custom(INFINITE))
    }
}

/// What is said of a number without a value.
const INFINITE: &str = "expected a finite number";

impl Finite {
    /// The number, or `None` for an infinity or NaN.
    pub fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Finite {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        Self::new(number).ok_or(INFINITE)
    }
}

impl From<Finite> for f64 {
    fn from(number: Finite) -> Self {
        number.0
    }
}

impl std::fmt::Display for Finite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Wire for Finite {}
super::described!(Finite, ts = "number", schema = { "type": "number" });
