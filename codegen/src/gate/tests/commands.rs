//! The commands `diff` and `check --against`, in folders of their own.

use std::process::Command;

use serde_json::{Value, json};
use tautline::{
    Category, Contract, Delivery, ErrorVariant, Errors, NamespaceFacts, Policy, RecoveryAction,
    RetryAfter, Severity, TypeRef,
};

use crate::{
    cli::{Ending, tests::Crate},
    sample::{COMMAND, CONTRACT, EVENT, NAMESPACE, Note, source},
};

/// The sample without its event, and with a command that may be larger.
const CHANGED_NAMESPACE: NamespaceFacts = NamespaceFacts {
    commands: &[tautline::Event {
        policy: Policy { max_bytes: 131_072, ..COMMAND.policy },
        docs: " Other words.",
        ..COMMAND
    }],
    events: &[],
    ..NAMESPACE
};
const CHANGED: Contract =
    Contract { namespaces: &[&CHANGED_NAMESPACE], version: "2.0.0", ..CONTRACT };

/// The sample with an event that promises more.
const STRONGER_NAMESPACE: NamespaceFacts = NamespaceFacts {
    commands: &[tautline::Event {
        policy: Policy { delivery: Delivery::Idempotent, ..COMMAND.policy },
        ..COMMAND
    }],
    events: &[EVENT],
    ..NAMESPACE
};
const STRONGER: Contract =
    Contract { namespaces: &[&STRONGER_NAMESPACE], version: "1.1.0", ..CONTRACT };

/// A crate with the sample's lock as version 1.
fn with_lock() -> Crate {
    let it = Crate::new();
    it.run(&CONTRACT, &["write"]);
    it.put("old.json", &it.text("contract.lock.json"));
    it
}

fn old() -> String {
    with_lock().text("old.json")
}

#[test]
fn nothing_that_changed_is_nothing_to_tell() {
    let it = with_lock();

    let (ending, out, _) = it.run(&CONTRACT, &["diff", "contract.lock.json"]);

    assert_eq!(ending, Ending::Done);
    assert_eq!(out, "nothing has changed since contract.lock.json (1.0.0)\n");
}

#[test]
fn people_read_who_is_hurt_why_and_what_to_do_instead() {
    let it = with_lock();

    let (ending, out, _) = it.run(&CHANGED, &["diff", "old.json"]);

    assert_eq!(ending, Ending::Stale);
    insta::assert_snapshot!("for_people", out);
}

#[test]
fn new_clients_alone_stop_a_release_that_asks_for_both() {
    let it = with_lock();

    let (alone, ..) = it.run(&STRONGER, &["diff", "old.json"]);
    let (both, ..) = it.run(&STRONGER, &["diff", "old.json", "--both"]);

    assert_eq!((alone, both), (Ending::Done, Ending::Stale));
}

#[test]
fn programs_read_json() {
    let it = with_lock();

    let (ending, out, _) = it.run(&CHANGED, &["diff", "old.json", "--json"]);

    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(ending, Ending::Stale);
    assert_eq!(report["hurt"], json!({ "oldClients": 1, "newClients": 1 }));
    assert_eq!(report["versions"], json!({ "before": "1.0.0", "after": "2.0.0" }));
    assert_eq!(report["findings"][0]["rule"], "policy.max_bytes_raised");
    assert_eq!(report["findings"][0]["newClients"], "breaking");
}

#[test]
fn github_shows_it_on_the_line_that_wrote_it() {
    let it = with_lock();

    let (_, out, _) = it.run(&CHANGED, &["diff", "old.json", "--format", "github"]);

    let error = "::error file=src/sample.rs,line=5,title=event.removed::/boards event note_added [event.removed]: ";
    let warning = "::warning file=src/sample.rs,line=10,title=policy.max_bytes_raised::";
    assert!(out.lines().any(|line| line.starts_with(error)), "{out}");
    assert!(out.lines().any(|line| line.starts_with(warning)), "{out}");
    assert_eq!(out.lines().count(), 3, "{out}");
}

#[test]
fn a_check_looks_at_the_files_and_at_the_changes() {
    let it = with_lock();
    it.run(&CHANGED, &["write"]);

    let (current, ..) = it.run(&CHANGED, &["check"]);
    let (against, out, _) = it.run(&CHANGED, &["check", "--against", "old.json"]);
    it.put("CATALOG.md", "stale");
    let (_, json, err) = it.run(&CHANGED, &["check", "--against", "old.json", "--json"]);

    assert_eq!((current, against), (Ending::Done, Ending::Stale));
    assert!(out.contains("files are up to date") && out.contains("event.removed"), "{out}");
    assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
    assert!(err.contains("files are not up to date: run `write`"), "{err}");
}

#[test]
fn a_change_with_a_written_reason_goes_out() {
    let it = with_lock();
    let (_, out, _) = it.run(&CHANGED, &["diff", "old.json", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let removed =
        report["findings"].as_array().unwrap().iter().find(|it| it["rule"] == "event.removed");
    let fingerprint = removed.unwrap()["fingerprint"].as_str().unwrap();
    let acknowledge = |reason: &str| {
        let text = format!("[[change]]\nfingerprint = \"{fingerprint}\"\nreason = \"{reason}\"\n");
        it.put("contract.acknowledged.toml", &text);
        it.run(&CHANGED, &["diff", "old.json"])
    };

    let (ending, out, _) = acknowledge("nobody ever listened to it");
    let (without, _, err) = acknowledge(" ");

    assert_eq!(ending, Ending::Done);
    assert!(out.contains("acknowledged: nobody ever listened to it"), "{out}");
    assert_eq!(without, Ending::Failed);
    assert!(err.contains(&format!("gives no reason for `{fingerprint}`: write one")), "{err}");
}

#[test]
fn what_cannot_be_compared_is_told_in_one_sentence() {
    let it = with_lock();
    it.put("newer.json", &old().replace("\"format\": 1", "\"format\": 99"));
    it.put("edited.json", &old().replace("\"guests\": false", "\"guests\": true"));
    it.put("short.json", &old()[..200]);
    it.put("other.json", "{ \"name\": \"something else\" }");
    let message = |against: &str| {
        let (ending, out, err) = it.run(&CONTRACT, &["diff", against]);
        assert_eq!((ending, out.as_str()), (Ending::Failed, ""), "{against}");
        assert_eq!(err.lines().count(), 1, "{err}");
        err.replace(&it.root(), "…")
    };

    let against = ["newer.json", "edited.json", "short.json", "other.json", "none.json", "v9"];
    insta::assert_snapshot!("cannot_be_compared", against.map(message).concat());
}

#[test]
fn a_revision_of_git_has_its_own_lock() {
    let it = with_lock();
    let git = |arguments: &[&str]| {
        let who =
            ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let output =
            Command::new("git").current_dir(it.root()).args(who).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "nothing"]);
    git(&["tag", "empty"]);
    git(&["add", "contract.lock.json"]);
    git(&["commit", "--quiet", "-m", "a lock"]);

    let (ending, out, _) = it.run(&CHANGED, &["diff", "main"]);
    let (missing, _, unknown) = it.run(&CHANGED, &["diff", "v9"]);
    let (empty, _, without) = it.run(&CHANGED, &["diff", "empty"]);

    assert_eq!(ending, Ending::Stale);
    assert!(out.ends_with("since main (1.0.0): 1 hurt old clients against the new server, 1 hurt new clients against the old server\n"), "{out}");
    assert_eq!((missing, empty), (Ending::Failed, Ending::Failed));
    assert_eq!(
        unknown,
        "error: `v9` is neither a file nor a git revision: fetch it, or name another\n"
    );
    assert_eq!(
        without,
        "error: the revision `empty` has no contract.lock.json in this crate: name one that has it\n"
    );
}

fn verdict(it: &Crate) -> Value {
    let table: Value = serde_json::from_str(&it.text("contract.compat.json")).unwrap();
    let rows = table["versions"].as_object().unwrap();
    assert_eq!(rows.len(), 1, "{table}");
    rows.values().next().unwrap().clone()
}

#[test]
fn write_says_which_supported_versions_go_on_working() {
    let it = Crate::new();
    it.put("locks/1.0.0.json", &old());

    it.run(&CHANGED, &["write"]);
    let incompatible = verdict(&it);
    it.run(&STRONGER, &["write"]);
    let compatible = verdict(&it);

    let because = ["/boards event note_added [event.removed]"];
    assert_eq!(
        incompatible,
        json!({ "version": "1.0.0", "verdict": "incompatible", "because": because })
    );
    assert_eq!(compatible, json!({ "version": "1.0.0", "verdict": "compatible", "because": [] }));
}

/// A contract whose one refusal is of this category.
macro_rules! refusing {
    ($category:ident) => {{
        const VARIANT: ErrorVariant = ErrorVariant {
            name: "Full",
            code: "note.full",
            docs: "",
            category: Category::$category,
            severity: Severity::Warning,
            action: RecoveryAction::GiveUp,
            after: RetryAfter::Unset,
            max_attempts: None,
            message: "",
            hint: "",
            params: &[],
            source: source(30),
        };
        static ERRORS: Errors = Errors {
            name: "NoteError",
            docs: "",
            variants: &[VARIANT],
            ty: TypeRef::of::<Note>(),
            source: source(29),
        };
        const NAMESPACE_OF_IT: NamespaceFacts = NamespaceFacts {
            commands: &[tautline::Event { error: Some(&ERRORS), ..COMMAND }],
            ..NAMESPACE
        };
        static CONTRACT_OF_IT: Contract = Contract { namespaces: &[&NAMESPACE_OF_IT], ..CONTRACT };
        &CONTRACT_OF_IT
    }};
}

#[test]
fn a_code_that_was_given_up_comes_back_with_its_meaning_or_not_at_all() {
    let (then, now) = (refusing!(Capacity), refusing!(Conflict));
    let lock = |contract, version: &str| {
        let it = Crate::new();
        it.run(contract, &["write"]);
        it.text("contract.lock.json").replace("\"1.0.0\"", &format!("\"{version}\""))
    };
    let it = Crate::new();
    it.put("locks/0.9.0.json", &lock(then, "0.9.0"));

    let (changed, ..) = it.run(now, &["write"]);
    it.put("locks/0.10.0.json", &lock(&CONTRACT, "0.10.0"));
    let (other, _, err) = it.run(now, &["write"]);
    let (same, ..) = it.run(then, &["write"]);

    assert_eq!((changed, other, same), (Ending::Done, Ending::Failed, Ending::Done));
    assert!(
        err.starts_with("error: src/sample.rs:30: the code `note.full` was given up after 0.9.0, where it meant `capacity`: clients of that version would take one for the other, so choose another code\n"),
        "{err}"
    );
}

#[test]
fn a_lock_that_does_not_belong_there_stops_the_write_before_anything_is_written() {
    for (lock, said) in [
        (
            old().replace("\"guests\": false", "\"guests\": true"),
            "take it from version control again",
        ),
        (old().replace("\"format\": 1", "\"format\": 99"), "was written by a newer tool"),
    ] {
        let it = Crate::new();
        it.put("locks/1.0.0.json", &lock);

        let (ending, _, err) = it.run(&CONTRACT, &["write"]);

        assert_eq!(ending, Ending::Failed);
        assert_eq!(err.lines().count(), 1, "{err}");
        assert!(err.contains("locks/1.0.0.json") && err.contains(said), "{err}");
        assert_eq!(it.files(), ["Cargo.toml", "locks/1.0.0.json"]);
    }
}
