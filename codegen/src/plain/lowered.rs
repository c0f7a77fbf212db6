//! A document's definitions as typify reads them: draft-07, everything under `definitions` and no
//! root, no constants, nothing beside a reference, no rules. Whatever has another form than those of the
//! profile is refused here, so that typify sees nothing that it was not tried with.

use serde_json::{Map, Value, json};

use crate::{
    rust::{
        shapes::declared,
        types::{is_anything, optional},
        words::{field_name, variant_name},
    },
    schemas::definition_name,
};

/// All definitions of a document, its library's among them.
pub(super) fn lowered(document: &Value) -> Result<Value, String> {
    let errors = &document["x-tautline"]["errors"];
    let mut lowering = Lowering { document: &document["$defs"], made: Map::new() };
    for (name, schema) in document["$defs"].as_object().into_iter().flatten() {
        lowering
            .definition(name, schema, errors.get(name).is_some())
            .map_err(|said| format!("`{name}`: {said}"))?;
    }
    Ok(json!({ "definitions": lowering.made }))
}

struct Lowering<'a> {
    /// The document's definitions.
    document: &'a Value,
    made: Map<String, Value>,
}

impl Lowering<'_> {
    /// A definition by its form, as `rust/shapes.rs` tells them apart.
    fn definition(&mut self, name: &str, schema: &Value, is_error: bool) -> Result<(), String> {
        let known = if let Some(known) = schema.pointer("/anyOf/0/oneOf").and_then(Value::as_array)
        {
            Some((self.variants(known, "type")?, json!({})))
        } else if let Some(Value::Array(words)) = schema.get("examples") {
            Some((
                json!({ "type": "string", "enum": plain_words(words)? }),
                json!({ "type": "string" }),
            ))
        } else {
            None
        };
        let lowered = if let Some((known, mut unknown)) = known {
            // typify calls the variants by these names, without what they begin with: `Known`, `Unknown`.
            unknown["title"] = json!(format!("{name}Unknown"));
            let own = format!("{name}Known");
            if self.document.get(&own).is_some() {
                return Err(format!(
                    "the contract has a `{own}` besides, which is what typify needs it for: rename that"
                ));
            }
            let reference = reference(&own);
            self.made.insert(own, described(known, Some("What this build knows.")));
            json!({ "oneOf": [reference, unknown] })
        } else if let Some(Value::Array(list)) = schema.get("oneOf") {
            self.variants(list, if is_error { "code" } else { "type" })?
        } else if let Some(Value::Array(words)) = schema.get("enum") {
            json!({ "type": "string", "enum": plain_words(words)? })
        } else if schema["type"] == "object" && schema.get("additionalProperties").is_none() {
            self.object(schema, None)?
        } else {
            self.used(schema)?
        };
        self.made.insert(name.to_owned(), described(lowered, schema["description"].as_str()));
        Ok(())
    }

    /// The variants of an enum: words, or objects that `tag` tells apart.
    fn variants(&self, list: &[Value], tag: &str) -> Result<Value, String> {
        let mut lowered = Vec::new();
        for variant in list {
            let one = match (variant.get("const"), variant.get("enum")) {
                (Some(word), _) => {
                    json!({ "type": "string", "enum": plain_words(std::slice::from_ref(word))? })
                }
                (None, Some(Value::Array(words))) => {
                    json!({ "type": "string", "enum": plain_words(words)? })
                }
                _ => self.object(variant, Some(tag))?,
            };
            lowered.push(described(one, variant["description"].as_str()));
        }
        // Of one variant typify would make an enum that bears no field beside its own.
        Ok(match lowered.len() {
            1 => lowered.remove(0),
            _ => json!({ "oneOf": lowered }),
        })
    }

    fn object(&self, schema: &Value, tag: Option<&str>) -> Result<Value, String> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (wire, field, is_required) in declared(schema) {
            field_name(wire)?;
            let lowered = match tag {
                Some(tag) if tag == wire => {
                    let word = field["const"].as_str().ok_or_else(|| outside(field))?;
                    json!({ "type": "string", "enum": [word] })
                }
                // What a refusal is about.
                Some("code") => self.object(field, None)?,
                _ => self.used(field)?,
            };
            properties.insert(wire.clone(), described(lowered, field["description"].as_str()));
            if is_required {
                required.push(json!(wire));
            }
        }
        if tag.is_some_and(|tag| !properties.contains_key(tag)) {
            return Err(outside(schema));
        }
        Ok(json!({ "type": "object", "properties": properties, "required": required }))
    }

    /// A schema where it is used.
    fn used(&self, schema: &Value) -> Result<Value, String> {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name) {
            return match self.document.get(name) {
                Some(_) => Ok(reference(name)),
                None => {
                    Err(format!("the document is damaged: there is no `{name}`, which stands here"))
                }
            };
        }
        if let Some(inner) = optional(schema) {
            return Ok(json!({ "anyOf": [self.used(&inner)?, { "type": "null" }] }));
        }
        if is_anything(schema) {
            return Ok(json!({}));
        }
        let text = |name: &str| schema.get(name).and_then(Value::as_str);
        Ok(match (text("type"), text("format")) {
            (Some("integer"), None) => json!({ "type": "integer", "format": "uint64" }),
            (
                Some("integer"),
                Some(format @ ("int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32")),
            ) => json!({ "type": "integer", "format": format }),
            (Some("number"), _) => json!({ "type": "number", "format": "double" }),
            (Some("string"), Some(format @ ("uuid" | "date-time"))) => {
                json!({ "type": "string", "format": format })
            }
            (Some("string"), None | Some("uri")) => json!({ "type": "string" }),
            (Some(ty @ ("boolean" | "null")), None) => json!({ "type": ty }),
            (Some("array"), _) => {
                json!({ "type": "array", "items": self.used(schema.get("items").unwrap_or(&Value::Null))? })
            }
            (Some("object"), _) => match schema.get("additionalProperties") {
                Some(Value::Bool(true)) => {
                    json!({ "type": "object", "additionalProperties": true })
                }
                Some(values) => {
                    json!({ "type": "object", "additionalProperties": self.used(values)? })
                }
                None => return Err(outside(schema)),
            },
            _ => return Err(outside(schema)),
        })
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The schema with words for people. Nothing may stand beside a reference in this draft.
fn described(schema: Value, description: Option<&str>) -> Value {
    let Some(description) = description.filter(|it| !it.is_empty()) else { return schema };
    let mut schema =
        if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    schema["description"] = json!(description);
    schema
}

fn plain_words(words: &[Value]) -> Result<Vec<&str>, String> {
    let word = |word: &'_ Value| -> Result<(), String> {
        variant_name(word.as_str().ok_or_else(|| outside(word))?).map(drop)
    };
    words.iter().try_for_each(word)?;
    Ok(words.iter().filter_map(Value::as_str).collect())
}

fn outside(schema: &Value) -> String {
    format!(
        "the schema {} has a form of which typify makes no type, or a wrong one: write it with the types that `#[payload]` takes",
        crate::canonical(schema)
    )
}
