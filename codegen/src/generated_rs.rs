//! The Rust generator: `src/generated.rs`, what the server must know of the generated documents.

use crate::{Described, File, MARK};

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let text = format!(
        "// {MARK}\n\n\
         /// SHA-256 over the contract's wire facts, as `contract.lock.json` has them.\n\
         pub const CONTRACT_HASH: &str =\n    \"{}\";\n",
        described.hash
    );
    vec![File::new("src/generated.rs", text)]
}
