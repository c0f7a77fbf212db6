//! The contracts that were written from their documents are those that the documents describe.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use tautline::{Contract, ContractError as _};
use tautline_agent_chat_document::{TaskStatus, TasksError};
use tautline_codegen::{FromDocument, GENERATORS, read, rust};

/// A contract that was written from its document.
struct Written {
    contract: &'static Contract,
    /// Its crate, beside this one.
    place: &'static str,
    /// The folder of its document, in the repository.
    document: &'static str,
}

impl Written {
    fn all() -> [Self; 4] {
        [
            Self {
                contract: tautline_profile_contract::contract(),
                place: "profile",
                document: "codegen/fixtures/profile",
            },
            Self {
                contract: tautline_conformance::contract(),
                place: "conformance",
                document: "clients/conformance/contract",
            },
            Self {
                contract: tautline_quickstart::contract(),
                place: "quickstart",
                document: "examples/quickstart/contract",
            },
            Self {
                contract: tautline_agent_chat_document::contract(),
                place: "agent-chat",
                document: "schema",
            },
        ]
    }

    /// A file of those that the contract's own crate generated.
    fn published(&self, name: &str) -> String {
        let path = self.published_at(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn published_at(&self, name: &str) -> PathBuf {
        root().join("../../../..").join(self.document).join(name)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document_path() -> PathBuf {
    root().join("../../../../codegen/fixtures/profile/contract.schema.json")
}

fn document() -> String {
    fs::read_to_string(document_path()).unwrap()
}

#[test]
fn each_is_the_same_contract_to_the_byte() {
    for it in Written::all() {
        let described = read(it.contract, root()).unwrap();
        let made = |name: &str| {
            let generator = GENERATORS.iter().find(|it| it.name == name).unwrap();
            (generator.make)(&described).unwrap().remove(0).text
        };

        assert_eq!(it.contract.hash, described.hash, "{}", it.place);
        same(&made("lock"), &it.published("contract.lock.json"), it.place);
        same(&made("schema"), &it.published("contract.schema.json"), it.place);
    }
}

/// Files of ten thousand lines: the first that differs is enough.
#[track_caller]
fn same(left: &str, right: &str, place: &str) {
    let differing = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    assert_eq!(differing, None, "{place}");
    assert_eq!(left.len(), right.len(), "{place}: one of them goes on");
}

#[test]
fn what_is_committed_is_what_the_documents_give_today() {
    for it in Written::all() {
        let document = it.published_at("contract.schema.json");
        let files =
            FromDocument::contract(&document, &root().join("..").join(it.place).join("src"));

        let stale = files.unwrap().stale();

        assert_eq!(stale, Vec::<PathBuf>::new(), "run scripts/documents.sh");
    }
}

#[test]
fn words_that_a_message_mentions_read_as_they_travel() {
    let refused =
        TasksError::IllegalTransition { from: TaskStatus::InProgress, to: TaskStatus::Pending };

    let message = refused.problem().message;

    assert_eq!(message, "A task that is in progress cannot become pending.");
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

    let said = FromDocument::contract(&damaged, &folder.path().join("src")).unwrap_err();

    assert!(said.contains("the document is damaged"), "{said}");
    assert!(!folder.path().join("src").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("src");
    fs::write(&place, "a file where the folder should be").unwrap();

    let said = FromDocument::contract(&document_path(), &place).unwrap().write().unwrap_err();

    assert!(said.starts_with(&format!("cannot write {}", place.display())), "{said}");
    assert_eq!(fs::read_to_string(&place).unwrap(), "a file where the folder should be");
}
