//! The pattern of a room's names: literal text and each field once.

use syn::{Ident, LitStr};

use crate::{
    mistakes::{Mistakes, not_one_of},
    names,
    payload::Record,
};

/// The fields in the order in which the pattern names them.
pub(super) fn parameters(pattern: &LitStr, record: &Record, mistakes: &mut Mistakes) -> Vec<Ident> {
    let text = pattern.value();
    let known: Vec<String> = record.fields.iter().map(|field| names::plain(&field.ident)).collect();
    let mut order: Vec<Ident> = Vec::new();
    let mut rest = text.as_str();
    expect_kind(pattern, &text, mistakes);
    while let Some(start) = rest.find(['{', '}']) {
        let (literal, after) = rest.split_at(start);
        expect_literal(pattern, literal, mistakes);
        let Some((name, after)) = after.strip_prefix('{').and_then(|inside| inside.split_once('}'))
        else {
            mistakes.at(pattern, "a brace is open or stands alone: write `{field}`");
            return order;
        };
        match record.fields.iter().find(|field| names::plain(&field.ident) == name) {
            Some(field) if order.contains(&field.ident) => {
                mistakes.at(pattern, format!("`{{{name}}}` stands in the pattern twice"));
            }
            Some(field) => order.push(field.ident.clone()),
            None => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                mistakes.at(pattern, not_one_of("field", name, &known));
            }
        }
        // A parameter is read up to the next literal, which may not occur in an encoded one.
        if !after.is_empty() && !after.starts_with([':', '/']) {
            mistakes.at(
                pattern,
                format!("write `:` or `/` behind `{{{name}}}`, so that its end is certain"),
            );
        }
        rest = after;
    }
    expect_literal(pattern, rest, mistakes);
    for field in &record.fields {
        if !order.contains(&field.ident)
            && text.find(&format!("{{{}}}", names::plain(&field.ident))).is_none()
        {
            mistakes.at(
                &field.ident,
                format!("`{0}` does not stand in the pattern: two rooms would have one name; write `{{{0}}}` in it", field.ident),
            );
        }
    }
    order
}

/// A name begins with its kind, so that no two kinds of room share one.
fn expect_kind(pattern: &LitStr, text: &str, mistakes: &mut Mistakes) {
    if !text.starts_with(|first: char| first.is_ascii_lowercase()) {
        mistakes
            .at(pattern, "a room's name begins with its kind: write as in `session:{session_id}`");
    }
}

fn expect_literal(pattern: &LitStr, literal: &str, mistakes: &mut Mistakes) {
    let wrong: Vec<String> = literal
        .chars()
        .filter(|c| !(c.is_ascii_alphanumeric() || "_.:/-".contains(*c)))
        .map(|c| format!("`{c}`"))
        .collect();
    if !wrong.is_empty() {
        mistakes.at(
            pattern,
            format!(
                "a room's name has letters, digits and `_ . : / -` only, not {}",
                wrong.join(", ")
            ),
        );
    }
}
