//! What is found of contracts whose parties do not agree. The macros let none of these through, so
//! they are written by hand.

use serde::{Deserialize, Serialize};
use tautline::{Contract, Event, NamespaceFacts, Policy, TypeRef, Wire};

mod kinds;

use super::{Compiler, agree, compare};
use crate::{
    Described,
    sample::{COMMAND, CONTRACT, EVENT, NAMESPACE},
};

/// A type of one field, with what its attributes say.
macro_rules! payload {
    ($name:ident { $(#[$attribute:meta])* $field:ident: $ty:ty }) => {
        #[derive(Debug, Serialize, Deserialize, schemars::JsonSchema, ts_rs::TS)]
        struct $name {
            $(#[$attribute])*
            $field: $ty,
        }
        impl Wire for $name {}
    };
}

payload!(Unchecked {
    #[schemars(length(max = 3))]
    text: String
});
payload!(Plain { text: String });
payload!(Wide {
    #[ts(type = "number | string")]
    number: u32
});
payload!(Narrow {
    #[schemars(with = "String")]
    number: u32
});
payload!(Forgetful {
    #[serde(serialize_with = "nothing")]
    text: String
});
payload!(Tuple { pair: (u32, String) });

fn nothing<S: serde::Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("")
}

/// A contract whose one command, or one event, has this payload.
fn contract(payload: TypeRef, is_command: bool) -> Described {
    let event = |event: Event| -> &'static [Event] {
        let policy = Policy { rooms: &[], ..event.policy };
        Box::leak(Box::new([Event { payload: Some(payload), policy, ..event }]))
    };
    let namespace = NamespaceFacts {
        commands: if is_command { event(COMMAND) } else { &[] },
        events: if is_command { &[] } else { event(Event { policy: Policy::DEFAULT, ..EVENT }) },
        ..NAMESPACE
    };
    let namespaces = Box::leak(Box::new([&*Box::leak(Box::new(namespace))]));
    let contract = Box::leak(Box::new(Contract { namespaces, ..CONTRACT }));
    Described::read(contract, std::path::Path::new("")).0
}

/// What is found with values, in one text.
fn values(payload: TypeRef) -> String {
    found(payload, 500)
}

/// What so many random values find, and those at the edges.
fn found(payload: TypeRef, random: u32) -> String {
    let (_, mistakes) = agree(&contract(payload, true), random, 7);
    mistakes.iter().map(ToString::to_string).collect()
}

/// What the compiler finds, in one text.
fn types(payload: TypeRef, is_command: bool) -> String {
    let compiler = Compiler::of(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (_, mistakes) = compare(&contract(payload, is_command), &compiler).unwrap();
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn parties_that_agree_are_left_alone() {
    assert_eq!(values(TypeRef::checked::<Plain>()), "");
    assert_eq!(types(TypeRef::checked::<Plain>(), true), "");
}

#[test]
fn a_rule_that_nobody_enforces_is_found_at_the_event() {
    let said = values(TypeRef::of::<Unchecked>());

    assert!(said.starts_with("src/sample.rs:10: the payload of `add_note`"), "{said}");
    assert!(said.contains("is taken by serde, but its JSON Schema says"), "{said}");
}

#[test]
fn a_schema_of_another_type_is_found() {
    let said = values(TypeRef::of::<Narrow>());

    assert!(said.contains("fits its JSON Schema, but serde refuses it"), "{said}");
}

#[test]
fn a_field_that_is_lost_on_the_way_is_found() {
    let said = values(TypeRef::of::<Forgetful>());

    assert!(said.contains("comes back as"), "{said}");
}

#[test]
fn a_value_that_breaks_something_is_the_smallest_that_does() {
    let said = values(TypeRef::of::<Unchecked>());

    assert!(said.contains("\"text\":\"") && said.len() < 400, "{said}");
}

#[test]
fn typescript_that_allows_more_is_found() {
    let said = types(TypeRef::of::<Wide>(), true);

    assert!(said.contains("`Wide`, as the server receives it: its TypeScript allows"), "{said}");
    assert!(said.contains("Type 'string' is not assignable to type 'number'"), "{said}");
}

#[test]
fn each_direction_has_its_own_comparison() {
    let said = types(TypeRef::of::<Wide>(), false);

    assert!(said.contains("`Wide`, as the server sends it: its TypeScript allows"), "{said}");
    assert!(!said.contains("receives"), "{said}");
}

#[test]
fn what_has_no_type_in_typescript_is_said_so() {
    let said = types(TypeRef::of::<Tuple>(), true);

    assert!(said.contains("its JSON Schema says `prefixItems`"), "{said}");
}

#[test]
fn the_same_seed_gives_the_same_values() {
    let described = contract(TypeRef::of::<Unchecked>(), true);

    let fixtures = |seed| super::fixtures(&described, "./types.js", 50, seed);

    assert_eq!(fixtures(1), fixtures(1));
    assert_ne!(fixtures(1), fixtures(2));
}
