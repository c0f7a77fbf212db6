//! Random values of a schema: what a client may send, without what nobody would think of (that is
//! in `edges.rs`).

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{collection, option, prelude::*, sample::select, strategy::Union, string};
use serde_json::{Map, Number, Value, json};

use super::edges::{TEXTS, texts_of};
use crate::{
    patterns::{in_rust, regex},
    schemas::{Schemas, definition_name},
};

/// How deep a random value goes into types of its own.
const DEPTH: u32 = 4;

/// What a field is called that no contract has.
pub(super) const UNKNOWN: &str = "unknown field";

/// A strategy, if a definition has one at its depth.
type Made = Option<BoxedStrategy<Value>>;

/// Makes strategies of schemas. Each definition is made once for each depth.
pub(super) struct Values<'a> {
    schemas: &'a Schemas,
    made: RefCell<BTreeMap<(String, u32), Made>>,
}

impl<'a> Values<'a> {
    pub(super) fn of(schemas: &'a Schemas) -> Self {
        Self { schemas, made: RefCell::default() }
    }

    /// The values of a schema; `None` if it has none that end, or says what no payload says.
    pub(super) fn strategy(&self, schema: &Value) -> Option<BoxedStrategy<Value>> {
        self.at(schema, DEPTH)
    }

    fn at(&self, schema: &Value, depth: u32) -> Option<BoxedStrategy<Value>> {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name) {
            return self.definition(name, depth.checked_sub(1)?);
        }
        if let Some(value) = schema.get("const") {
            return Some(Just(value.clone()).boxed());
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return Some(select(values.clone()).boxed());
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(Value::Array(variants)) = schema.get(several) {
                return one_of(variants.iter().filter_map(|it| self.at(it, depth)));
            }
        }
        match schema.get("type") {
            Some(Value::Array(types)) => {
                one_of(types.iter().filter_map(|it| self.of_type(it.as_str()?, schema, depth)))
            }
            Some(Value::String(ty)) => self.of_type(ty, schema, depth),
            _ => Some(json(depth)),
        }
    }

    fn definition(&self, name: &str, depth: u32) -> Option<BoxedStrategy<Value>> {
        let key = (name.to_owned(), depth);
        if let Some(made) = self.made.borrow().get(&key) {
            return made.clone();
        }
        let strategy = self.at(self.schemas.definitions().get(name)?, depth);
        self.made.borrow_mut().insert(key, strategy.clone());
        strategy
    }

    fn of_type(&self, ty: &str, schema: &Value, depth: u32) -> Option<BoxedStrategy<Value>> {
        match ty {
            "null" => Some(Just(Value::Null).boxed()),
            "boolean" => Some(any::<bool>().prop_map(Value::from).boxed()),
            "integer" => Some(integer(schema)),
            "number" => Some(number(schema)),
            "string" => text(schema),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            _ => None,
        }
    }

    fn array(&self, schema: &Value, depth: u32) -> Option<BoxedStrategy<Value>> {
        let (min, max) = bounds(schema, "minItems", "maxItems", 3);
        match self.at(schema.get("items").unwrap_or(&Value::Null), depth) {
            Some(items) => Some(collection::vec(items, min..=max).prop_map(Value::from).boxed()),
            // What would go on for ever ends in an empty list, where one may be empty.
            None => (min == 0).then(|| Just(json!([])).boxed()),
        }
    }

    fn object(&self, schema: &Value, depth: u32) -> Option<BoxedStrategy<Value>> {
        let required = super::required(schema);
        let mut entries = Vec::new();
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let value = self.at(property, depth);
            let entry = match (value, required.contains(&name.as_str())) {
                (Some(value), true) => value.prop_map(Some).boxed(),
                (Some(value), false) => option::of(value).boxed(),
                (None, true) => return None,
                (None, false) => continue,
            };
            entries.push(entry.prop_map({
                let name = name.clone();
                move |value| value.map(|value| (name.clone(), value))
            }));
        }
        let more = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => Just(Map::new()).boxed(),
            Some(values) => self.map(schema, values, depth)?,
            // What the schema does not mention may be there all the same.
            None => prop_oneof![
                9 => Just(Map::new()),
                1 => json(1).prop_map(|value| Map::from_iter([(UNKNOWN.to_owned(), value)])),
            ]
            .boxed(),
        };
        let object = (entries, more)
            .prop_map(|(entries, more)| more.into_iter().chain(entries.into_iter().flatten()))
            .prop_map(|entries| Value::Object(entries.collect()));
        Some(object.boxed())
    }

    fn map(
        &self,
        schema: &Value,
        values: &Value,
        depth: u32,
    ) -> Option<BoxedStrategy<Map<String, Value>>> {
        let (min, max) = bounds(schema, "minProperties", "maxProperties", 3);
        let Some(values) = self.at(values, depth) else {
            return (min == 0).then(|| Just(Map::new()).boxed());
        };
        let entries = collection::btree_map(word(), values, min..=max);
        Some(entries.prop_map(|entries| entries.into_iter().collect()).boxed())
    }
}

fn one_of(strategies: impl Iterator<Item = BoxedStrategy<Value>>) -> Option<BoxedStrategy<Value>> {
    let strategies: Vec<_> = strategies.collect();
    (!strategies.is_empty()).then(|| Union::new(strategies).boxed())
}

/// How many there may be: from the schema, and not many more than the fewest.
fn bounds(schema: &Value, min: &str, max: &str, more: usize) -> (usize, usize) {
    let number = |keyword: &str| {
        schema.get(keyword).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok())
    };
    let min = number(min).unwrap_or(0);
    (min, number(max).unwrap_or(usize::MAX).min(min + more))
}

fn integer(schema: &Value) -> BoxedStrategy<Value> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
    let (min, max) = (bound("minimum").unwrap_or(i64::MIN), bound("maximum").unwrap_or(i64::MAX));
    prop_oneof![
        1 => select(vec![min, max, min.max(0), min.max(-1).min(max)]),
        4 => min..=max,
    ]
    .prop_map(Value::from)
    .boxed()
}

fn number(schema: &Value) -> BoxedStrategy<Value> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let (min, max) = (bound("minimum").unwrap_or(f64::MIN), bound("maximum").unwrap_or(f64::MAX));
    use proptest::num::f64;
    prop_oneof![f64::NORMAL | f64::SUBNORMAL | f64::ZERO | f64::NEGATIVE, 0.0..1.0f64]
        .prop_map(move |number| number.clamp(min, max))
        .prop_map(|number| Number::from_f64(number).map_or(Value::from(0), Value::Number))
        .boxed()
}

fn text(schema: &Value) -> Option<BoxedStrategy<Value>> {
    if let Some(known) = texts_of(schema) {
        return Some(select(known).prop_map(Value::from).boxed());
    }
    let (min, max) = bounds(schema, "minLength", "maxLength", 12);
    let Some(pattern) = schema.get("pattern").and_then(Value::as_str) else {
        let random = collection::vec(proptest::char::any(), min..=max).prop_map(String::from_iter);
        let known: Vec<String> = TEXTS
            .iter()
            .filter(|text| (min..=max).contains(&text.chars().count()))
            .map(|text| (*text).to_owned())
            .collect();
        return Some(if known.is_empty() {
            random.prop_map(Value::from).boxed()
        } else {
            prop_oneof![select(known), random].prop_map(Value::from).boxed()
        });
    };
    let (_, longest) = bounds(schema, "minLength", "maxLength", usize::MAX - min);
    let regex = regex(pattern)?;
    let whole = in_rust(pattern.trim_start_matches('^').trim_end_matches('$'));
    let matching = string::string_regex(&whole).ok()?;
    let fits = move |text: String| {
        let text: String = text.chars().take(longest).collect();
        (text.chars().count() >= min && regex.is_match(&text)).then_some(Value::from(text))
    };
    Some(matching.prop_filter_map("the pattern and the length do not go together", fits).boxed())
}

/// A key of a map.
fn word() -> impl Strategy<Value = String> {
    let known = TEXTS.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    prop_oneof![select(known), "[a-z]{1,8}"]
}

/// Any JSON.
fn json(depth: u32) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(&Value::Null),
        integer(
            &json!({ "minimum": -9_007_199_254_740_991_i64, "maximum": 9_007_199_254_740_991_i64 })
        ),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(depth, 12, 3, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            collection::btree_map(word(), inner, 0..3)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
    .boxed()
}
