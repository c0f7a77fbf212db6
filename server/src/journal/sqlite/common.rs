//! What the writing and the reading half share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::Health;
use super::options::Options;
use super::seen::Seen;
use crate::clock::Clock;
use crate::problems::Chain;

/// What both halves share.
pub(super) struct Common {
    pub(super) options: Options,
    /// Names this opening of the file.
    pub(super) run: String,
    pub(super) clock: Clock,
    pub(super) seen: Seen,
    pub(super) health: Condition,
}

/// What is wrong at the moment, if anything is.
#[derive(Debug, Default)]
pub(super) struct Condition {
    reasons: Mutex<Reasons>,
    /// Whether there are any: asked once per group.
    has_any: AtomicBool,
}

#[derive(Debug, Default)]
struct Reasons {
    writing: Option<String>,
    reading: Option<String>,
}

impl Condition {
    /// What operators are told.
    pub(super) fn get(&self) -> Health {
        let reasons = self.reasons();
        match reasons.writing.as_ref().or(reasons.reading.as_ref()) {
            Some(reason) => Health::Failing(reason.clone()),
            None => Health::Ready,
        }
    }

    /// Something could not be written.
    pub(super) fn writing_failed(&self, error: &(dyn std::error::Error + 'static)) {
        self.reasons().writing = Some(Chain(error).to_string());
        self.has_any.store(true, Ordering::Release);
    }

    /// Something was written.
    pub(super) fn writing_works(&self) {
        self.works(|reasons| &mut reasons.writing);
    }

    /// Whether the last thing could be written.
    pub(super) fn can_write(&self) -> bool {
        !self.has_any.load(Ordering::Acquire) || self.reasons().writing.is_none()
    }

    /// Something could not be read.
    pub(super) fn reading_failed(&self, error: &(dyn std::error::Error + 'static)) {
        self.reasons().reading = Some(Chain(error).to_string());
        self.has_any.store(true, Ordering::Release);
    }

    /// Something was read.
    pub(super) fn reading_works(&self) {
        self.works(|reasons| &mut reasons.reading);
    }

    fn works(&self, half: impl Fn(&mut Reasons) -> &mut Option<String>) {
        if !self.has_any.load(Ordering::Acquire) {
            return;
        }
        let mut reasons = self.reasons();
        if half(&mut reasons).take().is_some() {
            tracing::info!("the journal works again");
        }
        let has_any = reasons.writing.is_some() || reasons.reading.is_some();
        self.has_any.store(has_any, Ordering::Release);
    }

    fn reasons(&self) -> MutexGuard<'_, Reasons> {
        self.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
