//! `Json`: any JSON, where a contract really does not know more.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Wire;

/// Any JSON value; `unknown` in TypeScript.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(pub Value);

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Wire for Json {}
super::described!(Json, ts = "unknown", schema = {});
