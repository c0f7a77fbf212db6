//! A lock as the gate reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tautline::{Errors, Event};

use crate::{
    Described, Direction,
    canonical::{canonical, hash},
    described::{errors, events_of, rooms},
};

/// The format of locks that this build writes, and the newest that it reads.
pub(crate) const FORMAT: u32 = 1;

/// One published state of a contract.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    /// SHA-256 over the wire facts.
    pub(crate) hash: String,
    /// The version that the contract had.
    pub(crate) version: String,
    /// The wire facts.
    pub(crate) contract: ContractFacts,
    /// A digest of each text for people, by what it belongs to.
    pub(crate) texts: BTreeMap<String, String>,
}

/// The wire facts. Every key of a lock is read: what the hash sees, the gate must see.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContractFacts {
    pub(crate) name: String,
    pub(crate) auth: String,
    pub(crate) guests: bool,
    pub(crate) scopes: Vec<String>,
    pub(crate) namespaces: BTreeMap<String, NamespaceFacts>,
    pub(crate) rooms: BTreeMap<String, RoomFacts>,
    pub(crate) errors: BTreeMap<String, CodeFacts>,
    pub(crate) types: TypesFacts,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NamespaceFacts {
    pub(crate) commands: BTreeMap<String, EventFacts>,
    pub(crate) events: BTreeMap<String, EventFacts>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EventFacts {
    pub(crate) id: String,
    pub(crate) kind: Value,
    pub(crate) acknowledged: bool,
    pub(crate) payload: Option<Value>,
    pub(crate) answer: Option<Value>,
    pub(crate) errors: Vec<String>,
    pub(crate) policy: PolicyFacts,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PolicyFacts {
    pub(crate) delivery: String,
    pub(crate) timeout_ms: u64,
    pub(crate) rooms: Vec<String>,
    pub(crate) lane: Value,
    pub(crate) scopes: Vec<String>,
    pub(crate) guests: bool,
    pub(crate) rate: Value,
    pub(crate) cost: u64,
    pub(crate) max_bytes: u64,
    pub(crate) offline: Value,
    pub(crate) window_ms: u64,
    pub(crate) flag: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RoomFacts {
    pub(crate) params: Vec<String>,
    pub(crate) retention: Value,
    pub(crate) presence: Option<Value>,
    pub(crate) receipts: bool,
    #[serde(rename = "type")]
    pub(crate) ty: Value,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CodeFacts {
    pub(crate) category: String,
    pub(crate) severity: String,
    pub(crate) action: String,
    pub(crate) after: Value,
    pub(crate) max_attempts: Option<u64>,
    pub(crate) params: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypesFacts {
    pub(crate) received: Map<String, Value>,
    pub(crate) sent: Map<String, Value>,
}

impl Lock {
    /// Reads a lock. `name` is what people call it.
    ///
    /// # Errors
    /// One sentence that says what is wrong with it and what to do.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, String> {
        let damaged = |why: &str| {
            format!("{name} is no lock that can be read: {why}; take it from version control again")
        };
        let lock: Value =
            serde_json::from_str(text).map_err(|error| damaged(&error.to_string()))?;
        let format = lock.get("format").map_or(Some(1), Value::as_u64);
        match format {
            Some(format) if format > u64::from(FORMAT) => {
                return Err(format!(
                    "{name} was written by a newer tool (format {format}, this one reads up to {FORMAT}): \
                     update `tautline-codegen`"
                ));
            }
            Some(_) => {}
            None => return Err(damaged("its `format` is no number")),
        }
        let part = |key: &str| lock.get(key).ok_or_else(|| damaged(&format!("it has no `{key}`")));
        let word = |key: &str| {
            let word = part(key)?.as_str();
            word.map(str::to_owned).ok_or_else(|| damaged(&format!("its `{key}` is no text")))
        };
        let facts = part("contract")?;
        let contract = ContractFacts::deserialize(facts)
            .map_err(|error| damaged(&format!("in `contract`, {error}")))?;
        let (expected, version) = (word("hash")?, word("version")?);
        if hash(facts) != expected {
            return Err(damaged("its `hash` is not that of its `contract`"));
        }
        let texts = match lock.get("texts") {
            None => BTreeMap::new(),
            Some(texts) => BTreeMap::deserialize(texts)
                .map_err(|error| damaged(&format!("in `texts`, {error}")))?,
        };
        Ok(Self { hash: expected, version, contract, texts })
    }
}

/// A digest of everything that is for people, by what it belongs to. The lock has them so that a
/// change of words can be told from no change at all.
pub(crate) fn texts(described: &Described) -> Value {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |at: String, facts: Value| {
        texts.insert(at, hash(&facts)[..16].to_owned());
    };
    for namespace in described.contract.namespaces {
        add(namespace.path.to_owned(), json!(namespace.docs));
        for (side, event) in events_of(namespace) {
            add(crate::wire_facts::id(namespace, side, event), words_of_event(event));
        }
    }
    for room in rooms(described.contract) {
        add(format!("room {}", room.pattern), json!([room.name, room.docs]));
    }
    for errors in errors(described.contract) {
        words_of_errors(errors, &mut add);
    }
    for direction in [Direction::Received, Direction::Sent] {
        for (name, schema) in described.schemas(direction).definitions() {
            let folder = super::payloads::folder(direction);
            let stripped = crate::schemas::wire_facts_of(schema);
            if canonical(&stripped) != canonical(schema) {
                add(format!("{folder}{name}"), schema.clone());
            }
        }
    }
    json!(texts)
}

fn words_of_event(event: &Event) -> Value {
    let policy = &event.policy;
    let deprecated = policy.deprecated.map(|it| json!([it.replacement, it.note]));
    let examples = [policy.example, policy.answer_example].map(|make| make.map(|make| make()));
    json!([event.docs, policy.since, deprecated, examples])
}

fn words_of_errors(errors: &Errors, add: &mut impl FnMut(String, Value)) {
    for variant in errors.variants {
        let words = json!([variant.docs, variant.message, variant.hint]);
        add(format!("code {}", variant.code), words);
    }
}
