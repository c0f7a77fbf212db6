//! Names: well formed, and each thing with one of its own.

use std::collections::BTreeMap;

use tautline::{Event, Source};

use crate::{
    Described, Mistake,
    described::{Side, errors, events_of, rooms},
    names::{camel_case, kebab_case},
};

/// Names that Socket.IO keeps for itself.
const RESERVED_EVENTS: &[&str] =
    &["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Names that generated TypeScript uses with another meaning.
const RESERVED_TYPES: &[&str] =
    &["ArrayBuffer", "ContractDescriptor", "Problem", "ProblemOf", "Record", "Uint8Array"];

/// Files that the TypeScript generator writes beside those of the namespaces.
const RESERVED_FILES: &[&str] = &["index", "types"];

pub(super) fn contract_is_named(described: &Described, mistakes: &mut Vec<Mistake>) {
    let contract = described.contract;
    let is_kebab = |name: &str| {
        let is_word = |word: &str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(is_word)
    };
    if !is_kebab(contract.name) {
        mistakes.push(Mistake::of_contract(format!(
            "the contract's name `{}` is not in kebab-case: write it like `agent-chat`",
            contract.name
        )));
    }
    if !is_version(contract.version) {
        mistakes.push(Mistake::of_contract(format!(
            "the contract's version `{}` is not a version: write it like `1.0.0`",
            contract.version
        )));
    }
    if contract.namespaces.is_empty() {
        mistakes
            .push(Mistake::of_contract("the contract has no namespace: list one in `contract!`"));
    }
}

/// `1.2.3`, with what SemVer allows behind it.
fn is_version(version: &str) -> bool {
    let (numbers, rest) = match version.find(['-', '+']) {
        Some(at) => version.split_at(at),
        None => (version, ""),
    };
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let is_rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && rest.chars().all(is_rest)
}

pub(super) fn namespaces_differ(described: &Described, mistakes: &mut Vec<Mistake>) {
    let mut paths = Taken::default();
    let mut files = Taken::default();
    for namespace in described.contract.namespaces {
        let path = namespace.path;
        let is_part =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '-');
        if !path.starts_with('/') || !path.chars().all(is_part) {
            mistakes.push(Mistake::at(
                namespace.source,
                format!("the path `{path}` is not one: begin with `/` and use `[A-Za-z0-9_.:/-]`"),
            ));
        }
        paths.take(path, "the path", namespace.source, mistakes);
        let file = kebab_case(namespace.name);
        if RESERVED_FILES.contains(&file.as_str()) {
            mistakes.push(Mistake::at(
                namespace.source,
                format!(
                    "`{}` would be written to `{file}.ts`, which is taken: rename it",
                    namespace.name
                ),
            ));
        }
        files.take(&file, "the file of the namespace", namespace.source, mistakes);
    }
}

pub(super) fn events_are_named(described: &Described, mistakes: &mut Vec<Mistake>) {
    for namespace in described.contract.namespaces {
        for wanted in [Side::Command, Side::Event] {
            let mut names = Taken::default();
            let mut keys = Taken::default();
            for (_, event) in events_of(namespace).filter(|(side, _)| *side == wanted) {
                event_name(event, mistakes);
                let noun = format!("the {} name", wanted.noun());
                if names.take(event.name, &noun, event.source, mistakes) {
                    let group = std::mem::discriminant(&event.kind);
                    let key = format!("{} {group:?}", camel_case(event.name));
                    keys.take_as(
                        &key,
                        &camel_case(event.name),
                        "the TypeScript name",
                        event.source,
                        mistakes,
                    );
                }
            }
        }
    }
}

fn event_name(event: &Event, mistakes: &mut Vec<Mistake>) {
    let name = event.name;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '-');
    let wrong = if name.is_empty() || !name.chars().all(is_part) {
        "has other characters than `[A-Za-z0-9_.:/-]`"
    } else if name.starts_with("tautline:") {
        "begins like the library's own events"
    } else if RESERVED_EVENTS.contains(&name) {
        "is one that Socket.IO keeps for itself"
    } else {
        return;
    };
    mistakes.push(Mistake::at(
        event.source,
        format!("the event name `{name}` {wrong}: choose another"),
    ));
}

pub(super) fn declared_names_differ(described: &Described, mistakes: &mut Vec<Mistake>) {
    let contract = described.contract;
    let mut names = Taken::default();
    for namespace in contract.namespaces {
        names.take(namespace.name, "the name", namespace.source, mistakes);
        if described.types.file_of(namespace.name).is_some() {
            mistakes.push(Mistake::at(
                namespace.source,
                format!(
                    "the namespace `{0}` and a type are both called `{0}`: rename one of them",
                    namespace.name
                ),
            ));
        }
    }
    for reserved in RESERVED_TYPES {
        if described.types.file_of(reserved).is_some() {
            mistakes.push(Mistake::of_contract(format!(
                "a type is called `{reserved}`, which means something else in TypeScript: rename it"
            )));
        }
    }
    let mut rooms_by_name = Taken::default();
    for room in rooms(contract) {
        rooms_by_name.take(room.name, "the room's name", room.source, mistakes);
    }
    let mut errors_by_name = Taken::default();
    for errors in errors(contract) {
        errors_by_name.take(errors.name, "the error's name", errors.source, mistakes);
    }
}

/// Names and who has them.
#[derive(Default)]
struct Taken(BTreeMap<String, Source>);

impl Taken {
    /// Notes a name; a mistake if somebody has it already. Says whether it was free.
    fn take(
        &mut self,
        name: &str,
        noun: &str,
        source: Source,
        mistakes: &mut Vec<Mistake>,
    ) -> bool {
        self.take_as(name, name, noun, source, mistakes)
    }

    /// The same where the name is more than what a person reads of it.
    fn take_as(
        &mut self,
        key: &str,
        name: &str,
        noun: &str,
        source: Source,
        mistakes: &mut Vec<Mistake>,
    ) -> bool {
        if let Some(first) = self.0.get(key) {
            mistakes.push(Mistake::at(
                source,
                format!(
                    "{noun} `{name}` is taken by {}:{}: choose another",
                    first.file, first.line
                ),
            ));
            return false;
        }
        self.0.insert(key.to_owned(), source);
        true
    }
}
