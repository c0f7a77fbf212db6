//! The helpers through which every test reads what is generated.

use std::path::Path;

use tautline::Contract;
use tautline_codegen::{Described, File, GENERATORS, read};

/// Compares the TypeScript of a contract with the snapshot of this name.
pub(crate) fn check(contract: &'static Contract, name: &str) {
    let text: String = files(contract, "typescript").iter().map(with_title).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name.replace(' ', "_"), text);
    });
}

/// Compares a document with the snapshot of this name.
pub(crate) fn check_document(text: &str, name: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "documents" }, {
        insta::assert_snapshot!(name.replace(' ', "_"), text);
    });
}

/// What stands above each file in a snapshot. The compiler's test takes them apart again.
pub(crate) const TITLE: &str = "//// ";

fn with_title(file: &File) -> String {
    format!("{TITLE}{}\n{}", file.path, file.text)
}

/// The files that one generator makes.
pub(crate) fn files(contract: &'static Contract, generator: &str) -> Vec<File> {
    let generator = GENERATORS.iter().find(|it| it.name == generator).unwrap();
    (generator.make)(&described(contract)).unwrap()
}

/// The contract, which must be without mistakes.
pub(crate) fn described(contract: &'static Contract) -> Described {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    read(contract, crate_root).unwrap_or_else(|mistakes| {
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", mistakes.join("\n"))
    })
}

/// The mistakes of a contract, which must have some.
pub(crate) fn mistakes(contract: &'static Contract) -> Vec<String> {
    let Err(mistakes) = read(contract, Path::new("")) else { panic!("the contract is right") };
    mistakes.iter().map(ToString::to_string).collect()
}
