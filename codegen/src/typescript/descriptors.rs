//! One namespace as the descriptors that `@tautline/client` runs on.

use tautline::{Delivery, Event, EventKind, Lane, NamespaceFacts, Offline, Policy, RoomFacts};

use super::{
    code::{Code, Entry},
    print::{access, inline},
    types::type_of,
};
use crate::{
    Described,
    constraints::{Constraint, Rule, constraints},
    described::{join_of, refusals},
    names::camel_case,
};

/// `namespace({ path, commands, rooms, events, questions, streams })`.
pub(crate) fn namespace(described: &Described, facts: &'static NamespaceFacts) -> Code {
    let describe = Describe { described, facts };
    let of_kind = |events: &'static [Event], wanted: fn(EventKind) -> bool| {
        events.iter().filter(move |event| wanted(event.kind))
    };
    let plain = |kind: EventKind| matches!(kind, EventKind::Plain);
    let groups = [
        ("commands", of_kind(facts.commands, plain).map(|it| describe.command(it)).collect()),
        ("rooms", facts.rooms().into_iter().map(|room| describe.room(room)).collect()),
        ("events", of_kind(facts.events, plain).map(|it| describe.event(it)).collect()),
        (
            "questions",
            of_kind(facts.events, |kind| matches!(kind, EventKind::Question { .. }))
                .map(|it| describe.event(it))
                .collect(),
        ),
        (
            "streams",
            of_kind(facts.events, |kind| matches!(kind, EventKind::Stream { .. }))
                .map(|it| describe.event(it))
                .collect::<Vec<Entry>>(),
        ),
    ];
    let mut entries = vec![("path", Code::text(facts.path))];
    for (key, group) in groups {
        if !group.is_empty() {
            entries.push((key, Code::Object(group)));
        }
    }
    Code::Call { callee: "namespace", types: Vec::new(), argument: Box::new(Code::object(entries)) }
}

struct Describe<'a> {
    described: &'a Described,
    facts: &'static NamespaceFacts,
}

impl Describe<'_> {
    fn command(&self, event: &'static Event) -> Entry {
        let policy = &event.policy;
        let mut facts = vec![
            ("name", Code::text(event.name)),
            ("ack", Code::literal(event.acknowledged)),
            ("delivery", Code::text(policy.delivery.as_str())),
        ];
        facts.extend(lane(policy).map(|lane| ("lane", lane)));
        facts.extend(policy.rooms.first().map(|room| ("room", room_name(room, "payload"))));
        facts.push(("maxBytes", Code::literal(policy.max_bytes)));
        if event.acknowledged {
            facts.push(("timeoutMs", Code::literal(policy.timeout_ms)));
        }
        facts.push(("offline", offline(policy.offline)));
        if policy.delivery == Delivery::Idempotent {
            facts.push(("windowMs", Code::literal(policy.window_ms)));
        }
        facts.extend(access_facts(policy));
        if let Some(rate) = policy.rate {
            let rate =
                [("count", Code::literal(rate.count)), ("perMs", Code::literal(rate.per_ms))];
            facts.push(("rate", Code::object(rate.into())));
        }
        facts.push(("cost", Code::literal(policy.cost)));
        facts.extend(self.constraints(event).map(|constraints| ("constraints", constraints)));
        facts.extend(history_facts(policy));
        self.entry(event, "command", facts)
    }

    fn event(&self, event: &'static Event) -> Entry {
        let policy = &event.policy;
        let mut facts = vec![
            ("name", Code::text(event.name)),
            ("delivery", Code::text(policy.delivery.as_str())),
        ];
        if !policy.rooms.is_empty() {
            let names = policy.rooms.iter().map(|room| room_name(room, "payload")).collect();
            let patterns = policy.rooms.iter().map(|room| Code::text(room.pattern)).collect();
            facts.push(("rooms", Code::Array(names)));
            facts.push(("patterns", Code::Array(patterns)));
        }
        let builder = match event.kind {
            EventKind::Question { expires_ms } => {
                facts.push(("expiresMs", Code::literal(expires_ms)));
                "question"
            }
            EventKind::Stream { lease_ms } => {
                facts.push(("leaseMs", Code::literal(lease_ms)));
                "stream"
            }
            EventKind::Plain | EventKind::Join => "event",
        };
        facts.extend(access_facts(policy));
        facts.extend(history_facts(policy));
        self.entry(event, builder, facts)
    }

    fn room(&self, room: &'static RoomFacts) -> Entry {
        let join = join_of(self.facts, room);
        let mut facts = Vec::new();
        facts.extend(join.map(|join| ("join", Code::text(join.name))));
        facts.push(("pattern", Code::text(room.pattern)));
        facts.push(("name", room_name(room, "room")));
        // Not just that they are there: what watches them comes into a page by these names.
        facts.extend(room.presence.map(|_| ("presence", Code::Raw("presence".to_owned()))));
        facts.extend(room.receipts.then(|| ("receipts", Code::Raw("receipts".to_owned()))));
        let mut types = vec![inline(&type_of(&room.ty))];
        match join {
            Some(join) => {
                facts.push(("timeoutMs", Code::literal(join.policy.timeout_ms)));
                facts.extend(access_facts(&join.policy));
                facts.extend(history_facts(&join.policy));
                types.push(
                    join.answer.map_or_else(|| "void".to_owned(), |it| inline(&type_of(&it))),
                );
                types.extend(refusals(join).map(|errors| errors.name.to_owned()));
            }
            None => types.push("void".to_owned()),
        }
        if let Some(presence) = room.presence {
            if types.len() == 2 {
                types.push("never".to_owned());
            }
            types.push(inline(&type_of(&presence)));
        }
        let docs = match join {
            Some(join) => documentation(&format!("{}\n\n{}", room.docs, join.docs), &join.policy),
            None => room.docs.to_owned(),
        };
        let argument = Box::new(Code::object(facts));
        let value = Code::Call { callee: "joinable", types, argument };
        Entry { docs, key: camel_case(room.name), value }
    }

    fn entry(&self, event: &Event, builder: &'static str, facts: Vec<(&str, Code)>) -> Entry {
        let written = |ty: Option<tautline::TypeRef>| {
            ty.map_or_else(|| "void".to_owned(), |ty| inline(&type_of(&ty)))
        };
        let mut types = vec![written(event.payload)];
        if builder != "event" {
            types.push(written(event.answer));
            types.extend(refusals(event).map(|errors| errors.name.to_owned()));
        }
        Entry {
            docs: documentation(event.docs, &event.policy),
            key: camel_case(event.name),
            value: Code::Call { callee: builder, types, argument: Box::new(Code::object(facts)) },
        }
    }

    fn constraints(&self, event: &Event) -> Option<Code> {
        let schemas = &self.described.received;
        let schema = schemas.of(event.payload.as_ref()?);
        let found: Vec<Code> = constraints(schemas, &schema).iter().map(constraint).collect();
        (!found.is_empty()).then_some(Code::Array(found))
    }
}

fn constraint(constraint: &Constraint) -> Code {
    let mut facts =
        vec![("path", Code::text(&constraint.path)), ("rule", Code::text(constraint.rule.name()))];
    match &constraint.rule {
        Rule::Length(bounds) | Rule::Items(bounds) | Rule::Range(bounds) => {
            facts.extend(bounds.min.map(|min| ("min", Code::literal(min))));
            facts.extend(bounds.max.map(|max| ("max", Code::literal(max))));
        }
        Rule::Pattern(pattern) => facts.push(("pattern", Code::text(pattern))),
    }
    Code::object(facts)
}

/// The documentation with what the policy has to say to a reader.
fn documentation(docs: &str, policy: &Policy) -> String {
    let mut text = docs.trim_end().to_owned();
    if let Some(deprecated) = policy.deprecated {
        let replacement = deprecated
            .replacement
            .map(|name| format!(" Use `{}` instead.", camel_case(name)))
            .unwrap_or_default();
        let gap = if text.is_empty() { "" } else { "\n\n" };
        let note = format!("{gap}@deprecated {}{replacement}", deprecated.note);
        text.push_str(note.trim_end());
    }
    text
}

/// The lane of a command; nothing for the namespace's own.
fn lane(policy: &Policy) -> Option<Code> {
    match policy.lane {
        Lane::Room => policy.rooms.first().map(|room| room_name(room, "payload")),
        Lane::Named(name) => {
            Some(Code::Function { parameter: "", body: crate::canonical::string_text(name) })
        }
        Lane::None => Some(Code::literal("null")),
    }
}

fn offline(offline: Offline) -> Code {
    let mode = |mode: &str| ("mode", Code::text(mode));
    Code::object(match offline {
        Offline::Queue { ttl_ms } => vec![mode("queue"), ("ttlMs", Code::literal(ttl_ms))],
        Offline::Fail => vec![mode("fail")],
        Offline::Drop => vec![mode("drop")],
    })
}

/// Who may use it.
fn access_facts(policy: &Policy) -> Vec<(&'static str, Code)> {
    let mut facts = Vec::new();
    match policy.scopes {
        [] => {}
        [scope] => facts.push(("scope", Code::text(scope))),
        scopes => {
            facts.push(("scopes", Code::Array(scopes.iter().map(|it| Code::text(it)).collect())))
        }
    }
    if policy.guests {
        facts.push(("guests", Code::literal(true)));
    }
    facts
}

/// Since when, until when, for whom.
fn history_facts(policy: &Policy) -> Vec<(&'static str, Code)> {
    let mut facts = Vec::new();
    facts.extend(policy.flag.map(|flag| ("flag", Code::text(flag))));
    facts.extend(policy.since.map(|since| ("since", Code::text(since))));
    if let Some(deprecated) = policy.deprecated {
        let mut entries = vec![("note", Code::text(deprecated.note))];
        entries.extend(deprecated.replacement.map(|name| ("replacement", Code::text(name))));
        facts.push(("deprecated", Code::object(entries)));
    }
    facts
}

/// The function that names the room: `(payload) => ​`session:${encodeURIComponent(payload.id)}``.
fn room_name(room: &RoomFacts, argument: &'static str) -> Code {
    if room.params.is_empty() {
        return Code::Function { parameter: "", body: crate::canonical::string_text(room.pattern) };
    }
    let mut template = String::new();
    let mut rest = room.pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}').unwrap_or((after, ""));
        let wire =
            room.params.iter().find(|param| param.field == field).map_or(field, |it| it.wire);
        template.push_str(&escape_template(before));
        template.push_str(&format!("${{encodeURIComponent({})}}", access(argument, wire)));
        rest = after;
    }
    template.push_str(&escape_template(rest));
    Code::Function { parameter: argument, body: format!("`{template}`") }
}

fn escape_template(text: &str) -> String {
    text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${")
}
