//! Examples: of the right type, the same each time, within the constraints, and equal to what
//! comes back from the wire.

use serde_json::Value;
use tautline::{Event, TypeRef};

use crate::{
    Described, Mistake,
    canonical::canonical,
    constraints::{broken, constraints},
    described::events_of,
    schemas::Schemas,
};

pub(super) fn examples_are_valid(described: &Described, mistakes: &mut Vec<Mistake>) {
    for (side, event) in described.contract.namespaces.iter().flat_map(|it| events_of(it)) {
        let payload =
            Slot { noun: "payload", ty: event.payload, schemas: described.schemas(side.payload()) };
        let answers = described.schemas(side.answer(event.kind));
        let answer = Slot { noun: "answer", ty: event.answer, schemas: answers };
        for (slot, example) in
            [(payload, event.policy.example), (answer, event.policy.answer_example)]
        {
            mistakes.extend(example.and_then(|example| slot.wrong(event, example)));
        }
    }
}

/// Where an example belongs.
struct Slot<'a> {
    noun: &'static str,
    ty: Option<TypeRef>,
    schemas: &'a Schemas,
}

impl Slot<'_> {
    fn wrong(&self, event: &Event, example: fn() -> Value) -> Option<Mistake> {
        let noun = self.noun;
        let say = |text: String| {
            Some(Mistake::at(
                event.source,
                format!("the example {noun} of `{}` {text}", event.name),
            ))
        };
        let Some(ty) = self.ty else {
            return say(format!("has no place: the event has no {noun}"));
        };
        let value = example();
        if canonical(&value) != canonical(&example()) {
            return say(
                "is another one each time: write it without clocks and random numbers".to_owned()
            );
        }
        let back = match ty.round_trip(&value) {
            Ok(back) => back,
            Err(error) => return say(format!("does not fit its type: {error}")),
        };
        if canonical(&back) != canonical(&value) {
            return say(format!("comes back from the wire as another: {}", canonical(&back)));
        }
        let all = constraints(self.schemas, &self.schemas.of(&ty));
        let rules: Vec<String> = broken(&all, &value)
            .into_iter()
            .map(|constraint| format!("`{}` of `{}`", constraint.rule.name(), constraint.path))
            .collect();
        if rules.is_empty() {
            None
        } else {
            say(format!("breaks the constraint {}", rules.join(", ")))
        }
    }
}
