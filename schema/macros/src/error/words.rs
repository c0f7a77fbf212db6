//! The sentences of a refusal: `{field}` stands for a field's value.

use syn::{Ident, LitStr};

use crate::{
    mistakes::{Mistakes, not_one_of},
    names,
    payload::Field,
};

/// The names between braces, or `None` when a brace stands alone.
fn placeholders(text: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        let (_, after) = rest.split_at(start);
        if let Some(escaped) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
            rest = escaped;
            continue;
        }
        let (name, after) = after.strip_prefix('{')?.split_once('}')?;
        found.push(name);
        rest = after;
    }
    Some(found)
}

/// Reports a placeholder that is no field of the variant.
pub(super) fn expect_fields(
    text: &LitStr,
    variant: &Ident,
    fields: Option<&[Field]>,
    mistakes: &mut Mistakes,
) {
    let value = text.value();
    let Some(found) = placeholders(&value) else {
        mistakes.at(text, "a brace is open or stands alone: write `{field}`, or `{{` for a brace");
        return;
    };
    let known: Vec<String> =
        fields.iter().copied().flatten().map(|field| names::plain(&field.ident)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for name in found {
        if known.is_empty() {
            mistakes
                .at(text, format!("`{variant}` has no fields, so `{{{name}}}` stands for nothing"));
        } else if !known.contains(&name) {
            mistakes.at(text, not_one_of(&format!("field of `{variant}`"), name, &known));
        }
    }
}

/// Reports an empty message.
pub(super) fn expect_some(text: &LitStr, mistakes: &mut Mistakes) {
    if text.value().trim().is_empty() {
        mistakes.at(
            text,
            "the message is empty: write a sentence for the person in front of the screen",
        );
    }
}

/// The fields that a sentence names, each once.
pub(super) fn used<'a>(text: &LitStr, fields: &'a [Field]) -> Vec<&'a Field> {
    let value = text.value();
    let found = placeholders(&value).unwrap_or_default();
    fields.iter().filter(|field| found.contains(&names::plain(&field.ident).as_str())).collect()
}
