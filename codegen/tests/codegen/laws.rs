//! The laws that hold over a whole contract, each broken once.
//!
//! The macros hold many of them already: the contracts here are written as plain facts.

use serde::{Deserialize, Serialize};
use tautline::{
    Auth, Category, Contract, Delivery, ErrorVariant, Errors, Event, EventKind, NamespaceFacts,
    Offline, Policy, RecoveryAction, Retention, RetryAfter, RoomFacts, RoomParamFacts, Severity,
    Source, TypeRef, Wire,
};

use crate::check::mistakes;

#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
struct Note {
    board_id: String,
    #[schemars(length(max = 5))]
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
}
impl Wire for Note {}

mod elsewhere {
    #[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
    pub(super) struct Note {}
    impl tautline::Wire for Note {}

    #[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
    pub(super) struct ProblemOf {}
    impl tautline::Wire for ProblemOf {}
}

const fn line(line: u32) -> Source {
    Source { file: "notes.rs", line }
}

const BOARD: RoomFacts = RoomFacts {
    name: "Board",
    pattern: "board:{board_id}",
    docs: "",
    params: &[RoomParamFacts { field: "board_id", wire: "boardId" }],
    retention: Retention::DEFAULT,
    presence: None,
    receipts: false,
    ty: TypeRef::of::<Note>(),
    source: line(1),
};

const COMMAND: Event = Event {
    name: "add_note",
    docs: "",
    kind: EventKind::Plain,
    payload: Some(TypeRef::of::<Note>()),
    acknowledged: true,
    answer: None,
    error: None,
    policy: Policy::DEFAULT,
    source: line(10),
};

const EVENT: Event = Event {
    name: "note_added",
    acknowledged: false,
    policy: Policy { delivery: Delivery::Live, ..Policy::DEFAULT },
    source: line(20),
    ..COMMAND
};

const NAMESPACE: NamespaceFacts = NamespaceFacts {
    name: "Notes",
    path: "/notes",
    docs: "",
    commands: &[COMMAND],
    events: &[EVENT],
    source: line(5),
};

const CONTRACT: Contract = Contract {
    name: "notes",
    version: "1.0.0",
    hash: "",
    versions: "",
    namespaces: &[&NAMESPACE],
    scopes: &["write"],
    flags: &[],
    auth: Auth::Jwt,
    guests: false,
};

const VARIANT: ErrorVariant = ErrorVariant {
    name: "Full",
    code: "note.full",
    docs: "",
    category: Category::Capacity,
    severity: Severity::Warning,
    action: RecoveryAction::Retry,
    after: RetryAfter::Unset,
    max_attempts: None,
    message: "",
    hint: "",
    params: &[],
    source: line(30),
};

/// A contract of these commands and events must have these mistakes.
macro_rules! broken {
    ($name:ident, [$($command:expr),*], [$($event:expr),*], $($wanted:literal),+ $(,)?) => {
        #[test]
        fn $name() {
            static NAMESPACE_OF_IT: NamespaceFacts =
                NamespaceFacts { commands: &[$($command),*], events: &[$($event),*], ..NAMESPACE };
            static CONTRACT_OF_IT: Contract = Contract { namespaces: &[&NAMESPACE_OF_IT], ..CONTRACT };
            assert_eq!(mistakes(&CONTRACT_OF_IT), [$($wanted),+]);
        }
    };
}

const fn with(policy: Policy) -> Event {
    Event { policy, ..COMMAND }
}

broken!(
    a_name_is_taken_once_per_direction,
    [
        COMMAND,
        Event { source: line(11), ..COMMAND },
        Event { name: "add:note", source: line(12), ..COMMAND }
    ],
    [Event { name: "add_note", ..EVENT }],
    "notes.rs:11: the command name `add_note` is taken by notes.rs:10: choose another",
    "notes.rs:12: the TypeScript name `addNote` is taken by notes.rs:10: choose another",
);

broken!(
    the_names_of_the_library_and_of_socket_io_are_kept,
    [
        Event { name: "tautline:mine", ..COMMAND },
        Event { name: "disconnect", source: line(11), ..COMMAND }
    ],
    [],
    "notes.rs:10: the event name `tautline:mine` begins like the library's own events: choose another",
    "notes.rs:11: the event name `disconnect` is one that Socket.IO keeps for itself: choose another",
);

broken!(
    a_scope_is_declared,
    [with(Policy { scopes: &["read", "write"], ..Policy::DEFAULT })],
    [],
    "notes.rs:10: `add_note` asks for the scope `read`, which is not declared: list it under `scopes` in `contract!`",
);

broken!(
    a_flag_is_declared,
    [with(Policy { flag: Some("search"), ..Policy::DEFAULT })],
    [],
    "notes.rs:10: `add_note` waits for the flag `search`, which is not declared: list it under `flags` in `contract!`",
);

broken!(
    guests_are_declared,
    [with(Policy { guests: true, ..Policy::DEFAULT })],
    [],
    "notes.rs:10: `add_note` is open to guests in a contract that has none: say `guests: true` in `contract!`",
);

broken!(
    each_direction_has_its_deliveries,
    [with(Policy { delivery: Delivery::Durable, ..Policy::DEFAULT })],
    [Event { policy: Policy { delivery: Delivery::Idempotent, ..Policy::DEFAULT }, ..EVENT }],
    "notes.rs:10: `add_note` cannot be delivered `durable`: commands are one of `volatile`, `at_most_once`, `idempotent`",
    "notes.rs:20: `note_added` cannot be delivered `idempotent`: events are one of `volatile`, `live`, `durable`",
);

broken!(
    a_durable_event_has_a_room,
    [],
    [Event { policy: Policy { delivery: Delivery::Durable, ..Policy::DEFAULT }, ..EVENT }],
    "notes.rs:20: `note_added` is durable without a room: name the room that keeps it",
);

broken!(
    nothing_waits_offline_longer_than_its_answer_is_known,
    [with(Policy {
        delivery: Delivery::Idempotent,
        offline: Offline::Queue { ttl_ms: 2_000 },
        window_ms: 1_000,
        ..Policy::DEFAULT
    })],
    [],
    "notes.rs:10: `add_note` waits offline for 2000 ms, but its answer is remembered for 1000 ms only: shorten `offline` or lengthen `window`",
);

broken!(
    limits_are_possible,
    [with(Policy { max_bytes: 2_000_000, timeout_ms: 0, ..Policy::DEFAULT })],
    [],
    "notes.rs:10: `add_note` allows 2000000 bytes: say between 1 and 1048576, what one frame holds",
    "notes.rs:10: `add_note` has no time to run: give it a timeout above zero",
);

broken!(
    a_replacement_exists,
    [with(Policy {
        deprecated: Some(tautline::Deprecated { replacement: Some("note_added"), note: "" }),
        ..Policy::DEFAULT
    })],
    [EVENT],
    "notes.rs:10: `add_note` is replaced by `note_added`, which `/notes` does not have",
);

const PATCHY: RoomFacts = RoomFacts {
    name: "Patchy",
    pattern: "patchy:{number}{board_id}",
    params: &[
        RoomParamFacts { field: "number", wire: "number" },
        RoomParamFacts { field: "board_id", wire: "boardId" },
    ],
    ..BOARD
};

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
struct Face {
    portrait: Option<Portrait>,
}

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
struct Portrait {
    #[ts(type = "Uint8Array")]
    pixels: tautline::Bytes,
}

const FACED: RoomFacts = RoomFacts { presence: Some(TypeRef::of::<Face>()), ..BOARD };

broken!(
    what_members_show_is_plain,
    [with(Policy { rooms: &[&FACED], ..Policy::DEFAULT })],
    [],
    "notes.rs:1: members of `Board` show each other `Face`, which holds bytes: a presence travels without attachments, so show an address of them",
);

broken!(
    a_room_is_named_by_the_payload,
    [
        Event { payload: None, ..with(Policy { rooms: &[&BOARD], ..Policy::DEFAULT }) },
        Event {
            source: line(11),
            name: "other",
            ..with(Policy { rooms: &[&PATCHY], ..Policy::DEFAULT })
        }
    ],
    [],
    "notes.rs:1: the pattern `patchy:{number}{board_id}` puts two parameters side by side: write `:` between them",
    "notes.rs:10: the command `add_note` is of the room `Board`, whose name takes `boardId`: its payload `nothing` does not have that field",
    "notes.rs:11: the command `other` is of the room `Patchy`, whose name takes `number`: its payload `Note` may leave out that field",
);

static FULL: Errors = Errors {
    name: "NoteError",
    docs: "",
    variants: &[
        VARIANT,
        ErrorVariant { name: "Again", source: line(31), ..VARIANT },
        ErrorVariant { code: "offline", source: line(32), ..VARIANT },
        ErrorVariant {
            code: "note.words",
            message: "{{no}} {title}",
            after: RetryAfter::Field("wait"),
            source: line(33),
            ..VARIANT
        },
    ],
    ty: TypeRef::of::<Note>(),
    source: line(29),
};

broken!(
    codes_and_words_of_errors_hold,
    [Event { error: Some(&FULL), ..COMMAND }],
    [],
    "notes.rs:31: the code `note.full` is taken by notes.rs:30: rename one of the two",
    "notes.rs:32: the code `offline` is the library's: write `prefix.variant` in snake_case",
    "notes.rs:33: `note.words` retries after `wait`, but it has no such field",
    "notes.rs:33: the words of `note.words` name `{title}`, but it has no such field",
);

broken!(
    two_types_of_one_name_are_refused,
    [
        COMMAND,
        Event {
            name: "b",
            payload: Some(TypeRef::of::<elsewhere::Note>()),
            source: line(11),
            ..COMMAND
        }
    ],
    [],
    "`codegen::laws::Note` and `codegen::laws::elsewhere::Note` have one name, `Note`: rename one of them",
);

broken!(
    a_name_that_typescript_needs_is_refused,
    [Event { payload: Some(TypeRef::of::<elsewhere::ProblemOf>()), ..COMMAND }],
    [],
    "a type is called `ProblemOf`, which means something else in TypeScript: rename it",
);

const fn example(example: fn() -> serde_json::Value) -> Event {
    with(Policy { example: Some(example), ..Policy::DEFAULT })
}

broken!(
    an_example_fits_its_type_and_its_constraints,
    [
        example(|| serde_json::json!({ "boardId": 1, "text": "" })),
        Event {
            name: "b",
            source: line(11),
            ..example(|| serde_json::json!({ "boardId": "b", "text": "too long" }))
        },
        Event {
            name: "c",
            source: line(12),
            ..example(|| serde_json::json!({ "boardId": "b", "text": "", "number": null }))
        },
        Event { name: "d", source: line(13), payload: None, ..example(|| serde_json::json!({})) }
    ],
    [],
    "notes.rs:10: the example payload of `add_note` does not fit its type: invalid type: number, expected a string",
    "notes.rs:11: the example payload of `b` breaks the constraint `length` of `text`",
    "notes.rs:12: the example payload of `c` comes back from the wire as another: {\"boardId\":\"b\",\"text\":\"\"}",
    "notes.rs:13: the example payload of `d` has no place: the event has no payload",
);

#[test]
fn namespaces_have_their_own_names_and_paths() {
    static TYPES: NamespaceFacts = NamespaceFacts { name: "Types", source: line(6), ..NAMESPACE };
    static NOTE: NamespaceFacts =
        NamespaceFacts { name: "Note", path: "notes", source: line(7), ..NAMESPACE };
    static WRONG: Contract = Contract {
        name: "my notes",
        version: "1.0",
        namespaces: &[&NAMESPACE, &TYPES, &NOTE],
        ..CONTRACT
    };

    assert_eq!(
        mistakes(&WRONG),
        [
            "the contract's name `my notes` is not in kebab-case: write it like `agent-chat`",
            "the contract's version `1.0` is not a version: write it like `1.0.0`",
            "notes.rs:6: `Types` would be written to `types.ts`, which is taken: rename it",
            "notes.rs:6: the path `/notes` is taken by notes.rs:5: choose another",
            "notes.rs:7: the namespace `Note` and a type are both called `Note`: rename one of them",
            "notes.rs:7: the path `notes` is not one: begin with `/` and use `[A-Za-z0-9_.:/-]`",
        ]
    );
}
