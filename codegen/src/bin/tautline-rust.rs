//! Writes a contract's Rust from its document. `tautline-rust contract.schema.json --into src` makes
//! `src/contract.rs` and `src/generated.rs` of a crate that has no other contract, and
//! `tautline-rust contract.schema.json --types src/chat.rs` one module of plain types, for a program
//! that does not depend on Tautline. With `--check` it writes nothing, and fails if they are not
//! what the document gives.

use std::{path::PathBuf, process::ExitCode};

use clap::{ArgGroup, Parser};
use tautline_codegen::FromDocument;

/// Writes a contract's Rust from its document, for a program without the contract's crate.
#[derive(Debug, Parser)]
#[command(version, about, group = ArgGroup::new("output").required(true).multiple(true))]
struct Arguments {
    /// `contract.schema.json`, as `cargo contract write` makes it.
    document: PathBuf,
    /// Writes the contract with its traits, for a service: `contract.rs` and `generated.rs` in this folder.
    #[arg(long, value_name = "FOLDER", group = "output")]
    into: Option<PathBuf>,
    /// Writes plain serde types and the names that travel into this file, for a program that wants the data alone.
    #[arg(long, value_name = "FILE", group = "output")]
    types: Option<PathBuf>,
    /// Writes nothing; says what is not as the document gives it today, and ends with 1 then.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(said) => {
            eprintln!("error: {said}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let document = &arguments.document;
    // All of it is made before the first file is written.
    let mut made = Vec::new();
    if let Some(folder) = &arguments.into {
        made.push(FromDocument::contract(document, folder)?);
    }
    if let Some(file) = &arguments.types {
        made.push(FromDocument::types(document, file)?);
    }
    let mut code = ExitCode::SUCCESS;
    for files in made {
        if arguments.check {
            for path in files.stale() {
                println!("stale {}", path.display());
                code = ExitCode::from(1);
            }
        } else {
            for path in files.write()? {
                println!("wrote {}", path.display());
            }
        }
    }
    Ok(code)
}
