//! The types of a contract, in the direction in which they travel.
//!
//! A value that a client sends must be read by the server, and the other way round. Who writes emits
//! what its own state of the type says and no more; who reads takes what its state accepts. Both
//! pairs are looked at: the old client with the new server, and the new client with the old one.
//! Constraints are told apart from shapes: the server enforces them on what it receives, and
//! nobody enforces them on what it sends.

mod edges;
mod prover;
mod schema;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use self::{
    prover::{Answer, prove},
    schema::Roles,
};
use super::{
    facts::{ContractFacts, EventFacts},
    finding::Finding,
    rules::{self, Rule},
};
use crate::{Direction, described::Side};

/// Where the lock has the definitions of a direction.
pub(crate) const fn folder(direction: Direction) -> &'static str {
    match direction {
        Direction::Received => "types/received/",
        Direction::Sent => "types/sent/",
    }
}

/// Compares every type where it is used.
///
/// # Errors
/// A type changed, and this build cannot compare types.
pub(crate) fn compare(
    before: &ContractFacts,
    after: &ContractFacts,
    findings: &mut Vec<Finding>,
) -> Result<(), String> {
    let told = findings.len();
    let mut comparison = Comparison { before, after, answers: HashMap::new(), findings };
    for (path, namespace) in &before.namespaces {
        let Some(now) = after.namespaces.get(path) else { continue };
        for (name, event) in &namespace.commands {
            if let Some(now) = now.commands.get(name) {
                comparison.event(Side::Command, event, now)?;
            }
        }
        for (name, event) in &namespace.events {
            if let Some(now) = now.events.get(name) {
                comparison.event(Side::Event, event, now)?;
            }
        }
    }
    for (pattern, room) in &before.rooms {
        let Some(now) = after.rooms.get(pattern) else { continue };
        comparison.flow(Direction::Received, &format!("room {pattern} name"), &room.ty, &now.ty)?;
        if let (Some(was), Some(is)) = (&room.presence, &now.presence) {
            // A member shows it to the server, and the server to the others.
            let at = format!("room {pattern} presence");
            comparison.flow(Direction::Received, &at, was, is)?;
        }
    }
    for (code, facts) in &before.errors {
        if let Some(now) = after.errors.get(code) {
            let at = format!("code {code} params");
            comparison.flow(Direction::Sent, &at, &object(&facts.params), &object(&now.params))?;
        }
    }
    // A type that only travels the other way has another hash, too, and hurts nobody.
    let told = comparison.findings.len() > told;
    if before.types != after.types && !told {
        let both = [&before.types, &after.types].map(|types| json!(types));
        let finding = Finding::new(&rules::PAYLOAD_CHANGED, "types", &both[0], &both[1]);
        findings.push(Finding { change: String::new(), ..finding });
    }
    Ok(())
}

/// The parameters of a refusal as one object. One that may be null may be missing, too.
fn object(params: &std::collections::BTreeMap<String, Value>) -> Value {
    let may_be_null = |schema: &Value| {
        let is_null = |it: &Value| it == "null" || it.get("type").is_some_and(|ty| ty == "null");
        ["type", "anyOf"].iter().any(|keyword| {
            schema.get(keyword).and_then(Value::as_array).is_some_and(|all| all.iter().any(is_null))
        })
    };
    let required: Vec<&String> =
        params.iter().filter(|(_, schema)| !may_be_null(schema)).map(|(name, _)| name).collect();
    json!({ "type": "object", "properties": params, "required": required })
}

struct Comparison<'a> {
    before: &'a ContractFacts,
    after: &'a ContractFacts,
    /// What was found out of a pair of schemas: one type is mostly used by several events.
    answers: HashMap<String, Answer>,
    findings: &'a mut Vec<Finding>,
}

impl Comparison<'_> {
    fn event(&mut self, side: Side, before: &EventFacts, after: &EventFacts) -> Result<(), String> {
        let id = &after.id;
        let payload = |event: &EventFacts| event.payload.clone().unwrap_or_else(nothing);
        let at = format!("{id} payload");
        self.flow(side.payload(), &at, &payload(before), &payload(after))?;
        // Another kind of exchange is a finding of its own, and its answers are not comparable.
        let direction = answer_direction(side, after);
        let has_answer = |event: &EventFacts| event.acknowledged || event.answer.is_some();
        if (has_answer(before) || has_answer(after)) && direction == answer_direction(side, before)
        {
            let answer = |event: &EventFacts| event.answer.clone().unwrap_or_else(no_answer);
            self.flow(direction, &format!("{id} answer"), &answer(before), &answer(after))?;
        }
        Ok(())
    }

    /// One place where values travel in one direction.
    fn flow(
        &mut self,
        direction: Direction,
        at: &str,
        was: &Value,
        is: &Value,
    ) -> Result<(), String> {
        let (was, is) = (
            schema::closure(was, types(self.before, direction), folder(direction)),
            schema::closure(is, types(self.after, direction), folder(direction)),
        );
        if was == is {
            return Ok(());
        }
        // Writer and reader of each pair: first the old client with the new server.
        let (old, new) = match direction {
            Direction::Received => (self.ask(&was, &is)?, self.ask(&is, &was)?),
            Direction::Sent => (self.ask(&is, &was)?, self.ask(&was, &is)?),
        };
        let rules = RulesOf::direction(direction);
        let told = self.findings.len();
        self.tell(rules.old, at, (&was, &is), old);
        self.tell(rules.new, at, (&was, &is), new);
        if self.findings.len() == told {
            self.findings.push(Finding {
                change: String::new(),
                ..Finding::new(&rules::PAYLOAD_CHANGED, at, &was, &is)
            });
        }
        Ok(())
    }

    fn tell(
        &mut self,
        rules: [&'static Rule; 3],
        at: &str,
        pair: (&Value, &Value),
        answer: Answer,
    ) {
        let [shape, unknown, constraint] = rules;
        let (rule, counterexample, doubt) = match answer {
            Answer::Fits => return,
            Answer::Not { value, by_constraint: false } => (shape, Some(value), None),
            Answer::Not { value, by_constraint: true } => (constraint, Some(value), None),
            Answer::Unknown { why } => (unknown, None, Some(why)),
        };
        let finding = Finding::new(rule, at, pair.0, pair.1);
        self.findings.push(Finding { change: String::new(), counterexample, doubt, ..finding });
    }

    /// Whether everything that the writer emits is read by the reader.
    fn ask(&mut self, writer: &Value, reader: &Value) -> Result<Answer, String> {
        let key = crate::canonical::canonical(&json!([writer, reader]));
        if let Some(answer) = self.answers.get(&key) {
            return Ok(answer.clone());
        }
        let answer = match search(writer, reader)? {
            Answer::Not { value, .. } => {
                // The same without the constraints tells whose fault it is.
                match search(&schema::shape(writer), &schema::shape(reader))? {
                    Answer::Fits => Answer::Not { value, by_constraint: true },
                    Answer::Not { .. } => Answer::Not { value, by_constraint: false },
                    unknown @ Answer::Unknown { .. } => unknown,
                }
            }
            other => other,
        };
        self.answers.insert(key, answer.clone());
        Ok(answer)
    }
}

/// Looks for a proof, then for a value that refutes it, at last at the edges of the constraints.
fn search(writer: &Value, reader: &Value) -> Result<Answer, String> {
    let Roles { written, read } = Roles::of(writer, reader);
    let answer = prove(&written, &read)?;
    if let Answer::Unknown { .. } = answer {
        for edge in edges::edges(&written, &read) {
            if let refuted @ Answer::Not { .. } = prove(&edge, &read)? {
                return Ok(refuted);
            }
        }
    }
    Ok(answer)
}

/// The rules for a shape, a doubt and a constraint, for old and for new clients.
struct RulesOf {
    old: [&'static Rule; 3],
    new: [&'static Rule; 3],
}

impl RulesOf {
    const fn direction(direction: Direction) -> Self {
        match direction {
            Direction::Received => Self {
                old: [
                    &rules::PAYLOAD_OLD_REFUSED,
                    &rules::PAYLOAD_OLD_UNKNOWN,
                    &rules::CONSTRAINT_TIGHTENED,
                ],
                new: [
                    &rules::PAYLOAD_NEW_REFUSED,
                    &rules::PAYLOAD_NEW_UNKNOWN,
                    &rules::CONSTRAINT_LOOSENED,
                ],
            },
            Direction::Sent => Self {
                old: [
                    &rules::PAYLOAD_OLD_MISREADS,
                    &rules::PAYLOAD_OLD_UNKNOWN,
                    &rules::CONSTRAINT_SENT,
                ],
                new: [
                    &rules::PAYLOAD_NEW_MISREADS,
                    &rules::PAYLOAD_NEW_UNKNOWN,
                    &rules::CONSTRAINT_SENT,
                ],
            },
        }
    }
}

fn types(facts: &ContractFacts, direction: Direction) -> &Map<String, Value> {
    match direction {
        Direction::Received => &facts.types.received,
        Direction::Sent => &facts.types.sent,
    }
}

/// An event without a payload travels as `{}`, and whatever comes instead is not looked at.
fn nothing() -> Value {
    json!({ "type": "object" })
}

/// An answer without content is `null`, and whatever comes instead is not looked at.
fn no_answer() -> Value {
    json!({ "type": "null" })
}

/// A stream ends the way it began, an answer goes back.
fn answer_direction(side: Side, event: &EventFacts) -> Direction {
    match side {
        Side::Command => Direction::Sent,
        Side::Event if event.kind.get("stream").is_some() => Direction::Sent,
        Side::Event => Direction::Received,
    }
}
