//! The cases of room names that every client passes, too: both sides spell a room alike.

use serde_json::Value;
use tautline::private::{format_name, parse_name};

const CASES: &str = include_str!("../../../../clients/conformance/cases/room-names.json");

#[test]
fn rooms_are_spelled_as_clients_spell_them() {
    let file: Value = serde_json::from_str(CASES).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() > 5);

    for case in cases {
        let pattern = case["pattern"].as_str().unwrap();
        let params = params(pattern, &case["fields"]);

        let name = format_name(pattern, &params);

        assert_eq!(name.as_str(), case["expected"], "{}", case["name"]);
        assert_eq!(parse_name(pattern, name.as_str()), Some(params), "{}", case["name"]);
    }
}

/// The fields that the pattern names, in its order.
fn params(pattern: &str, fields: &Value) -> Vec<String> {
    let names = pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names
        .map(|name| {
            // `board_id` travels as `boardId`.
            let mut words = name.split('_');
            let mut wire = words.next().unwrap().to_owned();
            for word in words {
                wire.push_str(&word[..1].to_uppercase());
                wire.push_str(&word[1..]);
            }
            let field = &fields[&wire];
            field.as_str().map_or_else(|| field.to_string(), str::to_owned)
        })
        .collect()
}
