//! Shows every change of what comes of the contract, its TypeScript and its schemas, as a diff to read.
//! `cargo contract -p tautline-agent-chat check` holds that these files are the contract's.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

#[test]
fn the_typescript_is_what_was_agreed() {
    for name in ["agents", "chat", "index", "tasks", "types"] {
        let text = read(&format!("../clients/agent-chat/src/generated/{name}.ts"));
        insta::assert_snapshot!(format!("{name}.ts"), text);
    }
}

#[test]
fn the_schemas_are_what_was_agreed() {
    let document: Value = serde_json::from_str(&read("contract.schema.json")).unwrap();

    let schemas = document["$defs"].as_object().unwrap();
    let schemas: BTreeMap<_, _> =
        schemas.iter().map(|(name, schema)| (name, shape(schema).to_string())).collect();
    assert!(schemas.len() > 50, "{} schemas", schemas.len());

    let lines: Vec<_> = schemas.iter().map(|(name, schema)| format!("{name}: {schema}")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// A schema without its words.
fn shape(schema: &Value) -> Value {
    match schema {
        Value::Object(rules) => {
            let is_word = |name: &str| ["description", "examples", "title"].contains(&name);
            let rules = rules.iter().filter(|(name, _)| !is_word(name));
            let shaped = rules.map(|(name, rule)| match rule {
                // These are names of fields, whatever they are called.
                Value::Object(fields) if name == "properties" => (name.clone(), each(fields)),
                rule => (name.clone(), shape(rule)),
            });
            sorted(shaped)
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        other => other.clone(),
    }
}

fn each(fields: &serde_json::Map<String, Value>) -> Value {
    sorted(fields.iter().map(|(name, schema)| (name.clone(), shape(schema))))
}

/// Whatever order another crate's features have serde_json keep.
fn sorted(fields: impl Iterator<Item = (String, Value)>) -> Value {
    let fields: BTreeMap<_, _> = fields.collect();
    Value::Object(fields.into_iter().collect())
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
