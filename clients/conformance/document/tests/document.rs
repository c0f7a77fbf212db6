//! The contract that was written from a document is the one that the document describes.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::{fs, path::Path};

use tautline_codegen::{GENERATORS, read, rust, rust_into};
use tautline_document_server::contract;

const DOCUMENT: &str = "../../../codegen/fixtures/profile/contract.schema.json";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> String {
    fs::read_to_string(root().join(DOCUMENT)).unwrap()
}

#[test]
fn it_is_the_same_contract_to_the_byte() {
    let described = read(contract(), root()).unwrap();
    let made = |name: &str| {
        let generator = GENERATORS.iter().find(|it| it.name == name).unwrap();
        (generator.make)(&described).unwrap().remove(0).text
    };

    let lock = root().join(DOCUMENT).with_file_name("contract.lock.json");
    assert_eq!(made("lock"), fs::read_to_string(lock).unwrap());
    assert_eq!(made("schema"), document());
    assert_eq!(contract().hash, described.hash);
}

#[test]
fn what_is_committed_is_what_the_document_gives_today() {
    let written = rust(&document()).unwrap();

    let committed = |name: &str| fs::read_to_string(root().join("src").join(name)).unwrap();
    assert_eq!(committed("contract.rs"), written.contract);
    assert_eq!(committed("generated.rs"), written.generated);
}

/// What is said of a document in which one text was replaced.
fn said(from: &str, to: &str) -> String {
    let document = document();
    assert!(document.contains(from), "{from}");
    rust(&document.replace(from, to)).unwrap_err()
}

#[test]
fn a_schema_outside_of_the_profile_is_named_with_the_way_out() {
    let said = said("\"format\": \"uint8\"", "\"format\": \"uint128\"");

    assert!(said.contains("has the format `uint128`: take `SafeInt`, `U64` or `I64`"), "{said}");
}

#[test]
fn a_name_that_rust_cannot_bear_is_named_with_the_way_out() {
    let said = said("\"withA2ndNumber\"", "\"with a number\"");

    assert!(said.contains("`Words`: the field `with a number` has no name in Rust"), "{said}");
}

#[test]
fn a_damaged_document_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("contract.schema.json");
    fs::write(&damaged, &document()[..1_000]).unwrap();

    let said = rust_into(&damaged, &folder.path().join("src")).unwrap_err();

    assert!(said.contains("the document is damaged"), "{said}");
    assert!(!folder.path().join("src").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("src");
    fs::write(&place, "a file where the folder should be").unwrap();

    let said = rust_into(&root().join(DOCUMENT), &place).unwrap_err();

    assert!(said.starts_with(&format!("cannot write {}", place.display())), "{said}");
    assert_eq!(fs::read_to_string(&place).unwrap(), "a file where the folder should be");
}
