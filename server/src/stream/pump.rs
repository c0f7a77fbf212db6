//! When what was accepted goes to the journal, and what becomes of it there.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tautline::{Encoded, LibraryCode};

use super::book::Streams;
use super::entry::Entry;
use super::error::StreamError;
use super::timers::Reason;
use super::work::Ending;
use crate::commit::{CommitError, Reply, Work};
use crate::trace::TraceId;

impl Streams {
    /// Lets the timer look when there is something to do. Not when the server goes down: what was
    /// accepted is on its way, and the leases stand still until the next start.
    pub(super) fn schedule(&self, entry: &Arc<Entry>) {
        if entry.is_queued.load(Ordering::Acquire) || self.is_closing() {
            return;
        }
        let (due_at, expires_at) = {
            let state = entry.state();
            (state.due_at(), state.expires_at())
        };
        if let Some(at) = due_at {
            self.timers.wake(entry, Reason::Parts, at);
        }
        if let Some(at) = expires_at {
            self.timers.wake(entry, Reason::Lease, at);
        }
    }

    /// Its time has come, or has moved.
    pub(super) fn look_at(self: &Arc<Self>, entry: &Arc<Entry>) {
        let now = self.now();
        let is_due = {
            let state = entry.state();
            state.due_at().into_iter().chain(state.expires_at()).any(|at| at <= now)
        };
        if is_due { self.pump(entry) } else { self.schedule(entry) }
    }

    /// Stores what was accepted, or ends a stream whose lease is over.
    pub(super) fn pump(self: &Arc<Self>, entry: &Arc<Entry>) {
        if entry.is_queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let (streams, pumped) = (Arc::clone(self), Arc::clone(entry));
        let mut work = Work::new();
        work.step = Some(Box::new(move |_, effects| {
            pumped.is_queued.store(false, Ordering::Release);
            let now = streams.now();
            let is_over = pumped.state().expires_at().is_some_and(|at| at <= now);
            if is_over && !streams.is_closing() {
                let mut problem = Box::new(LibraryCode::TimedOut.problem());
                problem.trace_id = TraceId::new().to_string();
                tracing::warn!(
                    stream = %pumped.id,
                    event = pumped.event.name,
                    trace_id = problem.trace_id,
                    "the producer of a stream is silent: it has failed"
                );
                // Somebody was faster, then.
                let _ended = streams.end(&pumped, None, &Ending::Failed(problem), effects);
            } else {
                streams.hand_over(&pumped, effects);
            }
            Ok(Encoded::default())
        }));
        self.submit(entry, work);
    }

    /// Stores what was accepted, if there is anything, though it is not due yet.
    pub(super) fn pump_rest(self: &Arc<Self>, entry: &Arc<Entry>) {
        let has_rest = entry.state().has_rest();
        if has_rest {
            self.pump(entry);
        }
    }

    pub(super) fn submit(self: &Arc<Self>, entry: &Arc<Entry>, work: Work) {
        let (streams, entry) = (Arc::clone(self), Arc::clone(entry));
        let tell = move |result: Result<_, CommitError>| {
            let (is_stored, fault) = (result.is_ok(), result.err());
            if let Some(error) = &fault {
                // Of a journal that is left alone there is a line already.
                if !error.is_resting() {
                    tracing::error!(stream = %entry.id, ?error, "a part of a stream was not stored");
                }
                // Its step may not have run at all.
                entry.is_queued.store(false, Ordering::Release);
                entry.state().not_stored(streams.now());
            }
            entry.set_fault(fault.map(StreamError::from));
            if streams.is_closing() && is_stored {
                streams.pump_rest(&entry);
            }
            streams.schedule(&entry);
        };
        self.writer.submit(work, Reply::new(tell));
    }
}
