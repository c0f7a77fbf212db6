//! What is noted of a failed call: one line as loud as it is severe, one count, and the cause where only
//! those who run the server see it.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use serde_json::{Value, json};
use tautline_server::journal::Host;
use tautline_server::testing::TestClient;
use tracing::subscriber::DefaultGuard;

use super::journal::{FULL, Faulty, WELL};
use super::lab::{Lab, enter, join, task};

/// What the server logs meanwhile.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn begin() -> (Self, DefaultGuard) {
        let log = Self::default();
        let written = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("tautline_server=trace")
            .with_ansi(false)
            .with_writer(move || written.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines that name this trace as their own.
    fn lines(&self, trace: &str) -> Vec<String> {
        let text = self.text();
        text.lines().filter(|line| line.contains(trace)).map(str::to_owned).collect()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Counts by name and labels.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<BTreeMap<String, u64>>>);

struct Count(Counts, String);

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        *self.0.0.lock().unwrap().entry(self.1.clone()).or_default() += value;
    }

    fn absolute(&self, _: u64) {
        unreachable!("nobody sets a counter");
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels: Vec<&str> = key.labels().map(|label| label.value()).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Counter::from_arc(Arc::new(Count(self.clone(), name)))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn a_cause_is_in_the_log_under_the_trace_id_and_never_on_the_wire() {
    let (log, _logging) = Log::begin();
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = join(&server, "ann+s3cret-scope", "a").await;

    for (ending, cause) in [("failed", "invalid digit"), ("panicked", "the task panics")] {
        let refused = socket.call::<Value>("run_task", &task("a", "hunter2", ending)).await;
        let problem = refused.unwrap_err();

        let lines = log.lines(&problem.trace_id);
        let said: Vec<&String> = lines.iter().filter(|line| line.contains(cause)).collect();
        assert_eq!(said.len(), 1, "{lines:#?}");
        assert!(said[0].contains("ERROR"), "{said:?}");
        let wire = serde_json::to_string(&problem).unwrap();
        assert!(!wire.contains(cause) && !wire.contains("hunter2"), "{wire}");
    }
    // What callers send is not logged: neither payloads nor what is in their tokens.
    assert!(!log.text().contains("hunter2") && !log.text().contains("s3cret"), "{}", log.text());
}

#[tokio::test]
async fn one_failed_call_is_one_line_and_one_count() {
    let (log, _logging) = Log::begin();
    let counts = Counts::default();
    let _counting = metrics::set_default_local_recorder(&counts);
    let lab = Lab::default();
    let server = lab.server();
    let (_client, socket) = enter(&server, "ann").await;
    let note = json!({ "desk": "a", "text": "x" });

    let refused = [
        ("not_joined", socket.call::<Value>("write_note", &note).await),
        ("unknown_event", socket.call::<Value>("invented", &note).await),
        ("invalid_payload", socket.call::<Value>("write_note", &json!({ "desk": 1 })).await),
    ];

    let mut levels = Vec::new();
    for (code, answer) in refused {
        let problem = answer.unwrap_err();
        assert_eq!(problem.code, code);
        let mut lines = log.lines(&problem.trace_id);
        // Others may have said why; that it was refused is said once.
        lines.retain(|line| line.contains(": refused "));
        assert_eq!(lines.len(), 1, "{lines:#?}");
        levels.extend(lines[0].split_whitespace().nth(1).map(str::to_owned));
    }
    assert_eq!(levels, ["DEBUG", "WARN", "INFO"]);
    let counted = counts.0.lock().unwrap().clone();
    let expected: BTreeMap<String, u64> = [
        ("tautline_problems_total invalid_payload invalid", 1),
        ("tautline_problems_total not_joined conflict", 1),
        ("tautline_problems_total unknown_event protocol", 1),
    ]
    .map(|(name, count)| (name.to_owned(), count))
    .into();
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn who_is_not_let_in_is_counted_too() {
    let counts = Counts::default();
    let _counting = metrics::set_default_local_recorder(&counts);
    let lab = Lab::default();
    let server = lab.server();
    let client = TestClient::connect(server.router()).await.unwrap();

    client.enter("/desks", &json!({ "token": ["no text"] })).await.unwrap_err();

    let counted = counts.0.lock().unwrap().clone();
    let only = ("tautline_problems_total invalid_payload invalid".to_owned(), 1);
    assert_eq!(counted, BTreeMap::from([only]));
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_fails_is_told_of_once_and_not_with_each_command() {
    let (log, _logging) = Log::begin();
    let journal = Faulty::new(Host::Task);
    let lab = Lab::default();
    let server = lab.server_with(journal.clone());
    let (_client, socket) = join(&server, "ann", "a").await;
    let note = json!({ "desk": "a", "text": "x" });
    journal.set(FULL);
    for _ in 0..3 {
        socket.call::<Value>("write_note", &note).await.unwrap_err();
    }
    let before = log.text().lines().count();

    for _ in 0..50 {
        socket.call::<Value>("write_note", &note).await.unwrap_err();
    }
    journal.set(WELL);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;

    let count = |text: &str| log.text().lines().filter(|line| line.contains(text)).count();
    assert_eq!(count("ERROR tautline_server::writer::breaker"), 1, "{}", log.text());
    assert_eq!(count("the journal stores again"), 1);
    assert_eq!(count("refused=50"), 1);
    let text = log.text();
    let quiet = ["TRACE", "DEBUG", "the journal stores again"];
    let loud: Vec<&str> = text
        .lines()
        .skip(before)
        .filter(|line| !quiet.iter().any(|quiet| line.contains(quiet)))
        .collect();
    assert_eq!(loud, [""; 0]);
}
