//! What a client does by itself about a command that was refused.

use tautline::{Category, Outcome, Problem, RecoveryAction};

use super::backoff::backoff_ms;

/// What is known of the refused command.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// How often it was refused with a request to try again, this time included.
    pub refusals: u32,
    /// Whether it is of the outbox: nobody expects its answer at once.
    pub is_kept: bool,
    /// For how long its caller will go on waiting, in milliseconds.
    pub patience_ms: u64,
    /// In [0, 1).
    pub random: f64,
}

/// The next move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Try again after so many milliseconds.
    Wait(u64),
    /// Enter the room anew, and try again.
    Rejoin,
    /// The caller has to know.
    Tell,
}

/// How often a refusal with a request to try again is followed, when it does not say.
const ATTEMPTS: u32 = 3;

/// Chooses the next move after a refusal.
pub fn move_after(problem: &Problem, refused: Refused) -> Move {
    if problem.outcome != Outcome::NotExecuted {
        return Move::Tell;
    }
    let Refused { refusals, is_kept, patience_ms, random } = refused;
    let hint = &problem.recovery;
    let ms = hint.after_ms.map_or_else(|| backoff_ms(refusals - 1, random), u64::from);
    match hint.action {
        RecoveryAction::Retry => {
            // Troubles of the server that pass: what is in the outbox outlasts them.
            let is_passing = matches!(
                problem.category,
                Category::Unavailable | Category::Capacity | Category::RateLimited
            );
            let outlasts = is_kept && (hint.after_ms.is_some() || is_passing);
            let is_in_time = is_kept || ms <= patience_ms;
            let most = hint.max_attempts.unwrap_or(if outlasts { u32::MAX } else { ATTEMPTS });
            if is_in_time && refusals < most { Move::Wait(ms) } else { Move::Tell }
        }
        RecoveryAction::Rejoin if refusals == 1 => Move::Rejoin,
        RecoveryAction::Reconnect if is_kept => Move::Wait(ms),
        RecoveryAction::Rejoin
        | RecoveryAction::Reconnect
        | RecoveryAction::None
        | RecoveryAction::Reauthenticate
        | RecoveryAction::Resync
        | RecoveryAction::UpgradeClient
        | RecoveryAction::FixInput
        | RecoveryAction::AskUser
        | RecoveryAction::ContactSupport
        | RecoveryAction::GiveUp => Move::Tell,
    }
}

/// What a refusal says about the command and not only about its last copy. An earlier copy that was
/// never answered may have taken effect, or still may; only a refusal by a handler, whose codes have a
/// dot, is taken for all of them.
pub fn about_all_copies(problem: &Problem, unanswered: u32) -> Outcome {
    let is_unsure = unanswered > 1 && problem.outcome == Outcome::NotExecuted;
    if is_unsure && !problem.code.contains('.') { Outcome::Unknown } else { problem.outcome }
}
