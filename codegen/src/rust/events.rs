//! The namespaces of a document as the traits of both sides, and its rooms.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    types::type_of,
    words::{docs, method_name, quoted},
};
use crate::schemas::definition_name;

/// What a room's attribute says.
pub(super) struct Room {
    /// The struct.
    pub(super) name: String,
    pattern: String,
    facts: Value,
}

impl Room {
    /// `#[room("board:{board_id}", …)]`.
    pub(super) fn attribute(&self) -> String {
        let count = self.facts["retention"]["count"].as_u64().map(|count| count.to_string());
        let age = self.facts["retention"]["ageMs"].as_u64().map(|age| format!("{age}ms"));
        let kept: Vec<String> = count.into_iter().chain(age).collect();
        let kept = if kept.is_empty() { "forever".to_owned() } else { kept.join(" or ") };
        let mut text =
            format!("#[tautline::room({}, retention = {}", quoted(&self.pattern), quoted(&kept));
        if let Some(name) = reference(&self.facts["presence"]["seen"]) {
            text.push_str(&format!(", presence = {name}"));
        }
        if self.facts["receipts"] == true {
            text.push_str(", receipts");
        }
        text + ")]\n"
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).and_then(definition_name)
}

/// The rooms of a document, by pattern.
pub(super) fn rooms(facts: &Value) -> Result<BTreeMap<String, Room>, String> {
    let mut rooms = BTreeMap::new();
    for namespace in facts["namespaces"].as_object().into_iter().flat_map(|it| it.values()) {
        for (pattern, facts) in namespace["rooms"].as_object().into_iter().flatten() {
            let name = reference(&facts["params"]).ok_or_else(|| {
                format!("the room `{pattern}` has no type: the document is damaged")
            })?;
            let room =
                Room { name: name.to_owned(), pattern: pattern.clone(), facts: facts.clone() };
            rooms.insert(pattern.clone(), room);
        }
    }
    Ok(rooms)
}

/// The traits.
pub(super) fn namespaces(facts: &Value, rooms: &BTreeMap<String, Room>) -> Result<String, String> {
    let mut text = String::new();
    for (path, namespace) in
        facts["namespaces"].as_object().into_iter().flat_map(crate::canonical::sorted)
    {
        let name = namespace["name"].as_str().unwrap_or_default();
        let described = docs(namespace["description"].as_str());
        let side = |key: &str, is_command: bool| -> Result<String, String> {
            let events = namespace[key].as_object().into_iter().flat_map(crate::canonical::sorted);
            events.map(|(name, facts)| Event { name, facts, rooms, is_command }.text()).collect()
        };
        let (commands, events) = (side("commands", true)?, side("events", false)?);
        let client =
            if events.is_empty() { String::new() } else { format!(", client = {name}Client") };
        text.push_str(&format!(
            "{described}#[tautline::namespace({}{client})]\npub trait {name}Server {{\n{commands}}}\n\n",
            quoted(path)
        ));
        if !events.is_empty() {
            text.push_str(&format!(
                "{described}#[tautline::namespace({}, side = client)]\npub trait {name}Client {{\n{events}}}\n\n",
                quoted(path)
            ));
        }
    }
    Ok(text)
}

struct Event<'a> {
    name: &'a str,
    facts: &'a Value,
    rooms: &'a BTreeMap<String, Room>,
    is_command: bool,
}

impl Event<'_> {
    fn text(&self) -> Result<String, String> {
        let facts = self.facts;
        let said = |said: String| format!("`{}`: {said}", self.name);
        let (method, is_named) = method_name(self.name);
        let mut keys = Vec::new();
        if is_named {
            keys.push(format!("name = {}", quoted(self.name)));
        }
        self.keys(&mut keys);
        let kind = self.kind();
        let parameter = match &facts["payload"] {
            payload if payload.get("$ref").is_some() => {
                format!("value: {}", type_of(payload).map_err(said)?)
            }
            _ => String::new(),
        };
        let is_acknowledged = facts["acknowledged"] == true;
        let error = reference(&facts["problem"]);
        let answer = match facts.get("answer") {
            Some(answer) => type_of(answer).map_err(said)?,
            None => "()".to_owned(),
        };
        let returns = if is_acknowledged || error.is_some() || facts.get("answer").is_some() {
            format!(" -> Result<{answer}, {}>", error.unwrap_or("NoRefusal"))
        } else {
            String::new()
        };
        let head = if keys.is_empty() {
            format!("#[{kind}]\n")
        } else {
            format!("#[{kind}({})]\n", keys.join(", "))
        };
        let keyword = if is_acknowledged { "async fn" } else { "fn" };
        Ok(format!(
            "{}{head}{keyword} {method}({parameter}){returns};\n",
            docs(facts["description"].as_str())
        ))
    }

    fn kind(&self) -> &'static str {
        match &self.facts["kind"] {
            Value::String(kind) if kind == "join" => "join",
            kind if kind.get("stream").is_some() => "stream",
            kind if kind.get("question").is_some() => "question",
            _ => "event",
        }
    }

    /// What the attribute says beyond what every event of its kind has.
    fn keys(&self, keys: &mut Vec<String>) {
        let (facts, policy) = (self.facts, &self.facts["policy"]);
        let delivery = policy["delivery"].as_str().unwrap_or_default();
        let kind = self.kind();
        if kind == "event" {
            keys.push(format!("delivery = {delivery}"));
        }
        let rooms = policy["rooms"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let rooms: Vec<&str> =
            rooms.filter_map(|it| Some(self.rooms.get(it)?.name.as_str())).collect();
        if kind != "join" && !rooms.is_empty() {
            keys.push(format!("room = [{}]", rooms.join(", ")));
        }
        for (key, ms) in [
            ("lease", &facts["kind"]["stream"]["leaseMs"]),
            ("expires", &facts["kind"]["question"]["expiresMs"]),
        ] {
            keys.extend(ms.as_u64().map(|ms| format!("{key} = \"{ms}ms\"")));
        }
        let unlike = |key: &str, usual: u64| policy[key].as_u64().filter(|value| *value != usual);
        keys.extend(unlike("timeoutMs", 10_000).map(|ms| format!("timeout = \"{ms}ms\"")));
        keys.extend(unlike("cost", 1).map(|cost| format!("cost = {cost}")));
        keys.extend(unlike("maxBytes", 65_536).map(|bytes| format!("max_bytes = {bytes}")));
        keys.extend(unlike("windowMs", 86_400_000).map(|ms| format!("window = \"{ms}ms\"")));
        match &policy["lane"] {
            Value::String(lane) if lane == "none" => keys.push("lane = none".to_owned()),
            lane => {
                keys.extend(lane["named"].as_str().map(|name| format!("lane = {}", quoted(name))))
            }
        }
        let scopes = policy["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let scopes: Vec<String> = scopes.map(quoted).collect();
        if !scopes.is_empty() {
            keys.push(format!("scope = [{}]", scopes.join(", ")));
        }
        if policy["guests"] == true {
            keys.push("guests".to_owned());
        }
        if let (Some(count), Some(per)) =
            (policy["rate"]["count"].as_u64(), policy["rate"]["perMs"].as_u64())
        {
            keys.push(format!("rate = \"{count}/{per}ms\""));
        }
        match &policy["offline"] {
            Value::String(word) if self.is_command && kind == "event" => {
                keys.push(format!("offline = {word}"))
            }
            offline => keys.extend(
                offline["queue"]["ttlMs"].as_u64().map(|ms| format!("offline = queue(\"{ms}ms\")")),
            ),
        }
        keys.extend(policy["flag"].as_str().map(|flag| format!("flag = {}", quoted(flag))));
        keys.extend(facts["since"].as_str().map(|since| format!("since = {}", quoted(since))));
        if let Some(deprecated) = facts.get("deprecated") {
            let part = |name: &str| {
                deprecated[name].as_str().map(|text| format!("{name} = {}", quoted(text)))
            };
            let parts: Vec<String> = ["replacement", "note"].into_iter().filter_map(part).collect();
            keys.push(format!("deprecated({})", parts.join(", ")));
        }
        for (key, name) in [("example", "example"), ("answer_example", "answerExample")] {
            if let Some(example) = facts.get(name) {
                keys.push(format!("{key} = example(r###\"{}\"###)", crate::canonical(example)));
            }
        }
    }
}
