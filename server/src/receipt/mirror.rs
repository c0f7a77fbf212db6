//! The other end of receipts, for tests: what a client makes of them, and when it gives its own.
//! Passes the cases that every client passes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::journal::Receipt;

const CASES: &str = include_str!("../../../clients/conformance/cases/receipts.json");

/// What the client of `anna` knows of a room's receipts.
#[derive(Default)]
struct Mirror {
    epoch: Option<String>,
    known: BTreeMap<String, Receipt>,
    own: Receipt,
    /// What is on its way.
    sent: Receipt,
    /// Whether a second runs.
    waits: bool,
}

/// What the client does next.
#[derive(Debug, Default, PartialEq)]
struct Next {
    wait: bool,
    send: Option<(String, Receipt)>,
}

impl Mirror {
    fn snapshot(&mut self, epoch: &str, receipts: BTreeMap<String, Receipt>) -> Next {
        if self.epoch.as_deref().is_some_and(|known| known != epoch) {
            self.known.clear();
            self.own = Receipt::default();
        }
        self.epoch = Some(epoch.to_owned());
        self.sent = Receipt::default();
        self.change(receipts);
        self.wait()
    }

    fn change(&mut self, receipts: BTreeMap<String, Receipt>) {
        for (subject, receipt) in receipts {
            let known = self.known.entry(subject).or_default();
            *known = known.merged(receipt);
        }
    }

    fn own(&mut self, own: Receipt) -> Next {
        if self.epoch.is_some() {
            self.own = self.own.merged(own);
        }
        self.wait()
    }

    /// What the server does not know and is not about to know.
    fn news(&self) -> Option<Receipt> {
        let known = self.known.get("anna").copied().unwrap_or_default().merged(self.sent);
        (known.merged(self.own) != known).then(|| known.merged(self.own))
    }

    fn wait(&mut self) -> Next {
        let wait = self.news().is_some() && !self.waits;
        self.waits |= wait;
        Next { wait, send: None }
    }

    fn due(&mut self) -> Next {
        self.waits = false;
        let send = self.news().and_then(|news| {
            self.sent = news;
            Some((self.epoch.clone()?, news))
        });
        Next { wait: false, send }
    }

    fn failed(&mut self) -> Next {
        self.sent = Receipt::default();
        self.wait()
    }
}

fn receipt(value: &Value) -> Receipt {
    let mark = |name: &str| value[name].as_u64().unwrap_or_default();
    Receipt { delivered: mark("delivered"), read: mark("read") }.merged(Receipt::default())
}

fn receipts(value: &Value) -> BTreeMap<String, Receipt> {
    let receipts = value.as_object().unwrap().iter();
    receipts.map(|(subject, value)| (subject.clone(), receipt(value))).collect()
}

#[test]
fn the_mirror_does_what_every_client_does() {
    let file: Value = serde_json::from_str(CASES).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let mut mirror = Mirror::default();
        for (place, step) in case["steps"].as_array().unwrap().iter().enumerate() {
            let input = &step["input"];
            let next = match input["type"].as_str().unwrap() {
                "snapshot" => {
                    mirror.snapshot(input["epoch"].as_str().unwrap(), receipts(&input["receipts"]))
                }
                "change" => {
                    mirror.change(receipts(&input["receipts"]));
                    Next::default()
                }
                "own" => mirror.own(receipt(input)),
                "due" => mirror.due(),
                "taken" => Next::default(),
                "failed" => mirror.failed(),
                other => panic!("an input of the kind `{other}`"),
            };
            let at = format!("{}, step {place}", case["name"]);
            assert_eq!(json!(mirror.known), step["receipts"], "{at}");
            let send = next.send.map_or(Value::Null, |(epoch, Receipt { delivered, read })| {
                json!({ "epoch": epoch, "delivered": delivered, "read": read })
            });
            assert_eq!(
                (json!(next.wait), send),
                (step["wait"].clone(), step["send"].clone()),
                "{at}"
            );
        }
    }
}
