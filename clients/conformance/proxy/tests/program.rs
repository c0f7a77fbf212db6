//! The program, as a test in another language uses it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

struct Program {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<std::process::ChildStdout>,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tautline-fault-proxy"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, orders, answers }
    }

    fn order(&mut self, line: &Value) {
        writeln!(self.orders.as_mut().unwrap(), "{line}").unwrap();
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

#[test]
fn it_answers_by_number_and_ends_with_its_input() {
    let mut program = Program::start();
    let upstream = "http://127.0.0.1:1";

    program.order(&json!({ "id": 1, "order": { "type": "start", "upstream": upstream } }));
    let started = program.answer();
    let rule = json!({ "when": { "kind": "link" }, "action": { "type": "refuse" } });
    program.order(&json!({ "id": 2, "order": { "type": "add", "rule": rule } }));
    program.order(&json!({ "id": 3, "order": { "type": "links" } }));

    assert!(started["ok"]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(program.answer(), json!({ "id": 2, "ok": 1 }));
    assert_eq!(program.answer(), json!({ "id": 3, "ok": [] }));
    program.orders = None;
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn an_order_that_nobody_knows_is_refused_and_the_next_one_is_not() {
    let mut program = Program::start();
    let upstream = "http://127.0.0.1:1";
    program.order(&json!({ "id": 1, "order": { "type": "start", "upstream": upstream } }));
    program.answer();

    let rule = json!({ "wenn": {}, "action": { "type": "drop" } });
    program.order(&json!({ "id": 2, "order": { "type": "add", "rule": rule } }));
    program.order(&json!({ "id": 3, "order": { "type": "cut", "half": "client" } }));

    let refused = program.answer();
    assert!(refused["error"].as_str().unwrap().contains("`wenn`"), "{refused}");
    assert_eq!(program.answer(), json!({ "id": 3, "ok": null }));
    program.orders = None;
    assert!(program.child.wait().unwrap().success());
}
