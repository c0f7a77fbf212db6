//! Proves that a contract's parties agree: what serde takes and writes, what the JSON Schemas say
//! and what the TypeScript says. The macros keep a contract within the profile in which they do;
//! here it is tried, with values (`wire.rs`) and by the TypeScript compiler (`types.rs`).

mod any;
mod declared;
mod edges;
mod fixtures;
mod places;
mod same;
mod samples;
mod slots;
mod types;
mod wire;
mod wrong;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Value;

use crate::schemas::Schemas;

pub(crate) use fixtures::fixtures;
pub(crate) use samples::samples;
pub(crate) use types::{Compiler, compare};
pub(crate) use wire::{Tally, agree};

/// The dice of a run: the same seed gives the same values.
fn runner(seed: u64, cases: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// One value of a schema, always the same.
fn first_of(schemas: &Schemas, schema: &Value) -> Option<Value> {
    let strategy = any::Values::of(schemas).strategy(schema)?;
    strategy.new_tree(&mut runner(0, 1)).ok().map(|tree| tree.current())
}

/// The names that an object must have.
fn required(schema: &Value) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests;
