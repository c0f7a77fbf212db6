//! The cases that hold for every client.

use super::*;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    input: StreamNews,
    streams: Vec<(String, u32, String, String)>,
    ask: bool,
}

#[test]
fn the_conformance_cases_hold() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../clients/conformance/cases/streams.json");
    let text = std::fs::read_to_string(path).unwrap();
    let Cases { cases } = serde_json::from_str(&text).unwrap();

    for Case { name, steps } in &cases {
        let mut room = RoomStreams::default();
        for (place, step) in steps.iter().enumerate() {
            let ask = room.take(step.input.clone());

            let seen: Vec<_> = room
                .streams()
                .iter()
                .map(|it| (it.id.clone(), it.number, it.text.clone(), it.status.clone()))
                .collect();
            assert_eq!((&seen, ask), (&step.streams, step.ask), "{name}, step {place}");
        }
    }
    assert!(cases.len() > 20);
}
