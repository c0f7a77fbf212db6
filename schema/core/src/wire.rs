//! `Wire`: the portable profile as a trait. What implements it means the same to serde, JSON Schema
//! and TypeScript.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;
use uuid::Uuid;

use crate::Report;

/// What codegen needs of a type. Without the feature `codegen` every type has it.
#[cfg(feature = "codegen")]
pub trait Describable: schemars::JsonSchema + ts_rs::TS {}
#[cfg(feature = "codegen")]
impl<T: schemars::JsonSchema + ts_rs::TS + ?Sized> Describable for T {}

/// What codegen needs of a type. Without the feature `codegen` every type has it.
#[cfg(not(feature = "codegen"))]
pub trait Describable {}
#[cfg(not(feature = "codegen"))]
impl<T: ?Sized> Describable for T {}

/// A type of the portable wire profile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not in the portable wire profile",
    label = "cannot travel",
    note = "structs and enums travel with `#[payload]`, rooms with `#[room]`",
    note = "`u64` and `i64` travel as `U64` and `I64`, `usize` as `u32`, `f64` as `Finite`, any JSON as `Json`",
    note = "`HashMap<String, T>` travels as `BTreeMap<String, T>`, a tuple as a struct with named fields"
)]
pub trait Wire: Describable + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Whether a field of this type may be left out: `Option` and `Patch`.
    const IS_OPTIONAL: bool = false;

    /// Reports every constraint of the contract that this value breaks.
    fn check(&self, report: &mut Report) {
        let _ = report;
    }
}

macro_rules! plain {
    ($($ty:ty),*) => { $(impl Wire for $ty {})* };
}

// `()` is the answer of a question that is only said yes to; as a field the macros refuse it.
plain!((), bool, String, i8, i16, i32, u8, u16, u32, Uuid, DateTime<Utc>, Url);

impl<T: Wire> Wire for Option<T> {
    const IS_OPTIONAL: bool = true;

    fn check(&self, report: &mut Report) {
        if let Some(value) = self {
            value.check(report);
        }
    }
}

impl<T: Wire> Wire for Box<T> {
    fn check(&self, report: &mut Report) {
        (**self).check(report);
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn check(&self, report: &mut Report) {
        for (index, value) in self.iter().enumerate() {
            report.index(index, |report| value.check(report));
        }
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn check(&self, report: &mut Report) {
        for (key, value) in self {
            report.field(key, |report| value.check(report));
        }
    }
}
