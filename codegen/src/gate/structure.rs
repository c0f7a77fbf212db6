//! Everything of a contract but its types: what is there, and what is promised of it.

mod codes;
mod events;
mod policy;
mod rooms;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    facts::{ContractFacts, Lock},
    finding::Finding,
    rules,
};

/// Compares the facts.
pub(crate) fn compare(before: &ContractFacts, after: &ContractFacts, findings: &mut Vec<Finding>) {
    contract(before, after, findings);
    events::compare(before, after, findings);
    rooms::compare(&before.rooms, &after.rooms, findings);
    codes::compare(&before.errors, &after.errors, findings);
}

fn contract(before: &ContractFacts, after: &ContractFacts, findings: &mut Vec<Finding>) {
    if before.auth != after.auth {
        let rule = if after.auth == "none" { &rules::AUTH_DROPPED } else { &rules::AUTH_REQUIRED };
        findings.push(Finding::new(rule, "contract", &json!(before.auth), &json!(after.auth)));
    } else if before.guests != after.guests {
        let rule = if after.guests { &rules::GUESTS_ADMITTED } else { &rules::GUESTS_REFUSED };
        let (before, after) = (json!(before.guests), json!(after.guests));
        findings.push(Finding::new(rule, "contract", &before, &after));
    }
    lists(&before.scopes, &after.scopes, |scope, is_new| {
        let rule = if is_new { &rules::SCOPE_DECLARED } else { &rules::SCOPE_WITHDRAWN };
        findings.push(came_or_went(rule, "contract", scope, is_new));
    });
}

/// Tells of words that only one of two states has.
pub(crate) fn texts(before: &Lock, after: &Lock, findings: &mut Vec<Finding>) {
    for (at, digest) in &after.texts {
        let known = before.texts.get(at).filter(|known| *known != digest);
        // Words of something new are new, and a type that changed has a finding of its own.
        if let Some(known) = known
            && type_at(&before.contract, at) == type_at(&after.contract, at)
        {
            findings.push(Finding {
                change: String::new(),
                ..Finding::new(&rules::TEXT_CHANGED, at, &json!(known), &json!(digest))
            });
        }
    }
}

fn type_at<'a>(facts: &'a ContractFacts, at: &str) -> Option<&'a Value> {
    let types = &facts.types;
    let received = at.strip_prefix("types/received/").map(|name| types.received.get(name));
    received.or_else(|| at.strip_prefix("types/sent/").map(|name| types.sent.get(name))).flatten()
}

/// A finding about a name that is in one of two lists.
fn came_or_went(
    rule: &'static rules::Rule,
    at: impl Into<String>,
    name: &str,
    is_new: bool,
) -> Finding {
    let (before, after) =
        if is_new { (Value::Null, json!(name)) } else { (json!(name), Value::Null) };
    let change = if is_new { format!("+ {name}") } else { format!("− {name}") };
    Finding { change, ..Finding::new(rule, at, &before, &after) }
}

/// Calls `tell` with every name that only one list has, and whether it is the second.
fn lists(before: &[String], after: &[String], mut tell: impl FnMut(&str, bool)) {
    before.iter().filter(|name| !after.contains(name)).for_each(|name| tell(name, false));
    after.iter().filter(|name| !before.contains(name)).for_each(|name| tell(name, true));
}

/// What two maps have in common, what only the first has, and what only the second.
struct Matched<'a, T> {
    both: Vec<(&'a str, &'a T, &'a T)>,
    gone: Vec<&'a str>,
    new: Vec<&'a str>,
}

fn matched<'a, T>(
    before: &'a BTreeMap<String, T>,
    after: &'a BTreeMap<String, T>,
) -> Matched<'a, T> {
    let both = before.iter().filter_map(|(name, was)| Some((&**name, was, after.get(name)?)));
    let missing = |from: &'a BTreeMap<String, T>, of: &'a BTreeMap<String, T>| {
        from.keys().filter(|name| !of.contains_key(*name)).map(|name| &**name).collect()
    };
    Matched { both: both.collect(), gone: missing(before, after), new: missing(after, before) }
}
