//! Rust that is written from `contract.schema.json` alone: reads it, and puts what follows from it on
//! the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    check::stale,
    outputs::{Output, Outputs},
    rust::{RustContract, rust},
    write::write,
};

/// Files of Rust that a document gives, and where they belong.
#[derive(Debug)]
pub struct FromDocument(Outputs);

impl FromDocument {
    /// The contract, as `contract.rs` and `generated.rs` in the folder of a crate's sources.
    ///
    /// # Errors
    /// One sentence: what is wrong with the document, and the way out.
    pub fn contract(document: &Path, sources: &Path) -> Result<Self, String> {
        let RustContract { contract, generated } = make(document, rust)?;
        let place = |name: &str, text: String| Output { path: sources.join(name), text };
        Ok(Self::of(
            sources,
            vec![place("contract.rs", contract), place("generated.rs", generated)],
        ))
    }

    fn of(folder: &Path, files: Vec<Output>) -> Self {
        Self(Outputs { crate_root: folder.to_owned(), files, leftover: Vec::new() })
    }

    /// Writes what has changed, and says which files that were.
    ///
    /// # Errors
    /// One sentence, and nothing is written.
    pub fn write(&self) -> Result<Vec<PathBuf>, String> {
        Ok(write(&self.0)?.changed)
    }

    /// The files that are missing, or are not what the document gives today.
    pub fn stale(&self) -> Vec<PathBuf> {
        stale(&self.0).into_iter().map(|it| it.path).collect()
    }
}

/// Makes something of the document at a path.
fn make<T>(path: &Path, of: fn(&str) -> Result<T, String>) -> Result<T, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    of(&text).map_err(|said| format!("{}: {said}", path.display()))
}

/// Reads a document that says enough.
pub(crate) fn parse(document: &str) -> Result<Value, String> {
    let document: Value = serde_json::from_str(document).map_err(|error| {
        format!("the document is damaged: {error}; take `contract.schema.json` as `cargo contract write` makes it")
    })?;
    if document["x-tautline"]["errors"].is_null() {
        return Err("the document says too little: take `contract.schema.json` as `cargo contract write` of this version makes it".to_owned());
    }
    Ok(document)
}
