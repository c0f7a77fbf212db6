//! The one table of generators. A new one is a file of its own and a row here.

use crate::{
    Described, File, asyncapi, catalog, generated_rs, json_schema, lock, pages, typescript, words,
};

/// Something that makes files of a contract.
#[derive(Debug)]
pub struct Generator {
    /// What it makes, for `--help` and messages.
    pub name: &'static str,
    /// Where its files go: the key in `[package.metadata.tautline]`, and the folder without one.
    pub folder: Folder,
    /// Makes the files.
    pub make: fn(&Described) -> Vec<File>,
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
    Generator { name: "lock", folder: Folder::Crate, make: lock::make },
    Generator { name: "rust", folder: Folder::Crate, make: generated_rs::make },
    Generator { name: "schema", folder: Folder::Crate, make: json_schema::make },
    Generator { name: "asyncapi", folder: Folder::Crate, make: asyncapi::make },
    Generator { name: "catalogue", folder: Folder::Crate, make: catalog::make },
    Generator {
        name: "typescript",
        folder: Folder::Own { key: "typescript", default: "typescript/src/generated" },
        make: typescript::make,
    },
    Generator { name: "words", folder: Folder::Asked { key: "words" }, make: words::make },
    Generator { name: "pages", folder: Folder::Asked { key: "errors" }, make: pages::make },
];
