//! The generator of `contract.compat.json`: what the server is to say to clients of older states.
//!
//! The locks of all versions that are still supported lie in the crate's folder `locks`: a copy of
//! `contract.lock.json` for each. The gate compares each with the contract as it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use super::{Finding, Lock, Party, acknowledged::Acknowledged, command, source};
use crate::{Described, File, MARK, canonical::readable};

/// The folder of the supported locks.
const LOCKS: &str = "locks";

/// Makes the file.
///
/// # Errors
/// A lock that cannot be read, is of another contract, or cannot be compared.
pub(crate) fn make(described: &Described) -> Result<Vec<File>, String> {
    let acknowledged = Acknowledged::read(&described.crate_root)?;
    let mut versions = Map::new();
    for lock in supported(described)? {
        let findings = command::since(described, &lock, &acknowledged)?;
        versions.insert(lock.hash, row(&lock.version, &findings));
    }
    let table = json!({
        "@generated": MARK.trim_start_matches("@generated "),
        "contract": described.contract.name,
        "hash": described.hash,
        "version": described.contract.version,
        "versions": versions,
    });
    Ok(vec![File::new("contract.compat.json", readable(&table))])
}

/// The locks of the versions that are still supported.
///
/// # Errors
/// A lock that cannot be read or is of another contract.
pub(crate) fn supported(described: &Described) -> Result<Vec<Lock>, String> {
    let read = |path: PathBuf| {
        let lock = source::read_file(&path)?;
        let name = &described.contract.name;
        if lock.contract.name != *name {
            return Err(format!(
                "{} is a lock of `{}`, and this contract is `{name}`: take it out of the folder",
                path.display(),
                lock.contract.name
            ));
        }
        Ok(lock)
    };
    locks(&described.crate_root.join(LOCKS))?.into_iter().map(read).collect()
}

fn row(version: &str, findings: &[Finding]) -> Value {
    let hurting = findings.iter().filter(|finding| finding.hurts(Party::OldClients));
    let because: Vec<String> =
        hurting.map(|finding| format!("{} [{}]", finding.at, finding.rule.id)).collect();
    let verdict = if because.is_empty() { "compatible" } else { "incompatible" };
    json!({ "version": version, "verdict": verdict, "because": because })
}

/// The lock files of a folder, which need not be there.
fn locks(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: io::Error| {
        format!(
            "cannot read the folder {}: {error}; put the locks of supported versions there, or nothing",
            folder.display()
        )
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
