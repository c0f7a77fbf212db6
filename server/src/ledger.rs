//! Idempotent commands: who is running one under which id, and what a second arrival gets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tautline::{LibraryCode, Problem};
use tokio::sync::watch;

use crate::journal::{LedgerEntry, LedgerKey};
use crate::meta::Resent;

/// What was found out about a command that is not running here.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It is new.
    Run,
    /// It was answered before.
    Replay(LedgerEntry),
    /// It must not run.
    Refuse(LibraryCode),
}

/// Decides by what the ledger has and what the client says about its first attempt.
pub(crate) fn judge(
    found: Option<LedgerEntry>,
    hash: &[u8; 32],
    resent: Option<&Resent>,
    ledger: &str,
    window_ms: u64,
) -> Verdict {
    match (found, resent) {
        (Some(entry), _) if entry.hash == *hash => Verdict::Replay(entry),
        (Some(_), _) => Verdict::Refuse(LibraryCode::ConflictingResend),
        // What was there at the first attempt may be forgotten: it may have run.
        (None, Some(resent)) if resent.ledger != ledger || resent.age_ms > window_ms => {
            Verdict::Refuse(LibraryCode::OutcomeUnknown)
        }
        (None, _) => Verdict::Run,
    }
}

/// How a command ended, for those who wait for it under the same id.
pub(crate) type Ending = Result<(), Box<Problem>>;

/// The commands that are running now, by key.
#[derive(Debug, Default)]
pub(crate) struct Running {
    running: Mutex<HashMap<LedgerKey, Entry>>,
}

#[derive(Debug)]
struct Entry {
    hash: [u8; 32],
    /// Tells those who wait; `None` as long as nobody does, as nearly always.
    tell: Option<watch::Sender<Option<Ending>>>,
}

/// What a command finds under its id.
#[derive(Debug)]
pub(crate) enum Entrance {
    /// Nobody: it may run, and others wait for it.
    First(Claim),
    /// The same command, running: its ending is this one's, too.
    Second(watch::Receiver<Option<Ending>>),
    /// Another payload under the same id.
    Conflict,
}

impl Running {
    /// Claims an id.
    pub(crate) fn enter(self: &Arc<Self>, key: &LedgerKey, hash: [u8; 32]) -> Entrance {
        let mut running = self.running();
        match running.get_mut(key) {
            Some(entry) if entry.hash == hash => {
                let tell = entry.tell.get_or_insert_with(|| watch::Sender::new(None));
                Entrance::Second(tell.subscribe())
            }
            Some(_) => Entrance::Conflict,
            None => {
                running.insert(key.clone(), Entry { hash, tell: None });
                Entrance::First(Claim { running: Arc::clone(self), key: Some(key.clone()) })
            }
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<LedgerKey, Entry>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to run the command of one id. Dropped without an ending, those who wait run themselves.
#[derive(Debug)]
pub(crate) struct Claim {
    running: Arc<Running>,
    /// `None` once it is given back.
    key: Option<LedgerKey>,
}

impl Claim {
    /// Gives it back, and tells the others how it ended.
    pub(crate) fn end(mut self, ending: &Ending) {
        if let Some(tell) = self.give_back() {
            tell.send_replace(Some(ending.clone()));
        }
    }

    fn give_back(&mut self) -> Option<watch::Sender<Option<Ending>>> {
        let key = self.key.take()?;
        self.running.running().remove(&key)?.tell
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Those who wait notice that nobody is left to tell them.
        drop(self.give_back());
    }
}

#[cfg(test)]
mod tests {
    use tautline::{Encoded, Uuid};

    use super::*;

    fn entry(hash: [u8; 32]) -> LedgerEntry {
        LedgerEntry {
            hash,
            answer: Encoded::default(),
            is_refusal: false,
            at: Vec::new(),
            expires_at: 0,
        }
    }

    fn key() -> LedgerKey {
        LedgerKey { namespace: "/t", id: Uuid::from_u128(1) }
    }

    fn resent(ledger: &str, age_ms: u64) -> Resent {
        Resent { ledger: ledger.to_owned(), age_ms }
    }

    #[test]
    fn what_the_ledger_has_counts_more_than_what_the_client_says() {
        let found = Some(entry([1; 32]));

        let same = judge(found.clone(), &[1; 32], Some(&resent("other", u64::MAX)), "l", 10);
        let other = judge(found, &[2; 32], None, "l", 10);

        assert_eq!(same, Verdict::Replay(entry([1; 32])));
        assert_eq!(other, Verdict::Refuse(LibraryCode::ConflictingResend));
    }

    #[test]
    fn a_resend_that_may_have_been_forgotten_is_never_run() {
        let unknown = Verdict::Refuse(LibraryCode::OutcomeUnknown);

        assert_eq!(judge(None, &[1; 32], Some(&resent("old", 1)), "l", 10), unknown);
        assert_eq!(judge(None, &[1; 32], Some(&resent("l", 11)), "l", 10), unknown);
        assert_eq!(judge(None, &[1; 32], Some(&resent("l", 10)), "l", 10), Verdict::Run);
        assert_eq!(judge(None, &[1; 32], None, "l", 10), Verdict::Run);
    }

    #[derive(serde::Deserialize)]
    struct Cases {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Case {
        name: String,
        found: Option<String>,
        resent: Option<Resent>,
        ledger: String,
        window_ms: u64,
        verdict: String,
    }

    /// The cases that clients run as well: they test against servers that decide so.
    #[test]
    fn the_verdicts_are_those_of_the_conformance_cases() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../clients/conformance/cases/ledger.json");
        let text = std::fs::read_to_string(path).unwrap();
        let Cases { cases } = serde_json::from_str(&text).unwrap();
        assert!(!cases.is_empty());

        for Case { name, found, resent, ledger, window_ms, verdict } in cases {
            let found = found.map(|payload| entry([u8::from(payload == "same"); 32]));

            let judged = judge(found, &[1; 32], resent.as_ref(), &ledger, window_ms);

            let word = match &judged {
                Verdict::Run => "run",
                Verdict::Replay(_) => "replay",
                Verdict::Refuse(code) => code.as_str(),
            };
            assert_eq!(word, verdict, "{name}");
        }
    }

    #[tokio::test]
    async fn a_duplicate_hears_how_the_first_one_ended() {
        let running = Arc::new(Running::default());
        let Entrance::First(claim) = running.enter(&key(), [1; 32]) else { panic!("not first") };
        let Entrance::Second(mut ending) = running.enter(&key(), [1; 32]) else {
            panic!("not second")
        };
        assert!(matches!(running.enter(&key(), [2; 32]), Entrance::Conflict));

        claim.end(&Ok(()));

        assert_eq!(ending.wait_for(Option::is_some).await.unwrap().clone(), Some(Ok(())));
        assert!(matches!(running.enter(&key(), [2; 32]), Entrance::First(_)));
    }
}
