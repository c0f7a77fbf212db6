//! One line in a contract crate's tests, which holds that the contract cannot lie.
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
//! # use my_contract::contract;
//! #[test]
//! fn the_contract_cannot_lie() {
//!     tautline_codegen::testing::assert_contract(contract());
//! }
//! ```

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tautline::Contract;

use crate::{
    Described, Mistake,
    drift::{self, Compiler, agree, compare},
    read,
};

/// How many values [`assert_contract`] tries, shared by the types of the contract.
pub const VALUES: u32 = 4_096;

/// Holds the laws of contracts, that serde and the JSON Schemas take the same values, and that the
/// TypeScript says what the JSON Schemas say.
///
/// It asks the TypeScript compiler that npm has installed for the crate's folder or one around it.
///
/// # Panics
/// With all that is wrong, or if there is no compiler to ask.
pub fn assert_contract(contract: &'static Contract) {
    let root = crate_root();
    let described = assert_values(contract, &root);
    let Some(compiler) = Compiler::of(&root) else {
        panic!(
            "no TypeScript compiler is installed for {}: run `npm install typescript` there, or \
             call `assert_wire`, which leaves TypeScript out",
            root.display()
        );
    };
    assert_types(&described, &compiler);
}

/// The same without TypeScript: for a crate that has no Node.js at hand.
///
/// # Panics
/// With all that is wrong.
pub fn assert_wire(contract: &'static Contract) {
    assert_values(contract, &crate_root());
}

/// The same with the compiler at `program`: the `bin/tsc` of an npm package.
///
/// # Panics
/// With all that is wrong.
pub fn assert_contract_with(contract: &'static Contract, program: &Path) {
    let described = assert_values(contract, &crate_root());
    assert_types(&described, &Compiler::at(program.to_owned()));
}

/// Values of a contract's types as JSON, by the name of the type, for a test of somebody else who reads
/// them: what the type itself has read and written, its edges first and then `values` random ones for
/// each place in which it travels. The same seed gives the same values.
///
/// # Panics
/// If the contract breaks a law.
pub fn samples(
    contract: &'static Contract,
    values: u32,
    seed: u64,
) -> BTreeMap<String, Vec<Value>> {
    match read(contract, &crate_root()) {
        Ok(described) => drift::samples(&described, values, seed),
        Err(mistakes) => panic!("{}", list(contract, &mistakes)),
    }
}

fn assert_values(contract: &'static Contract, root: &Path) -> Described {
    let described = match read(contract, root) {
        Ok(described) => described,
        Err(mistakes) => panic!("{}", list(contract, &mistakes)),
    };
    let (tally, mistakes) = agree(&described, VALUES, 0);
    assert!(mistakes.is_empty(), "{}", list(contract, &mistakes));
    assert!(tally.taken > 0 || tally.values == 0, "of {} values none was taken", tally.values);
    described
}

fn assert_types(described: &Described, compiler: &Compiler) {
    match compare(described, compiler) {
        Ok((_, mistakes)) => {
            assert!(mistakes.is_empty(), "{}", list(described.contract, &mistakes));
        }
        Err(said) => panic!("{said}"),
    }
}

fn list(contract: &Contract, mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter().map(|mistake| format!("\n- {mistake}")).collect::<String>();
    format!("the contract `{}` is wrong:{lines}", contract.name)
}

/// The folder of the crate under test, as cargo says it.
fn crate_root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}
