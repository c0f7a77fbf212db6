//! Writes a contract's Rust from its document: `tautline-rust contract.schema.json --into src` makes
//! `src/contract.rs` and `src/generated.rs` of a crate that has no other contract. With `--check` it
//! writes nothing, and fails if they are not what the document gives.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use tautline_codegen::FromDocument;

/// Writes a contract's Rust from its document, for a service without the contract's crate.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// `contract.schema.json`, as `cargo contract write` makes it.
    document: PathBuf,
    /// The folder of the crate's sources.
    #[arg(long)]
    into: PathBuf,
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
    let files = FromDocument::contract(&arguments.document, &arguments.into)?;
    if arguments.check {
        let stale = files.stale();
        for path in &stale {
            println!("stale {}", path.display());
        }
        return Ok(ExitCode::from(u8::from(!stale.is_empty())));
    }
    for path in files.write()? {
        println!("wrote {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}
