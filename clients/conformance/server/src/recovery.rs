//! `/recovery`: refuses as often as it is asked to, and counts what has run.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tautline::{Answer, Failure, Outcome};
use tautline_conformance::recovery::{
    Attempt, Recovery, RecoveryServer, Trial, Tried, Trouble, TroubleKind, TroubleOutcome,
};
use tautline_server::Context;

/// The trials.
#[derive(Default)]
pub(crate) struct RecoveryService {
    trials: Mutex<HashMap<String, Tried>>,
}

impl RecoveryService {
    fn count(&self, trial: &str, count: impl FnOnce(&mut Tried)) -> Tried {
        let mut trials = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        let tried = trials.entry(trial.to_owned()).or_insert(Tried { runs: 0, reads: 0 });
        count(tried);
        tried.clone()
    }

    fn run(&self, attempt: &Attempt) -> Answer<Tried, Trouble> {
        let tried = self.count(&attempt.trial_id, |tried| tried.runs += 1);
        if tried.runs > attempt.refusals {
            return Ok(tried);
        }
        Err(Failure::RefusedWith(trouble(&attempt.trouble), outcome(&attempt.outcome)))
    }
}

impl RecoveryServer for RecoveryService {
    type Context = Context<Recovery>;

    async fn authorize_trial(&self, _: &Self::Context, _: &Trial) -> Answer<()> {
        Ok(())
    }

    async fn enter_trial(&self, _: &Self::Context, room: &Trial) -> Answer<Tried> {
        Ok(self.count(&room.trial_id, |tried| tried.reads += 1))
    }

    async fn try_once(&self, _: &Self::Context, attempt: Attempt) -> Answer<Tried, Trouble> {
        self.run(&attempt)
    }

    async fn try_for_sure(&self, _: &Self::Context, attempt: Attempt) -> Answer<Tried, Trouble> {
        self.run(&attempt)
    }

    async fn try_in_passing(&self, _: &Self::Context, attempt: Attempt) -> Answer<(), Trouble> {
        self.run(&attempt).map(|_| ())
    }

    async fn look_at_trial(&self, _: &Self::Context, trial: Trial) -> Answer<Tried> {
        Ok(self.count(&trial.trial_id, |_| {}))
    }
}

fn outcome(outcome: &TroubleOutcome) -> Outcome {
    match outcome {
        TroubleOutcome::NotExecuted => Outcome::NotExecuted,
        TroubleOutcome::Executed => Outcome::Executed,
        TroubleOutcome::Unknown => Outcome::Unknown,
    }
}

fn trouble(kind: &TroubleKind) -> Trouble {
    match kind {
        TroubleKind::ConnectionReconnect => Trouble::ConnectionReconnect,
        TroubleKind::UnauthenticatedReauthenticate => Trouble::UnauthenticatedReauthenticate,
        TroubleKind::PermissionDeniedGiveUp => Trouble::PermissionDeniedGiveUp,
        TroubleKind::InvalidFixInput => Trouble::InvalidFixInput,
        TroubleKind::NotFoundGiveUp => Trouble::NotFoundGiveUp,
        TroubleKind::ConflictAskUser => Trouble::ConflictAskUser,
        TroubleKind::ConflictRejoin => Trouble::ConflictRejoin,
        TroubleKind::ConflictResync => Trouble::ConflictResync,
        TroubleKind::RateLimitedRetry => Trouble::RateLimitedRetry,
        TroubleKind::CapacityRetry => Trouble::CapacityRetry,
        TroubleKind::UnavailableRetry => Trouble::UnavailableRetry,
        TroubleKind::TimeoutRetry => Trouble::TimeoutRetry,
        TroubleKind::ProtocolUpgradeClient => Trouble::ProtocolUpgradeClient,
        TroubleKind::InternalContactSupport => Trouble::InternalContactSupport,
        TroubleKind::CancelledNone => Trouble::CancelledNone,
    }
}
