//! A table of changes with what they do to old and to new clients, over a small contract as data.

mod base;
mod cases;
mod commands;

use serde_json::{Value, json};

use self::{base::base, cases::cases};
use super::{
    Finding, Lock, Party, compare,
    finding::Verdict::{self, Breaking, Safe, Text, Unknown},
    rules::RULES,
};

/// One change and what is expected of it.
struct Case {
    name: &'static str,
    change: fn(&mut Value),
    old: Verdict,
    new: Verdict,
    rules: &'static [&'static str],
}

/// Makes a lock of facts, as `write` does.
fn lock(facts: &Value, texts: Value) -> Lock {
    let text = json!({
        "contract": facts, "hash": crate::canonical::hash(facts), "format": 1,
        "texts": texts, "version": "1.0.0",
    });
    Lock::parse("a lock", &text.to_string()).unwrap()
}

fn findings(before: &Value, after: &Value) -> Vec<Finding> {
    let no_texts = || json!({});
    compare(&lock(before, no_texts()), &lock(after, no_texts())).unwrap()
}

fn worst(findings: &[Finding], party: Party) -> Verdict {
    findings.iter().map(|finding| finding.verdict(party)).max().unwrap_or(Text)
}

#[test]
fn each_change_has_its_verdict_for_both() {
    let mut wrong = Vec::new();
    for Case { name, change, old, new, rules } in cases() {
        let (before, mut after) = (base(), base());
        change(&mut after);

        let found = findings(&before, &after);

        let verdicts = Party::ALL.map(|party| worst(&found, party));
        let mut ids: Vec<&str> = found.iter().map(|finding| finding.rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        if verdicts != [old, new] || ids != rules {
            wrong.push(format!(
                "{name}: {verdicts:?} by {ids:?}, not {:?} by {rules:?}\n{found:#?}",
                [old, new]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_hurts_one_side_hurts_the_other_when_it_is_taken_back() {
    for Case { name, change, old, new, .. } in cases() {
        let (before, mut after) = (base(), base());
        change(&mut after);

        let found = findings(&after, &before);

        assert_eq!(Party::ALL.map(|party| worst(&found, party)), [new, old], "{name}: {found:#?}");
    }
}

#[test]
fn there_are_enough_cases_and_each_rule_has_one() {
    let mut seen: Vec<&str> = vec!["text.changed"];
    for Case { change, rules, .. } in cases() {
        let mut changed = base();
        change(&mut changed);
        seen.extend(rules);
        // Taken back, a change falls under the rule of the other side.
        seen.extend(findings(&changed, &base()).iter().map(|finding| finding.rule.id));
    }

    let missing = RULES.iter().map(|rule| rule.id).filter(|id| !seen.contains(id));

    assert!(cases().len() >= 60, "{} cases", cases().len());
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_payload_that_breaks_is_shown_by_a_value() {
    for Case { name, change, .. } in cases() {
        let (before, mut after) = (base(), base());
        change(&mut after);

        for finding in findings(&before, &after) {
            let breaks =
                matches!(finding.rule.id.split_once('.'), Some(("payload" | "constraint", _)));
            let told = finding.counterexample.is_some() || finding.doubt.is_some();
            assert_eq!(
                breaks && finding.rule.id != "payload.changed",
                told,
                "{name}: {finding:#?}"
            );
        }
    }
}

/// The hash sees every fact, so the gate must, too: another hash without a finding would be a lie.
#[test]
fn no_fact_can_change_in_silence() {
    let before = base();
    // Of the types, which take the prover's time, one that travels each way will do.
    let is_looked_at = |pointer: &String| {
        !pointer.starts_with("/types/")
            || pointer.contains("Presence")
            || pointer.contains("sent/Body")
    };
    for pointer in leaves(&before, "").into_iter().filter(is_looked_at) {
        // The name is the contract's identity, and an id is made of what stands around it.
        if pointer == "/name" || pointer.ends_with("/id") {
            continue;
        }
        let mut after = base();
        let leaf = after.pointer_mut(&pointer).unwrap();
        *leaf = another(leaf);
        // What is no contract at all cannot be compared; a hash of it cannot be made by `write`.
        let text =
            json!({ "contract": after, "hash": crate::canonical::hash(&after), "version": "1" });
        let Ok(after) = Lock::parse("a lock", &text.to_string()) else { continue };

        let found = compare(&lock(&before, json!({})), &after).unwrap();

        assert!(!found.is_empty(), "{pointer} changed in silence");
    }
}

fn leaves(value: &Value, at: &str) -> Vec<String> {
    let key = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().flat_map(|(name, inner)| leaves(inner, &key(name))).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            let inner = |(index, item): (usize, &Value)| leaves(item, &key(&index.to_string()));
            items.iter().enumerate().flat_map(inner).collect()
        }
        _ => vec![at.to_owned()],
    }
}

fn another(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_u64().unwrap_or(1) + 1),
        Value::String(text) if text.contains('/') => json!(format!("{text}x")),
        Value::String(text) => json!(format!("{text}_x")),
        Value::Null => json!("x"),
        Value::Array(_) => json!(["x"]),
        Value::Object(_) => json!({ "x": {} }),
    }
}

#[test]
fn words_alone_are_text_only() {
    let before =
        lock(&base(), json!({ "/board command add_card": "one", "room board:{board_id}": "same" }));
    let after =
        lock(&base(), json!({ "/board command add_card": "two", "room board:{board_id}": "same" }));

    let found = compare(&before, &after).unwrap();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule.id, "text.changed");
    assert_eq!(Party::ALL.map(|party| found[0].verdict(party)), [Text, Text]);
}

#[test]
fn what_nobody_can_tell_is_settled_by_an_acknowledgement_and_what_breaks_is_not() {
    let verdict = |rule: &str, acknowledged: Option<&str>| {
        let rule = RULES.iter().find(|it| it.id == rule).unwrap();
        let finding = Finding {
            acknowledged: acknowledged.map(str::to_owned),
            ..Finding::new(rule, "/board", &json!(1), &json!(2))
        };
        (finding.hurts(Party::OldClients), finding.stops(Party::OldClients))
    };

    assert_eq!(verdict("payload.old_client_unknown", None), (true, true));
    assert_eq!(verdict("payload.old_client_unknown", Some("looked at")), (false, false));
    assert_eq!(verdict("command.removed", None), (true, true));
    assert_eq!(verdict("command.removed", Some("nobody sent it")), (true, false));
    assert_eq!(verdict("payload.new_client_unknown", None), (false, false));
}

#[test]
fn two_contracts_are_not_compared() {
    let mut other = base();
    other["name"] = json!("other");

    let error = compare(&lock(&base(), json!({})), &lock(&other, json!({}))).unwrap_err();

    assert_eq!(error, "`boards` and `other` are different contracts: compare two states of one");
}
