//! The types and events of a contract as one document of JSON Schemas: what `contract.schema.json` and
//! `contract.asyncapi.json` have in common.
//!
//! A type has one definition where both directions agree on it. Where they differ, `Name` is what
//! the server receives and `Name.Sent` what it sends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tautline::{
    Deprecated, Errors, Event, EventKind, NamespaceFacts, Problem, RetryAfter, RoomFacts, TypeRef,
};

use crate::{
    Described,
    canonical::canonical,
    described::{Side, errors, events_of, refusals},
    schemas::{DEFINITIONS, Direction, Schemas, rename_references},
    wire_facts::{kind, policy},
};

/// What the names of the library's definitions begin with, so that a contract may have its own
/// `Position`.
pub(crate) const LIBRARY_PREFIX: &str = "tautline.";

/// A contract's half of a document.
pub(crate) struct Document<'a> {
    described: &'a Described,
    /// The definitions that are not the same in both directions.
    differing: BTreeSet<String>,
    /// What the names of the definitions begin with.
    prefix: &'static str,
    /// Where the definitions stand.
    folder: &'static str,
}

impl<'a> Document<'a> {
    /// What stands in `folder`, such as `#/$defs/`, under names that begin with `prefix`.
    pub(crate) fn of(described: &'a Described, prefix: &'static str, folder: &'static str) -> Self {
        Self { described, differing: differing(described), prefix, folder }
    }

    /// The namespaces by path, with the schemas of each event.
    pub(crate) fn namespaces(&self) -> Map<String, Value> {
        let namespaces = self.described.contract.namespaces.iter();
        namespaces.map(|it| (it.path.to_owned(), self.namespace(it))).collect()
    }

    fn namespace(&self, facts: &'static NamespaceFacts) -> Value {
        let of_side = |wanted: Side| -> Map<String, Value> {
            let events = events_of(facts).filter(|(side, _)| *side == wanted);
            events.map(|(side, event)| (event.name.to_owned(), self.event(side, event))).collect()
        };
        let rooms: Map<String, Value> =
            facts.rooms().into_iter().map(|it| (it.pattern.to_owned(), self.room(it))).collect();
        let mut namespace =
            json!({ "commands": of_side(Side::Command), "events": of_side(Side::Event) });
        namespace["name"] = json!(facts.name);
        namespace["description"] = json!(facts.docs.trim());
        if !rooms.is_empty() {
            namespace["rooms"] = Value::Object(rooms);
        }
        namespace
    }

    /// What names a room, and what its members show each other.
    fn room(&self, room: &RoomFacts) -> Value {
        let mut facts = json!({
            "params": self.reference(Direction::Received, &room.ty),
            "retention": { "count": room.retention.count, "ageMs": room.retention.age_ms },
            "receipts": room.receipts,
        });
        if let Some(presence) = &room.presence {
            facts["presence"] = json!({
                "shown": self.reference(Direction::Received, presence),
                "seen": self.reference(Direction::Sent, presence),
            });
        }
        facts
    }

    fn event(&self, side: Side, event: &'static Event) -> Value {
        let mut facts = Map::new();
        let example = |example: Option<fn() -> Value>| example.map(|example| example());
        for (name, fact) in [
            ("description", Some(json!(event.docs.trim()))),
            ("kind", Some(kind(event.kind))),
            ("acknowledged", Some(json!(event.acknowledged))),
            ("policy", Some(policy(&event.policy))),
            ("since", event.policy.since.map(Value::from)),
            ("deprecated", event.policy.deprecated.map(deprecated)),
            ("example", example(event.policy.example)),
            ("answerExample", example(event.policy.answer_example)),
        ] {
            facts.extend(fact.map(|fact| (name.to_owned(), fact)));
        }
        facts.insert("payload".to_owned(), self.payload(side, event));
        // Nobody acknowledges a stream: its answer is how it ends.
        if event.acknowledged || matches!(event.kind, EventKind::Stream { .. }) {
            facts.insert("answer".to_owned(), self.answer(side, event));
        }
        if refusals(event).is_some() {
            facts.insert("problem".to_owned(), self.problem(event));
        }
        Value::Object(facts)
    }

    /// What an event carries.
    pub(crate) fn payload(&self, side: Side, event: &Event) -> Value {
        let nothing = json!({ "type": "object" });
        event.payload.map_or(nothing, |ty| self.reference(side.payload(), &ty))
    }

    /// What it is answered with.
    pub(crate) fn answer(&self, side: Side, event: &Event) -> Value {
        let nothing = json!({ "type": "null" });
        event.answer.map_or(nothing, |ty| self.reference(side.answer(event.kind), &ty))
    }

    /// What it is refused with: one of its own refusals, or any problem.
    pub(crate) fn problem(&self, event: &'static Event) -> Value {
        let any = format!("{LIBRARY_PREFIX}Problem");
        let name = refusals(event).map_or(any, |errors| errors.name.to_owned());
        json!({ "$ref": format!("{}{name}", self.folder) })
    }

    fn reference(&self, direction: Direction, ty: &TypeRef) -> Value {
        self.named(direction, self.described.schemas(direction).of(ty))
    }

    /// The schema with its references at the names of this document.
    fn named(&self, direction: Direction, mut schema: Value) -> Value {
        rename_references(&mut schema, &|name| {
            format!("{}{}", self.folder, self.name(direction, name))
        });
        schema
    }

    fn name(&self, direction: Direction, name: &str) -> String {
        match direction {
            Direction::Sent if self.differing.contains(name) => {
                format!("{}{name}.Sent", self.prefix)
            }
            Direction::Sent | Direction::Received => format!("{}{name}", self.prefix),
        }
    }

    /// The definitions by name.
    pub(crate) fn definitions(&self) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        for direction in [Direction::Sent, Direction::Received] {
            for (name, schema) in self.described.schemas(direction).definitions() {
                all.insert(self.name(direction, name), self.named(direction, schema.clone()));
            }
        }
        for errors in errors(self.described.contract) {
            all.insert(errors.name.to_owned(), self.union(errors));
        }
        all
    }

    /// A `Problem` whose code is one of the enum's, with the parameters of that code.
    fn union(&self, errors: &Errors) -> Value {
        let variant = |variant: &tautline::ErrorVariant| {
            let mut properties = Map::new();
            properties.insert("code".to_owned(), json!({ "const": variant.code }));
            let mut required = vec!["code"];
            if !variant.params.is_empty() {
                properties.insert("params".to_owned(), self.params(variant));
                required.push("params");
            }
            json!({
                "type": "object",
                "description": variant.docs.trim(),
                "properties": properties,
                "required": required,
            })
        };
        json!({
            "description": errors.docs.trim(),
            "allOf": [{ "$ref": format!("{}{LIBRARY_PREFIX}Problem", self.folder) }],
            "oneOf": errors.variants.iter().map(variant).collect::<Vec<_>>(),
        })
    }

    /// What a refusal means, and its words: enough to refuse in them.
    pub(crate) fn refusals(&self, errors: &Errors) -> Value {
        let variant = |variant: &tautline::ErrorVariant| {
            json!({
                "name": variant.name,
                "code": variant.code,
                "description": variant.docs.trim(),
                "category": variant.category.as_str(),
                "severity": variant.severity.as_str(),
                "recovery": variant.action.as_str(),
                "after": match variant.after {
                    RetryAfter::Unset => Value::Null,
                    RetryAfter::Fixed(ms) => json!({ "ms": ms }),
                    RetryAfter::Field(field) => json!({ "field": field }),
                },
                "maxAttempts": variant.max_attempts,
                "message": variant.message,
                "hint": variant.hint,
                "params": self.params(variant),
            })
        };
        json!({
            "description": errors.docs.trim(),
            "variants": errors.variants.iter().map(variant).collect::<Vec<_>>(),
        })
    }

    fn params(&self, variant: &tautline::ErrorVariant) -> Value {
        let params = variant.params.iter();
        let properties: Map<String, Value> = params
            .map(|(name, ty)| ((*name).to_owned(), self.reference(Direction::Sent, ty)))
            .collect();
        let is_optional = |name: &str| properties.get(name).is_some_and(accepts_null);
        let required: Vec<&str> = variant
            .params
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !is_optional(name))
            .collect();
        json!({ "type": "object", "properties": properties, "required": required })
    }
}

/// An `Option` is left out when it is empty.
pub(crate) fn accepts_null(schema: &Value) -> bool {
    let is_null = |ty: &Value| ty == "null";
    match (schema.get("type"), schema.get("anyOf")) {
        (Some(Value::Array(types)), _) => types.iter().any(is_null),
        (_, Some(Value::Array(variants))) => {
            variants.iter().any(|variant| variant.get("type").is_some_and(is_null))
        }
        _ => false,
    }
}

fn deprecated(deprecated: Deprecated) -> Value {
    json!({ "note": deprecated.note, "replacement": deprecated.replacement })
}

fn differing(described: &Described) -> BTreeSet<String> {
    let received = described.received.definitions();
    let sent = described.sent.definitions();
    let mut names: BTreeSet<String> = received
        .iter()
        .filter(|(name, schema)| sent.get(*name).is_some_and(|it| it != *schema))
        .map(|(name, _)| name.clone())
        .collect();
    // What mentions a definition that differs differs too.
    loop {
        let before = names.len();
        if before == 0 {
            return names;
        }
        for (name, schema) in received {
            let mut mentions = false;
            let mut schema = schema.clone();
            rename_references(&mut schema, &|name| {
                if names.contains(name) { String::new() } else { format!("{DEFINITIONS}{name}") }
            });
            mentions |= canonical(&schema).contains("\"$ref\":\"\"");
            if mentions {
                names.insert(name.clone());
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

/// `Problem` and what it consists of, for a document whose definitions stand in `folder`.
pub(crate) fn problem_definitions(folder: &str) -> BTreeMap<String, Value> {
    let mut generator = crate::schemas::generator(Direction::Sent);
    generator.subschema_for::<Problem>();
    let definitions = Schemas::finish(generator).into_iter();
    let prefixed = definitions.map(|(name, mut schema)| {
        let address = |name: &str| format!("{folder}{LIBRARY_PREFIX}{name}");
        rename_references(&mut schema, &address);
        (format!("{LIBRARY_PREFIX}{name}"), schema)
    });
    prefixed.collect()
}
