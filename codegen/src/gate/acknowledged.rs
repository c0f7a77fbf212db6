//! `contract.acknowledged.toml`: changes that somebody looked at, with the reason for going on.
//!
//! An acknowledgement names one change by its fingerprint and is good for no other. It settles what
//! the gate could not tell. What is known to break stays broken, and old clients are still
//! refused; only `diff` and `check` go on.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::Deserialize;

use super::Finding;

/// The file's name in a contract crate.
pub(super) const FILE: &str = "contract.acknowledged.toml";

/// Reasons by fingerprint.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    change: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    fingerprint: String,
    reason: String,
    /// For people: the rule and the place that the gate printed.
    #[serde(default, rename = "rule")]
    _rule: String,
    #[serde(default, rename = "at")]
    _at: String,
}

impl Acknowledged {
    /// Reads the crate's file; without one, nothing is acknowledged.
    pub(crate) fn read(crate_root: &Path) -> Result<Self, String> {
        let path = crate_root.join(FILE);
        let shown = path.display();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(format!("cannot read {shown}: {error}")),
        };
        let document: Document = toml::from_str(&text)
            .map_err(|error| format!("cannot understand {shown}: {}", error.message()))?;
        let mut reasons = BTreeMap::new();
        for Change { fingerprint, reason, .. } in document.change {
            if reason.trim().is_empty() {
                return Err(format!("{shown} gives no reason for `{fingerprint}`: write one"));
            }
            reasons.insert(fingerprint, reason);
        }
        Ok(Self(reasons))
    }

    /// Marks the findings that it names.
    pub(crate) fn apply(&self, findings: &mut [Finding]) {
        for finding in findings {
            finding.acknowledged = self.0.get(&finding.fingerprint).cloned();
        }
    }
}
