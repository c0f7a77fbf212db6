//! Values of a contract as a TypeScript module: its compiler reads them, and tests of real clients
//! send them.

use std::collections::BTreeSet;

use serde_json::Value;
use tautline::{Event, NamespaceFacts, TypeRef};

use super::{any::UNKNOWN, samples::edges_and_random};
use crate::{
    Described,
    canonical::{sorted, string_text},
    described::{Side, events_of},
    schemas::{Direction, Schemas},
    typescript::{
        print::{inline, key},
        types::type_of,
    },
};

/// What of a value is an attachment when it travels.
const BYTES: &str = "\
/** Bytes, from base64. */
const bytes = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
";

/// The most random values of an event. Clients send none of them: they are for the compiler alone.
const OF_AN_EVENT: u32 = 100;

/// A module with `values` random values, shared by all commands, those at the edges, and some of each
/// event: each with what it is sent as and what comes back of it. `types` is where it imports the
/// contract's types from.
pub(crate) fn fixtures(described: &Described, types: &str, values: u32, seed: u64) -> String {
    let events = || {
        described
            .contract
            .namespaces
            .iter()
            .flat_map(|it| events_of(it).map(move |(side, event)| (*it, side, event)))
    };
    let is_sent = |side: Side, event: &Event| side == Side::Command && event.payload.is_some();
    let count = events().filter(|(_, side, event)| is_sent(*side, event)).count();
    let each = values / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    let mut names = BTreeSet::new();
    let mut groups = String::new();
    for ((namespace, side, event), seed) in events().zip(seed..) {
        if let Some(ty) = event.payload {
            let group = Group { described, namespace, side, event, ty };
            let random = if side == Side::Command { each } else { each.min(OF_AN_EVENT) };
            groups.push_str(&group.text(random.max(1), seed, &mut names));
        }
    }
    let import = names.into_iter().collect::<Vec<_>>().join(", ");
    format!(
        "import type {{ {import} }} from {types};\n\n{BYTES}\n\
         /** A value that is sent, and what comes back of it. */\n\
         export interface Fixture<T> {{\n  readonly sent: T;\n  readonly back: T;\n}}\n\n\
         const values = <T>(fixtures: readonly Fixture<T>[]): readonly Fixture<T>[] => fixtures;\n\n\
         /** The values, by namespace, side and name. */\n\
         export const fixtures = {{\n{groups}}};\n",
        types = string_text(types),
    )
}

/// The values of one command or event.
struct Group<'a> {
    described: &'a Described,
    namespace: &'static NamespaceFacts,
    side: Side,
    event: &'static Event,
    ty: TypeRef,
}

impl Group<'_> {
    fn text(&self, values: u32, seed: u64, names: &mut BTreeSet<String>) -> String {
        let schemas = self.described.schemas(self.side.payload());
        let schema = schemas.of(&self.ty);
        let all = edges_and_random(schemas, &schema, values, seed);
        let ty = type_of(&self.ty);
        ty.names(names);
        let key = string_text(&format!(
            "{} {} {}",
            self.namespace.path,
            self.side.noun(),
            self.event.name
        ));
        let rows: String = all.iter().filter_map(|value| self.row(&schema, value)).collect();
        format!("  {key}: values<{}>([\n{rows}  ]),\n", inline(&ty))
    }

    fn row(&self, schema: &Value, value: &Value) -> Option<String> {
        // The compiler refuses what it does not know in a literal, though it may be sent.
        let known = without_unknown(value);
        let reading = self.ty.read(&known.to_string()).ok()?;
        let back: Value = serde_json::from_str(&reading.written).ok()?;
        let write = |direction: Direction, value: &Value| {
            Writer { schemas: self.described.schemas(direction) }.write(&[schema], value)
        };
        let (sent, back) = (write(self.side.payload(), &known), write(Direction::Sent, &back));
        Some(format!("    {{ sent: {sent}, back: {back} }},\n"))
    }
}

fn without_unknown(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_unknown).collect(),
        Value::Object(entries) => entries
            .iter()
            .filter(|(name, _)| *name != UNKNOWN)
            .map(|(name, value)| (name.clone(), without_unknown(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Writes values as expressions of TypeScript. It needs the schema to know which text is bytes.
struct Writer<'a> {
    schemas: &'a Schemas,
}

impl<'a> Writer<'a> {
    /// The value, of which each of `schemas` may be the schema.
    fn write(&self, schemas: &[&'a Value], value: &Value) -> String {
        let mut all = Vec::new();
        schemas.iter().for_each(|schema| self.spread(schema, &mut all));
        match value {
            Value::String(text) if all.iter().any(|it| it.get("contentEncoding").is_some()) => {
                format!("bytes({})", string_text(text))
            }
            Value::Array(items) => {
                let inner: Vec<&Value> = all.iter().filter_map(|it| it.get("items")).collect();
                let items: Vec<String> =
                    items.iter().map(|item| self.write(&inner, item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(entries) => {
                let entry = |(name, value): (&String, &Value)| {
                    let inner: Vec<&Value> = all
                        .iter()
                        .filter_map(|it| {
                            it.pointer("/properties")?.get(name).or(it.get("additionalProperties"))
                        })
                        .collect();
                    // As a plain name it would be the object's prototype.
                    let name =
                        if name == "__proto__" { "[\"__proto__\"]".to_owned() } else { key(name) };
                    format!("{name}: {}", self.write(&inner, value))
                };
                let entries: Vec<String> = sorted(entries).into_iter().map(entry).collect();
                if entries.is_empty() {
                    "{}".to_owned()
                } else {
                    format!("{{ {} }}", entries.join(", "))
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                crate::canonical(value)
            }
        }
    }

    /// The schema, and what it refers to or chooses from.
    fn spread(&self, schema: &'a Value, found: &mut Vec<&'a Value>) {
        let schema = self.schemas.resolve(schema);
        found.push(schema);
        for several in ["oneOf", "anyOf"] {
            let variants = schema.get(several).and_then(Value::as_array);
            variants.into_iter().flatten().for_each(|it| self.spread(it, found));
        }
    }
}
