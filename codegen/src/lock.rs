//! The lock generator: `contract.lock.json`, the wire facts as they were last published.
//!
//! The hash is over the canonical text of `contract`, and not over that of `library`, the control
//! events beside it: those have the library's version. `texts` has a digest of each text for
//! people, so that the gate can tell a change of words. The file has line breaks besides, so that a
//! change of the contract shows as the lines that it changes.

use serde_json::json;

use crate::{
    Described, File, MARK, canonical::readable, gate, library::library, wire_facts::wire_facts,
};

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    vec![File::new("contract.lock.json", text(described))]
}

/// The lock's content.
pub(crate) fn text(described: &Described) -> String {
    let mark = MARK.trim_start_matches("@generated ");
    let lock = json!({
        "@generated": mark,
        "contract": wire_facts(described),
        "format": gate::FORMAT,
        "hash": described.hash,
        "library": wire_facts(library()),
        "texts": gate::texts(described),
        "version": described.contract.version,
    });
    readable(&lock)
}
