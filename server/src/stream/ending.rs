//! How a producer ends its stream: alone, with the application's rows, or without an answer.

use std::sync::{Arc, Mutex};

use tautline::{Answer, Cause, ContractError, Encoded, Failure, Namespace, Wire, encode};

use super::work::Ending;
use super::{Stream, StreamError};
use crate::commit::{CommitError, Effects, StepFailed, Work};
use crate::context::{Tx, run_step};
use crate::journal::JournalWriter;
use crate::session::lock;
use crate::sink::TxSink;
use crate::trace::TraceId;

impl<N: Namespace, A: Wire, E: ContractError> Stream<N, A, E> {
    /// Ends it with its answer, behind all text that was added. Returns when that is stored.
    ///
    /// # Errors
    /// When the stream is not this producer's any more, or the journal did not store it. It is left to
    /// its lease then.
    pub async fn finish(self, answer: &A) -> Result<(), StreamError> {
        let answer = encode(answer).map_err(|error| StreamError::Encode(Arc::new(error)))?;
        self.streams.finish(&self.entry, self.producer, Ending::Finished(answer)).await
    }

    /// Ends it within a step on the journal's writer, as [`Context::commit`](crate::Context::commit)
    /// runs one: the application's rows, what the step emits, the rest of the text and the end are
    /// stored together. For a producer that runs beside its handler; within a handler there is
    /// [`Stream::finish_in`].
    ///
    /// # Errors
    /// What the step says; `Internal` with a [`StreamError`] as its cause if the stream is not this
    /// producer's any more, or nothing could be stored. It is left to its lease then.
    pub async fn finish_with<X, F>(self, step: F) -> Answer<A, X>
    where
        X: Send + 'static,
        F: FnOnce(&Tx<'_, N>) -> Answer<A, X> + Send + 'static,
    {
        let ended = Arc::new(Mutex::new(None));
        let (kept, streams) = (Arc::clone(&ended), Arc::clone(&self.streams));
        let mut work = Work::new();
        work.cause = self.entry.cause;
        work.step = Some(Box::new(move |journal, effects| {
            let result = self.end_with(journal, step, effects);
            let is_ok = result.is_ok();
            *lock(&kept) = Some(result);
            if is_ok { Ok(Encoded::default()) } else { Err(StepFailed) }
        }));
        let stored = streams.writer.store(work).await;
        let ended = lock(&ended).take();
        match (stored, ended) {
            (Ok(_) | Err(CommitError::Step), Some(result)) => result,
            (Err(CommitError::Panicked(message)), _) => {
                Err(Failure::Internal(Cause::new(format!("a panic: {message}"))))
            }
            (Err(error), _) => Err(StreamError::from(error))?,
            (Ok(_), None) => unreachable!("a step that was stored has run"),
        }
    }

    /// Ends it within the step of a `cx.commit`, with everything that is stored there. A step that
    /// says no takes the end back, too: the stream is left to its lease then. The step may be one of
    /// another namespace.
    ///
    /// # Errors
    /// When the stream is not this producer's any more.
    pub fn finish_in<M: Namespace>(self, tx: &Tx<'_, M>, answer: &A) -> Result<(), StreamError> {
        let answer = encode(answer).map_err(|error| StreamError::Encode(Arc::new(error)))?;
        self.end_in(&Ending::Finished(answer), &mut tx.effects())
    }

    /// Calls it off within the step of a `cx.commit`, likewise.
    ///
    /// # Errors
    /// As [`Stream::finish_in`].
    pub fn cancel_in<M: Namespace>(self, tx: &Tx<'_, M>) -> Result<(), StreamError> {
        self.end_in(&Ending::Cancelled, &mut tx.effects())
    }

    /// Ends it because of a refusal of its contract within the step of a `cx.commit`, likewise.
    ///
    /// # Errors
    /// As [`Stream::finish_in`].
    pub fn fail_in<M: Namespace>(self, tx: &Tx<'_, M>, error: &E) -> Result<(), StreamError> {
        self.end_in(&self.failed(error), &mut tx.effects())
    }

    /// Ends it because of a refusal of its contract, behind all text that was added.
    ///
    /// # Errors
    /// As [`Stream::finish`].
    pub async fn fail(self, error: E) -> Result<(), StreamError> {
        self.streams.finish(&self.entry, self.producer, self.failed(&error)).await
    }

    /// The refusal as its readers get it.
    fn failed(&self, error: &E) -> Ending {
        let mut problem = Box::new(error.problem());
        problem.trace_id = TraceId::new().to_string();
        tracing::info!(
            stream = %self.entry.id,
            trace_id = problem.trace_id,
            code = problem.code,
            "a stream has failed"
        );
        Ending::Failed(problem)
    }

    /// Calls it off, behind all text that was added.
    ///
    /// # Errors
    /// As [`Stream::finish`].
    pub async fn cancel(self) -> Result<(), StreamError> {
        self.streams.finish(&self.entry, self.producer, Ending::Cancelled).await
    }

    /// Runs the step of a [`Stream::finish_with`], on the writer.
    fn end_with<X, F>(
        &self,
        journal: &dyn JournalWriter,
        step: F,
        effects: &mut Effects,
    ) -> Answer<A, X>
    where
        F: FnOnce(&Tx<'_, N>) -> Answer<A, X>,
    {
        // The rest of the text goes out before what the step emits.
        self.streams.hand_over(&self.entry, effects);
        let tx = Tx::new(journal, TxSink::new(self.roomless.clone()));
        let (answer, encoded) = run_step(&tx, step)?;
        effects.extend(tx.take()?);
        self.end_in(&Ending::Finished(encoded), effects)?;
        Ok(answer)
    }

    fn end_in(&self, ending: &Ending, effects: &mut Effects) -> Result<(), StreamError> {
        let ended = self.streams.end(&self.entry, Some(self.producer), ending, effects);
        ended.map_err(|refused| self.streams.error(&self.entry, refused))
    }
}
