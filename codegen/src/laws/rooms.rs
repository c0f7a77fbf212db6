//! Rooms: told apart by their patterns, and named by what the payload holds.

use serde_json::Value;
use tautline::{Event, EventKind, RoomFacts};

use crate::{
    Described, Mistake,
    described::{Side, events_of, rooms},
    schemas::{Schemas, definition_name, for_each_subschema},
    typescript::{print::inline, types::type_of},
};

pub(super) fn rooms_differ(described: &Described, mistakes: &mut Vec<Mistake>) {
    let rooms = rooms(described.contract);
    for (index, room) in rooms.iter().enumerate() {
        let parts = parts(room.pattern);
        if parts.len() > 2 && parts[1..parts.len() - 1].contains(&"") {
            mistakes.push(Mistake::at(
                room.source,
                format!(
                    "the pattern `{}` puts two parameters side by side: write `:` between them",
                    room.pattern
                ),
            ));
        }
        let same = rooms[..index].iter().find(|other| self::parts(other.pattern) == parts);
        if let Some(other) = same {
            mistakes.push(Mistake::at(
                room.source,
                format!(
                    "`{}` and `{}` share their names: `{}` cannot be told from `{}`, so begin one otherwise",
                    room.name, other.name, room.pattern, other.pattern
                ),
            ));
        }
        let schema = described.received.of(&room.ty);
        for param in room.params {
            if described.received.property(&schema, param.wire).is_none() {
                mistakes.push(Mistake::at(
                    room.source,
                    format!(
                        "the pattern `{}` has `{{{}}}`, but `{}` has no such field",
                        room.pattern, param.field, room.name
                    ),
                ));
            }
        }
    }
}

/// The literal parts of a pattern, between its parameters.
fn parts(pattern: &str) -> Vec<&str> {
    pattern
        .split('{')
        .enumerate()
        .map(|(index, part)| {
            if index == 0 { part } else { part.split_once('}').map_or("", |(_, literal)| literal) }
        })
        .collect()
}

pub(super) fn parameters_are_in_the_payload(described: &Described, mistakes: &mut Vec<Mistake>) {
    for namespace in described.contract.namespaces {
        for (side, event) in events_of(namespace) {
            let schemas = described.schemas(side.payload());
            for room in event.policy.rooms {
                payload_names(event, room, side, schemas, mistakes);
            }
        }
    }
}

fn payload_names(
    event: &Event,
    room: &RoomFacts,
    side: Side,
    schemas: &Schemas,
    mistakes: &mut Vec<Mistake>,
) {
    let payload = event.payload.map(|ty| schemas.of(&ty));
    let expected = schemas.of(&room.ty);
    for param in room.params {
        let found = payload.as_ref().and_then(|payload| schemas.property(payload, param.wire));
        let wanted = schemas.property(&expected, param.wire).map(|(schema, _)| schema);
        let wrong = match found {
            None => "does not have",
            Some((_, false)) => "may leave out",
            Some((schema, true)) if wanted.is_some_and(|wanted| !same_type(schema, wanted)) => {
                "has with another type"
            }
            Some((_, true)) => continue,
        };
        let payload =
            event.payload.map_or_else(|| "nothing".to_owned(), |ty| inline(&type_of(&ty)));
        mistakes.push(Mistake::at(
            event.source,
            format!(
                "the {} `{}` is of the room `{}`, whose name takes `{}`: its payload `{payload}` {wrong} that field",
                side.noun(), event.name, room.name, param.wire
            ),
        ));
    }
}

/// Whether two fields hold the same, their documentation aside.
fn same_type(a: &Value, b: &Value) -> bool {
    crate::schemas::wire_facts_of(a) == crate::schemas::wire_facts_of(b)
}

pub(super) fn joins_enter_one_room(described: &Described, mistakes: &mut Vec<Mistake>) {
    for namespace in described.contract.namespaces {
        let joins = || namespace.commands.iter().filter(|event| event.kind == EventKind::Join);
        for join in joins() {
            let wrong = match join.policy.rooms {
                [room] => {
                    let first = joins().find(|other| {
                        other.policy.rooms.iter().any(|other| other.pattern == room.pattern)
                    });
                    match first {
                        Some(first) if first.name != join.name => {
                            format!(
                                "enters `{}`, as `{}` does: one room has one join",
                                room.name, first.name
                            )
                        }
                        _ => continue,
                    }
                }
                [] => "enters no room: take the room as its parameter".to_owned(),
                _ => "enters several rooms: one join enters one room".to_owned(),
            };
            mistakes.push(Mistake::at(join.source, format!("the join `{}` {wrong}", join.name)));
        }
    }
}

pub(super) fn what_members_show_is_plain(described: &Described, mistakes: &mut Vec<Mistake>) {
    for room in rooms(described.contract) {
        let Some(presence) = room.presence else { continue };
        if holds_bytes(&described.received, &described.received.of(&presence), &mut Vec::new()) {
            mistakes.push(Mistake::at(
                room.source,
                format!(
                    "members of `{}` show each other `{}`, which holds bytes: a presence travels without attachments, so show an address of them",
                    room.name,
                    inline(&type_of(&presence))
                ),
            ));
        }
    }
}

/// Whether bytes are anywhere in a value of this schema.
fn holds_bytes(schemas: &Schemas, schema: &Value, seen: &mut Vec<String>) -> bool {
    if schema.get("contentEncoding").is_some() {
        return true;
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name)
        && let Some(definition) = schemas.definitions().get(name)
        && !seen.iter().any(|known| known == name)
    {
        seen.push(name.to_owned());
        if holds_bytes(schemas, definition, seen) {
            return true;
        }
    }
    let mut found = false;
    for_each_subschema(&mut schema.clone(), &mut |inner| {
        found = found || holds_bytes(schemas, inner, seen);
    });
    found
}
