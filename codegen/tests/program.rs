//! The program `tautline-rust`, as a person runs it.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const DOCUMENT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/profile/contract.schema.json");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_tautline-rust");
    Command::new(program).current_dir(folder).args(arguments).output().unwrap()
}

fn printed(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_written_is_current_until_somebody_edits_it() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [DOCUMENT, "--into", "src", "--types", "src/data.rs"];
    let checked = || run(folder.path(), &[arguments.as_slice(), &["--check"]].concat());

    let missing = checked();
    let written = run(folder.path(), &arguments);
    let current = checked();
    fs::write(folder.path().join("src/data.rs"), "pub struct Mine;").unwrap();
    let stale = checked();

    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(
        printed(&written.stdout),
        "wrote src/contract.rs\nwrote src/generated.rs\nwrote src/data.rs\n"
    );
    assert_eq!((current.status.code(), printed(&current.stdout)), (Some(0), ""));
    assert_eq!((stale.status.code(), printed(&stale.stdout)), (Some(1), "stale src/data.rs\n"));
}

#[test]
fn a_schema_that_typify_cannot_do_is_one_sentence_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(DOCUMENT).unwrap();
    fs::write(folder.path().join("odd.json"), text.replace("\"uint8\"", "\"uint128\"")).unwrap();

    let out = run(folder.path(), &["odd.json", "--types", "src/data.rs"]);

    let said = printed(&out.stderr);
    assert_eq!(out.status.code(), Some(2));
    assert!(said.starts_with("error: odd.json: `"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!folder.path().join("src").exists());
}

#[test]
fn nothing_to_write_is_told_with_the_choices() {
    let folder = tempfile::tempdir().unwrap();

    let out = run(folder.path(), &[DOCUMENT]);

    assert_eq!(out.status.code(), Some(2));
    assert!(printed(&out.stderr).contains("--into <FOLDER>|--types <FILE>"));
}
