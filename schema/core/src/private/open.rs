//! Decoding of open enums with fields: known tags strictly, others as they came.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

use crate::Json;

/// A value of an open enum.
pub enum OpenValue<K> {
    /// One of the declared variants.
    Known(K),
    /// Another one.
    Unknown(Json),
}

/// Decodes a value whose tag `type` is one of `tags` as `K`, and keeps any other.
///
/// # Errors
/// A value without a tag, and one with a known tag that does not fit.
pub fn open_value<'de, D: Deserializer<'de>, K: DeserializeOwned>(
    deserializer: D,
    tags: &[&str],
) -> Result<OpenValue<K>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    match value.get("type") {
        Some(Value::String(tag)) if tags.contains(&tag.as_str()) => {
            serde_json::from_value(value).map(OpenValue::Known).map_err(D::Error::custom)
        }
        Some(Value::String(_)) => Ok(OpenValue::Unknown(Json(value))),
        Some(_) => Err(D::Error::custom("expected `type` to be text")),
        None => Err(D::Error::missing_field("type")),
    }
}
