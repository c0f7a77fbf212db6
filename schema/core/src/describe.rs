//! How codegen reads the types of a contract. Behind the feature `codegen`.

use std::any::TypeId;
use std::collections::HashSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::{Config, TS, TypeVisitor};

use crate::{Describable, FieldProblem, Report, TypeRef, Wire};

/// What codegen can ask of one type.
#[derive(Clone, Copy)]
pub(crate) struct Describe {
    ts_name: fn(&Config) -> String,
    declarations: fn(&Config, &mut Vec<Declaration>),
    schema: fn(&mut SchemaGenerator) -> Schema,
    round_trip: fn(&Value) -> Result<Value, String>,
    read: fn(&str) -> Result<Reading, String>,
}

/// What became of a JSON text that was read as a type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The value as it is written again.
    pub written: String,
    /// The constraints that it breaks.
    pub broken: Vec<FieldProblem>,
}

/// One TypeScript declaration, with the Rust type it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The name in TypeScript.
    pub name: String,
    /// The Rust type with its path: two declarations of one name must agree in it.
    pub rust_name: &'static str,
    /// `type Name = …;` without `export` and without documentation.
    pub declaration: String,
    /// The documentation, if the type has some.
    pub docs: Option<String>,
    id: TypeId,
}

impl Describe {
    pub(crate) const fn of<T: Describable + Serialize + DeserializeOwned + 'static>() -> Self {
        Self {
            ts_name: <T as TS>::name,
            declarations: |config, found| Collect::new(config, found).visit::<T>(),
            schema: subschema::<T>,
            round_trip: round_trip::<T>,
            read: |text| read::<T>(text, |_, _| {}),
        }
    }

    pub(crate) const fn checked<T: Wire>() -> Self {
        Self { read: |text| read::<T>(text, T::check), ..Self::of::<T>() }
    }
}

impl TypeRef {
    /// How TypeScript writes the type where it is used.
    pub fn ts_name(&self, config: &Config) -> String {
        (self.describe.ts_name)(config)
    }

    /// Adds the declarations that the type needs, its own first, each once.
    pub fn ts_declarations(&self, config: &Config, found: &mut Vec<Declaration>) {
        (self.describe.declarations)(config, found);
    }

    /// The type's JSON Schema, as the generator's settings say.
    pub fn json_schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.describe.schema)(generator)
    }

    /// Decodes a value as the type and encodes it again.
    ///
    /// # Errors
    /// What serde says of a value that does not fit.
    pub fn round_trip(&self, value: &Value) -> Result<Value, String> {
        (self.describe.round_trip)(value)
    }

    /// Reads a JSON text as the type, as it comes from the wire, and writes it again.
    ///
    /// # Errors
    /// What serde says of a text that does not fit.
    pub fn read(&self, text: &str) -> Result<Reading, String> {
        (self.describe.read)(text)
    }
}

fn subschema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn round_trip<T: Serialize + DeserializeOwned>(value: &Value) -> Result<Value, String> {
    let decoded: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(&decoded).map_err(|error| error.to_string())
}

fn read<T: Serialize + DeserializeOwned>(
    text: &str,
    check: fn(&T, &mut Report),
) -> Result<Reading, String> {
    let decoded: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut report = Report::new();
    check(&decoded, &mut report);
    let written = serde_json::to_string(&decoded).map_err(|error| error.to_string())?;
    Ok(Reading { written, broken: report.into_fields() })
}

/// Walks a type and what it mentions. A type with an output path is one that is declared.
struct Collect<'a> {
    config: &'a Config,
    found: &'a mut Vec<Declaration>,
    /// Every type on the way, declared or not: `Option<Box<T>>` within `T` leads back to itself.
    seen: HashSet<TypeId>,
}

impl<'a> Collect<'a> {
    fn new(config: &'a Config, found: &'a mut Vec<Declaration>) -> Self {
        Self { config, found, seen: HashSet::new() }
    }
}

impl TypeVisitor for Collect<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let id = TypeId::of::<T>();
            if self.found.iter().any(|known| known.id == id) {
                return;
            }
            self.found.push(Declaration {
                name: T::ident(self.config),
                rust_name: std::any::type_name::<T>(),
                declaration: T::decl(self.config),
                docs: T::docs(),
                id,
            });
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
