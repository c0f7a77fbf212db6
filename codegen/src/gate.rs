//! The breaking-change gate: what a change of the contract does to those who are already out there.
//!
//! Two locks are compared fact by fact. [`rules`] is the table of everything that can come of it,
//! each rule with an id that stays; `structure` applies them to namespaces, events, rooms, policies
//! and codes, `payloads` to the types, in the direction in which they travel. `report` shows the
//! findings to people, programs and GitHub.

mod acknowledged;
mod facts;
mod finding;
mod payloads;
mod report;
mod rules;
mod source;
mod structure;
pub(crate) mod versions;

pub(crate) mod command;

pub(crate) use facts::{CodeFacts, FORMAT, Lock, texts};
pub(crate) use finding::Finding;
pub(crate) use rules::{Party, reference};

/// Compares two states of a contract.
///
/// # Errors
/// The locks are of different contracts, or a payload changed and the crate was built without its
/// feature `gate`.
pub(crate) fn compare(before: &Lock, after: &Lock) -> Result<Vec<Finding>, String> {
    if before.contract.name != after.contract.name {
        return Err(format!(
            "`{}` and `{}` are different contracts: compare two states of one",
            before.contract.name, after.contract.name
        ));
    }
    let mut findings = Vec::new();
    structure::compare(&before.contract, &after.contract, &mut findings);
    payloads::compare(&before.contract, &after.contract, &mut findings)?;
    structure::texts(before, after, &mut findings);
    findings.sort_by(|a, b| (&a.at, a.rule.id).cmp(&(&b.at, b.rule.id)));
    Ok(findings)
}

#[cfg(test)]
mod tests;
