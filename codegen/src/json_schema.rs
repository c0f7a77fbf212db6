//! The JSON Schema generator: `contract.schema.json` (2020-12), for validators and other languages.
//!
//! A type has one definition where both directions agree on it. Where they differ, `Name` is what
//! the server receives and `Name.Sent` what it sends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tautline::{Errors, Event, NamespaceFacts, Problem, TypeRef};

use crate::{
    Described, File, MARK,
    canonical::{canonical, readable},
    described::{Side, errors, events_of, refusals},
    library::library,
    schemas::{DEFINITIONS, Direction, Schemas, rename_references},
};

/// What the names of the library's definitions begin with, so that a contract may have its own
/// `Position`.
const LIBRARY_PREFIX: &str = "tautline.";

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let contract = described.contract;
    let library = library();
    let (own, library) = (Document::of(described, ""), Document::of(&library, LIBRARY_PREFIX));
    let mut definitions = own.definitions();
    definitions.extend(library.definitions());
    definitions.extend(problem_definitions());
    let schema = json!({
        "$comment": MARK,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "title": contract.name,
        "x-tautline": {
            "name": contract.name,
            "version": contract.version,
            "hash": described.hash,
            "namespaces": own.namespaces(),
            "library": library.namespaces(),
        },
    });
    vec![File::new("contract.schema.json", readable(&schema))]
}

struct Document<'a> {
    described: &'a Described,
    /// The definitions that are not the same in both directions.
    differing: BTreeSet<String>,
    /// What the names of the definitions begin with.
    prefix: &'static str,
}

impl<'a> Document<'a> {
    fn of(described: &'a Described, prefix: &'static str) -> Self {
        Self { described, differing: differing(described), prefix }
    }

    fn namespaces(&self) -> Map<String, Value> {
        let namespaces = self.described.contract.namespaces.iter();
        namespaces.map(|it| (it.path.to_owned(), self.namespace(it))).collect()
    }

    fn namespace(&self, facts: &'static NamespaceFacts) -> Value {
        let of_side = |wanted: Side| -> Map<String, Value> {
            let events = events_of(facts).filter(|(side, _)| *side == wanted);
            events.map(|(side, event)| (event.name.to_owned(), self.event(side, event))).collect()
        };
        json!({ "commands": of_side(Side::Command), "events": of_side(Side::Event) })
    }

    fn event(&self, side: Side, event: &'static Event) -> Value {
        let mut facts = Map::new();
        let no_payload = json!({ "type": "object" });
        let payload = event.payload.map_or(no_payload, |ty| self.reference(side.payload(), &ty));
        facts.insert("payload".to_owned(), payload);
        if event.acknowledged {
            let direction = side.answer(event.kind);
            let unit = json!({ "type": "null" });
            let answer = event.answer.map_or(unit, |ty| self.reference(direction, &ty));
            facts.insert("answer".to_owned(), answer);
        }
        if let Some(errors) = refusals(event) {
            facts.insert(
                "problem".to_owned(),
                json!({ "$ref": format!("{DEFINITIONS}{}", errors.name) }),
            );
        }
        Value::Object(facts)
    }

    fn reference(&self, direction: Direction, ty: &TypeRef) -> Value {
        self.named(direction, self.described.schemas(direction).of(ty))
    }

    /// The schema with its references at the names of this document.
    fn named(&self, direction: Direction, mut schema: Value) -> Value {
        rename_references(&mut schema, &|name| {
            format!("{DEFINITIONS}{}", self.name(direction, name))
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

    fn definitions(&self) -> BTreeMap<String, Value> {
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
            "allOf": [{ "$ref": format!("{DEFINITIONS}{LIBRARY_PREFIX}Problem") }],
            "oneOf": errors.variants.iter().map(variant).collect::<Vec<_>>(),
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
fn accepts_null(schema: &Value) -> bool {
    let is_null = |ty: &Value| ty == "null";
    match (schema.get("type"), schema.get("anyOf")) {
        (Some(Value::Array(types)), _) => types.iter().any(is_null),
        (_, Some(Value::Array(variants))) => {
            variants.iter().any(|variant| variant.get("type").is_some_and(is_null))
        }
        _ => false,
    }
}

fn differing(described: &Described) -> BTreeSet<String> {
    let received = described.received.definitions();
    let sent = described.sent.definitions();
    let mut names: BTreeSet<String> = received
        .iter()
        .filter(|(name, schema)| {
            sent.get(*name).is_some_and(|it| canonical(it) != canonical(schema))
        })
        .map(|(name, _)| name.clone())
        .collect();
    // What mentions a definition that differs differs too.
    loop {
        let before = names.len();
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

/// `Problem` and what it consists of.
fn problem_definitions() -> BTreeMap<String, Value> {
    let mut generator = crate::schemas::generator(Direction::Sent);
    generator.subschema_for::<Problem>();
    let definitions = Schemas::finish(generator).into_iter();
    let prefixed = definitions.map(|(name, mut schema)| {
        let address = |name: &str| format!("{DEFINITIONS}{LIBRARY_PREFIX}{name}");
        rename_references(&mut schema, &address);
        (format!("{LIBRARY_PREFIX}{name}"), schema)
    });
    prefixed.collect()
}
