//! A contract written as plain facts, without the macros: for tests that break what the macros hold.

use serde::{Deserialize, Serialize};
use tautline::{
    Auth, Contract, Delivery, Event, EventKind, NamespaceFacts, Policy, Report, Retention,
    RoomFacts, RoomParamFacts, Source, TypeRef, Wire, private::length,
};

/// A payload, which is also the room's struct.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Note {
    /// The board that it hangs on.
    pub board_id: String,
    /// What it says.
    #[schemars(length(min = 1, max = 80))]
    pub text: String,
}
impl Wire for Note {
    fn check(&self, report: &mut Report) {
        report.field("text", |report| length(&self.text, 1, 80, report));
    }
}

pub(crate) const fn source(line: u32) -> Source {
    Source { file: "src/sample.rs", line }
}

pub(crate) const BOARD: RoomFacts = RoomFacts {
    name: "Board",
    pattern: "board:{board_id}",
    docs: " A board.",
    params: &[RoomParamFacts { field: "board_id", wire: "boardId" }],
    retention: Retention::DEFAULT,
    presence: None,
    receipts: false,
    ty: TypeRef::checked::<Note>(),
    source: source(1),
};

pub(crate) const COMMAND: Event = Event {
    name: "add_note",
    docs: " Adds a note.",
    kind: EventKind::Plain,
    payload: Some(TypeRef::checked::<Note>()),
    acknowledged: true,
    answer: None,
    error: None,
    policy: Policy { rooms: &[&BOARD], ..Policy::DEFAULT },
    source: source(10),
};

pub(crate) const EVENT: Event = Event {
    name: "note_added",
    docs: " A note was added.",
    kind: EventKind::Plain,
    payload: Some(TypeRef::checked::<Note>()),
    acknowledged: false,
    answer: None,
    error: None,
    policy: Policy { rooms: &[&BOARD], delivery: Delivery::Durable, ..Policy::DEFAULT },
    source: source(20),
};

pub(crate) const NAMESPACE: NamespaceFacts = NamespaceFacts {
    name: "Boards",
    path: "/boards",
    docs: " Boards with notes.",
    commands: &[COMMAND],
    events: &[EVENT],
    source: source(5),
};

pub(crate) const CONTRACT: Contract = Contract {
    name: "sample",
    version: "1.0.0",
    hash: "",
    versions: "",
    namespaces: &[&NAMESPACE],
    scopes: &["notes:write"],
    flags: &[],
    auth: Auth::Jwt,
    guests: false,
};
