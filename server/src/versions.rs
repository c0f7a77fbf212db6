//! Which states of the contract its server takes: the table that `cargo contract write` made of the
//! gate's verdicts, and how often each answer was given.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tautline::Contract;

use crate::greeting::Claimed;

/// What a server does with clients of which the gate has said nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They come in.
    Admit,
    /// They are refused with `upgrade_client`.
    Refuse,
}

/// How often clients of each kind came to a namespace of this server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VersionCounts {
    /// Of the server's own state of the contract.
    pub same: u64,
    /// Of an older one that goes on working.
    pub compatible: u64,
    /// Of an older one that does not: refused.
    pub incompatible: u64,
    /// Of a state that is not in the table.
    pub unlisted: u64,
    /// Of another contract: refused.
    pub foreign: u64,
    /// Without saying what they were built from: stock clients.
    pub unsaid: u64,
}

/// How a client's contract relates to the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractFit {
    /// The client did not say.
    Unsaid,
    /// The same wire.
    Same,
    /// An older state that the gate found compatible.
    Compatible,
    /// An older state that the gate found incompatible.
    Incompatible,
    /// A state of the same contract of which the table says nothing.
    Unlisted,
    /// Another contract.
    Foreign,
}

/// The table of a contract.
#[derive(Debug)]
pub(crate) struct Versions {
    name: &'static str,
    hash: &'static str,
    rows: HashMap<String, Row>,
    counts: [AtomicU64; 6],
}

#[derive(Debug, Deserialize)]
struct Row {
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Compatible,
    Incompatible,
}

impl Versions {
    /// The table that a contract carries, which was looked at before: [`Versions::mistakes`].
    pub(crate) fn of(contract: &Contract) -> Self {
        let rows = rows(contract).unwrap_or_default();
        Self { name: contract.name, hash: contract.hash, rows, counts: Default::default() }
    }

    /// What is wrong with the table.
    pub(crate) fn mistakes(contract: &Contract) -> Vec<String> {
        let mistake = |error: serde_json::Error| {
            format!(
                "the contract's `contract.compat.json` cannot be read ({error}): run \
                 `cargo contract -p <its crate> write`"
            )
        };
        rows(contract).err().map(mistake).into_iter().collect()
    }

    /// Judges what a client says of itself, and counts it.
    pub(crate) fn judge(&self, claimed: Option<&Claimed>) -> ContractFit {
        let fit = self.fit(claimed);
        self.counts[fit as usize].fetch_add(1, Ordering::Relaxed);
        fit
    }

    fn fit(&self, claimed: Option<&Claimed>) -> ContractFit {
        let Some(claimed) = claimed else { return ContractFit::Unsaid };
        if claimed.name != self.name {
            return ContractFit::Foreign;
        }
        if claimed.hash == self.hash {
            return ContractFit::Same;
        }
        match self.rows.get(&claimed.hash).map(|row| row.verdict) {
            Some(Verdict::Compatible) => ContractFit::Compatible,
            Some(Verdict::Incompatible) => ContractFit::Incompatible,
            None => ContractFit::Unlisted,
        }
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> VersionCounts {
        let of = |fit: ContractFit| self.counts[fit as usize].load(Ordering::Relaxed);
        VersionCounts {
            same: of(ContractFit::Same),
            compatible: of(ContractFit::Compatible),
            incompatible: of(ContractFit::Incompatible),
            unlisted: of(ContractFit::Unlisted),
            foreign: of(ContractFit::Foreign),
            unsaid: of(ContractFit::Unsaid),
        }
    }
}

/// Reads the table; a contract that was never written has none.
fn rows(contract: &Contract) -> Result<HashMap<String, Row>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Table {
        versions: HashMap<String, Row>,
    }
    match contract.versions {
        "" => Ok(HashMap::new()),
        text => serde_json::from_str(text).map(|table: Table| table.versions),
    }
}

#[cfg(test)]
mod tests {
    use tautline::Auth;

    use super::*;

    const CONTRACT: Contract = Contract {
        name: "diary",
        version: "1.0.0",
        hash: "new",
        versions: "",
        namespaces: &[],
        scopes: &[],
        flags: &[],
        auth: Auth::None,
        guests: true,
    };

    #[test]
    fn a_contract_without_a_table_knows_itself_alone() {
        let versions = Versions::of(&CONTRACT);
        let claimed = |hash: &str| Claimed {
            name: "diary".to_owned(),
            version: String::new(),
            hash: hash.to_owned(),
        };

        let fits = ["new", "old"].map(|hash| versions.judge(Some(&claimed(hash))));

        assert_eq!(fits, [ContractFit::Same, ContractFit::Unlisted]);
        assert_eq!(
            versions.counts(),
            VersionCounts { same: 1, unlisted: 1, ..VersionCounts::default() }
        );
    }

    #[test]
    fn a_damaged_table_says_how_to_make_another() {
        let damaged = Contract { versions: "{ \"versions\": 1 }", ..CONTRACT };

        let mistakes = Versions::mistakes(&damaged);

        assert_eq!(mistakes.len(), 1);
        assert!(mistakes[0].ends_with("run `cargo contract -p <its crate> write`"), "{mistakes:?}");
    }
}
