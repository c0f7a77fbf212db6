//! The model client against the cases that every client must pass.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use serde_json::{Value, json};
use tautline_history::history::Place;
use tautline_history::model::backoff::backoff_ms;
use tautline_history::model::cursor::{Cursor, Input, Move, Numbered};
use tautline_history::model::queue::{Command, Delivery, Fallen, Queue, Window};

/// Runs `check` with every case of a file, under its name.
fn cases(text: &str, check: impl Fn(&str, &Value)) {
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        check(case["name"].as_str().unwrap(), case);
    }
}

fn steps(case: &Value) -> &[Value] {
    case["steps"].as_array().unwrap()
}

#[test]
fn the_cursor_passes_the_cases_of_every_client() {
    cases(include_str!("../../cases/cursor.json"), |name, case| {
        let mut cursor = Cursor::default();
        for step in steps(case) {
            let taken = cursor.step(input(&step["input"]));

            let numbers: Vec<u64> = taken.deliver.iter().map(|event| event.place.seq).collect();
            let next = match taken.next {
                Move::None => "none",
                Move::Wait => "wait",
                Move::Resume => "resume",
                Move::Rejoin => "rejoin",
            };
            assert_eq!(json!(numbers), step["deliver"], "{name}: {step}");
            assert_eq!(next, step["move"], "{name}: {step}");
        }
    });
}

fn input(input: &Value) -> Input {
    let event = |event: &Value| Numbered { place: place(event), mark: None, beat: None };
    let at = input.get("at").filter(|at| !at.is_null()).map(place);
    match input["type"].as_str().unwrap() {
        "live" => Input::Live(event(&input["event"])),
        "ask" => Input::Ask,
        "joined" => Input::Joined(at),
        "resumed" => Input::Resumed {
            events: input["events"].as_array().unwrap().iter().map(event).collect(),
            at,
            more: input["more"] == true,
        },
        "head" => Input::Head(at.unwrap()),
        "patience" => Input::Patience,
        other => panic!("unknown input {other}"),
    }
}

fn place(place: &Value) -> Place {
    Place { epoch: place[0].as_str().unwrap().to_owned(), seq: place[1].as_u64().unwrap() }
}

#[test]
fn the_queue_passes_the_cases_of_every_client() {
    cases(include_str!("../../cases/lanes.json"), |name, case| {
        // An outbox that outlives its page, its clock and its user: the model client has none.
        if steps(case).iter().any(|step| step.get("subject").or(step.get("jump")).is_some()) {
            return;
        }
        let mut queue: Queue<()> = Queue::default();
        let (mut now, mut ledger, mut size) = (0, "l1".to_owned(), 32);
        let mut blocked = HashSet::new();
        for step in steps(case) {
            let (what, given) = step.as_object().unwrap().iter().next().unwrap();
            let text = || given.as_str().unwrap();
            match what.as_str() {
                "send" => queue.add(command(given, now)),
                "settle" => drop(queue.settle(text())),
                "putBehind" => queue.put_behind(text()),
                "postpone" => {
                    queue.postpone(given["id"].as_str().unwrap(), given["at"].as_u64().unwrap())
                }
                "now" => now += given.as_u64().unwrap(),
                "ledger" => ledger = text().to_owned(),
                "window" => size = usize::try_from(given.as_u64().unwrap()).unwrap(),
                "block" => blocked = serde_json::from_value(given.clone()).unwrap(),
                "cut" => fell(name, queue.cut(), given),
                "expire" => fell(name, queue.expire(now), given),
                "take" => {
                    let window = Window { now, ledger: &ledger, size, blocked: &blocked };
                    let taken = queue.take(&window).into_iter().map(|sending| {
                        let mut meta = json!({ "id": sending.id });
                        if let Some(after) = sending.after {
                            meta["after"] = json!(after);
                        }
                        if let Some((ledger, age)) = sending.resent {
                            meta["resent"] = json!({ "ledger": ledger, "ageMs": age });
                        }
                        meta
                    });
                    assert_eq!(Value::from_iter(taken), *given, "{name}: {step}");
                }
                other => panic!("unknown step {other}"),
            }
        }
    });
}

fn command(given: &Value, now: u64) -> Command<()> {
    let is_idempotent = given["delivery"] == "idempotent";
    let delivery = if is_idempotent { Delivery::Idempotent } else { Delivery::AtMostOnce };
    let mut command = Command::new(given["id"].as_str().unwrap(), delivery, ());
    command.lane = given["lane"].as_str().map(str::to_owned);
    command.may_queue = given["mayQueue"] == true;
    command.resend_ms = 1_000;
    command.expires_at = if is_idempotent { now + 60_000 } else { u64::MAX };
    command
}

fn fell(name: &str, fallen: Fallen<()>, expected: &Value) {
    let ids = |commands: Vec<Command<()>>| -> Vec<String> {
        commands.into_iter().map(|command| command.id).collect()
    };
    let fallen = json!({ "unsent": ids(fallen.unsent), "unknown": ids(fallen.unknown) });
    assert_eq!(fallen, *expected, "{name}");
}

#[test]
fn the_backoff_passes_the_cases_of_every_client() {
    cases(include_str!("../../cases/backoff.json"), |name, case| {
        let attempt = u32::try_from(case["attempt"].as_u64().unwrap()).unwrap();

        let ms = backoff_ms(attempt, case["random"].as_f64().unwrap());

        assert_eq!(json!(ms), case["ms"], "{name}");
    });
}
