//! The contract that the cases change.

use serde_json::{Value, json};

/// Its wire facts.
pub(super) fn base() -> Value {
    json!({
        "name": "boards", "auth": "jwt", "guests": true, "scopes": ["write"],
        "namespaces": {
            "/board": {
                "commands": {
                    "add_card": event("command add_card", "plain", json!({
                        "payload": received("NewCard"), "answer": sent("Card"), "errors": ["board.full"],
                    }), json!({
                        "delivery": "idempotent", "offline": { "queue": { "ttlMs": 3_600_000 } },
                        "scopes": ["write"], "rate": { "count": 20, "perMs": 10_000 }, "flag": "cards",
                    })),
                    "join_board": event("command join_board", "join", json!({
                        "payload": received("Board"),
                    }), json!({})),
                    "poke": event("command poke", "plain", json!({ "acknowledged": false }), json!({
                        "delivery": "volatile", "rooms": [], "guests": true, "lane": { "named": "pokes" },
                    })),
                },
                "events": {
                    "card_added": event("event card_added", "plain", json!({
                        "acknowledged": false, "payload": sent("Card"),
                    }), json!({ "delivery": "durable" })),
                    "ask": event("event ask", json!({ "question": { "expiresMs": 60_000 } }), json!({
                        "payload": sent("Question"), "answer": received("Reply"),
                    }), json!({ "delivery": "durable" })),
                    "text": event("event text", json!({ "stream": { "leaseMs": 15_000 } }), json!({
                        "payload": sent("Question"), "answer": sent("Card"),
                    }), json!({ "delivery": "durable" })),
                    "news": event("event news", "plain", json!({ "acknowledged": false }), json!({
                        "delivery": "live", "rooms": [],
                    })),
                },
            },
            "/lobby": { "commands": {}, "events": {} },
        },
        "rooms": {
            "board:{board_id}": {
                "params": ["boardId"], "retention": { "count": 1000, "ageMs": 86_400_000 },
                "presence": received("Presence"), "receipts": true, "type": received("Board"),
            },
            "hall": {
                "params": [], "retention": { "count": 10, "ageMs": null }, "presence": null,
                "receipts": false, "type": { "type": "object" },
            },
        },
        "errors": {
            "board.full": {
                "category": "capacity", "severity": "warning", "action": "retry", "after": { "ms": 1000 },
                "maxAttempts": 3, "params": { "limit": integer("uint32", 0, 4_294_967_295) },
            },
        },
        "types": { "received": types("types/received/"), "sent": types("types/sent/") },
    })
}

fn event(id: &str, kind: impl Into<Value>, own: Value, own_policy: Value) -> Value {
    let mut policy = json!({
        "delivery": "at_most_once", "timeoutMs": 10_000, "rooms": ["board:{board_id}"], "lane": "room",
        "scopes": [], "guests": false, "rate": null, "cost": 1, "maxBytes": 65_536, "offline": "fail",
        "windowMs": 86_400_000, "flag": null,
    });
    merge(&mut policy, own_policy);
    let mut event = json!({
        "id": format!("/board {id}"), "kind": kind.into(), "acknowledged": true, "payload": null,
        "answer": null, "errors": [], "policy": policy,
    });
    merge(&mut event, own);
    event
}

fn merge(into: &mut Value, from: Value) {
    let (Value::Object(into), Value::Object(from)) = (into, from) else {
        unreachable!("two objects")
    };
    into.extend(from);
}

fn received(name: &str) -> Value {
    json!({ "$ref": format!("types/received/{name}") })
}

fn sent(name: &str) -> Value {
    json!({ "$ref": format!("types/sent/{name}") })
}

/// An integer as schemars describes it, bounds and all.
pub(super) fn integer(format: &str, minimum: i64, maximum: i64) -> Value {
    json!({ "type": "integer", "format": format, "minimum": minimum, "maximum": maximum })
}

/// An object with these fields, of which some must be there.
pub(super) fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn types(folder: &str) -> Value {
    let reference = |name: &str| json!({ "$ref": format!("{folder}{name}") });
    let uuid = json!({ "type": "string", "format": "uuid" });
    let tagged = |tag: &str, fields: Value, required: &[&str]| {
        let mut properties = json!({ "type": { "type": "string", "const": tag } });
        merge(&mut properties, fields);
        object(properties, &[&["type"], required].concat())
    };
    json!({
        "Board": object(json!({ "boardId": uuid }), &["boardId"]),
        "NewCard": object(json!({
            "boardId": uuid,
            "title": { "type": "string", "minLength": 1, "maxLength": 80 },
            "level": integer("uint8", 1, 9),
            "note": { "type": ["null", "string"] },
            "slug": { "type": ["null", "string"], "pattern": "^[a-z]+$" },
            "labels": { "type": "array", "items": { "type": "string" }, "maxItems": 8 },
        }), &["boardId", "title", "level", "labels"]),
        "Card": object(json!({
            "id": uuid,
            "title": { "type": "string", "minLength": 1, "maxLength": 80 },
            "status": reference("Status"),
            "mood": reference("Mood"),
            "body": reference("Body"),
            "block": reference("Block"),
            "votes": { "type": "object", "additionalProperties": integer("uint32", 0, 4_294_967_295) },
            "at": { "type": "string", "format": "date-time" },
            "parent": { "anyOf": [reference("Card"), { "type": "null" }] },
        }), &["id", "title", "status", "mood", "body", "block", "votes", "at"]),
        "Status": { "type": "string", "enum": ["done", "open"] },
        "Mood": { "type": "string" },
        "Body": { "oneOf": [
            tagged("picture", json!({ "url": { "type": "string", "format": "uri" } }), &["url"]),
            tagged("text", json!({ "text": { "type": "string" } }), &["text"]),
        ]},
        "Block": { "anyOf": [
            { "oneOf": [tagged("rule", json!({}), &[]), tagged("note", json!({ "text": { "type": "string" } }), &["text"])] },
            { "type": "object", "properties": { "type": { "type": "string" } }, "required": ["type"] },
        ]},
        "Question": object(json!({
            "words": { "type": "string" },
            "extra": {},
            "count": integer("uint32", 0, 4_294_967_295),
        }), &["words", "extra"]),
        "Reply": object(json!({ "status": reference("Status"), "block": reference("Block") }), &["status"]),
        "Presence": object(json!({ "mood": reference("Mood") }), &["mood"]),
    })
}
