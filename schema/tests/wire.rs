//! What each namespace promises on the wire, without a server: how to test a contract of your own.
//!
//! A snapshot shows that something has changed; these say what must not. Each namespace has a file with
//! the same four questions: what travels, what is refused before a handler sees it, who may send it, and
//! what becomes of it when the connection is gone.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "wire/agents.rs"]
mod agents;
#[path = "wire/chat.rs"]
mod chat;
#[path = "wire/tasks.rs"]
mod tasks;

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tautline::{Command, Namespace, Offline, Report};

/// A value travels as this JSON, and this JSON is read as the value.
fn travels<T>(value: &T, json: &Value)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    assert_eq!(&serde_json::to_value(value).unwrap(), json);
    assert_eq!(&T::deserialize(json).unwrap(), value);
}

/// The fields that keep a payload from its handler, with the rule that each breaks. A payload that is
/// not even of the event's type is an error.
fn broken<N: Namespace>(event: &str, payload: Value) -> Result<Vec<String>, serde_json::Error> {
    let (index, _) = N::FACTS.command(event).unwrap();
    let command = N::Command::decode(index, payload)?;
    let mut report = Report::new();
    command.check(&mut report);
    let fields = report.into_fields();
    Ok(fields.iter().map(|field| format!("{}: {}", field.path, field.rule)).collect())
}

/// The events of a namespace that need a scope, by scope.
fn by_scope<N: Namespace>() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for event in N::FACTS.commands {
        for scope in event.policy.scopes {
            found.entry(*scope).or_default().push(event.name);
        }
    }
    found
}

/// The events that wait for a connection, each with the seconds that it waits.
fn waiting<N: Namespace>() -> Vec<(&'static str, u64)> {
    let waits = |event: &'static tautline::Event| match event.policy.offline {
        Offline::Queue { ttl_ms } => Some((event.name, ttl_ms / 1_000)),
        Offline::Fail | Offline::Drop => None,
    };
    N::FACTS.commands.iter().filter_map(waits).collect()
}
