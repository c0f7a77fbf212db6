//! Writes a contract's Rust from its document: `tautline-rust contract.schema.json --into src` makes
//! `src/contract.rs` and `src/generated.rs` of a crate that has no other contract.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

/// Writes a contract's Rust from its document, for a service without the contract's crate.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// `contract.schema.json`, as `cargo contract write` makes it.
    document: PathBuf,
    /// The folder of the crate's sources.
    #[arg(long)]
    into: PathBuf,
}

fn main() -> ExitCode {
    let Arguments { document, into } = Arguments::parse();
    match tautline_codegen::rust_into(&document, &into) {
        Ok(changed) => {
            for path in changed {
                println!("wrote {}", path.display());
            }
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("error: {said}");
            ExitCode::from(2)
        }
    }
}
