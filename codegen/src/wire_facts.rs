//! What of a contract can be seen on the wire, as JSON: the content of the lock and of the hash.
//!
//! Words for people, examples, versions and places in the source are left out: changing them
//! changes nothing that the two ends must agree on. Every fact has a key that stays the same
//! wherever it is written, so that two locks can be compared fact by fact.

use serde_json::{Map, Value, json};
use tautline::{
    Auth, Errors, Event, EventKind, Lane, NamespaceFacts, Offline, Policy, Retention, RetryAfter,
    RoomFacts, TypeRef,
};

use crate::{
    Described,
    described::{Side, errors, events_of, refusals, rooms},
    schemas::{Direction, Schemas, wire_facts_of},
};

/// The wire facts of a contract.
pub fn wire_facts(described: &Described) -> Value {
    described.facts.clone()
}

/// Collects them, from a contract whose types were read.
pub(crate) fn collect(described: &Described) -> Value {
    let contract = described.contract;
    let mut scopes = contract.scopes.to_vec();
    scopes.sort_unstable();
    let namespaces = contract.namespaces.iter();
    json!({
        "name": contract.name,
        "auth": match contract.auth { Auth::None => "none", Auth::Jwt => "jwt" },
        "guests": contract.guests,
        "scopes": scopes,
        "namespaces": keyed(namespaces.map(|it| (it.path, namespace(described, it)))),
        "rooms": keyed(rooms(contract).into_iter().map(|it| (it.pattern, room(described, it)))),
        "errors": errors_facts(described, &errors(contract)),
        "types": {
            "received": definitions(&described.received),
            "sent": definitions(&described.sent),
        },
    })
}

fn namespace(described: &Described, facts: &'static NamespaceFacts) -> Value {
    let of_side = |wanted: Side| {
        let events = events_of(facts).filter(move |(side, _)| *side == wanted);
        keyed(events.map(|(side, it)| (it.name, event(described, facts, side, it))))
    };
    json!({ "commands": of_side(Side::Command), "events": of_side(Side::Event) })
}

fn event(
    described: &Described,
    facts: &NamespaceFacts,
    side: Side,
    event: &'static Event,
) -> Value {
    let schema = |direction: Direction, ty: Option<TypeRef>| {
        ty.map(|ty| referenced(described.schemas(direction), direction, &ty))
    };
    let mut codes: Vec<&str> = refusals(event)
        .into_iter()
        .flat_map(|errors| errors.variants.iter().map(|variant| variant.code))
        .collect();
    codes.sort_unstable();
    json!({
        "id": id(facts, side, event),
        "kind": kind(event.kind),
        "acknowledged": event.acknowledged,
        "payload": schema(side.payload(), event.payload),
        "answer": schema(side.answer(event.kind), event.answer),
        "errors": codes,
        "policy": policy(&event.policy),
    })
}

/// What an event is beside a message.
pub(crate) fn kind(kind: EventKind) -> Value {
    match kind {
        EventKind::Plain => json!("plain"),
        EventKind::Join => json!("join"),
        EventKind::Stream { lease_ms } => json!({ "stream": { "leaseMs": lease_ms } }),
        EventKind::Question { expires_ms } => json!({ "question": { "expiresMs": expires_ms } }),
    }
}

/// The name of an event for as long as it exists: `/chat command send_message`.
pub(crate) fn id(facts: &NamespaceFacts, side: Side, event: &Event) -> String {
    format!("{} {} {}", facts.path, side.noun(), event.name)
}

/// What a policy says.
pub(crate) fn policy(policy: &Policy) -> Value {
    let mut scopes = policy.scopes.to_vec();
    scopes.sort_unstable();
    json!({
        "delivery": policy.delivery.as_str(),
        "timeoutMs": policy.timeout_ms,
        "rooms": policy.rooms.iter().map(|room| room.pattern).collect::<Vec<_>>(),
        "lane": match policy.lane {
            Lane::Room => json!("room"),
            Lane::Named(name) => json!({ "named": name }),
            Lane::None => json!("none"),
        },
        "scopes": scopes,
        "guests": policy.guests,
        "rate": policy.rate.map(|rate| json!({ "count": rate.count, "perMs": rate.per_ms })),
        "cost": policy.cost,
        "maxBytes": policy.max_bytes,
        "offline": match policy.offline {
            Offline::Queue { ttl_ms } => json!({ "queue": { "ttlMs": ttl_ms } }),
            Offline::Fail => json!("fail"),
            Offline::Drop => json!("drop"),
        },
        "windowMs": policy.window_ms,
        "flag": policy.flag,
    })
}

fn room(described: &Described, room: &RoomFacts) -> Value {
    let Retention { count, age_ms } = room.retention;
    let reference = |ty: &TypeRef| referenced(&described.received, Direction::Received, ty);
    json!({
        "params": room.params.iter().map(|param| param.wire).collect::<Vec<_>>(),
        "retention": { "count": count, "ageMs": age_ms },
        "presence": room.presence.as_ref().map(reference),
        "receipts": room.receipts,
        "type": reference(&room.ty),
    })
}

fn errors_facts(described: &Described, errors: &[&'static Errors]) -> Value {
    let variants = errors.iter().flat_map(|errors| errors.variants);
    keyed(variants.map(|variant| {
        let params = variant
            .params
            .iter()
            .map(|(name, ty)| (*name, referenced(&described.sent, Direction::Sent, ty)));
        let facts = json!({
            "category": variant.category.as_str(),
            "severity": variant.severity.as_str(),
            "action": variant.action.as_str(),
            "after": match variant.after {
                RetryAfter::Unset => Value::Null,
                RetryAfter::Fixed(ms) => json!({ "ms": ms }),
                RetryAfter::Field(field) => json!({ "field": field }),
            },
            "maxAttempts": variant.max_attempts,
            "params": keyed(params),
        });
        (variant.code, facts)
    }))
}

/// A type where it is used; its definition stands under `types`, by direction.
fn referenced(schemas: &Schemas, direction: Direction, ty: &TypeRef) -> Value {
    moved(wire_facts_of(&schemas.of(ty)), direction)
}

fn definitions(schemas: &Schemas) -> Value {
    let direction = schemas.direction();
    let all = schemas.definitions().iter();
    keyed(all.map(|(name, schema)| (name.as_str(), moved(wire_facts_of(schema), direction))))
}

/// Points the references at the lock's own definitions.
fn moved(mut schema: Value, direction: Direction) -> Value {
    let folder = match direction {
        Direction::Received => "types/received/",
        Direction::Sent => "types/sent/",
    };
    crate::schemas::rename_references(&mut schema, &|name| format!("{folder}{name}"));
    schema
}

fn keyed<K: Into<String>>(entries: impl Iterator<Item = (K, Value)>) -> Value {
    Value::Object(entries.map(|(key, value)| (key.into(), value)).collect::<Map<_, _>>())
}
