//! Errors: codes that mean one thing, and words that can be filled in.

use std::collections::BTreeMap;

use tautline::{ErrorVariant, LibraryCode, RetryAfter, Source};

use crate::{
    Described, Mistake,
    described::errors,
    gate::{CodeFacts, versions::supported},
};

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

/// A client of an older version knows a code by what it meant then. One that later versions gave up
/// comes back with that meaning, or not at all.
pub(super) fn codes_that_were_given_up_stay_away(
    described: &Described,
    mistakes: &mut Vec<Mistake>,
) {
    // A lock that cannot be read stops the generator that reads them all, with its own words.
    let Ok(mut locks) = supported(described) else { return };
    locks.sort_by_key(|lock| numbers(&lock.version));
    for variant in errors(described.contract).into_iter().flat_map(|errors| errors.variants) {
        let code = |at: usize| locks[at].contract.errors.get(variant.code);
        let last_without = (0..locks.len()).rev().find(|at| code(*at).is_none());
        let given_up = (0..last_without.unwrap_or(0))
            .rev()
            .find_map(|at| Some((&locks[at], code(at)?)))
            .filter(|(_, before)| meaning(before) != meaning_of(variant));
        if let Some((lock, before)) = given_up {
            mistakes.push(Mistake::at(
                variant.source,
                format!(
                    "the code `{}` was given up after {}, where it meant {}: clients of that version would take one for the other, so choose another code",
                    variant.code,
                    lock.version,
                    meaning(before)
                ),
            ));
        }
    }
}

/// What an application goes by: the category, and the names of the facts.
fn meaning(code: &CodeFacts) -> String {
    words_for(&code.category, code.params.keys().map(String::as_str).collect())
}

fn meaning_of(variant: &ErrorVariant) -> String {
    words_for(variant.category.as_str(), variant.params.iter().map(|(name, _)| *name).collect())
}

fn words_for(category: &str, mut params: Vec<&str>) -> String {
    params.sort_unstable();
    let params: Vec<String> = params.iter().map(|name| format!("`{name}`")).collect();
    let with = if params.is_empty() { "" } else { " with " };
    format!("`{category}`{with}{}", params.join(" and "))
}

/// A version's numbers, by which versions are told in their order.
fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).take(3).map(|part| part.parse().unwrap_or(0)).collect()
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
