//! The definitions of a document as payloads and rooms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    events::Room,
    types::{field_type, rules, type_of},
    words::{docs, field_name, variant_name},
};
use crate::schemas::definition_name;

/// What `Problem` consists of, where a contract has one as a value: the library has it already.
const LIBRARY: &[&str] = &[
    "Category",
    "FieldProblem",
    "Outcome",
    "Problem",
    "RecoveryAction",
    "RecoveryHint",
    "Severity",
    "User",
];

/// All types of a document.
pub(super) fn shapes(document: &Value, rooms: &BTreeMap<String, Room>) -> Result<String, String> {
    let empty = Map::new();
    let definitions = document.get("$defs").and_then(Value::as_object).unwrap_or(&empty);
    let errors = &document["x-tautline"]["errors"];
    let mut text = String::new();
    for (name, schema) in crate::canonical::sorted(definitions) {
        if name.contains('.') || LIBRARY.contains(&name.as_str()) || errors.get(name).is_some() {
            continue;
        }
        let shape = Shape {
            name,
            schema,
            definitions,
            room: rooms.values().find(|room| room.name == *name),
        };
        let written = shape.text().map_err(|said| format!("`{name}`: {said}"))?;
        text.push_str(&written);
        text.push('\n');
    }
    Ok(text)
}

struct Shape<'a> {
    name: &'a str,
    schema: &'a Value,
    definitions: &'a Map<String, Value>,
    room: Option<&'a Room>,
}

impl Shape<'_> {
    fn text(&self) -> Result<String, String> {
        let docs = docs(self.schema.get("description").and_then(Value::as_str));
        let name = self.name;
        let head = |open: bool| {
            format!("{docs}#[tautline::payload{}]\n", if open { "(open)" } else { "" })
        };
        let schema = self.schema;
        if let Some(known) = schema.pointer("/anyOf/0/oneOf").and_then(Value::as_array) {
            return Ok(format!("{}pub enum {name} {{\n{}}}\n", head(true), self.variants(known)?));
        }
        if let Some(Value::Array(variants)) = schema.get("oneOf") {
            return Ok(format!(
                "{}pub enum {name} {{\n{}}}\n",
                head(false),
                self.variants(variants)?
            ));
        }
        for (list, open) in [("enum", false), ("examples", true)] {
            if let Some(Value::Array(words)) = schema.get(list) {
                return Ok(format!(
                    "{}pub enum {name} {{\n{}}}\n",
                    head(open),
                    variants_of(words)?
                ));
            }
        }
        let is_struct = schema.get("type").is_some_and(|ty| ty == "object")
            && schema.get("additionalProperties").is_none();
        if is_struct {
            let head =
                self.room.map_or_else(|| head(false), |room| format!("{docs}{}", room.attribute()));
            return Ok(format!("{head}pub struct {name} {{\n{}}}\n", self.fields(schema, "pub ")?));
        }
        Ok(format!(
            "{}pub struct {name}({}pub {});\n",
            head(false),
            rules(schema),
            type_of(schema)?
        ))
    }

    fn variants(&self, variants: &[Value]) -> Result<String, String> {
        let mut text = String::new();
        for variant in variants {
            text.push_str(&docs(variant.get("description").and_then(Value::as_str)));
            if let Some(word) = variant.get("const") {
                text.push_str(&variants_of(std::slice::from_ref(word))?);
            } else if let Some(Value::Array(words)) = variant.get("enum") {
                text.push_str(&variants_of(words)?);
            } else {
                let tag = variant.pointer("/properties/type/const").and_then(Value::as_str);
                let tag = tag.ok_or(
                    "its variants are not told apart by the field `type`: give each a tag",
                )?;
                let fields = self.fields(variant, "")?;
                let body =
                    if fields.is_empty() { String::new() } else { format!("{{\n{fields}}}") };
                text.push_str(&format!("{}{body},\n", variant_name(tag)?));
            }
        }
        Ok(text)
    }

    /// The fields of an object, the tag aside.
    fn fields(&self, object: &Value, visibility: &str) -> Result<String, String> {
        let is_tagged = visibility.is_empty();
        let mut text = String::new();
        for (wire, schema, is_required) in declared(object) {
            if is_tagged && wire == "type" {
                continue;
            }
            let ty = self.boxed(&field_type(schema, is_required)?);
            text.push_str(&docs(schema.get("description").and_then(Value::as_str)));
            text.push_str(&format!("{}{visibility}{}: {ty},\n", rules(schema), field_name(wire)?));
        }
        Ok(text)
    }

    /// A field that would hold its own type lies in a box.
    fn boxed(&self, ty: &str) -> String {
        let (wrapper, inner) = match ty.split_once('<') {
            Some((wrapper @ ("Option" | "Patch"), rest)) => {
                (Some(wrapper), rest.trim_end_matches('>'))
            }
            _ => (None, ty),
        };
        if !self.leads_back(inner, &mut BTreeSet::new()) {
            return ty.to_owned();
        }
        wrapper
            .map_or_else(|| format!("Box<{inner}>"), |wrapper| format!("{wrapper}<Box<{inner}>>"))
    }

    /// Whether a type holds this one without a list or a map between.
    fn leads_back<'a>(&'a self, name: &'a str, seen: &mut BTreeSet<&'a str>) -> bool {
        if name == self.name {
            return true;
        }
        let Some(schema) = self.definitions.get(name).filter(|_| seen.insert(name)) else {
            return false;
        };
        held(schema).into_iter().any(|inner| self.leads_back(inner, seen))
    }
}

/// The fields of an object, and whether each must be there. Those that must stand in the order in
/// which they were declared; of the others it is lost.
pub(crate) fn declared(object: &Value) -> Vec<(&String, &Value, bool)> {
    let required = object.get("required").and_then(Value::as_array);
    let place = |wire: &str| required.and_then(|names| names.iter().position(|it| it == wire));
    let properties = object.get("properties").and_then(Value::as_object);
    let mut fields: Vec<(&String, &Value, bool)> = properties
        .into_iter()
        .flat_map(crate::canonical::sorted)
        .map(|(wire, schema)| (wire, schema, place(wire).is_some()))
        .collect();
    fields.sort_by_key(|(wire, _, _)| place(wire).unwrap_or(usize::MAX));
    fields
}

/// The types that a schema holds without a list or a map between.
fn held(schema: &Value) -> Vec<&str> {
    let mut found: Vec<&str> =
        schema.get("$ref").and_then(Value::as_str).and_then(definition_name).into_iter().collect();
    for several in ["oneOf", "anyOf"] {
        found.extend(
            schema.get(several).and_then(Value::as_array).into_iter().flatten().flat_map(held),
        );
    }
    found.extend(
        schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|it| it.values())
            .flat_map(held),
    );
    found
}

fn variants_of(words: &[Value]) -> Result<String, String> {
    let names = words.iter().filter_map(Value::as_str).map(variant_name);
    names.map(|name| name.map(|name| format!("{name},\n"))).collect()
}
