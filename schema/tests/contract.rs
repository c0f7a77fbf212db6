//! Shows every change of the contract as a diff to read, and what its errors promise.

use std::collections::BTreeSet;

use tautline::{Category, Errors, LibraryCode, RecoveryAction};

#[test]
fn the_contract_is_what_was_agreed() {
    insta::assert_snapshot!(tautline_agent_chat::contract());
}

#[test]
fn the_contract_cannot_lie() {
    tautline_codegen::testing::assert_contract(tautline_agent_chat::contract());
}

#[test]
fn every_event_has_an_example() {
    for namespace in tautline_agent_chat::contract().namespaces {
        for event in namespace.commands.iter().chain(namespace.events) {
            let (path, name) = (namespace.path, event.name);
            if event.payload.is_some_and(|payload| !payload.rust_name().ends_with("AgentRoster")) {
                assert!(event.policy.example.is_some(), "{path} {name} shows no payload");
            }
            if event.answer.is_some() {
                assert!(event.policy.answer_example.is_some(), "{path} {name} shows no answer");
            }
        }
    }
}

#[test]
fn every_category_and_every_way_on_occurs() {
    let library = LibraryCode::ALL.iter().map(|code| {
        let problem = code.problem();
        (problem.category, problem.recovery.action)
    });
    let own = errors().into_iter().flat_map(|errors| {
        errors.variants.iter().map(|variant| (variant.category, variant.action))
    });

    let (categories, actions): (BTreeSet<_>, BTreeSet<_>) =
        library.chain(own).map(|(category, action)| (category.as_str(), action.as_str())).unzip();

    let missing = Category::ALL.iter().filter(|it| !categories.contains(it.as_str()));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&Category>::new());
    let missing = RecoveryAction::ALL.iter().filter(|it| !actions.contains(it.as_str()));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&RecoveryAction>::new());
}

fn errors() -> Vec<&'static Errors> {
    let namespaces = tautline_agent_chat::contract().namespaces.iter();
    namespaces
        .flat_map(|namespace| namespace.commands.iter().chain(namespace.events))
        .filter_map(|event| event.error)
        .collect()
}
