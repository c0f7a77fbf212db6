//! Each kind of value that random ones miss, with a type that is wrong about it alone. Where a kind is
//! no longer tried, its type passes, and its test fails.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use tautline::{I64, TypeRef, U64, Wire};

use super::found;

/// A payload of one field, which a function reads.
macro_rules! wrong {
    ($name:ident { $field:ident: $ty:ty } = $read:literal) => {
        #[derive(Debug, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
        struct $name {
            #[serde(deserialize_with = $read)]
            $field: $ty,
        }
        impl Wire for $name {}
    };
}

/// Holds what is said of a type. Only one random value is tried, and it shows none of these.
#[track_caller]
fn says<T: Wire>(wanted: &str) {
    let said = found(TypeRef::of::<T>(), 0);
    assert!(said.contains(wanted), "{said}");
}

/// A function that reads what its type is, but for what it refuses.
macro_rules! refuses {
    ($function:ident, $ty:ty, $what:expr) => {
        fn $function<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$ty, D::Error> {
            let value = <$ty>::deserialize(deserializer)?;
            let is_refused: fn(&$ty) -> bool = $what;
            if is_refused(&value) { Err(serde::de::Error::custom("refused")) } else { Ok(value) }
        }
    };
}

refuses!(no_min, i32, |number| *number == i32::MIN);
refuses!(no_max, i32, |number| *number == i32::MAX);
refuses!(no_empty_text, String, String::is_empty);
refuses!(no_empty_list, Vec<u8>, Vec::is_empty);
refuses!(no_nothing, Option<bool>, Option::is_none);
refuses!(no_depth, Option<Box<Deep>>, |deep| depth(deep) > 10);

wrong!(Min { number: i32 } = "no_min");
wrong!(Max { number: i32 } = "no_max");
wrong!(EmptyText { text: String } = "no_empty_text");
wrong!(EmptyList { list: Vec<u8> } = "no_empty_list");
wrong!(Infinite { number: f64 } = "infinities");
wrong!(Halves { text: String } = "halves");

fn depth(deep: &Option<Box<Deep>>) -> usize {
    deep.as_ref().map_or(0, |deep| 1 + depth(&deep.inner))
}

/// A field that is never `null`, of which its type says otherwise.
#[derive(Debug, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
struct Null {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "no_nothing")]
    flag: Option<bool>,
}
impl Wire for Null {}

/// A type that holds itself.
#[derive(Debug, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
struct Deep {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "no_depth")]
    inner: Option<Box<Deep>>,
}
impl Wire for Deep {}

/// Numbers as Rust's standard library reads them, which knows infinities.
fn infinities<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    text.get().parse().map_err(serde::de::Error::custom)
}

/// Texts of which half a pair of units is no mistake.
fn halves<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    match serde_json::from_str(text.get()) {
        Err(error) if !text.get().contains("\\ud") => Err(serde::de::Error::custom(error)),
        read => Ok(read.unwrap_or_default()),
    }
}

#[test]
fn the_first_and_the_last_number() {
    says::<Min>("`{\"number\":-2147483648}` fits its JSON Schema, but serde");
    says::<Max>("`{\"number\":2147483647}` fits its JSON Schema, but serde");
}

#[test]
fn nothing_in_a_text_in_a_list_and_in_a_field() {
    says::<EmptyText>("`{\"text\":\"\"}` fits its JSON Schema, but serde");
    says::<EmptyList>("`{\"list\":[]}` fits its JSON Schema, but serde");
    says::<Null>("`{\"flag\":null}` fits its JSON Schema, but serde");
}

#[test]
fn an_infinity() {
    says::<Infinite>("`{\"number\":1e999}` is taken, as `{\"number\":null}`");
}

#[test]
fn half_a_pair_of_units() {
    says::<Halves>("`{\"text\":\"\\ud800\"}` is taken, as");
}

#[test]
fn a_type_in_itself_many_times() {
    says::<Deep>("{\"inner\":{\"inner\":{\"inner\":");
    says::<Deep>("fits its JSON Schema, but serde refuses it: refused");
}

/// Takes anything, as deep as it likes.
#[derive(Debug, Serialize, ts_rs::TS)]
struct Bottomless;
impl Wire for Bottomless {}

impl<'de> Deserialize<'de> for Bottomless {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl JsonSchema for Bottomless {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bottomless".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "null" })
    }
}

#[test]
fn more_lists_in_each_other_than_a_stack_holds() {
    says::<Bottomless>("100,000 lists in each other are taken");
}

/// Refuses fields that it does not know, of which its schema says nothing.
#[derive(Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
struct Strict {
    text: String,
}
impl Wire for Strict {}

impl JsonSchema for Strict {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Strict".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<String>();
        json_schema!({ "type": "object", "properties": { "text": text }, "required": ["text"] })
    }
}

#[test]
fn a_field_that_nobody_knows() {
    says::<Strict>("fits its JSON Schema, but serde refuses it: unknown field");
}

/// A payload of one number of 64 bits, of whose texts the schema has another idea.
macro_rules! wide {
    ($name:ident($ty:ty), $pattern:literal) => {
        #[derive(Debug, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
        struct $name {
            #[schemars(schema_with = $pattern)]
            number: $ty,
        }
        impl Wire for $name {}
    };
}

wide!(AnyLength(U64), "any_length");
wide!(NoMinimum(I64), "no_minimum");
wide!(Zeros(I64), "zeros");

fn texts(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern })
}

fn any_length(_: &mut SchemaGenerator) -> Schema {
    texts(r"^(0|[1-9]\d{0,19})$")
}

fn no_minimum(_: &mut SchemaGenerator) -> Schema {
    texts(&I64::pattern().replace("-9223372036854775808", "-1"))
}

fn zeros(_: &mut SchemaGenerator) -> Schema {
    texts(&I64::pattern().replace("(0|", "(-?0|"))
}

#[test]
fn the_edges_of_64_bits() {
    says::<AnyLength>("\"18446744073709551616\"}` fits its JSON Schema, but serde refuses it");
    says::<NoMinimum>("\"-9223372036854775808\"}` is taken by serde, but its JSON Schema says");
    says::<Zeros>("\"-0\"}` fits its JSON Schema, but serde refuses it");
}
