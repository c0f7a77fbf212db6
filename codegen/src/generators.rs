//! The one table of generators. A new one is a file of its own and a row here.

use crate::{
    Described, File, asyncapi, catalog, gate::versions, generated_rs, json_schema, lock, pages,
    typescript, words,
};

/// Something that makes files of a contract.
#[derive(Debug)]
pub struct Generator {
    /// What it makes, for `--help` and messages.
    pub name: &'static str,
    /// Where its files go: the key in `[package.metadata.tautline]`, and the folder without one.
    pub folder: Folder,
    /// Makes the files, or says in a sentence why it cannot.
    pub make: fn(&Described) -> Result<Vec<File>, String>,
}

/// Where a generator's files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// A fixed place in the contract crate.
    Crate,
    /// A folder that is the generator's alone: what it no longer makes is removed from it.
    Own {
        /// The key in `[package.metadata.tautline]`.
        key: &'static str,
        /// The folder if the key is not there, from the crate's root.
        default: &'static str,
    },
    /// A folder that is the generator's alone. Without its key in `[package.metadata.tautline]` it is not
    /// asked for.
    Asked {
        /// The key.
        key: &'static str,
    },
}

/// All generators, in the order in which their files are listed.
pub const GENERATORS: &[Generator] = &[
    Generator { name: "lock", folder: Folder::Crate, make: |it| Ok(lock::make(it)) },
    Generator { name: "versions", folder: Folder::Crate, make: versions::make },
    Generator { name: "rust", folder: Folder::Crate, make: |it| Ok(generated_rs::make(it)) },
    Generator { name: "schema", folder: Folder::Crate, make: |it| Ok(json_schema::make(it)) },
    Generator { name: "asyncapi", folder: Folder::Crate, make: |it| Ok(asyncapi::make(it)) },
    Generator { name: "catalogue", folder: Folder::Crate, make: |it| Ok(catalog::make(it)) },
    Generator {
        name: "typescript",
        folder: Folder::Own { key: "typescript", default: "typescript/src/generated" },
        make: |it| Ok(typescript::make(it)),
    },
    Generator {
        name: "words",
        folder: Folder::Asked { key: "words" },
        make: |it| Ok(words::make(it)),
    },
    Generator {
        name: "pages",
        folder: Folder::Asked { key: "errors" },
        make: |it| Ok(pages::make(it)),
    },
];
