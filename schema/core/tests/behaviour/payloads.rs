//! What travels, and what is checked before a handler sees it.

use std::{collections::BTreeMap, fmt::Debug};

use serde_json::{Value, json};
use tautline::{
    Bytes, Finite, Json, Patch, Report, SafeInt, U64, Uuid, Wire, decode_with_attachments, encode,
};

use crate::chat::{
    Change, Cursor, Decision, Everything, Message, MessageId, NewMessage, Part, SessionId,
    SessionState, State, Step, ToolCall,
};

const SESSION: SessionId = SessionId(Uuid::nil());

/// Goes to JSON and back.
fn round_trip<T: Wire + PartialEq + Debug>(value: &T, wire: &Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), *wire);
    assert_eq!(&serde_json::from_value::<T>(wire.clone()).unwrap(), value);
}

/// What a value breaks: path, rule, limit.
fn broken(value: &impl Wire) -> Vec<(String, String, Option<String>)> {
    let mut report = Report::new();
    value.check(&mut report);
    report.into_fields().into_iter().map(|field| (field.path, field.rule, field.limit)).collect()
}

fn rule(path: &str, rule: &str, limit: &str) -> (String, String, Option<String>) {
    (path.to_owned(), rule.to_owned(), Some(limit.to_owned()))
}

#[test]
fn fields_are_in_camel_case() {
    let message = NewMessage { session_id: SESSION, text: "hello".to_owned() };

    round_trip(
        &message,
        &json!({"sessionId": "00000000-0000-0000-0000-000000000000", "text": "hello"}),
    );
}

#[test]
fn words_are_in_snake_case() {
    round_trip(&Decision::NeverAgain, &json!("never_again"));
}

#[test]
fn an_enum_with_fields_has_a_tag() {
    let part = Part::Image { session_id: SESSION, alt_text: None, bytes: Bytes::default() };

    round_trip(
        &part,
        &json!({"type": "image", "sessionId": "00000000-0000-0000-0000-000000000000", "bytes": ""}),
    );
}

#[test]
fn absent_null_and_a_value_are_three_things_to_a_patch() {
    let change = |title| Change { title, parts: None, r#type: None };

    round_trip(&change(Patch::Absent), &json!({}));
    round_trip(&change(Patch::Null), &json!({"title": null}));
    round_trip(&change(Patch::Value("x".to_owned())), &json!({"title": "x"}));
}

#[test]
fn an_option_may_be_null_and_is_written_as_absent() {
    let cursor: Cursor = serde_json::from_value(json!({"line": 1, "tilt": null})).unwrap();

    assert_eq!(cursor.tilt, None);
    assert_eq!(serde_json::to_value(&cursor).unwrap(), json!({"line": 1}));
}

#[test]
fn a_keyword_is_a_name_on_the_wire() {
    let change = Change { title: Patch::Absent, parts: None, r#type: Some("a".to_owned()) };

    round_trip(&change, &json!({"type": "a"}));
}

#[test]
fn every_type_of_the_profile_comes_back_equal() {
    let wire = json!({
        "boolean": true,
        "big": "18446744073709551615",
        "safe": 9_007_199_254_740_991_u64,
        "fraction": 0.5,
        "small": -128,
        "wide": 4_294_967_295_u32,
        "at": "2026-01-02T03:04:05Z",
        "link": "https://example.com/a?b=c",
        "nested": {"id": "m-1", "text": ""},
        "json": {"any": [1, null]},
        "bytes": "AAEC",
        "state": "in_progress",
        "step": {"type": "moved", "bySteps": 2},
    });

    let value: Everything = serde_json::from_value(wire.clone()).unwrap();

    round_trip(&value, &wire);
    assert_eq!(value.big, U64(u64::MAX));
    assert_eq!(value.safe, SafeInt::MAX);
    assert_eq!(value.state, State::InProgress);
    assert_eq!(value.step, Step::Moved { by_steps: 2, note: None });
}

#[test]
fn bytes_of_a_tagged_enum_travel_as_an_attachment() {
    let part = Part::Image {
        session_id: SESSION,
        alt_text: Some("a cat".to_owned()),
        bytes: vec![1, 2, 3].into(),
    };

    let encoded = encode(&part).unwrap();
    let decoded: Part = decode_with_attachments(encoded.attachments.clone(), || {
        serde_json::from_str(&encoded.json).unwrap()
    });

    assert_eq!(encoded.attachments.len(), 1);
    assert!(encoded.json.contains(r#""bytes":{"_placeholder":true,"num":0}"#), "{}", encoded.json);
    assert_eq!(decoded, part);
}

#[test]
fn a_newtype_is_its_value_and_an_identifier() {
    let id = MessageId::from("m-7");

    round_trip(&id, &json!("m-7"));
    assert_eq!(id.to_string(), "m-7");
    assert_eq!(BTreeMap::from([(id.clone(), 1)])[&MessageId("m-7".to_owned())], 1);
    assert_eq!(SessionId::from(Uuid::nil()), SESSION);
}

#[test]
fn each_rule_names_the_field_and_its_limit() {
    let cursor = Cursor { line: 101, tilt: Finite::new(90.5) };
    let message = NewMessage { session_id: SESSION, text: "x".repeat(8001) };

    assert_eq!(
        broken(&cursor),
        [rule("line", "range", "0..=100"), rule("tilt", "range", "-90..=90")]
    );
    assert_eq!(broken(&message), [rule("text", "length", "1..=8000")]);
    assert!(broken(&Cursor { line: 100, tilt: None }).is_empty());
}

#[test]
fn rules_hold_inside_lists_maps_options_and_variants() {
    let part = |body: &str| Part::Text { session_id: SESSION, body: body.to_owned() };
    let change = Change {
        title: Patch::Absent,
        parts: Some(vec![part("short"), part("too long"), part("ok")]),
        r#type: None,
    };
    let state = SessionState {
        messages: vec![Message { id: "x".into(), text: String::new() }],
        cursors: BTreeMap::from([("ann".to_owned(), Cursor { line: 255, tilt: None })]),
    };

    assert_eq!(
        broken(&change),
        [rule("parts", "items", "..=2"), rule("parts[1].body", "length", "..=5")]
    );
    assert_eq!(
        broken(&state),
        [
            rule("messages[0].id", "pattern", r"^m-\d+$"),
            rule("cursors.ann.line", "range", "0..=100")
        ]
    );
}

#[test]
fn a_digit_is_what_javascript_calls_a_digit() {
    assert_eq!(broken(&MessageId("m-٣".to_owned())), [rule("", "pattern", r"^m-\d+$")]);
}

#[test]
fn a_rule_of_the_author_runs_like_the_others() {
    let call = |arguments: Value| ToolCall {
        session_id: SESSION,
        tool: String::new(),
        arguments: Json(arguments),
    };

    assert_eq!(broken(&call(json!(1))), [("arguments".to_owned(), "object".to_owned(), None)]);
    assert!(broken(&call(json!({}))).is_empty());
}
