//! Schemas narrowed to the edges of their constraints, where a random value seldom is.

use serde_json::{Value, json};

use crate::schemas::for_each_subschema;

/// No longer text or list is made for the sake of an example.
const LONGEST: u64 = 40_000;

/// A part of the writer's values: those at its upper or lower edges. What the reader refuses of
/// them is refused of the whole.
pub(super) fn edges(writer: &Value, reader: &Value) -> [Value; 2] {
    let beyond = ["maxLength", "maxItems", "maximum"].map(|it| most(reader, it).saturating_add(1));
    let edge = |upper: bool| {
        let mut schema = writer.clone();
        narrow(&mut schema, upper, beyond);
        schema
    };
    [edge(true), edge(false)]
}

fn narrow(schema: &mut Value, upper: bool, [text, list, number]: [u64; 3]) {
    for_each_subschema(schema, &mut |inner| narrow(inner, upper, [text, list, number]));
    if upper {
        fill(schema);
    }
    let is = |schema: &Value, wanted: &str| match &schema["type"] {
        Value::Array(types) => types.iter().any(|ty| ty == wanted),
        ty => ty == wanted,
    };
    // A pattern decides about lengths as well: the two together may allow nothing.
    if is(schema, "string")
        && ["pattern", "const", "enum"].iter().all(|it| schema.get(it).is_none())
    {
        pin(schema, ("minLength", "maxLength"), upper, (0, text));
    }
    if is(schema, "array") {
        pin(schema, ("minItems", "maxItems"), upper, (0, list));
    }
    // A map may be empty, and shows nothing then.
    if let Some(value) = schema.get("additionalProperties").filter(|it| it.is_object()).cloned()
        && schema.get("properties").is_none()
    {
        schema["properties"] = json!({ "a": value });
        schema["required"] = json!(["a"]);
    }
    if is(schema, "integer") || is(schema, "number") {
        let (key, without) =
            if upper { ("maximum", json!(number)) } else { ("minimum", json!(-1)) };
        let edge = schema.get(key).cloned().unwrap_or(without);
        if let Some(object) = schema.as_object_mut() {
            object.insert("const".to_owned(), edge);
        }
    }
}

/// Takes away null, and lets an object have all its fields that are no objects themselves: those
/// could go on for ever.
fn fill(schema: &mut Value) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|ty| ty != "null");
    }
    let fields = schema.get("properties").and_then(Value::as_object);
    let plain = fields.into_iter().flatten().filter(|(_, field)| field.get("type").is_some());
    let names: Vec<String> = plain.map(|(name, _)| name.clone()).collect();
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.extend(names.into_iter().map(Value::from));
        required.sort_by_cached_key(Value::to_string);
        required.dedup();
    } else if !names.is_empty() {
        schema["required"] = json!(names);
    }
}

fn pin(schema: &mut Value, keys: (&str, &str), upper: bool, without: (u64, u64)) {
    let (key, without) = if upper { (keys.1, without.1) } else { (keys.0, without.0) };
    let edge = schema.get(key).and_then(Value::as_u64).unwrap_or(without).min(LONGEST);
    if let Some(object) = schema.as_object_mut() {
        object.insert(keys.0.to_owned(), json!(edge));
        object.insert(keys.1.to_owned(), json!(edge));
    }
}

/// The largest value of a keyword anywhere in a schema.
fn most(schema: &Value, keyword: &str) -> u64 {
    let own = schema.get(keyword).and_then(Value::as_u64).unwrap_or(0);
    let mut most = own;
    for_each_subschema(&mut schema.clone(), &mut |inner| {
        most = most.max(self::most(inner, keyword));
    });
    most
}
