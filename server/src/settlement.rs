//! How far a command is, for the ones that were sent after it.

use std::sync::atomic::{AtomicU8, Ordering};

/// How far a command is. Only ever moves on.
#[derive(Debug, Default)]
pub(crate) struct Settlement(AtomicU8);

/// The stages of [`Settlement`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// It waits or runs.
    Running,
    /// The journal's writer has it: what is submitted now comes after it.
    Staged,
    /// The writer ran it, and the group that it is in is not stored yet.
    Grouped,
    /// It did not take effect.
    Failed,
    /// It took effect. The last of all: a command that is over counts as failed unless it did.
    Kept,
}

impl Settlement {
    /// Moves on, never back.
    pub(crate) fn reach(&self, stage: Stage) {
        self.0.fetch_max(stage as u8, Ordering::AcqRel);
    }

    /// Where it is.
    pub(crate) fn stage(&self) -> Stage {
        match self.0.load(Ordering::Acquire) {
            0 => Stage::Running,
            1 => Stage::Staged,
            2 => Stage::Grouped,
            3 => Stage::Failed,
            _ => Stage::Kept,
        }
    }

    /// Whether what comes after it may start.
    pub(crate) fn lets_pass(&self) -> bool {
        matches!(self.stage(), Stage::Staged | Stage::Grouped | Stage::Kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_took_effect_has_not_failed_when_it_is_over() {
        let settlement = Settlement::default();
        settlement.reach(Stage::Kept);

        settlement.reach(Stage::Failed);

        assert!(settlement.lets_pass());
    }

    #[test]
    fn a_command_that_took_effect_is_never_staged_again() {
        let settlement = Settlement::default();
        assert!(!settlement.lets_pass());

        settlement.reach(Stage::Kept);
        settlement.reach(Stage::Staged);

        assert_eq!(settlement.stage(), Stage::Kept);
        assert!(settlement.lets_pass());
    }
}
