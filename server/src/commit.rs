//! What a command hands to the journal's writer, and what it hears of it.

use std::sync::Arc;

use tautline::{Encoded, RoomName, Uuid};

use crate::journal::{
    Change, JournalError, JournalWriter, LedgerEntry, LedgerKey, QuestionRef, StreamRef,
};
use crate::position::Position;
use crate::settlement::Settlement;
use crate::stage::Staged;

pub(crate) use crate::writer::{Resting, WriterHandle};

/// The closure of a `cx.commit`: may ask the journal for its connection, leaves its effects and its
/// answer.
pub(crate) type Step =
    Box<dyn FnOnce(&dyn JournalWriter, &mut Effects) -> Result<Encoded, StepFailed> + Send>;

/// What is stored together, beside the application's own rows.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// What was emitted.
    pub(crate) staged: Vec<Staged>,
    /// What becomes of streams, questions and receipts with it.
    pub(crate) changes: Vec<Change>,
    /// Who wants to know whether it was stored.
    pub(crate) hooks: Vec<Hook>,
}

/// Told on the writer whether something was stored: with `true` right after the commit, before
/// anybody hears of it, and otherwise with `false`. If the journal did not know, when it does.
pub(crate) struct Hook(Option<Box<dyn FnOnce(bool) + Send>>);

/// The step ended in an `Err`, which is kept where the caller finds it.
#[derive(Debug)]
pub(crate) struct StepFailed;

/// One command's commit.
pub(crate) struct Work {
    /// What runs on the writer; `None` if there are only emits.
    pub(crate) step: Option<Step>,
    /// What was emitted and noted before.
    pub(crate) effects: Effects,
    /// The answer, if there is no step that gives one.
    pub(crate) answer: Encoded,
    /// Whether the answer is the problem of a refusal.
    pub(crate) is_refusal: bool,
    /// Under what the answer is remembered.
    pub(crate) ledger: Option<Remember>,
    /// The id of the command.
    pub(crate) cause: Option<Uuid>,
    /// The namespace of the command: its caller hears the positions of rooms there, and not of those
    /// that it emitted to elsewhere.
    pub(crate) home: Option<&'static str>,
    /// Set when the emits are one question.
    pub(crate) question: Option<QuestionRef>,
    /// Set when they are the start of a stream.
    pub(crate) stream: Option<StreamRef>,
    /// The command that must have taken effect before.
    pub(crate) after: Option<Arc<Settlement>>,
    /// This command.
    pub(crate) settlement: Option<Arc<Settlement>>,
}

/// Under what an answer is remembered.
#[derive(Clone, Debug)]
pub(crate) struct Remember {
    pub(crate) key: LedgerKey,
    pub(crate) hash: [u8; 32],
    pub(crate) window_ms: u64,
}

/// What was stored and published.
#[derive(Clone, Debug, Default)]
pub(crate) struct Committed {
    /// The answer.
    pub(crate) answer: Encoded,
    /// The last position in each room.
    pub(crate) at: Vec<(RoomName, Position)>,
}

/// Why nothing was stored.
#[derive(Clone, Debug)]
pub(crate) enum CommitError {
    /// The step said no.
    Step,
    /// The step panicked.
    Panicked(String),
    /// The command before it did not take effect.
    Predecessor,
    /// Another node has the answer already.
    Answered(LedgerEntry),
    /// The journal could not.
    Journal(Arc<JournalError>),
    /// Too much waits for the journal.
    Behind,
    /// The server is gone.
    Gone,
}

/// Told what became of a commit. Always: a reply that is dropped says that the server is gone.
pub(crate) struct Reply(Option<Tell>);

type Tell = Box<dyn FnOnce(Result<Committed, CommitError>) + Send>;

impl Reply {
    pub(crate) fn new(tell: impl FnOnce(Result<Committed, CommitError>) + Send + 'static) -> Self {
        Self(Some(Box::new(tell)))
    }

    /// Tells it.
    pub(crate) fn tell(mut self, result: Result<Committed, CommitError>) {
        if let Some(tell) = self.0.take() {
            tell(result);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            tell(Err(CommitError::Gone));
        }
    }
}

impl Effects {
    /// Adds what another one holds, behind its own.
    pub(crate) fn extend(&mut self, other: Self) {
        let Self { staged, changes, hooks } = other;
        self.staged.extend(staged);
        self.changes.extend(changes);
        self.hooks.extend(hooks);
    }
}

impl Hook {
    pub(crate) fn new(tell: impl FnOnce(bool) + Send + 'static) -> Self {
        Self(Some(Box::new(tell)))
    }

    /// It was stored.
    pub(crate) fn stored(mut self) {
        if let Some(tell) = self.0.take() {
            tell(true);
        }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            tell(false);
        }
    }
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hook")
    }
}

impl Work {
    /// Work without anything in it.
    pub(crate) fn new() -> Self {
        Self {
            step: None,
            effects: Effects::default(),
            answer: Encoded::default(),
            is_refusal: false,
            ledger: None,
            cause: None,
            home: None,
            question: None,
            stream: None,
            after: None,
            settlement: None,
        }
    }
}

impl CommitError {
    pub(crate) fn journal(error: JournalError) -> Self {
        Self::Journal(Arc::new(error))
    }

    /// Whether the journal was not even asked.
    pub(crate) fn is_resting(&self) -> bool {
        matches!(self, Self::Journal(error) if Resting::of(error).is_some())
    }
}
