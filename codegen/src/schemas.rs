//! The contract's types as JSON Schemas (2020-12), once for what the server receives and once for
//! what it sends: a default makes a field optional in one direction only.

use std::collections::BTreeMap;

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use tautline::TypeRef;

/// Where the definitions of a document stand.
pub(crate) const DEFINITIONS: &str = "#/$defs/";

/// Which way a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a client to the server: it must fit what serde accepts.
    Received,
    /// From the server to a client: it is what serde writes.
    Sent,
}

/// The definitions of one direction, by name.
#[derive(Debug)]
pub struct Schemas {
    direction: Direction,
    definitions: BTreeMap<String, Value>,
    /// The types that were read, where they are used, by their names in Rust.
    used: BTreeMap<&'static str, Value>,
}

impl Schemas {
    /// Reads all `types` and what they mention.
    pub fn read(direction: Direction, types: &[TypeRef]) -> Self {
        let mut generator = generator(direction);
        let mut used = BTreeMap::new();
        for ty in types {
            used.entry(ty.rust_name()).or_insert_with(|| use_of(ty, &mut generator));
        }
        Self { direction, definitions: Self::finish(generator), used }
    }

    /// The definitions that a generator has collected.
    pub(crate) fn finish(mut generator: SchemaGenerator) -> BTreeMap<String, Value> {
        let definitions = generator.take_definitions(true).into_iter();
        let bounded = definitions.map(|(name, mut schema)| {
            add_bounds(&mut schema);
            plain_docs(&mut schema);
            (name, schema)
        });
        bounded.collect()
    }

    /// The schema of one type where it is used: mostly a `$ref` to a definition.
    pub fn of(&self, ty: &TypeRef) -> Value {
        let known = self.used.get(ty.rust_name()).cloned();
        known.unwrap_or_else(|| use_of(ty, &mut generator(self.direction)))
    }

    /// Which way the values travel.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The definitions by name.
    pub fn definitions(&self) -> &BTreeMap<String, Value> {
        &self.definitions
    }

    /// Follows references until there is a schema of its own.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        // A reference that leads back to itself has no schema; sixteen steps are more than enough.
        for _ in 0..16 {
            let name = schema.get("$ref").and_then(Value::as_str).and_then(definition_name);
            match name.and_then(|name| self.definitions.get(name)) {
                Some(definition) => schema = definition,
                None => break,
            }
        }
        schema
    }

    /// The property of an object's schema, and whether the object always has it.
    pub fn property<'a>(&'a self, schema: &'a Value, name: &str) -> Option<(&'a Value, bool)> {
        let object = self.resolve(schema);
        let property = object.get("properties")?.get(name)?;
        let required = object.get("required").and_then(Value::as_array);
        Some((property, required.is_some_and(|names| names.iter().any(|known| known == name))))
    }
}

/// The schema of a type where it is used. What it refers to stays with the generator.
fn use_of(ty: &TypeRef, generator: &mut SchemaGenerator) -> Value {
    let mut schema = ty.json_schema(generator).to_value();
    add_bounds(&mut schema);
    schema
}

/// The name that a reference leads to.
pub(crate) fn definition_name(reference: &str) -> Option<&str> {
    reference.strip_prefix(DEFINITIONS)
}

/// Gives every reference inside a schema the address that `address` makes of the definition's name.
pub(crate) fn rename_references(schema: &mut Value, address: &dyn Fn(&str) -> String) {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(definition_name);
    if let Some(address) = name.map(address)
        && let Some(object) = schema.as_object_mut()
    {
        object.insert("$ref".to_owned(), Value::from(address));
    }
    for_each_subschema(schema, &mut |inner| rename_references(inner, address));
}

pub(crate) fn generator(direction: Direction) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12();
    match direction {
        Direction::Received => settings.for_deserialize().into_generator(),
        Direction::Sent => settings.for_serialize().into_generator(),
    }
}

/// Gives 32-bit integers the bounds that serde enforces. To schemars the format is only a hint.
fn add_bounds(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        let bounds = match object.get("format").and_then(Value::as_str) {
            Some("uint32") => Some((json!(0), json!(u32::MAX))),
            Some("int32") => Some((json!(i32::MIN), json!(i32::MAX))),
            _ => None,
        };
        if let Some((minimum, maximum)) = bounds {
            object.entry("minimum").or_insert(minimum);
            object.entry("maximum").or_insert(maximum);
        }
    }
    for_each_subschema(schema, &mut add_bounds);
}

/// Takes the escapes of TypeScript's comments out of documentation.
fn plain_docs(schema: &mut Value) {
    if let Some(Value::String(docs)) = schema.get_mut("description") {
        *docs = docs.replace("*\\/", "*/");
    }
    for_each_subschema(schema, &mut plain_docs);
}

/// Calls `visit` with every schema directly inside this one. Property names are no keywords.
pub(crate) fn for_each_subschema(schema: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    let Some(object) = schema.as_object_mut() else { return };
    for (keyword, value) in object.iter_mut() {
        match keyword.as_str() {
            "properties" | "patternProperties" | "$defs" | "dependentSchemas" => {
                value.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(&mut *visit);
            }
            "oneOf" | "anyOf" | "allOf" | "prefixItems" => {
                value.as_array_mut().into_iter().flatten().for_each(&mut *visit);
            }
            "items"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedProperties"
            | "unevaluatedItems" => visit(value),
            _ => {}
        }
    }
}

/// Takes out what means nothing on the wire, and puts lists without an order into one order.
pub(crate) fn wire_facts_of(schema: &Value) -> Value {
    let mut schema = schema.clone();
    strip(&mut schema);
    schema
}

fn strip(schema: &mut Value) {
    for_each_subschema(schema, &mut strip);
    let Some(object) = schema.as_object_mut() else { return };
    for text in [
        "$schema",
        "title",
        "description",
        "examples",
        "example",
        "deprecated",
        "$comment",
        "x-tautline",
        "x-tautline-rules",
    ] {
        object.remove(text);
    }
    for unordered in ["required", "enum", "oneOf", "anyOf", "type"] {
        if let Some(Value::Array(members)) = object.get_mut(unordered) {
            members.sort_by_cached_key(crate::canonical::canonical);
        }
    }
    // `"a" | "b"` is one list, whether its values are documented or not.
    if let Some(values) = constants(object.get("oneOf")) {
        object.remove("oneOf");
        object.insert("type".to_owned(), json!("string"));
        object.insert("enum".to_owned(), Value::Array(values));
    }
}

/// The values of a `oneOf` that consists of string constants alone.
fn constants(one_of: Option<&Value>) -> Option<Vec<Value>> {
    let variants = one_of?.as_array()?;
    let mut values = Vec::new();
    for variant in variants {
        match variant.as_object() {
            Some(object) if object.get("type") == Some(&json!("string")) => {
                let known = ["type", "const", "enum"];
                if object.keys().any(|key| !known.contains(&key.as_str())) {
                    return None;
                }
                match (object.get("const"), object.get("enum")) {
                    (Some(value), None) => values.push(value.clone()),
                    (None, Some(Value::Array(several))) => values.extend(several.iter().cloned()),
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    values.sort_by_cached_key(crate::canonical::canonical);
    Some(values)
}
