//! The other documents: the lock, the schema, the catalogue, the hash for the server.

use crate::{
    cases::{events, rooms, values},
    check::{check_document, files},
};

/// Where the contract's own part of a catalogue ends.
const LIBRARY: &str = "\n## What the library adds\n";

#[test]
fn a_schema_has_a_definition_for_each_type() {
    let text = &files(values::objects_with_a_tag::contract(), "schema")[0].text;
    let schema: serde_json::Value = serde_json::from_str(text).unwrap();

    let own: Vec<&String> = schema["$defs"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !name.starts_with("tautline."))
        .collect();
    assert_eq!(own, ["Value"]);
    let said = "/x-tautline/namespaces/~1values/events/said/payload/$ref";
    assert_eq!(schema.pointer(said).unwrap(), "#/$defs/Value");
}

#[test]
fn every_reference_leads_somewhere() {
    for contract in [rooms::shared_types::contract(), events::refusals::contract()] {
        for generator in ["schema", "asyncapi"] {
            let text = &files(contract, generator)[0].text;
            let document: serde_json::Value = serde_json::from_str(text).unwrap();
            let references =
                text.lines().filter_map(|line| line.trim().strip_prefix("\"$ref\": \"#"));
            let mut count = 0;
            for reference in references {
                let pointer = reference.trim_end_matches(',').trim_end_matches('"');
                assert!(document.pointer(pointer).is_some(), "{generator}: {pointer}");
                count += 1;
            }
            assert!(count > 0);
        }
    }
}

#[test]
fn an_acknowledgement_is_the_reply_of_its_operation() {
    let text = &files(events::refusals::contract(), "asyncapi")[0].text;
    let document: serde_json::Value = serde_json::from_str(text).unwrap();

    let (_, operation) = document["operations"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(_, operation)| operation["x-socketio"]["acknowledged"] == true)
        .unwrap();
    let reply = &operation["reply"]["messages"];

    assert_eq!(operation["action"], "receive");
    for (place, field) in [(0, "ok"), (1, "error")] {
        let reference = reply[place]["$ref"].as_str().unwrap();
        let message = document.pointer(reference.trim_start_matches('#')).unwrap();
        assert_eq!(message["payload"]["required"][0], field);
    }
}

#[test]
fn integers_have_the_bounds_of_their_types() {
    let text = &files(values::every_number::contract(), "schema")[0].text;
    let schema: serde_json::Value = serde_json::from_str(text).unwrap();

    let fields = &schema["$defs"]["Value"]["properties"];
    assert_eq!(fields["unsigned"]["maximum"], u32::MAX);
    assert_eq!(fields["signed"]["minimum"], i32::MIN);
    assert_eq!(fields["byte"]["maximum"], u8::MAX);
    assert_eq!(fields["safe"]["maximum"], 9_007_199_254_740_991_u64);
}

#[test]
fn the_schema_has_how_a_question_is_answered_and_how_a_stream_ends() {
    let text = &files(events::questions_and_streams::contract(), "schema")[0].text;
    let schema: serde_json::Value = serde_json::from_str(text).unwrap();

    let events = &schema["x-tautline"]["namespaces"]["/talks"]["events"];
    for name in ["may_it", "words"] {
        assert_eq!(events[name]["payload"]["$ref"], "#/$defs/Talk", "{name}");
        assert_eq!(events[name]["answer"]["$ref"], "#/$defs/Decision", "{name}");
        assert_eq!(events[name]["problem"]["$ref"], "#/$defs/Declined", "{name}");
    }
}

#[test]
fn the_catalogue_shows_every_policy() {
    let catalogue = &files(events::every_policy::contract(), "catalogue")[0].text;

    let (own, _) = catalogue.split_once(LIBRARY).unwrap();

    check_document(own, "catalogue of every policy");
}

#[test]
fn the_catalogue_shows_what_every_contract_has_from_the_library() {
    let text = &files(events::every_policy::contract(), "catalogue")[0].text;

    let (_, library) = text.split_once(LIBRARY).unwrap();
    assert!(library.contains("| `rate_limited` | rate_limited | info | retry |"), "{library}");
    assert!(library.contains("| `tautline:welcome` | server |"), "{library}");
}

#[test]
fn the_words_have_every_code_with_its_parameters_as_they_travel() {
    let text = &files(events::refusals::contract(), "words")[0].text;

    let (own, library) = text.split_once("  unauthenticated: {").unwrap();

    check_document(own, "words of refusals");
    assert!(
        library.contains("rate_limited: { message: \"That was too much at once.\""),
        "{library}"
    );
}

#[test]
fn each_code_has_a_page_that_says_what_happened_and_what_is_done() {
    let pages = files(events::refusals::contract(), "pages");

    let list = &pages[0].text;
    let linked = pages[1..].iter().filter(|page| list.contains(&format!("]({})", page.path)));
    assert_eq!(linked.count(), pages.len() - 1);
    for (code, said) in [
        ("token_expired.md", "It asks the app for another token"),
        ("room_denied.md", "You may not enter this room."),
        ("upgrade_client.md", "calls `onUpgrade`"),
    ] {
        let page = pages.iter().find(|page| page.path == code).unwrap();
        assert!(page.text.contains(said), "{}", page.text);
    }
    let own: String = pages
        .iter()
        .filter(|it| it.path.contains('.') && it.path.matches('.').count() > 1)
        .map(|it| it.text.clone())
        .collect();
    check_document(&own, "pages of refusals");
}

#[test]
fn the_catalogue_marks_what_nobody_enforces() {
    let text = &files(events::every_policy::contract(), "catalogue")[0].text;

    let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
    assert!(row("`file`").contains("20 per 10 s ·"), "{text}");
    assert!(row("`file`").contains("flag `papers` ○"), "{text}");
    assert!(!row("`clean`").contains('○'), "{text}");
}

#[test]
fn the_schema_has_what_members_show_each_other() {
    let text = &files(rooms::rooms_with_members::contract(), "schema")[0].text;
    let schema: serde_json::Value = serde_json::from_str(text).unwrap();

    let rooms = &schema["x-tautline"]["namespaces"]["/readings"]["rooms"];

    let reader = serde_json::json!({ "$ref": "#/$defs/Reader" });
    assert_eq!(rooms["reading:{id}"]["params"]["$ref"], "#/$defs/Reading");
    assert_eq!(rooms["reading:{id}"]["presence"]["shown"], reader);
    assert_eq!(rooms["garden"]["presence"]["seen"], reader);
    assert_eq!(schema["$defs"]["Reader"]["properties"]["name"]["maxLength"], 20);
}

#[test]
fn the_catalogue_shows_what_a_room_keeps() {
    let text = &files(rooms::rooms_with_members::contract(), "catalogue")[0].text;

    let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
    assert!(
        row("and how far each has read").ends_with("1 d, presence `Reader`, receipts |"),
        "{text}"
    );
    assert!(row("Where they only see each other").ends_with("1 d, presence `Reader` |"), "{text}");
}

#[test]
fn the_catalogue_shows_questions_and_streams() {
    let text = &files(events::questions_and_streams::contract(), "catalogue")[0].text;

    let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
    assert!(row("`may_it`").contains("scope `decide`"), "{text}");
    assert!(row("`words`").contains("stream, lease 15 s"), "{text}");
}

#[test]
fn the_catalogue_shows_refusals() {
    let text = &files(events::refusals::contract(), "catalogue")[0].text;

    let row = text.lines().find(|line| line.contains("`order.taken`")).unwrap();
    assert!(row.contains("unavailable | error | retry after `retry_after_ms`"), "{row}");
    assert!(row.contains("{by} has it. Wait."), "{row}");
    assert!(row.contains("(tests/codegen/cases/events.rs#L"), "{row}");
}

#[test]
fn the_server_reads_the_hash_that_the_lock_has() {
    let contract = rooms::shared_types::contract();
    let lock: serde_json::Value = serde_json::from_str(&files(contract, "lock")[0].text).unwrap();

    let rust = &files(contract, "rust")[0].text;

    let hash = lock["hash"].as_str().unwrap();
    assert_eq!(hash, tautline_codegen::hash(&lock["contract"]));
    assert!(rust.contains(&format!("pub const CONTRACT_HASH: &str =\n    \"{hash}\";")), "{rust}");
}
