//! The refusals of a document as error enums, in the words that people read.

use serde_json::Value;

use super::{
    shapes::declared,
    types::field_type,
    words::{docs, field_name, quoted},
};

/// All error enums of a document.
pub(super) fn refusals(facts: &Value) -> Result<String, String> {
    let mut text = String::new();
    for (name, errors) in facts["errors"].as_object().into_iter().flat_map(crate::canonical::sorted)
    {
        let variants = errors["variants"].as_array().map(Vec::as_slice).unwrap_or_default();
        let code = variants.first().and_then(|it| it["code"].as_str()).unwrap_or_default();
        let (prefix, _) = code.split_once('.').unwrap_or((code, ""));
        text.push_str(&docs(errors["description"].as_str()));
        text.push_str(&format!(
            "#[tautline::contract_error(prefix = {})]\npub enum {name} {{\n",
            quoted(prefix)
        ));
        for variant in variants {
            text.push_str(&self::variant(variant).map_err(|said| format!("`{name}`: {said}"))?);
        }
        text.push_str("}\n\n");
    }
    Ok(text)
}

fn variant(variant: &Value) -> Result<String, String> {
    let word = |name: &str| variant[name].as_str().unwrap_or_default();
    let mut fields = String::new();
    let params = &variant["params"];
    for (wire, schema, is_required) in declared(params) {
        let ty = field_type(schema, is_required)?;
        fields.push_str(&docs(schema["description"].as_str()));
        fields.push_str(&format!("{}: {ty},\n", field_name(wire)?));
    }
    let body = if fields.is_empty() { String::new() } else { format!("{{\n{fields}}}") };
    Ok(format!(
        "{}#[problem(category = {}, severity = {}, recovery = {}, message = {}, hint = {})]\n{}{body},\n",
        docs(variant["description"].as_str()),
        word("category"),
        word("severity"),
        recovery(variant),
        quoted(word("message")),
        quoted(word("hint")),
        word("name"),
    ))
}

/// `retry(after = "5000ms", max = 3)`.
fn recovery(variant: &Value) -> String {
    let action = variant["recovery"].as_str().unwrap_or("none");
    let mut arguments = Vec::new();
    if let Some(ms) = variant["after"]["ms"].as_u64() {
        arguments.push(format!("after = \"{ms}ms\""));
    }
    if let Some(field) = variant["after"]["field"].as_str() {
        arguments.push(format!("after = {field}"));
    }
    if let Some(max) = variant["maxAttempts"].as_u64() {
        arguments.push(format!("max = {max}"));
    }
    if arguments.is_empty() {
        action.to_owned()
    } else {
        format!("{action}({})", arguments.join(", "))
    }
}
