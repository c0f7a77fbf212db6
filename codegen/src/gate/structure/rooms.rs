//! Rooms: their names, and what is kept and shown in them. The pattern is the room's identity.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Matched, came_or_went, matched};
use crate::gate::{facts::RoomFacts, finding::Finding, rules};

pub(super) fn compare(
    before: &BTreeMap<String, RoomFacts>,
    after: &BTreeMap<String, RoomFacts>,
    findings: &mut Vec<Finding>,
) {
    let Matched { both, gone, new } = matched(before, after);
    let plain = |finding: Finding| Finding { change: String::new(), ..finding };
    for pattern in gone {
        let at = format!("room {pattern}");
        findings.push(plain(came_or_went(&rules::ROOM_REMOVED, at, pattern, false)));
    }
    for pattern in new {
        let at = format!("room {pattern}");
        findings.push(plain(came_or_went(&rules::ROOM_ADDED, at, pattern, true)));
    }
    for (pattern, before, after) in both {
        room(&format!("room {pattern}"), before, after, findings);
    }
}

fn room(at: &str, before: &RoomFacts, after: &RoomFacts, findings: &mut Vec<Finding>) {
    if before.params != after.params {
        let (was, is) = (json!(before.params), json!(after.params));
        findings.push(Finding::new(&rules::ROOM_PARAMETERS, at, &was, &is));
    }
    let absent = |fact: &Option<Value>| fact.is_none();
    match (absent(&before.presence), absent(&after.presence)) {
        (true, false) => findings.push(told(&rules::PRESENCE_ADDED, at, false, true)),
        (false, true) => findings.push(told(&rules::PRESENCE_REMOVED, at, true, false)),
        // The type of a state that stays is compared with the other types.
        (true, true) | (false, false) => {}
    }
    match (before.receipts, after.receipts) {
        (false, true) => findings.push(told(&rules::RECEIPTS_ADDED, at, false, true)),
        (true, false) => findings.push(told(&rules::RECEIPTS_REMOVED, at, true, false)),
        (true, true) | (false, false) => {}
    }
    if before.retention != after.retention {
        findings.push(Finding {
            change: format!("{} → {}", before.retention, after.retention),
            ..Finding::new(&rules::RETENTION_CHANGED, at, &before.retention, &after.retention)
        });
    }
}

fn told(rule: &'static rules::Rule, at: &str, before: bool, after: bool) -> Finding {
    Finding { change: String::new(), ..Finding::new(rule, at, &json!(before), &json!(after)) }
}
