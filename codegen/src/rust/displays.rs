//! `Display` of the words that the messages of refusals mention. How a contract spells them for
//! people is code, which no document holds: here they read as they travel, `in_progress` as "in
//! progress".

use std::collections::BTreeSet;

use serde_json::Value;

use super::words::{field_name, quoted, variant_name};
use crate::schemas::definition_name;

/// The implementations that the document's messages need.
pub(super) fn displays(document: &Value) -> Result<String, String> {
    let mut text = String::new();
    for name in mentioned(&document["x-tautline"]["errors"])? {
        if let Some((words, is_open)) = words_of(&document["$defs"][name]) {
            text.push_str(&display(name, &words, is_open)?);
        }
    }
    Ok(text)
}

/// The types of the fields that stand in a message or a hint.
fn mentioned(errors: &Value) -> Result<BTreeSet<&str>, String> {
    let mut names = BTreeSet::new();
    let enums = errors.as_object().into_iter().flat_map(|it| it.values());
    for variant in enums.filter_map(|it| it["variants"].as_array()).flatten() {
        let shown = |field: &str| {
            let place = format!("{{{field}}}");
            ["message", "hint"]
                .into_iter()
                .any(|text| variant[text].as_str().is_some_and(|text| text.contains(&place)))
        };
        for (wire, schema) in variant["params"]["properties"].as_object().into_iter().flatten() {
            let ty = schema.get("$ref").and_then(Value::as_str).and_then(definition_name);
            if shown(&field_name(wire)?) {
                names.extend(ty);
            }
        }
    }
    Ok(names)
}

/// The words of an enum that has no others, and whether it is open.
fn words_of(schema: &Value) -> Option<(Vec<&str>, bool)> {
    let words = |list: &'static str| {
        let words = schema.get(list)?.as_array()?;
        words.iter().map(Value::as_str).collect::<Option<Vec<_>>>()
    };
    if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
        let mut found = Vec::new();
        for variant in variants {
            match (variant.get("const"), variant.get("enum")) {
                (Some(word), _) => found.push(word.as_str()?),
                (None, Some(Value::Array(several))) => {
                    found.extend(several.iter().filter_map(Value::as_str));
                }
                _ => return None,
            }
        }
        return Some((found, false));
    }
    words("enum").map(|it| (it, false)).or_else(|| words("examples").map(|it| (it, true)))
}

fn display(name: &str, words: &[&str], is_open: bool) -> Result<String, String> {
    let mut arms = String::new();
    for word in words {
        let spoken = quoted(&word.replace('_', " "));
        arms.push_str(&format!("Self::{} => {spoken},\n", variant_name(word)?));
    }
    if is_open {
        arms.push_str("Self::Unknown(word) => word,\n");
    }
    Ok(format!(
        "impl std::fmt::Display for {name} {{\n\
         fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n\
         f.write_str(match self {{\n{arms}}})\n}}\n}}\n\n"
    ))
}
