//! What a producer hears when it cannot go on.

use std::sync::Arc;

use crate::commit::CommitError;
use crate::journal::JournalError;

/// Why something was not done to a stream.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// Another producer has taken the stream over. Stop: what you have is worth nothing any more.
    #[error("another producer has gone on with the stream")]
    Fenced,
    /// It has ended, its lease is over, or there never was one of this id.
    #[error("the stream is not open")]
    NotOpen,
    /// The text would be longer than [`Settings::stream_bytes`](crate::Settings::stream_bytes). What
    /// is there stays, and the stream can be ended.
    #[error("the stream would have more than {limit} bytes: end it and begin another one")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A part before this one is missing.
    #[error("a part is missing: the next one is number {next}")]
    Gap {
        /// The number of the part that comes next.
        next: u32,
    },
    /// The start or the answer could not be serialised.
    #[error("the start or the answer of the stream could not be serialised")]
    Encode(#[source] Arc<serde_json::Error>),
    /// The journal did not store it. Text that was taken before is tried again.
    #[error("the journal did not store it")]
    Journal(#[source] Arc<JournalError>),
    /// Too much waits for the journal.
    #[error("too much waits for the journal: slow down")]
    Behind,
    /// The server is going down. The stream stays open for its lease after the next start: end it, or
    /// go on with it then.
    #[error("the server is going down")]
    ShuttingDown,
}

impl From<CommitError> for StreamError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Journal(error) => Self::Journal(error),
            CommitError::Behind => Self::Behind,
            CommitError::Gone => Self::ShuttingDown,
            CommitError::Step => Self::NotOpen,
            CommitError::Panicked(_) | CommitError::Predecessor | CommitError::Answered(_) => {
                unreachable!("a stream's own steps do not panic, and have no predecessor and no id")
            }
        }
    }
}
