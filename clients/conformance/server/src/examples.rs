//! `GET /examples`: every example value of a contract, for tests that send them around.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tautline::{Contract, Event, EventKind, NamespaceFacts};

/// The route of a contract's examples.
pub(crate) fn routes(contract: &'static Contract) -> Router {
    Router::new().route("/examples", get(async || Json(list(contract))))
}

fn list(contract: &Contract) -> Vec<Value> {
    contract.namespaces.iter().flat_map(|namespace| of_namespace(namespace)).collect()
}

fn of_namespace(namespace: &NamespaceFacts) -> impl Iterator<Item = Value> + '_ {
    let written = |event: &Event, direction: &str| {
        json!({
            "namespace": namespace.path,
            "name": event.name,
            "direction": direction,
            "isJoin": event.kind == EventKind::Join,
            "isAcknowledged": event.acknowledged,
            "payload": event.policy.example.map(|example| example()),
            "answer": event.policy.answer_example.map(|example| example()),
        })
    };
    let commands = namespace.commands.iter().map(move |event| written(event, "command"));
    commands.chain(namespace.events.iter().map(move |event| written(event, "event")))
}
