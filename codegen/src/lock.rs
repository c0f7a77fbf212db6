//! The lock generator: `contract.lock.json`, the wire facts as they were last published.
//!
//! The hash is over the canonical text of `contract`, and not over that of `library`, the control
//! events beside it: those have the library's version. The file has line breaks besides, so that
//! a change of the contract shows as the lines that it changes.

use serde_json::json;

use crate::{Described, File, MARK, canonical::readable, library::library, wire_facts::wire_facts};

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let mark = MARK.trim_start_matches("@generated ");
    let lock = json!({
        "@generated": mark,
        "contract": wire_facts(described),
        "hash": described.hash,
        "library": wire_facts(&library()),
        "version": described.contract.version,
    });
    vec![File::new("contract.lock.json", readable(&lock))]
}
