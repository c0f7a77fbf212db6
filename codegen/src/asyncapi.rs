//! The AsyncAPI generator: `contract.asyncapi.json` (AsyncAPI 3.0), for portals, other languages and
//! people.
//!
//! A namespace is a channel, a command is an operation that the application receives, its
//! acknowledgement is the operation's reply. What AsyncAPI has no words for (delivery, rooms, limits,
//! refusals) stands under `x-socketio`: a binding of that name is not in the standard.

use serde_json::{Map, Value, json};
use tautline::{Auth, Contract, Errors, Event, EventKind, NamespaceFacts, RoomFacts};

use crate::{
    Described, File, MARK,
    canonical::readable,
    described::{Side, events_of, refusals},
    document::{Document, LIBRARY_PREFIX, problem_definitions},
    library::library,
    wire_facts::policy,
};

/// Where the definitions stand.
const SCHEMAS: &str = "#/components/schemas/";

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let contract = described.contract;
    let library = library();
    let own = Part { contract, document: Document::of(described, "", SCHEMAS) };
    let shared = Part {
        contract: library.contract,
        document: Document::of(library, LIBRARY_PREFIX, SCHEMAS),
    };
    let mut schemas = own.document.definitions();
    schemas.extend(shared.document.definitions());
    schemas.extend(problem_definitions(SCHEMAS));
    let (mut channels, mut operations) = (own.channels(), own.operations());
    channels.extend(shared.channels());
    operations.extend(shared.operations());
    let asyncapi = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": contract.name,
            "version": contract.version,
            "x-tautline": { "hash": described.hash },
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": { "schemas": schemas, "securitySchemes": security(contract) },
    });
    // In the first line, where `x-comment` would not be in its order.
    let mark = format!("{{\n  \"x-comment\": \"{MARK}\",\n");
    let text = readable(&asyncapi).replacen("{\n", &mark, 1);
    vec![File::new("contract.asyncapi.json", text)]
}

/// How callers prove who they are, in the CONNECT packet of each namespace.
fn security(contract: &Contract) -> Value {
    match contract.auth {
        Auth::None => json!({}),
        Auth::Jwt => json!({
            "token": {
                "type": "httpApiKey",
                "name": "token",
                "in": "query",
                "description": "A JSON Web Token, as `auth.token` of the CONNECT packet: not of the URL.",
            },
        }),
    }
}

/// The namespaces of one contract, within the document.
struct Part<'a> {
    contract: &'static Contract,
    document: Document<'a>,
}

impl Part<'_> {
    fn channels(&self) -> Map<String, Value> {
        let namespaces = self.contract.namespaces.iter();
        namespaces.map(|facts| (facts.name.to_owned(), self.channel(facts))).collect()
    }

    fn channel(&self, facts: &'static NamespaceFacts) -> Value {
        let messages: Map<String, Value> =
            events_of(facts).flat_map(|(side, event)| self.messages(side, event)).collect();
        let rooms: Map<String, Value> =
            facts.rooms().into_iter().map(|it| (it.pattern.to_owned(), room(it))).collect();
        // The library's events have no path of their own: every namespace carries them.
        let address = if facts.path == "*" { Value::Null } else { json!(facts.path) };
        json!({
            "address": address,
            "title": facts.name,
            "description": facts.docs.trim(),
            "messages": messages,
            "x-socketio": { "namespace": facts.path, "rooms": rooms },
        })
    }

    /// What an event and its acknowledgement look like.
    fn messages(&self, side: Side, event: &'static Event) -> Vec<(String, Value)> {
        let example = |example: Option<fn() -> Value>| -> Vec<Value> {
            example.map(|example| json!({ "payload": example() })).into_iter().collect()
        };
        let mut messages = vec![(
            event.name.to_owned(),
            json!({
                "name": event.name,
                "description": event.docs.trim(),
                "payload": self.document.payload(side, event),
                "examples": example(event.policy.example),
            }),
        )];
        if event.acknowledged {
            let answer = |answer: fn() -> Value| json!({ "payload": { "ok": answer() } });
            let examples: Vec<Value> =
                event.policy.answer_example.map(answer).into_iter().collect();
            messages.push((
                answer_of(event),
                json!({
                    "name": answer_of(event),
                    "title": format!("The answer to {}", event.name),
                    "payload": {
                        "type": "object",
                        "properties": { "ok": self.document.answer(side, event) },
                        "required": ["ok"],
                    },
                    "examples": examples,
                }),
            ));
            messages.push((
                refusal_of(event),
                json!({
                    "name": refusal_of(event),
                    "title": format!("Why {} was refused", event.name),
                    "payload": {
                        "type": "object",
                        "properties": { "error": self.refusal(event) },
                        "required": ["error"],
                    },
                }),
            ));
        }
        messages
    }

    /// One of its own refusals, or one of the library's.
    fn refusal(&self, event: &'static Event) -> Value {
        let any = json!({ "$ref": format!("{SCHEMAS}{LIBRARY_PREFIX}Problem") });
        match refusals(event) {
            None => any,
            Some(_) => json!({ "anyOf": [self.document.problem(event), any] }),
        }
    }

    fn operations(&self) -> Map<String, Value> {
        let of_namespace = |facts: &'static NamespaceFacts| {
            events_of(facts).map(move |(side, event)| {
                (format!("{}.{}", facts.name, event.name), operation(facts, side, event))
            })
        };
        self.contract.namespaces.iter().copied().flat_map(of_namespace).collect()
    }
}

fn operation(facts: &NamespaceFacts, side: Side, event: &'static Event) -> Value {
    let channel = format!("#/channels/{}", facts.name);
    let message =
        |name: String| json!({ "$ref": format!("{channel}/messages/{}", pointer(&name)) });
    let mut operation = Map::new();
    // As the server sees it.
    let action = match side {
        Side::Command => "receive",
        Side::Event => "send",
    };
    operation.insert("action".to_owned(), json!(action));
    operation.insert("channel".to_owned(), json!({ "$ref": channel }));
    operation.insert("summary".to_owned(), json!(first_sentence(event.docs)));
    operation.insert("description".to_owned(), json!(event.docs.trim()));
    operation.insert("messages".to_owned(), json!([message(event.name.to_owned())]));
    if event.acknowledged {
        operation.insert(
            "reply".to_owned(),
            json!({
                "channel": { "$ref": channel },
                "messages": [message(answer_of(event)), message(refusal_of(event))],
            }),
        );
    }
    let errors = refusals(event).map(codes);
    operation.insert(
        "x-socketio".to_owned(),
        json!({
            "kind": kind(event.kind),
            "acknowledged": event.acknowledged,
            "policy": policy(&event.policy),
            "since": event.policy.since,
            "deprecated": event.policy.deprecated.map(|it| {
                json!({ "note": it.note, "replacement": it.replacement })
            }),
            "errors": errors,
        }),
    );
    Value::Object(operation)
}

fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Plain => "plain",
        EventKind::Join => "join",
        EventKind::Stream { .. } => "stream",
        EventKind::Question { .. } => "question",
    }
}

/// What an enum's refusals mean, by code.
fn codes(errors: &Errors) -> Value {
    let variants = errors.variants.iter().map(|variant| {
        let facts = json!({
            "category": variant.category.as_str(),
            "severity": variant.severity.as_str(),
            "recovery": variant.action.as_str(),
            "message": variant.message,
            "hint": variant.hint,
        });
        (variant.code.to_owned(), facts)
    });
    Value::Object(variants.collect())
}

fn room(room: &RoomFacts) -> Value {
    json!({
        "description": room.docs.trim(),
        "params": room.params.iter().map(|param| param.wire).collect::<Vec<_>>(),
        "retention": { "count": room.retention.count, "ageMs": room.retention.age_ms },
        "hasPresence": room.presence.is_some(),
        "hasReceipts": room.receipts,
    })
}

fn answer_of(event: &Event) -> String {
    format!("{}.answer", event.name)
}

fn refusal_of(event: &Event) -> String {
    format!("{}.refusal", event.name)
}

/// A name as a JSON Pointer spells it (RFC 6901).
fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn first_sentence(docs: &str) -> &str {
    let docs = docs.trim();
    docs.split_once(". ").or_else(|| docs.split_once(".\n")).map_or(docs, |(first, _)| first)
}
