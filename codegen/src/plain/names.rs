//! The names of a document as constants.

use serde_json::{Map, Value};

use crate::{
    canonical::sorted,
    rust::words::{docs, module_name, quoted},
    schemas::definition_name,
};

/// The contract's name, version and hash, and a module `names` with one for each namespace.
pub(super) fn names(facts: &Value) -> String {
    let text = |name: &str| quoted(facts[name].as_str().unwrap_or_default());
    let mut namespaces = String::new();
    for (path, namespace) in sorted(objects(&facts["namespaces"])) {
        namespaces.push_str(&self::namespace(path, namespace));
    }
    format!(
        "/// The contract's name.\npub const CONTRACT: &str = {};\n\
         /// The contract's version.\npub const VERSION: &str = {};\n\
         /// SHA-256 over the contract's wire facts, as a client sends it.\npub const HASH: &str = {};\n\
         /// Namespaces, commands, events and rooms, as they are called on the wire.\n\
         pub mod names {{\n{namespaces}}}\n",
        text("name"),
        text("version"),
        text("hash"),
    )
}

fn namespace(path: &str, facts: &Value) -> String {
    let mut text = docs(facts["description"].as_str());
    let name = module_name(facts["name"].as_str().unwrap_or_default());
    text.push_str(&format!(
        "pub mod {name} {{\n/// The namespace's path.\npub const PATH: &str = {};\n",
        quoted(path)
    ));
    for (side, described) in
        [("commands", "What a client asks."), ("events", "What the server tells.")]
    {
        let events = sorted(objects(&facts[side])).into_iter();
        let constants = events.map(|(name, facts)| constant(name, name, &said(facts)));
        text.push_str(&group(side, described, constants.collect()));
    }
    let rooms = sorted(objects(&facts["rooms"])).into_iter().map(|(pattern, facts)| {
        let room = reference(&facts["params"]).unwrap_or_default();
        constant(
            &module_name(room),
            pattern,
            &format!("The pattern of a room; `{room}` fills it in."),
        )
    });
    text.push_str(&group("rooms", "The rooms.", rooms.collect()));
    text + "}\n"
}

fn group(name: &str, described: &str, constants: Vec<String>) -> String {
    if constants.is_empty() {
        return String::new();
    }
    format!("/// {described}\npub mod {name} {{\n{}}}\n", constants.join(""))
}

fn constant(name: &str, value: &str, described: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    format!("{}pub const {name}: &str = {};\n", docs(Some(described)), quoted(value))
}

/// What an event is for, and which types go with it.
fn said(facts: &Value) -> String {
    let mut lines: Vec<String> =
        facts["description"].as_str().map(str::to_owned).into_iter().collect();
    let types = [("Payload", "payload"), ("Answer", "answer"), ("Refusal", "problem")];
    let types = types.into_iter().filter_map(|(word, key)| {
        Some(format!("{word}: `{}`.", reference(&facts[key])?.replace('.', "")))
    });
    let types: Vec<String> = types.collect();
    if !types.is_empty() {
        lines.push(String::new());
        lines.push(types.join(" ").replace("tautlineProblem", "TautlineProblem"));
    }
    lines.join("\n")
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).and_then(definition_name)
}

fn objects(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}
