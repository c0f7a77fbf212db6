//! Turns whatever went wrong into the problem that the caller sees, and its cause into a line in the log.

use std::fmt;

use tautline::{Cause, LibraryCode, Outcome, Problem, Refusal, Report};

use crate::commit::{CommitError, Resting};
use crate::journal::JournalError;
use crate::trace::TraceId;

/// Why a command did not end with its answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The caller may read it as it is.
    Refused(Box<Problem>),
    /// Likewise, and it has its trace id already: of the run that it tells of.
    Told(Box<Problem>),
    /// A fault of the server.
    Internal(Cause),
    /// The handler panicked.
    Panicked(String),
    /// The handler took too long.
    TimedOut,
    /// The journal did not store it.
    Commit(CommitError),
}

impl From<LibraryCode> for Trouble {
    fn from(code: LibraryCode) -> Self {
        Self::Refused(Box::new(code.problem()))
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problem(problem) => Self::Refused(problem),
            Refusal::Internal(cause) => Self::Internal(cause),
        }
    }
}

impl Trouble {
    /// What a handler says of its command's effect. One that said nothing can only have done what is
    /// taken back.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Refused(problem) | Self::Told(problem) => problem.outcome,
            Self::Internal(_) | Self::Panicked(_) | Self::TimedOut | Self::Commit(_) => {
                Outcome::NotExecuted
            }
        }
    }

    /// The problem, under a trace id. The cause goes to the log under the same id.
    pub(crate) fn into_problem(self, trace: &TraceId, event: &str) -> Box<Problem> {
        let mut problem = match self {
            Self::Refused(problem) => problem,
            Self::Told(problem) => return problem,
            Self::Internal(cause) => of_cause(&cause, trace, event),
            Self::Panicked(message) => internal(trace, event, &format_args!("panic: {message}")),
            Self::TimedOut => {
                tracing::warn!(trace_id = %trace, event, "the handler missed its deadline");
                Box::new(LibraryCode::TimedOut.problem())
            }
            Self::Commit(error) => of_commit(error, trace, event),
        };
        problem.trace_id = trace.to_string();
        problem
    }
}

/// A fault of the server, or of the storage that a handler has asked: then nothing is stored, and the
/// caller may try again.
fn of_cause(cause: &Cause, trace: &TraceId, event: &str) -> Box<Problem> {
    let first: &(dyn std::error::Error + 'static) = cause.error();
    let chain = std::iter::successors(Some(first), |error| error.source());
    let is_away = |error: &JournalError| matches!(error, JournalError::Unavailable(_));
    if let Some(error) =
        chain.filter_map(|error| error.downcast_ref::<JournalError>()).find(|error| is_away(error))
    {
        if let Some(problem) = of_resting(error) {
            return problem;
        }
        tracing::error!(trace_id = %trace, event, cause = %cause, "the journal does not answer");
        return Box::new(LibraryCode::JournalUnavailable.problem());
    }
    internal(trace, event, cause)
}

fn of_commit(error: CommitError, trace: &TraceId, event: &str) -> Box<Problem> {
    let code = match &error {
        CommitError::Panicked(message) => {
            return internal(trace, event, &format_args!("panic in a commit: {message}"));
        }
        CommitError::Step | CommitError::Answered(_) => {
            return internal(trace, event, &"a commit was given up, and its reason was dropped");
        }
        CommitError::Predecessor => LibraryCode::PredecessorUnsettled,
        CommitError::Behind => LibraryCode::Capacity,
        CommitError::Gone => LibraryCode::ShuttingDown,
        CommitError::Journal(error) => {
            if let Some(problem) = of_resting(error) {
                return problem;
            }
            tracing::error!(trace_id = %trace, event, error = %Chain(&**error), "not stored");
            match &**error {
                JournalError::Unavailable(_) => LibraryCode::JournalUnavailable,
                JournalError::Unknown(_) => LibraryCode::OutcomeUnknown,
                JournalError::Unanswerable(_) | JournalError::Exhausted(_) => LibraryCode::Internal,
            }
        }
    };
    let mut problem = Box::new(code.problem());
    if code == LibraryCode::OutcomeUnknown {
        problem.outcome = Outcome::Unknown;
    }
    problem
}

/// The journal is left alone for a while: why is in the log already, once and not for each command.
fn of_resting(error: &JournalError) -> Option<Box<Problem>> {
    let Resting { after } = Resting::of(error)?;
    let mut problem = Box::new(LibraryCode::JournalUnavailable.problem());
    problem.recovery.after_ms = u32::try_from(after.as_millis()).ok();
    Some(problem)
}

fn internal(trace: &TraceId, event: &str, cause: &dyn fmt::Display) -> Box<Problem> {
    tracing::error!(trace_id = %trace, event, cause = %cause, "a command failed");
    Box::new(LibraryCode::Internal.problem())
}

/// Whether a report has nothing to say.
///
/// # Errors
/// `invalid_payload`, with what it says.
pub(crate) fn hold(report: Report) -> Result<(), Box<Problem>> {
    let fields = report.into_fields();
    if fields.is_empty() {
        return Ok(());
    }
    let mut problem = Box::new(LibraryCode::InvalidPayload.problem());
    problem.fields = fields;
    Err(problem)
}

/// The same problem, seen from the root of a payload that has what is wrong in this field.
pub(crate) fn inside(mut problem: Box<Problem>, field: &str) -> Box<Problem> {
    for broken in &mut problem.fields {
        let dot = if broken.path.is_empty() || broken.path.starts_with('[') { "" } else { "." };
        broken.path = format!("{field}{dot}{}", broken.path);
    }
    problem
}

/// An error with its sources, for the log.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
