//! A JSON Schema as a TypeScript type: what somebody would write who knows the schema alone. Nothing
//! of ts-rs is in it, so that the two can be compared.

use serde_json::Value;

use super::required;
use crate::{
    canonical::canonical,
    schemas::definition_name,
    typescript::syntax::{Field, Member, Type},
};

/// The type that a schema describes.
///
/// # Errors
/// The keyword that no payload of the profile has.
pub(super) fn declared(schema: &Value) -> Result<Type, String> {
    if let Some(keyword) = FOREIGN.iter().find(|keyword| schema.get(**keyword).is_some()) {
        return Err(format!("its JSON Schema says `{keyword}`, which has no type in TypeScript"));
    }
    if let Some(known) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name) {
        return Ok(name(known));
    }
    if let Some(value) = schema.get("const") {
        return Ok(Type::Literal(canonical(value)));
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        return Ok(union(values.iter().map(|value| Type::Literal(canonical(value))).collect()));
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(Value::Array(variants)) = schema.get(several) {
            return Ok(union(variants.iter().map(declared).collect::<Result<_, _>>()?));
        }
    }
    match schema.get("type") {
        Some(Value::Array(types)) => {
            let types = types.iter().filter_map(Value::as_str);
            Ok(union(types.map(|ty| of_type(ty, schema)).collect::<Result<_, _>>()?))
        }
        Some(Value::String(ty)) => of_type(ty, schema),
        _ => Ok(name("unknown")),
    }
}

/// Keywords outside of the profile.
const FOREIGN: &[&str] = &[
    "allOf",
    "not",
    "if",
    "patternProperties",
    "prefixItems",
    "dependentSchemas",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];

fn of_type(ty: &str, schema: &Value) -> Result<Type, String> {
    Ok(match ty {
        // Outside of JSON bytes are an attachment.
        "string" if schema.get("contentEncoding").is_some() => {
            union(vec![name("ArrayBuffer"), name("Uint8Array")])
        }
        "integer" | "number" => name("number"),
        "string" | "boolean" | "null" => name(ty),
        "array" => Type::Array(Box::new(declared(schema.get("items").unwrap_or(&Value::Null))?)),
        "object" => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => Type::Map(Box::new(declared(values)?)),
            _ => object(schema)?,
        },
        other => return Err(format!("its JSON Schema has the type `{other}`, which is none")),
    })
}

fn object(schema: &Value) -> Result<Type, String> {
    let required = required(schema);
    let mut fields = Vec::new();
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        fields.push(Field {
            docs: String::new(),
            name: name.clone(),
            optional: !required.contains(&name.as_str()),
            ty: declared(property)?,
        });
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Type::Object(fields))
}

fn name(name: &str) -> Type {
    Type::Name(name.to_owned())
}

fn union(types: Vec<Type>) -> Type {
    let members = types.into_iter().flat_map(|ty| match ty {
        Type::Union(inner) => inner,
        ty => vec![Member { docs: String::new(), ty }],
    });
    Type::Union(members.collect())
}
