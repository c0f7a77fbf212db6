//! Reads a [`Contract`](tautline::Contract) and writes what follows from it.
//!
//! A contract crate gets the whole command line in one line, behind its feature `codegen`:
//!
//! ```no_run
//! # mod my_contract {
//! #     /// Greets.
//! #     #[tautline::namespace("/greetings")]
//! #     pub trait GreetingsServer {
//! #         /// Says hello.
//! #         #[event]
//! #         async fn hello() -> Result<(), tautline::NoRefusal>;
//! #     }
//! #     tautline::contract! { name: "greetings", version: "1.0.0", namespaces: [Greetings], auth: none }
//! # }
//! fn main() -> std::process::ExitCode {
//!     tautline_codegen::cli(my_contract::contract())
//! }
//! ```
//!
//! ```toml
//! [features]
//! codegen = ["tautline/codegen", "dep:tautline-codegen"]
//!
//! [[bin]]
//! name = "contract"
//! required-features = ["codegen"]
//!
//! [package.metadata.tautline]
//! typescript = "../web/src/generated"
//! ```
//!
//! `cargo contract -p my-contract write` then writes, `check` compares and `print CATALOG.md`
//! shows; `diff main` says whom the changes since a revision or a lock would hurt. What they make,
//! from the crate's root:
//!
//! | file | what it is |
//! |---|---|
//! | `contract.lock.json` | the wire facts as they were last published, with their hash |
//! | `contract.compat.json` | which older states go on working, by the locks in `locks` |
//! | `src/generated.rs` | the hash, for the server |
//! | `contract.schema.json` | the types as JSON Schema 2020-12, per direction |
//! | `contract.asyncapi.json` | namespaces, events and acknowledgements as AsyncAPI 3.0 |
//! | `CATALOG.md` | namespaces, events, rooms and errors on one page, linked to their lines |
//! | `typescript/src/generated/*.ts` | types and descriptors; the folder is what the metadata says |
//! | `english.ts` | what people read, by code, for translators; if the metadata names a folder `words` |
//! | `<code>.md` | a page for each problem code; if the metadata names a folder `errors` |
//!
//! # How it works
//!
//! 1. [`Described::read`] reads the types of the contract: TypeScript by ts-rs, schemas by schemars.
//! 2. The laws of `laws.rs` look at the whole contract; every [`Mistake`] has its file and line.
//! 3. Each [`Generator`] of [`GENERATORS`] makes its [`File`]s, in memory.
//! 4. `write.rs` puts those that changed on the disk, each whole or not at all.
//!
//! `check` tries besides whether serde, the JSON Schemas and the TypeScript agree about the types:
//! `drift.rs`. [`testing::assert_contract`] does the same in a test. With the feature `rust`, `rust.rs`
//! writes a contract again from its document, for services without the contract's crate, and with
//! `types` `plain.rs` writes its data alone. The program `tautline-rust` does both:
//!
//! ```sh
//! cargo install tautline-codegen --features types
//! tautline-rust contract.schema.json --into src             # the contract with its traits, for a service
//! tautline-rust contract.schema.json --types src/chat.rs    # plain serde types and names, without a dependency on us
//! ```
//!
//! The same contract gives the same bytes, whatever features of serde_json a build turns on.
//!
//! # Adding a generator
//!
//! Write a file with a `make` that gives its [`File`]s and add its row to [`GENERATORS`]. If it owns
//! a folder, give the folder a key there and in `outputs.rs`.

mod cli;
mod described;
mod drift;
mod laws;
mod mistake;

mod gate;
mod generators;

mod asyncapi;
mod catalog;
mod generated_rs;
mod json_schema;
mod lock;
mod pages;
mod typescript;
mod words;

mod canonical;
mod constraints;
mod document;
mod library;
mod names;
mod not_enforced;
mod patterns;
mod schemas;
mod wire_facts;

#[cfg(test)]
mod sample;

mod check;
mod file;
mod outputs;
mod write;

#[cfg(feature = "rust")]
mod from_document;
#[cfg(feature = "types")]
mod plain;
#[cfg(feature = "rust")]
mod rust;

pub mod testing;

pub use canonical::{canonical, hash, readable};
pub use cli::{cli, read};
pub use constraints::{Bounds, Constraint, Rule, broken, constraints};
pub use described::{Described, Side};
pub use file::{File, MARK};
#[cfg(feature = "rust")]
pub use from_document::FromDocument;
pub use generators::{Folder, GENERATORS, Generator};
pub use mistake::Mistake;
#[cfg(feature = "types")]
pub use plain::types;
#[cfg(feature = "rust")]
pub use rust::{RustContract, rust};
pub use schemas::{Direction, Schemas};
pub use typescript::{
    syntax::{Field, Member, Type},
    types::{Named, Types},
};
pub use wire_facts::wire_facts;
