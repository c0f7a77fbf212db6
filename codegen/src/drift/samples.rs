//! Values of a contract's types as JSON, for tests of others who read it.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy as _, ValueTree as _};
use serde_json::Value;

use super::{any::Values, edges::Edge, runner, slots::slots};
use crate::{
    Described,
    schemas::{Schemas, definition_name},
};

/// Values by the name of their type, as the type itself has read and written them: the edges of each, and
/// `values` random ones for each place in which it travels.
pub(crate) fn samples(
    described: &Described,
    values: u32,
    seed: u64,
) -> BTreeMap<String, Vec<Value>> {
    let mut samples: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (slot, seed) in slots(described).into_iter().zip(seed..) {
        let schemas = described.schemas(slot.direction);
        let schema = schemas.of(&slot.ty);
        let name = schema.get("$ref").and_then(Value::as_str).and_then(definition_name);
        // A list or a text has no name of its own; what it consists of comes elsewhere.
        let Some(name) = name else { continue };
        let made = edges_and_random(schemas, &schema, values, seed);
        let written = made.iter().filter_map(|value| {
            let reading = slot.ty.read(&value.to_string()).ok()?;
            serde_json::from_str(&reading.written).ok()
        });
        samples.entry(name.to_owned()).or_default().extend(written);
    }
    samples
}

/// Every edge that a schema has, and `values` random values.
pub(super) fn edges_and_random(
    schemas: &Schemas,
    schema: &Value,
    values: u32,
    seed: u64,
) -> Vec<Value> {
    let mut made: Vec<Value> =
        Edge::ALL.into_iter().filter_map(|edge| edge.of(schemas, schema)).collect();
    if let Some(strategy) = Values::of(schemas).strategy(schema) {
        let mut dice = runner(seed, values);
        let random = (0..values).filter_map(|_| strategy.new_tree(&mut dice).ok());
        made.extend(random.map(|tree| tree.current()));
    }
    made
}
