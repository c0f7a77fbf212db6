//! Values that random ones miss: the first and the last of each type, nothing and everything, very
//! deep ones. What stands in a single place of a value is in `places.rs`.

use serde_json::{Map, Value, json};
use tautline::{I64, U64};

use super::{any::UNKNOWN, required};
use crate::schemas::{Schemas, definition_name};

/// How deep the deepest value goes. Each level of a type is two of JSON, of which serde takes 128.
const DEEP: u32 = 30;

/// Texts that are hard on encoders.
pub(super) const TEXTS: &[&str] = &[
    "",
    "\u{0}\u{1f}\u{7f}\t\r\n",
    "\" \\ / */ </script> ${x} `",
    "\u{2028}\u{2029}\u{feff}",
    "👩‍👩‍👧‍👦 e\u{301} \u{10ffff} \u{fffd}",
    "עברית \u{202e}txt",
    "{\"_placeholder\":true,\"num\":0}",
    "__proto__",
    "constructor",
    "-0",
    "null",
];

/// The texts of a form that no pattern tells, and those of the patterns that stand for 64 bits: the
/// least first, the most last.
pub(super) fn texts_of(schema: &Value) -> Option<Vec<String>> {
    let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
    if pattern == U64::pattern() {
        return Some([0, 1, 1 << 53, u64::MAX - 1, u64::MAX].map(|it| it.to_string()).into());
    }
    if pattern == I64::pattern() {
        return Some([i64::MIN, -1, 0, (1 << 53) + 1, i64::MAX].map(|it| it.to_string()).into());
    }
    let texts: &[&str] =
        match (schema.get("format").and_then(Value::as_str), schema.get("contentEncoding")) {
            (Some("uuid"), _) => &[
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "0190163d-8694-739b-aea5-966c26f8ad91",
            ],
            (Some("date-time"), _) => &[
                "1970-01-01T00:00:00Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "2024-02-29T12:00:00.5+02:00",
                "2016-12-31T23:59:60Z",
                "1969-12-31T23:59:59.001-11:30",
            ],
            (Some("uri"), _) => &[
                "https://example.org/",
                "http://user:word@[2001:db8::1]:8080/a%20b?q=%C3%A9&r=1#top",
                "mailto:ann@example.org",
                "data:,",
                "urn:uuid:0190163d-8694-739b-aea5-966c26f8ad91",
            ],
            (_, Some(_)) => &["", "AA==", "AAEC/w==", "/////w=="],
            _ => return None,
        };
    Some(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// Which of the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// The smallest numbers, empty texts and lists, nothing that may be missing.
    Least,
    /// The largest numbers, the longest texts, everything that may be there.
    Most,
    /// `null` wherever it may stand.
    Null,
    /// As deep as types go that hold themselves.
    Deep,
    /// A field that the contract does not know, in each object.
    Unknown,
}

impl Edge {
    pub(super) const ALL: [Self; 5] =
        [Self::Least, Self::Most, Self::Null, Self::Deep, Self::Unknown];

    /// The value of a schema at this edge, if it has one.
    pub(super) fn of(self, schemas: &Schemas, schema: &Value) -> Option<Value> {
        // No deeper than it must be: types hold each other, and the most of each is a lot.
        let depths: &[u32] = if self == Self::Deep { &[DEEP] } else { &[3, 6, 12, DEEP] };
        depths.iter().find_map(|depth| Maker { edge: self, schemas }.make(schema, *depth))
    }
}

struct Maker<'a> {
    edge: Edge,
    schemas: &'a Schemas,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, depth: u32) -> Option<Value> {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name) {
            return self.make(self.schemas.definitions().get(name)?, depth.checked_sub(1)?);
        }
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return self.choose(values.iter().cloned());
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(Value::Array(variants)) = schema.get(several) {
                return self.choose(variants.iter().filter_map(|it| self.make(it, depth)));
            }
        }
        match schema.get("type") {
            Some(Value::Array(types)) => {
                self.choose(types.iter().filter_map(|it| self.of_type(it.as_str()?, schema, depth)))
            }
            Some(Value::String(ty)) => self.of_type(ty, schema, depth),
            _ => Some(self.any(depth)),
        }
    }

    /// The first for what is least, the last for what is most, and the one with most in it.
    fn choose(&self, mut values: impl Iterator<Item = Value>) -> Option<Value> {
        match self.edge {
            Edge::Least => values.find(|value| !value.is_null()),
            Edge::Most => values.filter(|value| !value.is_null()).last(),
            Edge::Null => {
                let all: Vec<Value> = values.collect();
                all.iter().find(|value| value.is_null()).or(all.first()).cloned()
            }
            Edge::Deep => values.max_by_key(depth_of),
            Edge::Unknown => values.max_by_key(Value::is_object),
        }
    }

    fn of_type(&self, ty: &str, schema: &Value, depth: u32) -> Option<Value> {
        let is_least = matches!(self.edge, Edge::Least | Edge::Null);
        let pick = |least: &str, most: &str, otherwise: Value| {
            schema.get(if is_least { least } else { most }).cloned().unwrap_or(otherwise)
        };
        match ty {
            "null" => Some(Value::Null),
            "boolean" => Some(Value::from(!is_least)),
            "integer" => Some(pick("minimum", "maximum", json!(0))),
            "number" => {
                Some(pick("minimum", "maximum", json!(if is_least { f64::MIN } else { f64::MAX })))
            }
            "string" => self.text(schema, is_least),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            _ => None,
        }
    }

    fn text(&self, schema: &Value, is_least: bool) -> Option<Value> {
        if let Some(known) = texts_of(schema) {
            return if is_least { known.first() } else { known.last() }.cloned().map(Value::from);
        }
        if schema.get("pattern").is_some() {
            return super::first_of(self.schemas, schema);
        }
        let length = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        // Lengths are counted in characters: these have four bytes and two units of UTF-16 each.
        let count = if is_least {
            length("minLength").unwrap_or(0)
        } else {
            length("maxLength").unwrap_or(64)
        };
        Some(Value::from("🦢".repeat(usize::try_from(count.min(10_000)).unwrap_or(0))))
    }

    fn array(&self, schema: &Value, depth: u32) -> Option<Value> {
        let number = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        let min = number("minItems").unwrap_or(0);
        let count = match self.edge {
            Edge::Least | Edge::Null => min,
            Edge::Most => number("maxItems").unwrap_or(3).min(20),
            Edge::Deep | Edge::Unknown => min.max(1).min(number("maxItems").unwrap_or(1)),
        };
        match self.make(schema.get("items").unwrap_or(&Value::Null), depth) {
            Some(item) => Some(Value::from(vec![item; usize::try_from(count).unwrap_or(0)])),
            None => (min == 0).then(|| json!([])),
        }
    }

    fn object(&self, schema: &Value, depth: u32) -> Option<Value> {
        let required = required(schema);
        let mut object = Map::new();
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let is_required = required.contains(&name.as_str());
            if !is_required && self.edge == Edge::Least {
                continue;
            }
            match self.make(property, depth) {
                Some(value) => {
                    object.insert(name.clone(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        let others = schema.get("additionalProperties");
        if self.edge == Edge::Unknown && others.is_none() {
            object.insert(UNKNOWN.to_owned(), json!({ "": [null] }));
        }
        if let Some(values @ Value::Object(_)) = others {
            let names: &[&str] = if self.edge == Edge::Least { &[] } else { &["", "__proto__"] };
            for name in names {
                if let Some(value) = self.make(values, depth) {
                    object.insert((*name).to_owned(), value);
                }
            }
        }
        Some(Value::Object(object))
    }

    /// Where anything goes.
    fn any(&self, depth: u32) -> Value {
        match self.edge {
            Edge::Least | Edge::Null => Value::Null,
            Edge::Most | Edge::Unknown => {
                json!({ "": [1e300, -0.5, 9_007_199_254_740_991_u64, TEXTS] })
            }
            Edge::Deep => (0..depth.max(1)).fold(json!([]), |inner, _| json!([{ "inner": inner }])),
        }
    }
}

fn depth_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth_of).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}
