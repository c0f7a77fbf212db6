//! The table. `old` is what an old client sees of the new server, `new` what a new client sees of the
//! old one.

use serde_json::{Value, json};

use super::{
    Breaking, Case, Safe, Unknown,
    base::{integer, object},
};

macro_rules! cases {
    ($($name:literal: $old:ident, $new:ident, $rules:expr, $change:expr;)*) => {
        vec![$(Case { name: $name, change: $change, old: $old, new: $new, rules: &$rules }),*]
    };
}

/// All cases.
pub(super) fn cases() -> Vec<Case> {
    let mut all = of_contract();
    all.extend(of_events());
    all.extend(of_policies());
    all.extend(of_rooms_and_codes());
    all.extend(of_what_clients_send());
    all.extend(of_what_clients_get());
    all
}

fn of_contract() -> Vec<Case> {
    cases! {
        "tokens are no longer needed": Safe, Breaking, ["contract.auth_dropped"],
            |it| it["auth"] = json!("none");
        "guests stay outside": Breaking, Safe, ["contract.guests_refused"],
            |it| it["guests"] = json!(false);
        "a scope is declared": Safe, Safe, ["contract.scope_declared"],
            |it| it["scopes"] = json!(["read", "write"]);
        "a scope is withdrawn": Safe, Safe, ["contract.scope_withdrawn"],
            |it| it["scopes"] = json!([]);
        "a namespace comes": Safe, Breaking, ["namespace.added"],
            |it| it["namespaces"]["/tasks"] = json!({ "commands": {}, "events": {} });
        "a namespace goes": Breaking, Safe, ["namespace.removed"],
            |it| remove(it, "/namespaces", "/lobby");
    }
}

fn of_events() -> Vec<Case> {
    cases! {
        "a command comes": Safe, Breaking, ["command.added"], |it| {
            let mut new = command(it, "poke").clone();
            new["id"] = json!("/board command wave");
            it["namespaces"]["/board"]["commands"]["wave"] = new;
        };
        "a command goes": Breaking, Safe, ["command.removed"],
            |it| remove(it, "/namespaces/~1board/commands", "poke");
        "an event comes": Safe, Breaking, ["event.added"], |it| {
            let mut new = event(it, "news").clone();
            new["id"] = json!("/board event weather");
            it["namespaces"]["/board"]["events"]["weather"] = new;
        };
        "an event goes": Breaking, Safe, ["event.removed"],
            |it| remove(it, "/namespaces/~1board/events", "news");
        "a command is renamed": Breaking, Breaking, ["command.added", "command.removed"], |it| {
            let mut renamed = command(it, "poke").clone();
            renamed["id"] = json!("/board command nudge");
            remove(it, "/namespaces/~1board/commands", "poke");
            it["namespaces"]["/board"]["commands"]["nudge"] = renamed;
        };
        "a command becomes an event": Breaking, Breaking, ["command.removed", "event.added", "event.direction"], |it| {
            let mut turned = command(it, "poke").clone();
            turned["id"] = json!("/board event poke");
            remove(it, "/namespaces/~1board/commands", "poke");
            it["namespaces"]["/board"]["events"]["poke"] = turned;
        };
        "a message becomes a join": Breaking, Breaking, ["event.kind"],
            |it| command(it, "add_card")["kind"] = json!("join");
        "a question becomes a stream": Breaking, Breaking, ["event.kind"],
            |it| event(it, "ask")["kind"] = json!({ "stream": { "leaseMs": 15_000 } });
        "a stream's lease is longer": Safe, Safe, ["stream.lease"],
            |it| event(it, "text")["kind"] = json!({ "stream": { "leaseMs": 30_000 } });
        "a question waits longer": Safe, Safe, ["question.expiry"],
            |it| event(it, "ask")["kind"] = json!({ "question": { "expiresMs": 90_000 } });
        "a command is acknowledged": Safe, Breaking, ["ack.added"],
            |it| command(it, "poke")["acknowledged"] = json!(true);
        "a command is no longer acknowledged": Breaking, Safe, ["ack.removed"],
            |it| command(it, "join_board")["acknowledged"] = json!(false);
        "an answer comes where there was none": Safe, Breaking, ["payload.new_client_misreads"],
            |it| command(it, "join_board")["answer"] = json!({ "$ref": "types/sent/Question" });
        "an answer goes": Breaking, Safe, ["payload.old_client_misreads"],
            |it| command(it, "add_card")["answer"] = Value::Null;
        "a payload that must be there comes": Breaking, Safe, ["payload.old_client_refused"],
            |it| command(it, "poke")["payload"] = json!({ "$ref": "types/received/Presence" });
        "a payload goes": Safe, Breaking, ["payload.new_client_refused"],
            |it| command(it, "add_card")["payload"] = Value::Null;
        "one more refusal": Safe, Safe, ["refusal.added"],
            |it| command(it, "join_board")["errors"] = json!(["board.full"]);
        "one refusal less": Safe, Safe, ["refusal.removed"],
            |it| command(it, "add_card")["errors"] = json!([]);
    }
}

fn of_policies() -> Vec<Case> {
    cases! {
        "a command is no longer idempotent": Breaking, Safe, ["policy.delivery_weakened"],
            |it| policy(command(it, "add_card"), "delivery", json!("at_most_once"));
        "a command becomes idempotent": Safe, Breaking, ["policy.delivery_strengthened"],
            |it| policy(command(it, "join_board"), "delivery", json!("idempotent"));
        "an event is no longer durable": Breaking, Safe, ["policy.delivery_weakened"],
            |it| policy(event(it, "card_added"), "delivery", json!("live"));
        "an event becomes durable": Safe, Breaking, ["policy.delivery_strengthened"],
            |it| policy(event(it, "news"), "delivery", json!("durable"));
        "an event may be conflated": Breaking, Safe, ["policy.delivery_weakened"],
            |it| policy(event(it, "news"), "delivery", json!("volatile"));
        "another lane": Breaking, Breaking, ["policy.lane"],
            |it| policy(command(it, "add_card"), "lane", json!({ "named": "cards" }));
        "no lane": Breaking, Breaking, ["policy.lane"],
            |it| policy(command(it, "poke"), "lane", json!("none"));
        "a scope is demanded": Breaking, Safe, ["policy.scope_demanded"],
            |it| policy(command(it, "join_board"), "scopes", json!(["write"]));
        "a scope is no longer demanded": Safe, Breaking, ["policy.scope_dropped"],
            |it| policy(command(it, "add_card"), "scopes", json!([]));
        "guests may no longer send it": Breaking, Safe, ["policy.guests_refused"],
            |it| policy(command(it, "poke"), "guests", json!(false));
        "guests may send it": Safe, Breaking, ["policy.guests_admitted"],
            |it| policy(command(it, "add_card"), "guests", json!(true));
        "less fits into a payload": Breaking, Safe, ["policy.max_bytes_lowered"],
            |it| policy(command(it, "add_card"), "maxBytes", json!(1_024));
        "more fits into a payload": Safe, Breaking, ["policy.max_bytes_raised"],
            |it| policy(command(it, "add_card"), "maxBytes", json!(131_072));
        "answers are forgotten before old clients give up": Breaking, Safe, ["policy.window_shortened"],
            |it| policy(command(it, "add_card"), "windowMs", json!(1_800_000));
        "answers are remembered for less, and long enough": Safe, Safe, ["policy.window"],
            |it| policy(command(it, "add_card"), "windowMs", json!(7_200_000));
        "new clients keep it longer than the old server remembers": Safe, Breaking,
            ["policy.offline_prolonged", "policy.window"], |it| {
            policy(command(it, "add_card"), "offline", json!({ "queue": { "ttlMs": 172_800_000 } }));
            policy(command(it, "add_card"), "windowMs", json!(172_800_000));
        };
        "new clients keep it longer, within the window": Safe, Safe, ["policy.offline"],
            |it| policy(command(it, "add_card"), "offline", json!({ "queue": { "ttlMs": 7_200_000 } }));
        "new clients drop it offline": Safe, Safe, ["policy.offline"],
            |it| policy(command(it, "join_board"), "offline", json!("drop"));
        "a flag guards it": Breaking, Safe, ["policy.flag_demanded"],
            |it| policy(command(it, "poke"), "flag", json!("beta"));
        "a flag no longer guards it": Safe, Breaking, ["policy.flag_dropped"],
            |it| policy(command(it, "add_card"), "flag", Value::Null);
        "another flag guards it": Breaking, Breaking, ["policy.flag_demanded", "policy.flag_dropped"],
            |it| policy(command(it, "add_card"), "flag", json!("beta"));
        "a lower rate": Safe, Safe, ["policy.rate"],
            |it| policy(command(it, "add_card"), "rate", json!({ "count": 5, "perMs": 10_000 }));
        "it costs more": Safe, Safe, ["policy.rate"],
            |it| policy(command(it, "poke"), "cost", json!(3));
        "its handler may take longer": Safe, Safe, ["policy.timeout"],
            |it| policy(command(it, "add_card"), "timeoutMs", json!(20_000));
        "a command is for members of one more room": Breaking, Safe, ["policy.room_left"],
            |it| policy(command(it, "poke"), "rooms", json!(["hall"]));
        "a command is for everybody": Safe, Breaking, ["policy.room_entered"],
            |it| policy(command(it, "add_card"), "rooms", json!([]));
        "an event goes to another room": Breaking, Breaking, ["policy.room_entered", "policy.room_left"],
            |it| policy(event(it, "card_added"), "rooms", json!(["hall"]));
        "an event goes to one more room": Safe, Breaking, ["policy.room_entered"],
            |it| policy(event(it, "card_added"), "rooms", json!(["board:{board_id}", "hall"]));
        "an event goes to members alone": Breaking, Safe, ["policy.room_left"],
            |it| policy(event(it, "news"), "rooms", json!(["hall"]));
        "an event goes to everybody": Safe, Breaking, ["policy.room_entered"],
            |it| policy(event(it, "card_added"), "rooms", json!([]));
    }
}

fn of_rooms_and_codes() -> Vec<Case> {
    cases! {
        "a room comes": Safe, Breaking, ["room.added"],
            |it| it["rooms"]["cellar"] = it["rooms"]["hall"].clone();
        "a room goes": Breaking, Safe, ["room.removed"], |it| remove(it, "/rooms", "hall");
        "a room's name is made of another field": Breaking, Breaking, ["room.parameters"],
            |it| it["rooms"]["board:{board_id}"]["params"] = json!(["board"]);
        "members see each other": Safe, Breaking, ["room.presence_added"],
            |it| it["rooms"]["hall"]["presence"] = json!({ "$ref": "types/received/Presence" });
        "members no longer see each other": Breaking, Safe, ["room.presence_removed"],
            |it| it["rooms"]["board:{board_id}"]["presence"] = Value::Null;
        "members show one thing more": Breaking, Safe, ["payload.old_client_refused"],
            |it| received(it, "Presence", object(json!({ "mood": { "type": "string" }, "away": { "type": "boolean" } }), &["mood", "away"]));
        "receipts come": Safe, Breaking, ["room.receipts_added"],
            |it| it["rooms"]["hall"]["receipts"] = json!(true);
        "receipts go": Breaking, Safe, ["room.receipts_removed"],
            |it| it["rooms"]["board:{board_id}"]["receipts"] = json!(false);
        "events are kept for less": Safe, Safe, ["room.retention"],
            |it| it["rooms"]["hall"]["retention"] = json!({ "count": 5, "ageMs": null });
        "a code comes": Safe, Safe, ["code.added"],
            |it| it["errors"]["board.closed"] = it["errors"]["board.full"].clone();
        "a code of another category": Breaking, Breaking, ["code.category"],
            |it| it["errors"]["board.full"]["category"] = json!("conflict");
        "something else helps": Safe, Safe, ["code.recovery"],
            |it| it["errors"]["board.full"]["action"] = json!("give_up");
        "it is tried more often": Safe, Safe, ["code.recovery"],
            |it| it["errors"]["board.full"]["maxAttempts"] = json!(9);
        "it counts as worse": Safe, Safe, ["code.severity"],
            |it| it["errors"]["board.full"]["severity"] = json!("critical");
        "a code goes, with the refusal": Safe, Safe, ["code.removed", "refusal.removed"], |it| {
            remove(it, "/errors", "board.full");
            command(it, "add_card")["errors"] = json!([]);
        };
        "a parameter of a code comes": Safe, Breaking, ["payload.new_client_misreads"],
            |it| it["errors"]["board.full"]["params"]["used"] = integer("uint32", 0, 4_294_967_295);
        "a parameter of a code goes": Breaking, Safe, ["payload.old_client_misreads"],
            |it| it["errors"]["board.full"]["params"] = json!({});
    }
}

fn of_what_clients_send() -> Vec<Case> {
    cases! {
        "a field that must be there": Breaking, Safe, ["payload.old_client_refused"], |it| {
            field(it, "received", "NewCard", "colour", json!({ "type": "string" }));
            require(it, "received", "NewCard", "colour");
        };
        "a field that may be there": Safe, Safe, ["payload.changed"],
            |it| field(it, "received", "NewCard", "colour", json!({ "type": ["null", "string"] }));
        "a field is no longer read": Safe, Breaking, ["payload.new_client_refused"], |it| {
            remove(it, "/types/received/NewCard/properties", "title");
            it["types"]["received"]["NewCard"]["required"] = json!(["boardId", "level", "labels"]);
        };
        "a field is renamed": Breaking, Breaking, ["payload.new_client_refused", "payload.old_client_refused"], |it| {
            remove(it, "/types/received/Presence/properties", "mood");
            field(it, "received", "Presence", "feeling", json!({ "type": "string" }));
            it["types"]["received"]["Presence"]["required"] = json!(["feeling"]);
        };
        "a field may be left out": Safe, Breaking, ["payload.new_client_refused"],
            |it| it["types"]["received"]["NewCard"]["required"] = json!(["boardId", "title", "labels"]);
        "a text becomes a number": Breaking, Breaking, ["payload.new_client_refused", "payload.old_client_refused"],
            |it| field(it, "received", "NewCard", "title", integer("uint32", 0, 4_294_967_295));
        "an id may be any text": Safe, Breaking, ["payload.new_client_refused"],
            |it| field(it, "received", "NewCard", "boardId", json!({ "type": "string" }));
        "a number may be larger": Safe, Breaking, ["payload.new_client_refused"],
            |it| field(it, "received", "NewCard", "level", integer("uint32", 1, 4_294_967_295));
        "a range is wider": Safe, Breaking, ["constraint.loosened"],
            |it| field(it, "received", "NewCard", "level", integer("uint8", 0, 99));
        "a range is narrower": Breaking, Safe, ["constraint.tightened"],
            |it| field(it, "received", "NewCard", "level", integer("uint8", 2, 8));
        "a text may be longer": Safe, Breaking, ["constraint.loosened"],
            |it| field(it, "received", "NewCard", "title", json!({ "type": "string", "minLength": 1, "maxLength": 200 }));
        "a text must be shorter": Breaking, Safe, ["constraint.tightened"],
            |it| field(it, "received", "NewCard", "title", json!({ "type": "string", "minLength": 1, "maxLength": 20 }));
        "a text has a pattern": Breaking, Safe, ["constraint.tightened"],
            |it| field(it, "received", "NewCard", "note", json!({ "type": ["null", "string"], "pattern": "^[a-z]*$" }));
        "a list must be shorter": Breaking, Safe, ["constraint.tightened"],
            |it| it["types"]["received"]["NewCard"]["properties"]["labels"]["maxItems"] = json!(2);
        "a pattern of which nobody can tell": Unknown, Unknown,
            ["payload.new_client_unknown", "payload.old_client_unknown"],
            |it| field(it, "received", "NewCard", "slug", json!({ "type": ["null", "string"], "pattern": "^[a-z]{1,}$" }));
        "a word is taken": Safe, Breaking, ["payload.new_client_refused"],
            |it| received(it, "Status", words(&["done", "late", "open"]));
        "a word is no longer taken": Breaking, Safe, ["payload.old_client_refused"],
            |it| received(it, "Status", words(&["open"]));
        "an answer to a question says one thing more": Breaking, Safe, ["payload.old_client_refused"],
            |it| require(it, "received", "Reply", "block");
        "an open enum knows one more": Safe, Safe, ["payload.changed"],
            |it| it["types"]["received"]["Block"]["anyOf"][0]["oneOf"][0] = quote();
        "a known variant of an open enum changes": Breaking, Breaking,
            ["payload.new_client_refused", "payload.old_client_refused"],
            |it| it["types"]["received"]["Block"]["anyOf"][0]["oneOf"][1]["properties"]["text"] = json!({ "type": "boolean" });
    }
}

fn of_what_clients_get() -> Vec<Case> {
    cases! {
        "one field more comes": Safe, Breaking, ["payload.new_client_misreads"], |it| {
            field(it, "sent", "Card", "colour", json!({ "type": "string" }));
            require(it, "sent", "Card", "colour");
        };
        "one field more may come": Safe, Safe, ["payload.changed"],
            |it| field(it, "sent", "Card", "colour", json!({ "type": ["null", "string"] }));
        "a field that may come no longer does": Safe, Safe, ["payload.changed"],
            |it| remove(it, "/types/sent/Card/properties", "parent");
        "a field no longer comes": Breaking, Safe, ["payload.old_client_misreads"], |it| {
            remove(it, "/types/sent/Question/properties", "words");
            it["types"]["sent"]["Question"]["required"] = json!(["extra"]);
        };
        "a field may not come": Breaking, Safe, ["payload.old_client_misreads"],
            |it| it["types"]["sent"]["Question"]["required"] = json!(["extra"]);
        "one word more comes": Breaking, Safe, ["payload.old_client_misreads"],
            |it| sent(it, "Status", words(&["done", "late", "open"]));
        "a word no longer comes": Safe, Breaking, ["payload.new_client_misreads"],
            |it| sent(it, "Status", words(&["open"]));
        "a closed list of words becomes open": Breaking, Safe, ["payload.old_client_misreads"],
            |it| sent(it, "Status", json!({ "type": "string" }));
        "one variant more comes": Breaking, Safe, ["payload.old_client_misreads"], |it| {
            let variants = it["types"]["sent"]["Body"]["oneOf"].as_array_mut().unwrap();
            variants.push(quote());
        };
        "one variant more of an open enum comes": Safe, Safe, ["payload.changed"], |it| {
            let variants = it["types"]["sent"]["Block"]["anyOf"][0]["oneOf"].as_array_mut().unwrap();
            variants.push(quote());
        };
        "a known variant of an open enum gets another type": Breaking, Breaking,
            ["payload.new_client_misreads", "payload.old_client_misreads"],
            |it| it["types"]["sent"]["Block"]["anyOf"][0]["oneOf"][1]["properties"]["text"] = json!({ "type": "boolean" });
        "the values of a map are texts": Breaking, Breaking,
            ["payload.new_client_misreads", "payload.old_client_misreads"],
            |it| it["types"]["sent"]["Card"]["properties"]["votes"]["additionalProperties"] = json!({ "type": "string" });
        "a number gets larger than its type": Breaking, Safe, ["payload.old_client_misreads"],
            |it| field(it, "sent", "Question", "count", json!({ "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64 }));
        "longer texts come": Safe, Safe, ["constraint.sent"],
            |it| field(it, "sent", "Card", "title", json!({ "type": "string", "minLength": 1, "maxLength": 200 }));
        "a time is any text": Breaking, Safe, ["payload.old_client_misreads"],
            |it| field(it, "sent", "Card", "at", json!({ "type": "string" }));
        "any JSON becomes text": Safe, Breaking, ["payload.new_client_misreads"],
            |it| field(it, "sent", "Question", "extra", json!({ "type": "string" }));
        "one object becomes a list": Breaking, Breaking,
            ["payload.new_client_misreads", "payload.old_client_misreads"],
            |it| field(it, "sent", "Card", "parent", json!({ "type": "array", "items": { "$ref": "types/sent/Card" } }));
    }
}

fn command<'a>(it: &'a mut Value, name: &str) -> &'a mut Value {
    &mut it["namespaces"]["/board"]["commands"][name]
}

fn event<'a>(it: &'a mut Value, name: &str) -> &'a mut Value {
    &mut it["namespaces"]["/board"]["events"][name]
}

fn policy(event: &mut Value, key: &str, value: Value) {
    event["policy"][key] = value;
}

fn remove(it: &mut Value, pointer: &str, key: &str) {
    let removed = it.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key);
    assert!(removed.is_some(), "{pointer} has no {key}");
}

fn received(it: &mut Value, name: &str, schema: Value) {
    it["types"]["received"][name] = schema;
}

fn sent(it: &mut Value, name: &str, schema: Value) {
    it["types"]["sent"][name] = schema;
}

fn field(it: &mut Value, direction: &str, name: &str, field: &str, schema: Value) {
    it["types"][direction][name]["properties"][field] = schema;
}

fn require(it: &mut Value, direction: &str, name: &str, field: &str) {
    it["types"][direction][name]["required"].as_array_mut().unwrap().push(json!(field));
}

fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// A variant that the base does not have.
fn quote() -> Value {
    object(
        json!({ "type": { "type": "string", "const": "quote" }, "of": { "type": "string" } }),
        &["type", "of"],
    )
}
