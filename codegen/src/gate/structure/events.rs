//! Namespaces, and what may be sent in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Matched, lists, matched, policy};
use crate::{
    described::Side,
    gate::{
        facts::{ContractFacts, EventFacts, NamespaceFacts},
        finding::Finding,
        rules,
    },
};

pub(super) fn compare(before: &ContractFacts, after: &ContractFacts, findings: &mut Vec<Finding>) {
    let Matched { both, gone, new } = matched(&before.namespaces, &after.namespaces);
    findings.extend(gone.iter().map(|path| gone_at(&rules::NAMESPACE_REMOVED, path)));
    findings.extend(new.iter().map(|path| new_at(&rules::NAMESPACE_ADDED, path)));
    for (path, before, after) in both {
        turned(path, before, after, findings);
        sides(Side::Command, &before.commands, &after.commands, findings);
        sides(Side::Event, &before.events, &after.events, findings);
    }
}

/// What a client sent and the server sends now, or the other way round.
fn turned(
    path: &str,
    before: &NamespaceFacts,
    after: &NamespaceFacts,
    findings: &mut Vec<Finding>,
) {
    let mut tell = |from: &BTreeMap<String, EventFacts>, to: &BTreeMap<String, EventFacts>| {
        for (name, was) in from.iter().filter(|(name, _)| to.contains_key(*name)) {
            let (was, is) = (json!(was.id), json!(to[name].id));
            findings.push(Finding::new(
                &rules::EVENT_DIRECTION,
                format!("{path} {name}"),
                &was,
                &is,
            ));
        }
    };
    let without = |from: &BTreeMap<String, EventFacts>, known: &BTreeMap<String, EventFacts>| {
        from.clone().into_iter().filter(|(name, _)| !known.contains_key(name)).collect()
    };
    // A name that both directions have, before or after, did not turn round.
    tell(&without(&before.commands, &after.commands), &without(&after.events, &before.events));
    tell(&without(&before.events, &after.events), &without(&after.commands, &before.commands));
}

fn sides(
    side: Side,
    before: &BTreeMap<String, EventFacts>,
    after: &BTreeMap<String, EventFacts>,
    findings: &mut Vec<Finding>,
) {
    let (removed, added) = match side {
        Side::Command => (&rules::COMMAND_REMOVED, &rules::COMMAND_ADDED),
        Side::Event => (&rules::EVENT_REMOVED, &rules::EVENT_ADDED),
    };
    let Matched { both, gone, new } = matched(before, after);
    findings.extend(gone.iter().map(|name| gone_at(removed, &before[*name].id)));
    findings.extend(new.iter().map(|name| new_at(added, &after[*name].id)));
    for (_, before, after) in both {
        event(side, before, after, findings);
    }
}

fn event(side: Side, before: &EventFacts, after: &EventFacts, findings: &mut Vec<Finding>) {
    let at = &after.id;
    kind(before, after, findings);
    if before.acknowledged != after.acknowledged {
        let rule = if after.acknowledged { &rules::ACK_ADDED } else { &rules::ACK_REMOVED };
        let (before, after) = (json!(before.acknowledged), json!(after.acknowledged));
        findings.push(Finding { change: String::new(), ..Finding::new(rule, at, &before, &after) });
    }
    lists(&before.errors, &after.errors, |code, is_new| {
        let rule = if is_new { &rules::REFUSAL_ADDED } else { &rules::REFUSAL_REMOVED };
        findings.push(super::came_or_went(rule, at, code, is_new));
    });
    policy::compare(side, at, &before.policy, &after.policy, findings);
}

/// A join, a stream and a question are exchanges of their own; the numbers in them are not.
fn kind(before: &EventFacts, after: &EventFacts, findings: &mut Vec<Finding>) {
    let name = |kind: &Value| match kind {
        Value::Object(members) => members.keys().next().cloned().unwrap_or_default(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let (was, is) = (name(&before.kind), name(&after.kind));
    let at = &after.id;
    if was != is {
        findings.push(Finding::new(&rules::EVENT_KIND, at, &json!(was), &json!(is)));
    } else if before.kind != after.kind {
        let rule = if is == "stream" { &rules::STREAM_LEASE } else { &rules::QUESTION_EXPIRY };
        let inner = |kind: &Value| json!(kind.pointer(&format!("/{is}")));
        findings.push(Finding {
            change: format!("{} → {}", inner(&before.kind), inner(&after.kind)),
            ..Finding::new(rule, at, &before.kind, &after.kind)
        });
    }
}

fn gone_at(rule: &'static rules::Rule, at: &str) -> Finding {
    Finding { change: String::new(), ..Finding::new(rule, at, &json!(at), &Value::Null) }
}

fn new_at(rule: &'static rules::Rule, at: &str) -> Finding {
    Finding { change: String::new(), ..Finding::new(rule, at, &Value::Null, &json!(at)) }
}
