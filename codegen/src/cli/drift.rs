//! The part of `check` that tries whether the contract's parties agree.

use std::io;

use clap::Args;

use super::{Console, Ending, tell};
use crate::{
    Described,
    check::paint,
    drift::{Compiler, Tally, agree, compare, fixtures},
};

/// Which values are tried.
#[derive(Debug, Args)]
pub(super) struct Tried {
    /// How many values are made, shared by all types.
    #[arg(long, default_value_t = crate::testing::VALUES)]
    values: u32,
    /// The same seed gives the same values.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

impl Tried {
    pub(super) fn fixtures(&self, described: &Described, types: &str) -> String {
        fixtures(described, types, self.values, self.seed)
    }
}

/// Sends values through serde and the schemas, and has the TypeScript compiler compare the types.
pub(super) fn run(
    described: &Described,
    tried: &Tried,
    console: &mut Console<'_>,
) -> io::Result<Ending> {
    let (tally, mut mistakes) = agree(described, tried.values, tried.seed);
    if mistakes.is_empty() {
        let Tally { values, taken } = tally;
        writeln!(console.out, "{values} values: serde and JSON Schema take the same {taken}")?;
    }
    match Compiler::of(&described.crate_root) {
        Some(compiler) => match compare(described, &compiler) {
            Ok((types, found)) => {
                mistakes.extend(found);
                if mistakes.is_empty() {
                    writeln!(console.out, "{types} types: JSON Schema and TypeScript agree")?;
                }
            }
            Err(said) => {
                writeln!(console.err, "{} {said}", paint("error:", "1;31", console.colours))?;
                return Ok(Ending::Failed);
            }
        },
        None => writeln!(
            console.err,
            "the TypeScript was not compared with the JSON Schemas: `npm install typescript` in {} or \
             around it brings the compiler",
            described.crate_root.display()
        )?,
    }
    if mistakes.is_empty() {
        Ok(Ending::Done)
    } else {
        tell(described.contract, &mistakes, console)
    }
}
