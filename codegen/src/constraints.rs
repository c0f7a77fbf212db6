//! The constraints of a payload, read from its JSON Schema: what descriptors carry to forms, and
//! what the examples of a contract must obey.

use serde_json::Value;

use crate::{patterns::regex, schemas::Schemas};

/// One rule on one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// The field, from the payload's root: `items[].title`, `labels.*`.
    pub path: String,
    /// The rule.
    pub rule: Rule,
}

/// What a field must obey.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// The number of characters of a text.
    Length(Bounds),
    /// The number of entries of a list or map.
    Items(Bounds),
    /// The value of a number.
    Range(Bounds),
    /// A regular expression that the text matches somewhere.
    Pattern(String),
}

/// Inclusive bounds; `None` is no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The smallest that is allowed.
    pub min: Option<f64>,
    /// The largest that is allowed.
    pub max: Option<f64>,
}

impl Rule {
    /// The name that a `Problem` gives the rule.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Length(_) => "length",
            Self::Items(_) => "items",
            Self::Range(_) => "range",
            Self::Pattern(_) => "pattern",
        }
    }

    fn is_broken_by(&self, value: &Value) -> bool {
        let outside = |bounds: &Bounds, number: f64| {
            bounds.min.is_some_and(|min| number < min) || bounds.max.is_some_and(|max| number > max)
        };
        match (self, value) {
            (Self::Length(bounds), Value::String(text)) => outside(bounds, count(text.chars())),
            (Self::Items(bounds), Value::Array(items)) => outside(bounds, count(items.iter())),
            (Self::Items(bounds), Value::Object(map)) => outside(bounds, count(map.iter())),
            (Self::Range(bounds), Value::Number(number)) => {
                number.as_f64().is_some_and(|number| outside(bounds, number))
            }
            (Self::Pattern(pattern), Value::String(text)) => {
                regex(pattern).is_some_and(|regex| !regex.is_match(text))
            }
            // Another type of value is not this rule's affair: serde refuses it.
            _ => false,
        }
    }
}

/// All constraints of a payload, in the order of its fields.
pub fn constraints(schemas: &Schemas, schema: &Value) -> Vec<Constraint> {
    let mut reader = Reader { schemas, found: Vec::new(), inside: Vec::new() };
    reader.read(schema, String::new());
    reader.found
}

/// The constraints that a value breaks.
pub fn broken<'a>(constraints: &'a [Constraint], value: &Value) -> Vec<&'a Constraint> {
    let breaks = |constraint: &&Constraint| {
        values_at(value, &constraint.path)
            .into_iter()
            .any(|value| constraint.rule.is_broken_by(value))
    };
    constraints.iter().filter(breaks).collect()
}

struct Reader<'a> {
    schemas: &'a Schemas,
    found: Vec<Constraint>,
    /// The definitions that are being read: a recursive type is read once.
    inside: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, schema: &'a Value, path: String) {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            if self.inside.contains(&name) {
                return;
            }
            self.inside.push(name);
            self.read_keywords(self.schemas.resolve(schema), &path);
            self.inside.pop();
        }
        self.read_keywords(schema, &path);
    }

    fn read_keywords(&mut self, schema: &'a Value, path: &str) {
        self.rules(schema, path);
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, property) in crate::canonical::sorted(properties) {
                let dot = if path.is_empty() { "" } else { "." };
                self.read(property, format!("{path}{dot}{name}"));
            }
        }
        if let Some(items) = schema.get("items") {
            self.read(items, format!("{path}[]"));
        }
        if let Some(values @ Value::Object(_)) = schema.get("additionalProperties") {
            let dot = if path.is_empty() { "" } else { "." };
            self.read(values, format!("{path}{dot}*"));
        }
        // The rules inside a variant hold for that variant only; `null` beside a value changes none.
        if let Some(Value::Array(variants)) = schema.get("anyOf") {
            let mut others =
                variants.iter().filter(|it| it.get("type") != Some(&Value::from("null")));
            if let (Some(only), None) = (others.next(), others.next()) {
                self.read(only, path.to_owned());
            }
        }
    }

    fn rules(&mut self, schema: &Value, path: &str) {
        let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let bounds = |min: &str, max: &str| {
            let bounds = Bounds { min: number(min), max: number(max) };
            (bounds != Bounds::default()).then_some(bounds)
        };
        let mut add = |rule| self.found.push(Constraint { path: path.to_owned(), rule });
        if let Some(bounds) = bounds("minLength", "maxLength") {
            add(Rule::Length(bounds));
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            add(Rule::Pattern(pattern.to_owned()));
        }
        if let Some(bounds) =
            bounds("minItems", "maxItems").or_else(|| bounds("minProperties", "maxProperties"))
        {
            add(Rule::Items(bounds));
        }
        if let Some(bounds) = bounds("minimum", "maximum")
            && let Some(bounds) = beyond_the_type(schema, bounds)
        {
            add(Rule::Range(bounds));
        }
    }
}

/// The bounds that the contract adds to those of the number's own type.
fn beyond_the_type(schema: &Value, bounds: Bounds) -> Option<Bounds> {
    let (min, max) = match schema.get("format").and_then(Value::as_str) {
        Some("uint8") => (0.0, f64::from(u8::MAX)),
        Some("uint16") => (0.0, f64::from(u16::MAX)),
        Some("uint32") => (0.0, f64::from(u32::MAX)),
        Some("int8") => (f64::from(i8::MIN), f64::from(i8::MAX)),
        Some("int16") => (f64::from(i16::MIN), f64::from(i16::MAX)),
        Some("int32") => (f64::from(i32::MIN), f64::from(i32::MAX)),
        // A number without a format that starts at nought and ends at 2^53 - 1 is a `SafeInt`.
        _ => (0.0, 9_007_199_254_740_991.0),
    };
    let natural =
        schema.get("format").is_some() || bounds == Bounds { min: Some(min), max: Some(max) };
    if !natural {
        return Some(bounds);
    }
    let bounds = Bounds {
        min: bounds.min.filter(|bound| *bound > min),
        max: bounds.max.filter(|bound| *bound < max),
    };
    (bounds != Bounds::default()).then_some(bounds)
}

/// Every value of `root` that a constraint's path reaches.
fn values_at<'a>(root: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut values = vec![root];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let name = step.trim_end_matches("[]");
        values = match name {
            "" => values,
            "*" => values
                .into_iter()
                .filter_map(Value::as_object)
                .flat_map(|map| map.values())
                .collect(),
            _ => values.into_iter().filter_map(|value| value.get(name)).collect(),
        };
        for _ in 0..(step.len() - name.len()) / 2 {
            values = values.into_iter().filter_map(Value::as_array).flatten().collect();
        }
    }
    values
}

fn count(entries: impl Iterator) -> f64 {
    f64::from(u32::try_from(entries.count()).unwrap_or(u32::MAX))
}
