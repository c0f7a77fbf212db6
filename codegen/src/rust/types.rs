//! A JSON Schema as a type of the portable profile, with the rules that stand beside it.

use std::collections::BTreeSet;

use serde_json::Value;
use tautline::{I64, U64};

use super::words::quoted;
use crate::schemas::{definition_name, for_each_subschema};

/// Where a document names the functions that a contract checks a field with.
const OWN_RULES: &str = "x-tautline-rules";

/// The type of a field: `null` in any JSON, or nothing at all, shows only here.
pub(super) fn field_type(schema: &Value, is_required: bool) -> Result<String, String> {
    let ty = type_of(schema)?;
    Ok(match ty.as_str() {
        "Json" if is_patch(schema) => "Patch<Json>".to_owned(),
        "Json" if !is_required => "Option<Json>".to_owned(),
        _ => ty,
    })
}

/// The type of a schema.
pub(super) fn type_of(schema: &Value) -> Result<String, String> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name) {
        return match name {
            "Problem" | "tautline.Problem" => Ok("tautline::Problem".to_owned()),
            name if name.contains('.') => Err(format!(
                "the type `{name}` is another one in each direction, which Rust cannot say in one: give it the same form in both"
            )),
            name => Ok(name.to_owned()),
        };
    }
    if let Some(inner) = optional(schema) {
        let wrapper = if is_patch(schema) { "Patch" } else { "Option" };
        return Ok(format!("{wrapper}<{}>", type_of(&inner)?));
    }
    let text = |name: &str| schema.get(name).and_then(Value::as_str);
    Ok(match (text("type"), text("format")) {
        (None, _) if is_anything(schema) => "Json".to_owned(),
        (Some("null"), _) => "()".to_owned(),
        (Some("boolean"), _) => "bool".to_owned(),
        (Some("number"), _) => "Finite".to_owned(),
        (Some("integer"), None) => "SafeInt".to_owned(),
        (Some("integer"), Some(format)) => integer(format)?.to_owned(),
        (Some("string"), _) if text("contentEncoding").is_some() => "Bytes".to_owned(),
        (Some("string"), Some("uuid")) => "Uuid".to_owned(),
        (Some("string"), Some("date-time")) => "DateTime<Utc>".to_owned(),
        (Some("string"), Some("uri")) => "Url".to_owned(),
        (Some("string"), None) => wide_integer(schema).unwrap_or("String").to_owned(),
        (Some("array"), _) => {
            format!("Vec<{}>", type_of(schema.get("items").unwrap_or(&Value::Null))?)
        }
        (Some("object"), _) if schema.get("additionalProperties").is_some() => {
            format!("BTreeMap<String, {}>", type_of(&schema["additionalProperties"])?)
        }
        _ => {
            return Err(format!(
                "the schema {} is outside of the portable profile: write it with the types that `#[payload]` takes",
                crate::canonical(schema)
            ));
        }
    })
}

/// `U64` or `I64`, if the schema is one of theirs: they travel as texts.
fn wide_integer(schema: &Value) -> Option<&'static str> {
    let pattern = schema.get("pattern")?.as_str()?;
    let known = [("U64", U64::pattern()), ("I64", I64::pattern())];
    known.into_iter().find(|(_, its)| its == pattern).map(|(name, _)| name)
}

fn is_patch(schema: &Value) -> bool {
    schema.get("x-tautline").is_some_and(|it| it == "patch")
}

/// Whether a schema says nothing about the value.
pub(crate) fn is_anything(schema: &Value) -> bool {
    let says_nothing = |key: &String| key == "description" || key.starts_with("x-tautline");
    schema.as_object().is_some_and(|it| it.keys().all(says_nothing))
}

/// What a schema is that may be `null` besides.
pub(crate) fn optional(schema: &Value) -> Option<Value> {
    if let Some(Value::Array(types)) = schema.get("type") {
        let [ty, null] = types.as_slice() else { return None };
        let mut inner = schema.clone();
        inner["type"] = ty.clone();
        return (null == "null").then_some(inner);
    }
    let [inner, null] = schema.get("anyOf")?.as_array()?.as_slice() else { return None };
    (null.get("type")? == "null").then(|| inner.clone())
}

fn integer(format: &str) -> Result<&'static str, String> {
    Ok(match format {
        "int8" => "i8",
        "int16" => "i16",
        "int32" => "i32",
        "uint8" => "u8",
        "uint16" => "u16",
        "uint32" => "u32",
        other => {
            return Err(format!(
                "no integer of the portable profile has the format `{other}`: take `SafeInt`, `U64` or `I64`"
            ));
        }
    })
}

/// The rules of a field, as `#[field(…)]`, or nothing.
pub(super) fn rules(schema: &Value) -> String {
    let mut rules = Vec::new();
    let integer = |name: &str| schema.get(name).and_then(Value::as_i64);
    for (rule, min, max) in [
        ("length", "minLength", "maxLength"),
        ("items", "minItems", "maxItems"),
        ("items", "minProperties", "maxProperties"),
    ] {
        rules.extend(bounds(
            rule,
            integer(min).map(|it| it.to_string()),
            integer(max).map(|it| it.to_string()),
        ));
    }
    let natural = natural(schema);
    let number = |name: &str, natural: Option<i64>| {
        let bound = schema.get(name)?;
        let is_float =
            schema.get("format").is_some_and(|format| format == "double") || is(schema, "number");
        if is_float {
            return bound.as_f64().map(|bound| format!("{bound:?}"));
        }
        bound.as_i64().filter(|bound| Some(*bound) != natural).map(|bound| bound.to_string())
    };
    let (min, max) = natural.map_or((None, None), |(min, max)| (Some(min), Some(max)));
    rules.extend(bounds("range", number("minimum", min), number("maximum", max)));
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && wide_integer(schema).is_none()
    {
        rules.push(format!("pattern({})", quoted(pattern)));
    }
    rules.extend(own_rules(schema).map(|path| format!("custom({path})")));
    if rules.is_empty() { String::new() } else { format!("#[field({})]\n", rules.join(", ")) }
}

/// The functions with which the contract checks a field.
fn own_rules(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get(OWN_RULES).and_then(Value::as_array).into_iter().flatten();
    names.filter_map(Value::as_str)
}

/// What has to be imported for the rules of a document: of `even` itself, of `text::even` the `text`.
pub(super) fn imported_rules(schema: &Value) -> BTreeSet<String> {
    let roots = own_rules(schema).filter_map(|path| path.split("::").next()).map(str::to_owned);
    let mut names: BTreeSet<String> = roots.collect();
    for_each_subschema(&mut schema.clone(), &mut |inner| names.extend(imported_rules(inner)));
    names
}

fn bounds(rule: &str, min: Option<String>, max: Option<String>) -> Option<String> {
    match (min, max) {
        (None, None) => None,
        (min, None) => Some(format!("{rule}({}..)", min?)),
        (min, Some(max)) => Some(format!("{rule}({}..={max})", min.unwrap_or_default())),
    }
}

fn is(schema: &Value, ty: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|it| it == ty),
        Some(one) => one == ty,
        None => false,
    }
}

/// What a number's own type allows: no rule of the contract.
fn natural(schema: &Value) -> Option<(i64, i64)> {
    is(schema, "integer").then_some(())?;
    Some(match schema.get("format").and_then(Value::as_str) {
        Some("int8") => (i8::MIN.into(), i8::MAX.into()),
        Some("int16") => (i16::MIN.into(), i16::MAX.into()),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint8") => (0, u8::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        _ => (0, 9_007_199_254_740_991),
    })
}
