//! What is promised of an event, and what is asked of who sends it.

use serde_json::{Value, json};

use super::{came_or_went, lists};
use crate::{
    described::Side,
    gate::{
        facts::PolicyFacts,
        finding::Finding,
        rules::{self, Rule},
    },
};

pub(super) fn compare(
    side: Side,
    at: &str,
    before: &PolicyFacts,
    after: &PolicyFacts,
    findings: &mut Vec<Finding>,
) {
    promises(at, before, after, findings);
    access(at, before, after, findings);
    rooms(side, at, &before.rooms, &after.rooms, findings);
    offline(at, before, after, findings);
    limits(at, before, after, findings);
}

fn promises(at: &str, before: &PolicyFacts, after: &PolicyFacts, findings: &mut Vec<Finding>) {
    if before.delivery != after.delivery {
        let weaker = strength(&after.delivery) < strength(&before.delivery);
        let rule = if weaker { &rules::DELIVERY_WEAKENED } else { &rules::DELIVERY_STRENGTHENED };
        let (before, after) = (json!(before.delivery), json!(after.delivery));
        findings.push(Finding::new(rule, at, &before, &after));
    }
    changed(&rules::LANE_CHANGED, at, &before.lane, &after.lane, findings);
}

/// How much a delivery promises, in either direction.
fn strength(delivery: &str) -> u8 {
    match delivery {
        "idempotent" | "durable" => 2,
        "at_most_once" | "live" => 1,
        _ => 0,
    }
}

fn access(at: &str, before: &PolicyFacts, after: &PolicyFacts, findings: &mut Vec<Finding>) {
    lists(&before.scopes, &after.scopes, |scope, is_new| {
        let rule = if is_new { &rules::SCOPE_DEMANDED } else { &rules::SCOPE_DROPPED };
        findings.push(came_or_went(rule, at, scope, is_new));
    });
    if before.guests != after.guests {
        let rule =
            if after.guests { &rules::EVENT_GUESTS_ADMITTED } else { &rules::EVENT_GUESTS_REFUSED };
        findings.push(Finding::new(rule, at, &json!(before.guests), &json!(after.guests)));
    }
    if before.flag != after.flag {
        // Another flag may be off where the first was on, on either side.
        if let Some(flag) = &after.flag {
            findings.push(came_or_went(&rules::FLAG_DEMANDED, at, flag, true));
        }
        if let Some(flag) = &before.flag {
            findings.push(came_or_went(&rules::FLAG_DROPPED, at, flag, false));
        }
    }
}

fn rooms(side: Side, at: &str, before: &[String], after: &[String], findings: &mut Vec<Finding>) {
    let (was, is) = (json!(before), json!(after));
    if !fits(side, before, after) {
        findings.push(Finding::new(&rules::EVENT_ROOM_LEFT, at, &was, &is));
    }
    if !fits(side, after, before) {
        findings.push(Finding::new(&rules::EVENT_ROOM_ENTERED, at, &was, &is));
    }
}

/// Whether a client that is in the rooms of its own contract gets along with those of the server's.
///
/// A command is for those who are in all of its rooms, an event reaches those who are in any of
/// them. Without a room, each is for everybody.
fn fits(side: Side, client: &[String], server: &[String]) -> bool {
    match side {
        Side::Command => server.iter().all(|room| client.contains(room)),
        Side::Event => {
            let reaches_all = client.iter().all(|room| server.contains(room));
            server.is_empty() || (!client.is_empty() && reaches_all)
        }
    }
}

fn offline(at: &str, before: &PolicyFacts, after: &PolicyFacts, findings: &mut Vec<Finding>) {
    let ttl = |policy: &PolicyFacts| policy.offline.pointer("/queue/ttlMs").and_then(Value::as_u64);
    let keeps_beyond = |client: &PolicyFacts, server: &PolicyFacts| {
        ttl(client).is_some_and(|ttl| ttl > server.window_ms)
    };
    let (window_was, window_is) = (json!(before.window_ms), json!(after.window_ms));
    if before.window_ms != after.window_ms {
        let rule = if keeps_beyond(before, after) {
            &rules::WINDOW_BELOW_OFFLINE
        } else {
            &rules::WINDOW_CHANGED
        };
        findings.push(Finding::new(rule, at, &window_was, &window_is));
    }
    if before.offline != after.offline || keeps_beyond(after, before) {
        let rule = if keeps_beyond(after, before) {
            &rules::OFFLINE_BEYOND_WINDOW
        } else {
            &rules::OFFLINE_CHANGED
        };
        findings.push(Finding {
            change: format!("{} → {}", before.offline, after.offline),
            ..Finding::new(rule, at, &before.offline, &after.offline)
        });
    }
}

fn limits(at: &str, before: &PolicyFacts, after: &PolicyFacts, findings: &mut Vec<Finding>) {
    if before.max_bytes != after.max_bytes {
        let lower = after.max_bytes < before.max_bytes;
        let rule = if lower { &rules::BYTES_LOWERED } else { &rules::BYTES_RAISED };
        findings.push(Finding::new(rule, at, &json!(before.max_bytes), &json!(after.max_bytes)));
    }
    let speed = |policy: &PolicyFacts| json!([policy.rate, policy.cost]);
    changed(&rules::RATE_CHANGED, at, &speed(before), &speed(after), findings);
    let (was, is) = (json!(before.timeout_ms), json!(after.timeout_ms));
    changed(&rules::TIMEOUT_CHANGED, at, &was, &is, findings);
}

fn changed(
    rule: &'static Rule,
    at: &str,
    before: &Value,
    after: &Value,
    findings: &mut Vec<Finding>,
) {
    if before != after {
        findings.push(Finding::new(rule, at, before, after));
    }
}
