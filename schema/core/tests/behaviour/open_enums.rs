//! `#[payload(open)]`: what this build does not know passes through it unharmed.

use serde_json::{Value, json};
use tautline::{Json, Report, Wire};

use crate::chat::{State, Step};

fn step(wire: &Value) -> Result<Step, String> {
    serde_json::from_value(wire.clone()).map_err(|error| error.to_string())
}

#[test]
fn an_unknown_word_is_kept() {
    let state: State = serde_json::from_value(json!("paused")).unwrap();

    assert_eq!(state, State::Unknown("paused".to_owned()));
    assert_eq!(serde_json::to_value(&state).unwrap(), json!("paused"));
    assert_eq!(serde_json::to_value(State::Done).unwrap(), json!("done"));
}

#[test]
fn an_unknown_object_is_kept_whole() {
    let wire = json!({"type": "jumped", "over": {"what": "the dog"}, "n": [1, 2]});

    let jumped = step(&wire).unwrap();

    assert_eq!(jumped, Step::Unknown(Json(wire.clone())));
    assert_eq!(serde_json::to_value(&jumped).unwrap(), wire);
}

#[test]
fn a_known_object_is_not_excused() {
    assert_eq!(step(&json!({"type": "started"})), Ok(Step::Started));
    assert_eq!(step(&json!({"type": "moved"})), Err("missing field `bySteps`".to_owned()));
    assert_eq!(step(&json!({"steps": 1})), Err("missing field `type`".to_owned()));
    assert_eq!(step(&json!({"type": 1})), Err("expected `type` to be text".to_owned()));
}

#[test]
fn the_rules_of_known_variants_hold() {
    let mut report = Report::new();

    Step::Moved { by_steps: 0, note: None }.check(&mut report);
    Step::Unknown(Json(json!({"type": "moved", "bySteps": 0}))).check(&mut report);

    let fields = report.into_fields();
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].path, "bySteps");
    assert_eq!(fields[0].limit.as_deref(), Some("1.."));
}
