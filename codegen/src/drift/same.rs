//! Whether two values mean the same: what was sent, and what serde made of it.

use serde_json::{Map, Value};
use tautline::{DateTime, Url, Utc, Uuid};

/// Whether `back` is `sent`, but for what the contract does not promise to keep: fields that it does
/// not know, `null` where nothing would do, and the spelling of moments, addresses and identifiers.
pub(super) fn same(sent: &Value, back: &Value) -> bool {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => {
            let absent = |entries: &Map<String, Value>, name: &str| {
                entries.get(name).is_none_or(Value::is_null)
            };
            back.iter().all(|(name, value)| {
                sent.get(name).map_or(value.is_null(), |sent| same(sent, value))
            }) && sent.keys().all(|name| {
                back.contains_key(name) || absent(sent, name) || name == super::any::UNKNOWN
            })
        }
        (Value::Array(sent), Value::Array(back)) => {
            sent.len() == back.len() && sent.iter().zip(back).all(|(sent, back)| same(sent, back))
        }
        (Value::Number(sent), Value::Number(back)) => sent.as_f64() == back.as_f64(),
        (Value::String(sent), Value::String(back)) => {
            sent == back
                || both(sent.parse::<DateTime<Utc>>(), back.parse())
                || both(sent.parse::<Uuid>(), back.parse())
                || both(sent.parse::<Url>(), back.parse())
        }
        _ => sent == back,
    }
}

fn both<T: PartialEq, E>(sent: Result<T, E>, back: Result<T, E>) -> bool {
    sent.is_ok_and(|sent| back.is_ok_and(|back| sent == back))
}
