//! What a client makes of a room's presence: who is there, whatever was missed. Knows no socket:
//! events and answers in, members and the wish to subscribe out. The cases of
//! `clients/conformance/cases/presence.json` hold for it as for every client.

use std::collections::BTreeMap;

use serde_json::Value;

use super::TestEvent;

/// Who is in one room, as one client sees it.
#[derive(Clone, Debug, Default)]
pub struct RoomPresence {
    version: Option<u64>,
    members: BTreeMap<String, Value>,
    /// The changes that came since a question was sent, by their versions.
    kept: Option<BTreeMap<u64, Value>>,
}

impl RoomPresence {
    /// A join, a subscribe or a resume of the room is sent.
    pub fn asked(&mut self) {
        self.kept = Some(BTreeMap::new());
    }

    /// Its answer is there, with this `presence`. `true`: a change is missing, and the client
    /// subscribes to the room.
    pub fn answered(&mut self, presence: &Value) -> bool {
        self.version = presence["version"].as_u64();
        self.members.clear();
        self.put(&presence["members"]);
        let kept = self.kept.take().unwrap_or_default();
        let mut is_missing = false;
        for change in kept.values() {
            is_missing |= self.take(change);
        }
        is_missing
    }

    /// Takes the payload of a `tautline:presence`. `true`: the one before it is missing, and the
    /// client subscribes to the room.
    pub fn take(&mut self, change: &Value) -> bool {
        let version = change["version"].as_u64().unwrap_or_default();
        if let Some(kept) = &mut self.kept {
            kept.insert(version, change.clone());
            return false;
        }
        match self.version {
            Some(known) if version > known + 1 => {
                self.kept = Some(BTreeMap::from([(version, change.clone())]));
                true
            }
            Some(known) if version == known + 1 => {
                self.version = Some(version);
                self.put(&change["present"]);
                for subject in change["absent"].as_array().into_iter().flatten() {
                    self.members.remove(subject.as_str().unwrap_or_default());
                }
                false
            }
            Some(_) | None => false,
        }
    }

    /// Likewise with an event of the wire. What is not about presence changes nothing.
    pub fn take_event(&mut self, event: &TestEvent) -> bool {
        event.name == "tautline:presence" && self.take(&event.payload)
    }

    /// The version of the last change that is in the members.
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// Whether an answer is on its way.
    pub fn is_asking(&self) -> bool {
        self.kept.is_some()
    }

    /// Who is there, by `since`, then by subject.
    pub fn members(&self) -> Vec<Value> {
        let mut members: Vec<Value> = self.members.values().cloned().collect();
        members.sort_by_key(|member| member["since"].as_u64());
        members
    }

    /// The subjects of those who are there.
    pub fn subjects(&self) -> Vec<&str> {
        self.members.keys().map(String::as_str).collect()
    }

    fn put(&mut self, members: &Value) {
        for member in members.as_array().into_iter().flatten() {
            let subject = member["subject"].as_str().unwrap_or_default().to_owned();
            self.members.insert(subject, member.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CASES: &str = include_str!("../../../clients/conformance/cases/presence.json");

    #[test]
    fn the_conformance_cases_hold() {
        let file: Value = serde_json::from_str(CASES).unwrap();
        let cases = file["cases"].as_array().unwrap();

        for case in cases {
            let mut room = RoomPresence::default();
            for (place, step) in case["steps"].as_array().unwrap().iter().enumerate() {
                let input = &step["input"];
                let asks = match input["type"].as_str().unwrap() {
                    "ask" => {
                        room.asked();
                        false
                    }
                    "snapshot" => room.answered(input),
                    "change" => room.take(input),
                    other => panic!("an input of the kind `{other}`"),
                };

                let at = format!("{}, step {place}", case["name"]);
                assert_eq!(json!(room.members()), step["members"], "{at}");
                assert_eq!(if asks { "resync" } else { "none" }, step["move"], "{at}");
            }
        }
        assert!(cases.len() > 10);
    }
}
