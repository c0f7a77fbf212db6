//! The large contract: 1,000 events in ten namespaces, each with a payload of its own, which holds
//! two types of its own. Their numbers are parameters of three generic types, so that the compiler
//! has three to derive and not three thousand.

use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use tautline::{
    Auth, Contract, Delivery, Event, EventKind, NamespaceFacts, Policy, Source, TypeRef, Wire,
};
use ts_rs::{Config, TS, TypeVisitor};

/// How many events there are.
pub(crate) const EVENTS: usize = 1_000;

/// How many types.
pub(crate) const TYPES: usize = 3 * EVENTS;

/// How many events a namespace has.
const PER_NAMESPACE: usize = 100;

/// One of the types: a payload (`KIND` 0), or a part of one.
#[derive(Debug, Serialize, Deserialize)]
struct Type<const N: usize, const KIND: usize>;

fn name(number: usize, kind: usize) -> String {
    format!("{}{number}", ["Payload", "Part", "Word"][kind])
}

impl<const N: usize, const KIND: usize> Wire for Type<N, KIND> {}

impl<const N: usize, const KIND: usize> TS for Type<N, KIND> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn docs() -> Option<String> {
        Some("/**\n * What is said of it, in a line as long as such lines are.\n */".to_owned())
    }

    fn name(_: &Config) -> String {
        name(N, KIND)
    }

    fn inline(_: &Config) -> String {
        match KIND {
            0 => format!(
                "{{ id: string, count: number, part: Part{N}, parts: Array<Part{N}>, word?: Word{N} | null, }}"
            ),
            1 => "{ title: string, amount: number, flags: { [key: string]: boolean }, }".to_owned(),
            _ => "\"new\" | \"open\" | \"closed\"".to_owned(),
        }
    }

    fn decl(config: &Config) -> String {
        format!("type {} = {};", Self::name(config), Self::inline(config))
    }

    fn decl_concrete(config: &Config) -> String {
        Self::decl(config)
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some(format!("{}.ts", name(N, KIND)).into())
    }

    fn visit_dependencies(visitor: &mut impl TypeVisitor) {
        if KIND == 0 {
            visitor.visit::<Type<N, 1>>();
            visitor.visit::<Type<N, 2>>();
        }
    }
}

impl<const N: usize, const KIND: usize> JsonSchema for Type<N, KIND> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        name(N, KIND).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        match KIND {
            0 => {
                let part = generator.subschema_for::<Type<N, 1>>();
                let word = generator.subschema_for::<Type<N, 2>>();
                json_schema!({
                    "type": "object",
                    "description": "What is said of it, in a line as long as such lines are.",
                    "properties": {
                        "id": { "type": "string", "minLength": 1, "maxLength": 40 },
                        "count": { "type": "integer", "format": "uint32", "minimum": 0 },
                        "part": part.clone(),
                        "parts": { "type": "array", "items": part },
                        "word": { "anyOf": [word, { "type": "null" }] }
                    },
                    "required": ["id", "count", "part", "parts"]
                })
            }
            1 => json_schema!({
                "type": "object",
                "properties": {
                    "title": { "type": "string" },
                    "amount": { "type": "number" },
                    "flags": { "type": "object", "additionalProperties": { "type": "boolean" } }
                },
                "required": ["title", "amount", "flags"]
            }),
            _ => json_schema!({ "type": "string", "enum": ["new", "open", "closed"] }),
        }
    }
}

/// A hundred types, a thousand of them: the compiler counts in constants alone.
macro_rules! types {
    ($($hundreds:literal)*) => {
        [$(types!(tens $hundreds 0 1 2 3 4 5 6 7 8 9)),*]
    };
    (tens $hundreds:literal $($tens:literal)*) => {
        [$(types!(ones $hundreds $tens 0 1 2 3 4 5 6 7 8 9)),*]
    };
    (ones $hundreds:literal $tens:literal $($ones:literal)*) => {
        [$(TypeRef::checked::<Type<{ $hundreds * 100 + $tens * 10 + $ones }, 0>>()),*]
    };
}

static PAYLOADS: [[[TypeRef; 10]; 10]; 10] = types!(0 1 2 3 4 5 6 7 8 9);

/// The contract. It is made once and kept, as those of macros are.
pub(crate) fn contract() -> &'static Contract {
    static MADE: OnceLock<Contract> = OnceLock::new();
    MADE.get_or_init(|| {
        let payloads: Vec<TypeRef> = PAYLOADS.iter().flatten().flatten().copied().collect();
        let namespaces: Vec<&'static NamespaceFacts> = payloads
            .chunks(PER_NAMESPACE)
            .enumerate()
            .map(|(at, some)| namespace(at, some))
            .collect();
        Contract {
            name: "large",
            version: "1.0.0",
            hash: "",
            versions: "",
            namespaces: namespaces.leak(),
            scopes: &[],
            flags: &[],
            auth: Auth::Jwt,
            guests: false,
        }
    })
}

/// Half of its events are commands.
fn namespace(number: usize, payloads: &[TypeRef]) -> &'static NamespaceFacts {
    let event = |(at, payload): (usize, &TypeRef)| Event {
        name: format!("event_{number}_{at}").leak(),
        docs: " What it is for, in a line as long as such lines are.",
        kind: EventKind::Plain,
        payload: Some(*payload),
        acknowledged: at % 2 == 0,
        answer: (at % 2 == 0).then_some(*payload),
        error: None,
        policy: if at % 2 == 0 {
            Policy::DEFAULT
        } else {
            Policy { delivery: Delivery::Live, ..Policy::DEFAULT }
        },
        source: Source { file: "src/large.rs", line: u32::try_from(at).unwrap_or(0) + 1 },
    };
    let all: Vec<Event> = payloads.iter().enumerate().map(event).collect();
    let (commands, events): (Vec<Event>, Vec<Event>) =
        all.into_iter().partition(|it| it.acknowledged);
    Box::leak(Box::new(NamespaceFacts {
        name: format!("Space{number}").leak(),
        path: format!("/space{number}").leak(),
        docs: " A namespace.",
        commands: commands.leak(),
        events: events.leak(),
        source: Source { file: "src/large.rs", line: 1 },
    }))
}
