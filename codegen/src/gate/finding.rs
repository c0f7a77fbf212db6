//! What a comparison finds.

use serde_json::{Value, json};

use super::rules::{Effect, Party, Rule};

/// One change, and what it does.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The rule that it falls under.
    pub(crate) rule: &'static Rule,
    /// What changed: `/chat command send_message`, with the part of it if it has parts.
    pub(crate) at: String,
    /// How it changed, in a few words.
    pub(crate) change: String,
    /// A value that one end may send and the other cannot take.
    pub(crate) counterexample: Option<Value>,
    /// Why the gate cannot tell, where it cannot.
    pub(crate) doubt: Option<String>,
    /// Names this very change, for an acknowledgement that is good for no other one.
    pub(crate) fingerprint: String,
    /// The reason that somebody wrote down for going on nevertheless.
    pub(crate) acknowledged: Option<String>,
}

/// What a finding means for one party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Only words have changed.
    Text,
    /// It goes on working.
    Safe,
    /// Nobody can tell: it counts as breaking until somebody acknowledges it.
    Unknown,
    /// Something that worked does not.
    Breaking,
}

impl Verdict {
    /// The word for documents.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Safe => "safe",
            Self::Unknown => "unknown",
            Self::Breaking => "breaking",
        }
    }
}

impl Finding {
    /// A finding about facts that were `before` and are `after`.
    pub(crate) fn new(
        rule: &'static Rule,
        at: impl Into<String>,
        before: &Value,
        after: &Value,
    ) -> Self {
        let at = at.into();
        let fingerprint = crate::canonical::hash(&json!([rule.id, at, before, after]));
        Self {
            rule,
            at,
            change: change(before, after),
            counterexample: None,
            doubt: None,
            fingerprint: fingerprint[..12].to_owned(),
            acknowledged: None,
        }
    }

    /// What it means for a party, whatever was acknowledged.
    pub(crate) fn verdict(&self, party: Party) -> Verdict {
        match self.rule.effect {
            Effect::Breaks(hurt) if hurt == party => Verdict::Breaking,
            Effect::BreaksBoth => Verdict::Breaking,
            Effect::Unknown(doubted) if doubted == party => Verdict::Unknown,
            Effect::Breaks(_) | Effect::Unknown(_) | Effect::Safe => Verdict::Safe,
            Effect::Text => Verdict::Text,
        }
    }

    /// Whether a client of this party may be hurt. What nobody could tell is settled by an
    /// acknowledgement; what is known to break stays broken.
    pub(crate) fn hurts(&self, party: Party) -> bool {
        match self.verdict(party) {
            Verdict::Breaking => true,
            Verdict::Unknown => self.acknowledged.is_none(),
            Verdict::Safe | Verdict::Text => false,
        }
    }

    /// Whether it should stop a release that must not hurt `party`.
    pub(crate) fn stops(&self, party: Party) -> bool {
        self.acknowledged.is_none() && self.hurts(party)
    }
}

/// Short facts are shown, long ones have words of their own elsewhere.
fn change(before: &Value, after: &Value) -> String {
    let short = |value: &Value| match value {
        Value::Null => None,
        Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(crate::canonical::canonical(other)).filter(|text| text.len() <= 60),
    };
    match (short(before), short(after)) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (Some(before), None) if after.is_null() => format!("was {before}"),
        (None, Some(after)) if before.is_null() => format!("is now {after}"),
        _ => String::new(),
    }
}
