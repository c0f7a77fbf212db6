//! Errors: codes that mean one thing, and words that can be filled in.

use std::collections::BTreeMap;

use tautline::{ErrorVariant, LibraryCode, RetryAfter, Source};

use crate::{Described, Mistake, described::errors};

pub(super) fn codes_differ(described: &Described, mistakes: &mut Vec<Mistake>) {
    let mut codes: BTreeMap<&str, Source> = BTreeMap::new();
    for variant in errors(described.contract).into_iter().flat_map(|errors| errors.variants) {
        let code = variant.code;
        if let Some(first) = codes.insert(code, variant.source) {
            mistakes.push(Mistake::at(
                variant.source,
                format!(
                    "the code `{code}` is taken by {}:{}: rename one of the two",
                    first.file, first.line
                ),
            ));
        }
        let is_part =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
        if !code.contains('.') || !code.chars().all(is_part) {
            let library = LibraryCode::ALL.iter().any(|known| known.as_str() == code);
            let why = if library { "is the library's" } else { "is not like `chat.agent_busy`" };
            mistakes.push(Mistake::at(
                variant.source,
                format!("the code `{code}` {why}: write `prefix.variant` in snake_case"),
            ));
        }
    }
}

pub(super) fn words_name_fields_that_exist(described: &Described, mistakes: &mut Vec<Mistake>) {
    for variant in errors(described.contract).into_iter().flat_map(|errors| errors.variants) {
        for field in placeholders(variant.message).chain(placeholders(variant.hint)) {
            if !has_field(variant, field) {
                mistakes.push(Mistake::at(
                    variant.source,
                    format!(
                        "the words of `{}` name `{{{field}}}`, but it has no such field",
                        variant.code
                    ),
                ));
            }
        }
        if let RetryAfter::Field(field) = variant.after
            && !has_field(variant, field)
        {
            mistakes.push(Mistake::at(
                variant.source,
                format!("`{}` retries after `{field}`, but it has no such field", variant.code),
            ));
        }
    }
}

/// Words name fields as Rust does; the parameters bear their wire names.
fn has_field(variant: &ErrorVariant, field: &str) -> bool {
    let wire = crate::names::camel_case(field);
    variant.params.iter().any(|(name, _)| *name == field || *name == wire)
}

/// The `{field}`s of a text. `{{` is a brace.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('{')?;
            if let Some(escaped) = after.strip_prefix('{') {
                rest = escaped;
                continue;
            }
            let (field, after) = after.split_once('}')?;
            rest = after;
            return Some(field.split(':').next().unwrap_or(field));
        }
    })
}
