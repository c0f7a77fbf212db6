//! What the contract's own types write, the plain ones read and write again; and what they cannot hold
//! stands in one table.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tautline::ContractError as _;
use tautline_codegen::{FromDocument, canonical, testing::samples, types};
use tautline_profile_contract::{self as original, contract};
use tautline_profile_types as plain;

/// Reads a value as a plain type, and writes it again.
type Again = fn(Value) -> Result<Value, serde_json::Error>;

fn again<T: DeserializeOwned + Serialize>(value: Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

/// One row for each type that travels.
macro_rules! rows {
    ($($name:ident)*) => { BTreeMap::from([$((stringify!($name), again::<plain::$name> as Again)),*]) };
}

fn rows() -> BTreeMap<&'static str, Again> {
    rows! {
        Anything Attachments Block Change Collections Colour Corner CornerPresence EchoRoom EchoState Enums
        Fractions Greeting Identifiers Integers Level Lobby Mood Note Nothing Optional Part Slug StreamStart
        Tags Texts Thing Tree User Words
    }
}

/// What a plain type cannot hold, as what it makes of the value that it was given.
fn expected(name: &str, value: Value) -> Value {
    match (name, value) {
        // A `Patch` that clears: `null` and missing are one to an `Option`.
        ("Change", Value::Object(fields)) => {
            fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
        }
        (_, value) => value,
    }
}

#[test]
fn what_the_contract_writes_is_read_and_written_again() {
    let rows = rows();
    let (mut tried, mut unequal) = (0, Vec::new());
    for (name, values) in samples(contract(), 200, 0) {
        let again = rows.get(name.as_str()).unwrap_or_else(|| panic!("`{name}` has no row"));
        for value in values {
            tried += 1;
            let wanted = canonical(&expected(&name, value.clone()));
            let got = again(value).map_or_else(|error| error.to_string(), |it| canonical(&it));
            if got != wanted {
                unequal.push(format!("{name}: {wanted}\n   became {got}"));
            }
        }
    }

    assert!(unequal.is_empty(), "{} of {tried}, such as\n{}", unequal.len(), unequal[0]);
    assert!(tried > 5_000, "{tried} values");
}

#[test]
fn a_cleared_field_is_what_the_plain_types_lose() {
    let cleared = json!({ "set": null, "cleared": "text" });

    let got = again::<plain::Change>(cleared.clone()).unwrap();

    assert_eq!(got, json!({ "cleared": "text" }));
    assert_eq!(expected("Change", cleared), got);
}

#[test]
fn a_problem_is_kept_whole_and_a_refusal_by_its_code_and_params() {
    let busy = original::CornerError::Busy {
        place: original::Slug("attic".to_owned()),
        retry_after_ms: 1_500,
    };
    let problem = serde_json::to_value(busy.problem()).unwrap();

    let whole = again::<plain::TautlineProblem>(problem.clone()).unwrap();
    let refusal: plain::CornerError = serde_json::from_value(problem.clone()).unwrap();

    assert_eq!(canonical(&whole), canonical(&problem));
    let wanted =
        plain::CornerError::CornerBusy { place: "attic".to_owned().into(), retry_after_ms: 1_500 };
    assert_eq!(refusal, wanted);
    let kept = json!({ "code": problem["code"], "params": problem["params"] });
    assert_eq!(serde_json::to_value(refusal).unwrap(), kept);
}

#[test]
fn an_open_enum_keeps_what_it_does_not_know() {
    let block = json!({ "type": "video", "url": "https://example.org", "seconds": 7 });
    let mood = json!("exuberant");

    let read: plain::Block = serde_json::from_value(block.clone()).unwrap();
    let felt: plain::Mood = serde_json::from_value(mood.clone()).unwrap();

    assert_eq!(read, plain::Block::Unknown(block));
    assert_eq!(felt, plain::Mood::Unknown("exuberant".to_owned()));
    assert_eq!(serde_json::to_value(felt).unwrap(), mood);
}

#[test]
fn the_names_are_those_of_the_contract() {
    let corners = contract().namespaces.iter().find(|it| it.path == plain::names::corners::PATH);
    let corners = corners.unwrap();

    assert!(corners.command(plain::names::corners::commands::PUT_THING).is_some());
    let story = plain::names::corners::events::STORY;
    assert!(corners.events.iter().any(|event| event.name == story));
    let rooms = corners.rooms();
    assert!(rooms.iter().any(|room| room.pattern == plain::names::corners::rooms::CORNER));
    assert_eq!(plain::HASH, contract().hash);
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../..")
}

fn document_path() -> PathBuf {
    repository().join("codegen/fixtures/profile/contract.schema.json")
}

#[test]
fn what_is_committed_is_what_the_document_gives_today() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/profile.rs");

    let stale = FromDocument::types(&document_path(), &file).unwrap().stale();

    assert_eq!(stale, Vec::<PathBuf>::new(), "run scripts/documents.sh");
}

#[test]
fn every_contract_of_this_repository_has_types() {
    for folder in ["schema", "clients/conformance/contract", "examples/quickstart/contract"] {
        let document = repository().join(folder).join("contract.schema.json");

        let made = types(&fs::read_to_string(document).unwrap());

        assert!(made.is_ok_and(|text| text.contains("pub mod names")), "{folder}");
    }
}

/// What is said of a document in which one text was replaced.
#[track_caller]
fn said(from: &str, to: &str) -> String {
    let document = fs::read_to_string(document_path()).unwrap();
    assert!(document.contains(from), "{from}");
    types(&document.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn a_form_that_typify_reads_wrong_is_named_with_the_way_out() {
    let said = said("\"format\": \"uint8\"", "\"format\": \"uint128\"");

    assert!(said.contains("\"format\":\"uint128\""), "{said}");
    assert!(said.ends_with("write it with the types that `#[payload]` takes"), "{said}");
}

#[test]
fn a_reference_to_nothing_over_which_typify_panics_is_named() {
    let said = said("\"#/$defs/Level\"", "\"#/$defs/Nowhere\"");

    assert!(said.ends_with("the document is damaged: there is no `Nowhere`, which stands here"));
}

#[test]
fn a_tuple_of_which_typify_loses_the_types_is_named() {
    let said = said(
        "\"items\": {\n            \"type\": \"string\"\n          },",
        "\"prefixItems\": [{ \"type\": \"string\" }],",
    );

    assert!(said.contains("typify makes no type"), "{said}");
}

#[test]
fn a_file_that_cannot_be_made_leaves_the_old_one_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("contract.schema.json");
    let file = folder.path().join("chat.rs");
    let text = fs::read_to_string(document_path()).unwrap();
    fs::write(&document, text.replace("\"uint16\"", "\"uint\"")).unwrap();
    fs::write(&file, "what was there").unwrap();

    let said = FromDocument::types(&document, &file).unwrap_err();

    assert!(said.contains("`Integers`"), "{said}");
    assert!(!said.contains('\n'));
    assert_eq!(fs::read_to_string(&file).unwrap(), "what was there");
}
