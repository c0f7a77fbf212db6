//! Values that are nearly right: one thing in them is another. Serde and the schema must think the
//! same of each.
//!
//! Three things are left out that serde takes and no schema allows, since no client writes them: a
//! struct as a list of its fields, an integer as `1.0`, and addresses that browsers mend.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Changes one thing of a value, or nothing.
pub(super) fn nearly(values: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let change = prop_oneof![Just(None), (any::<prop::sample::Index>(), 0..6_u8).prop_map(Some)];
    (values, change).prop_map(|(mut value, change)| {
        if let Some((at, kind)) = change {
            let places = count(&value);
            let mut place = at.index(places);
            visit(&mut value, &mut place, kind);
        }
        value
    })
}

/// How many values there are in a value, itself among them.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(entries) => entries.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Walks to the value of that number and changes it.
fn visit(value: &mut Value, place: &mut usize, kind: u8) -> bool {
    if *place == 0 {
        change(value, kind);
        return true;
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| visit(item, place, kind)),
        Value::Object(entries) => entries.values_mut().any(|entry| visit(entry, place, kind)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn change(value: &mut Value, kind: u8) {
    *value = match (&value, kind) {
        (Value::Null, 0..3) => json!("null"),
        (Value::Null, _) => json!(7),
        (Value::Bool(_), 0..3) => json!("true"),
        (Value::Bool(_), _) => json!(1),
        (Value::Number(_), 0) => json!("7"),
        (Value::Number(_), 1) => json!(-1),
        (Value::Number(_), 2) => json!(0.5),
        (Value::Number(_), 3) => json!(1e30),
        (Value::Number(_), 4) => json!(256),
        (Value::Number(_), _) => json!(4_294_967_296_u64),
        (Value::String(_), 0) => json!(7),
        (Value::String(_), 1) => json!(""),
        (Value::String(_), 2) => Value::Null,
        (Value::String(_), 3) => json!("nonsense"),
        (Value::String(text), 4) => json!(format!("{text}!")),
        (Value::String(text), _) if text.contains(':') => json!(""),
        (Value::String(text), _) => json!(text.repeat(50)),
        (Value::Array(_), 0) => json!("list"),
        (Value::Array(_), 1) => json!({}),
        (Value::Array(_), 2) => json!([]),
        (Value::Array(_), 3) => Value::Null,
        (Value::Array(items), _) => items.iter().cycle().take(items.len() * 12).cloned().collect(),
        (Value::Object(_), 0) => json!("object"),
        (Value::Object(_), 1) => json!({}),
        (Value::Object(_), 2) => Value::Null,
        (Value::Object(entries), _) => {
            let skipped = usize::from(kind) % entries.len().max(1);
            let kept = entries.iter().enumerate().filter(|(index, _)| *index != skipped);
            Value::Object(kept.map(|(_, (name, entry))| (name.clone(), entry.clone())).collect())
        }
    };
}
