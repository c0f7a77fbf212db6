//! What changes the hash of a contract, and what does not.

use tautline::{Contract, Deprecated, Event, NamespaceFacts, Policy};

use crate::{cases::events::every_policy, check::described};

/// The hash of the desks' contract with its first command alone, changed.
fn hash(change: impl FnOnce(&mut Event, &mut Contract)) -> String {
    let original = every_policy::contract();
    let namespace = original.namespaces[0];
    let first = &namespace.commands[0];
    let mut event = Event { policy: Policy { ..first.policy }, ..copy(first) };
    let mut contract = Contract { ..copy_contract(original) };
    change(&mut event, &mut contract);
    let commands = Box::leak(Box::new([event]));
    let namespace = Box::leak(Box::new(NamespaceFacts { commands, ..copy_namespace(namespace) }));
    contract.namespaces = Box::leak(Box::new([&*namespace]));
    described(Box::leak(Box::new(contract))).hash
}

fn unchanged() -> String {
    hash(|_, _| {})
}

#[test]
fn words_for_people_change_nothing() {
    let docs = hash(|event, _| event.docs = "Other words.");
    let since = hash(|event, _| event.policy.since = Some("9.9.9"));
    let deprecated = hash(|event, _| {
        event.policy.deprecated = Some(Deprecated { replacement: None, note: "Old." });
    });
    let version = hash(|_, contract| contract.version = "2.0.0");
    let source = hash(|event, _| event.source.line = 1);
    let order = hash(|_, contract| contract.scopes = &["desks:read", "desks:write"]);

    for other in [docs, since, deprecated, version, source, order] {
        assert_eq!(other, unchanged());
    }
}

#[test]
fn what_travels_changes_the_hash() {
    let name = hash(|event, _| event.name = "file_it");
    let answer = hash(|event, _| event.answer = None);
    let scopes = hash(|event, _| event.policy.scopes = &["desks:read"]);
    let timeout = hash(|event, _| event.policy.timeout_ms = 1);
    let room = hash(|event, _| event.policy.rooms = &[]);
    let contract = hash(|_, contract| contract.name = "tables");

    let mut all = vec![unchanged(), name, answer, scopes, timeout, room, contract];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 7);
}

#[test]
fn two_readings_give_the_same_bytes() {
    let files = || -> Vec<_> {
        let described = described(every_policy::contract());
        tautline_codegen::GENERATORS.iter().flat_map(|it| (it.make)(&described).unwrap()).collect()
    };

    assert_eq!(files(), files());
}

fn copy(event: &Event) -> Event {
    let Event { name, docs, kind, payload, acknowledged, answer, error, policy, source } = *event;
    Event { name, docs, kind, payload, acknowledged, answer, error, policy, source }
}

fn copy_namespace(namespace: &NamespaceFacts) -> NamespaceFacts {
    let NamespaceFacts { name, path, docs, commands, events, source } = *namespace;
    NamespaceFacts { name, path, docs, commands, events, source }
}

fn copy_contract(contract: &Contract) -> Contract {
    let Contract { name, version, hash, versions, namespaces, scopes, flags, auth, guests } =
        *contract;
    Contract { name, version, hash, versions, namespaces, scopes, flags, auth, guests }
}
