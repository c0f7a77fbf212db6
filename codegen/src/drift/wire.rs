//! Values through serde and the schemas: both take the same, nothing is lost between them, and what
//! is written fits what clients are told of it.

use std::{cell::Cell, collections::BTreeSet};

use jsonschema::Validator;
use proptest::{
    strategy::Strategy as _,
    test_runner::{TestCaseError, TestError},
};
use serde_json::{Map, Value, json};
use tautline::{FieldProblem, describe::Reading};

use super::{
    any::Values,
    edges::Edge,
    places::places,
    runner,
    same::same,
    slots::{Slot, slots},
    wrong::nearly,
};
use crate::{
    Described, Mistake,
    schemas::{Direction, Schemas, definition_name, for_each_subschema},
};

/// What base64 looks like. To JSON Schema 2020-12 its encoding is only a remark.
const BASE64: &str =
    "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// The rules that a schema knows. A contract may have others of its own, which only the server asks.
const RULES: [&str; 4] = ["length", "items", "range", "pattern"];

/// How many values there were, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// All of them.
    pub values: u64,
    /// Those that both serde and the schema took.
    pub taken: u64,
}

/// What serde and the schema think of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Both take it.
    Taken,
    /// Both refuse it.
    Refused,
    /// A rule of the contract's own refuses it, of which no schema knows.
    Unasked,
}

/// Tries `values` values, shared by all types of a contract.
pub(crate) fn agree(described: &Described, values: u32, seed: u64) -> (Tally, Vec<Mistake>) {
    let slots = slots(described);
    let each = values / u32::try_from(slots.len().max(1)).unwrap_or(u32::MAX);
    let mut tally = Tally::default();
    let mut mistakes = Vec::new();
    let makers = [Direction::Received, Direction::Sent]
        .map(|direction| Values::of(described.schemas(direction)));
    for (slot, seed) in slots.iter().zip(seed..) {
        let [received, sent] = &makers;
        let maker = match slot.direction {
            Direction::Received => received,
            Direction::Sent => sent,
        };
        let outcome = Party::of(described, slot)
            .and_then(|party| party.try_all(maker, each.max(1), seed, &mut tally));
        if let Err(said) = outcome {
            let way = match slot.direction {
                Direction::Received => "as the server receives it",
                Direction::Sent => "as the server sends it",
            };
            let name = slot.ty.rust_name();
            mistakes
                .push(Mistake::at(slot.source, format!("{} (`{name}`, {way}): {said}", slot.what)));
        }
    }
    (tally, mistakes)
}

/// One type with both of its schemas.
struct Party<'a> {
    slot: &'a Slot,
    schemas: &'a Schemas,
    schema: Value,
    /// What a value is held against that goes in.
    taken: Validator,
    /// What a value is held against that comes out.
    written: Validator,
}

impl<'a> Party<'a> {
    fn of(described: &'a Described, slot: &'a Slot) -> Result<Self, String> {
        let schemas = described.schemas(slot.direction);
        Ok(Self {
            slot,
            schemas,
            schema: schemas.of(&slot.ty),
            taken: validator(schemas, &schemas.of(&slot.ty))?,
            written: validator(&described.sent, &described.sent.of(&slot.ty))?,
        })
    }

    fn try_all(
        &self,
        maker: &Values<'_>,
        values: u32,
        seed: u64,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let Some(strategy) = maker.strategy(&self.schema) else {
            return Err(
                "no value can be made of its schema: give its pattern another form".to_owned()
            );
        };
        self.try_edges(tally)?;
        self.try_places(tally)?;
        let strategy = match self.slot.direction {
            Direction::Received => nearly(strategy).boxed(),
            // Only the server writes these: what is wrong with others does not matter.
            Direction::Sent => strategy,
        };
        let counted = Cell::new(*tally);
        let outcome = runner(seed, values).run(&strategy, |value| {
            let taken = self.try_one(&value).map_err(TestCaseError::fail)?;
            let mut tally = counted.get();
            tally.count(taken);
            counted.set(tally);
            Ok(())
        });
        *tally = counted.get();
        outcome.map_err(|error| match error {
            TestError::Fail(said, _) => said.message().to_owned(),
            TestError::Abort(said) => format!("too few values could be made: {}", said.message()),
        })
    }

    /// Each edge of the type: a value of which the schema says that it is one.
    fn try_edges(&self, tally: &mut Tally) -> Result<(), String> {
        for edge in Edge::ALL {
            let found = edge.of(self.schemas, &self.schema);
            let value =
                found.ok_or("no value can be made of its schema: it holds itself for ever")?;
            let verdict = self.try_one(&value)?;
            if verdict == Verdict::Refused {
                return Err(format!(
                    "{} is made of its schema, which refuses it",
                    shown(&value.to_string())
                ));
            }
            tally.count(verdict);
        }
        Ok(())
    }

    /// What all think of a value; an error if they differ, or if it does not come back as it was.
    fn try_one(&self, value: &Value) -> Result<Verdict, String> {
        let text = value.to_string();
        let reading = self.slot.ty.read(&text);
        let refusal = match &reading {
            Err(said) => Some(format!("serde refuses it: {said}")),
            Ok(reading) => {
                let known = |broken: &&FieldProblem| RULES.contains(&broken.rule.as_str());
                match (reading.broken.iter().find(known), reading.broken.first()) {
                    (Some(broken), _) => {
                        Some(format!("it breaks the rule `{}` of `{}`", broken.rule, broken.path))
                    }
                    (None, Some(_)) => return Ok(Verdict::Unasked),
                    (None, None) => None,
                }
            }
        };
        let (reading, refusal) = match (self.taken.validate(value), reading, refusal) {
            (Ok(()), Ok(reading), None) => (reading, None),
            (Err(_), _, Some(_)) => return Ok(Verdict::Refused),
            (Ok(()), _, refusal) => {
                (Reading::default(), refusal.map(|it| format!("fits its JSON Schema, but {it}")))
            }
            (Err(said), ..) => (
                Reading::default(),
                Some(format!("is taken by serde, but its JSON Schema says: {said}")),
            ),
        };
        if let Some(refusal) = refusal {
            return Err(format!("{} {refusal}", shown(&text)));
        }
        let written: Value =
            serde_json::from_str(&reading.written).map_err(|error| error.to_string())?;
        if !same(value, &written) {
            return Err(format!("{} comes back as {}", shown(&text), shown(&reading.written)));
        }
        if let Err(said) = self.written.validate(&written) {
            return Err(format!(
                "{} is written as {}, of which the JSON Schema says: {said}",
                shown(&text),
                shown(&reading.written)
            ));
        }
        let again = self.slot.ty.read(&reading.written)?;
        if again.written == reading.written {
            Ok(Verdict::Taken)
        } else {
            Err(format!(
                "{} is another one each time: {}",
                shown(&reading.written),
                shown(&again.written)
            ))
        }
    }

    /// Each place of a value with what may stand there: what nobody takes, and what all must think
    /// the same of.
    fn try_places(&self, tally: &mut Tally) -> Result<(), String> {
        let Some(value) = Edge::Most.of(self.schemas, &self.schema) else { return Ok(()) };
        if self.slot.ty.read(&value.to_string()).is_err() {
            // Said already, as a value that fits its schema.
            return Ok(());
        }
        for place in places(&value) {
            let is_any = self.slot.ty.read(&place.with_another_kind().to_string()).is_ok();
            for text in place.with_what_nobody_takes(is_any) {
                if let Ok(reading) = self.slot.ty.read(&text) {
                    return Err(format!(
                        "{} is taken, as {}",
                        shown(&text),
                        shown(&reading.written)
                    ));
                }
            }
            // Only the server writes what is sent: what is wrong with others does not matter.
            if self.slot.direction == Direction::Received {
                for value in place.with_what_is_at_an_edge() {
                    tally.count(self.try_one(&value)?);
                }
            }
        }
        // Where a contract does not look, it may be as deep as it likes: skipping takes no stack.
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let _ = self.slot.ty.read(&format!("{{\"{}\":{deep}}}", super::any::UNKNOWN));
        match self.slot.ty.read(&deep) {
            Ok(_) => Err("100,000 lists in each other are taken".to_owned()),
            Err(_) => Ok(()),
        }
    }
}

/// A text as a message shows it.
fn shown(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

impl Tally {
    fn count(&mut self, verdict: Verdict) {
        self.values += 1;
        self.taken += u64::from(verdict == Verdict::Taken);
    }
}

/// A validator of one schema, with the definitions that it needs.
fn validator(schemas: &Schemas, schema: &Value) -> Result<Validator, String> {
    let mut needed = BTreeSet::new();
    let mut root = schema.clone();
    mentioned(schemas, &mut root, &mut needed);
    let mut definitions = Map::new();
    for name in needed {
        if let Some(schema) = schemas.definitions().get(&name) {
            let mut schema = schema.clone();
            sharpen(&mut schema);
            definitions.insert(name, schema);
        }
    }
    sharpen(&mut root);
    root["$defs"] = Value::Object(definitions);
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&root)
        .map_err(|error| format!("its JSON Schema is none: {error}"))
}

/// The names of the definitions that a schema needs.
pub(super) fn mentioned(schemas: &Schemas, schema: &mut Value, found: &mut BTreeSet<String>) {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(definition_name);
    if let Some(name) = name.map(str::to_owned)
        && let Some(mut definition) = schemas.definitions().get(&name).cloned()
        && found.insert(name)
    {
        mentioned(schemas, &mut definition, found);
    }
    for_each_subschema(schema, &mut |inner| mentioned(schemas, inner, found));
}

/// Makes a validator ask what the schema only remarks: that bytes are base64, and that a known tag
/// of an open enum is no unknown one.
fn sharpen(schema: &mut Value) {
    let tags = known_tags(schema);
    if let Some(ty) = schema.pointer_mut("/anyOf/1/properties/type")
        && !tags.is_empty()
    {
        *ty = json!({ "type": "string", "not": { "enum": tags } });
    }
    if let Some(object) = schema.as_object_mut()
        && object.contains_key("contentEncoding")
    {
        object.insert("pattern".to_owned(), json!(BASE64));
    }
    for_each_subschema(schema, &mut sharpen);
}

/// The tags of an open enum of objects: it has its known variants first, and any others behind.
fn known_tags(schema: &Value) -> Vec<Value> {
    let known = schema.pointer("/anyOf/0/oneOf").and_then(Value::as_array);
    let tag = |variant: &Value| variant.pointer("/properties/type/const").cloned();
    known.into_iter().flatten().filter_map(tag).collect()
}
