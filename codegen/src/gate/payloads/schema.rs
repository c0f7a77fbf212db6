//! Schemas of a lock, made ready for the prover: complete, and in the role of writer or reader.

use serde_json::{Map, Value, json};

use crate::schemas::{DEFINITIONS, for_each_subschema};

/// A schema with all definitions that it mentions, under `$defs`: what `types/sent/Message` means
/// in one state of a contract, whatever else is in it.
pub(super) fn closure(schema: &Value, types: &Map<String, Value>, folder: &str) -> Value {
    let mut definitions = Map::new();
    let mut root = schema.clone();
    let mut open = Vec::new();
    localize(&mut root, folder, &mut open);
    while let Some(name) = open.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        // A lock whose hash is right has all that it mentions; `{}` takes anything.
        let mut definition = types.get(&name).cloned().unwrap_or_else(|| json!({}));
        localize(&mut definition, folder, &mut open);
        definitions.insert(name, definition);
    }
    if let (Some(root), false) = (root.as_object_mut(), definitions.is_empty()) {
        root.insert("$defs".to_owned(), Value::Object(definitions));
    }
    root
}

fn localize(schema: &mut Value, folder: &str, mentioned: &mut Vec<String>) {
    let reference = schema.get("$ref").and_then(Value::as_str);
    if let Some(name) = reference.and_then(|it| it.strip_prefix(folder)).map(str::to_owned) {
        schema["$ref"] = json!(format!("{DEFINITIONS}{name}"));
        mentioned.push(name);
    }
    for_each_subschema(schema, &mut |inner| localize(inner, folder, mentioned));
}

/// A type without its constraints: what serde and TypeScript see of it.
pub(super) fn shape(schema: &Value) -> Value {
    let mut schema = schema.clone();
    drop_constraints(&mut schema);
    schema
}

fn drop_constraints(schema: &mut Value) {
    for_each_subschema(schema, &mut drop_constraints);
    let Some(object) = schema.as_object_mut() else { return };
    for constraint in ["minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"] {
        object.remove(constraint);
    }
    object.remove("minimum");
    object.remove("maximum");
    object.remove("exclusiveMinimum");
    object.remove("exclusiveMaximum");
    if let Some((minimum, maximum)) = object.get("format").and_then(Value::as_str).and_then(bounds)
    {
        object.insert("minimum".to_owned(), json!(minimum));
        object.insert("maximum".to_owned(), json!(maximum));
    }
}

/// What an integer of this format can hold.
fn bounds(format: &str) -> Option<(i64, i64)> {
    Some(match format {
        "uint8" => (0, i64::from(u8::MAX)),
        "uint16" => (0, i64::from(u16::MAX)),
        "uint32" => (0, i64::from(u32::MAX)),
        "int8" => (i64::from(i8::MIN), i64::from(i8::MAX)),
        "int16" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => return None,
    })
}

/// One schema as the end that writes means it, and one as the end that reads takes it.
pub(super) struct Roles {
    pub(super) written: Value,
    pub(super) read: Value,
}

impl Roles {
    pub(super) fn of(writer: &Value, reader: &Value) -> Self {
        let (mut written, mut read) = (writer.clone(), reader.clone());
        prepare(&mut written, Role::Writer);
        prepare(&mut read, Role::Reader);
        // Who expects nothing does not look at what comes.
        if *reader == json!({ "type": "null" }) {
            read = json!({});
        }
        Self { written, read }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
}

fn prepare(schema: &mut Value, role: Role) {
    // Before the parts: they show whether this is an open enum.
    open_enum(schema, role);
    for_each_subschema(schema, &mut |inner| prepare(inner, role));
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(format) = object.remove("format").and_then(|it| it.as_str().map(str::to_owned))
        && let Some(pattern) = stand_in(&format)
    {
        object.insert("pattern".to_owned(), json!(pattern));
    }
    // Objects of different tags exclude each other: one of them is any of them, and easier to prove.
    if let Some(variants) = object.remove("oneOf") {
        let keyword = if tags(&variants).is_some() { "anyOf" } else { "oneOf" };
        object.insert(keyword.to_owned(), variants);
    }
    // A writer emits the fields that it declares. A reader takes others, too, and ignores them.
    let is_object = object.get("type").is_some_and(|ty| ty == "object");
    if role == Role::Writer && is_object {
        object.entry("additionalProperties").or_insert(json!(false));
    }
}

/// A pattern in the place of a format: serde refuses a text that has not the form of its type, but
/// to JSON Schema a format is a remark, and the prover cannot reason about it. Numbers need none,
/// their bounds say it all. It is the same pattern on both sides, so it need not be exact.
fn stand_in(format: &str) -> Option<String> {
    Some(match format {
        format if bounds(format).is_some() => return None,
        "double" | "float" | "int64" | "uint64" => return None,
        "uuid" => "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$".to_owned(),
        "date-time" => "^20[0-9]{2}-0[1-9]-1[0-9]T1[0-9]:[0-5][0-9]:[0-5][0-9]Z$".to_owned(),
        "uri" => "^https://[a-z]{1,8}\\.example/$".to_owned(),
        other => format!("^{}: [a-z]{{1,8}}$", regex::escape(other)),
    })
}

/// An open enum of objects is `anyOf: [known, { type: any text }]`. A writer emits what it knows; a
/// reader holds the known tags to their types, and takes only the others as they come.
fn open_enum(schema: &mut Value, role: Role) {
    let fallback = json!({ "type": "object", "properties": { "type": { "type": "string" } }, "required": ["type"] });
    let Some(Value::Array(members)) = schema.get_mut("anyOf") else { return };
    let Some(at) = members.iter().position(|member| *member == fallback) else { return };
    let known: Vec<Value> =
        members.iter().filter_map(|member| tags(member.get("oneOf")?)).flatten().collect();
    if members.len() != 2 || known.is_empty() {
        return;
    }
    match role {
        Role::Writer => {
            members.remove(at);
        }
        Role::Reader => {
            members[at]["properties"]["type"] =
                json!({ "type": "string", "not": { "enum": known } });
        }
    }
}

/// The tags of variants, if each has one and they differ.
fn tags(variants: &Value) -> Option<Vec<Value>> {
    let variants = variants.as_array()?;
    let tag = |variant: &Value| variant.pointer("/properties/type/const").cloned();
    let tags: Vec<Value> = variants.iter().map(tag).collect::<Option<_>>()?;
    let differ = tags.iter().enumerate().all(|(index, tag)| !tags[..index].contains(tag));
    differ.then_some(tags)
}
