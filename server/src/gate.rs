//! What stands between a command and its handler: the ledger, which lets it run once, the rooms it is
//! for, and the command before it. In this order: a command that ran is answered as what it is,
//! wherever its caller is by now, and only of one that did not may be said that it was not executed.

use std::sync::Arc;

use tautline::{LibraryCode, RoomName, Uuid};

use crate::commit::{CommitError, Remember};
use crate::core::Core;
use crate::journal::{LedgerEntry, LedgerKey};
use crate::ledger::{Claim, Entrance, Verdict, judge};
use crate::meta::Resent;
use crate::problems::Trouble;

/// What has to be seen to before the handler runs.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// The rooms in which the caller must be.
    pub(crate) rooms: Vec<RoomName>,
    /// The command that must have taken effect, or be staged ahead.
    pub(crate) after: Option<Uuid>,
    /// Set on an idempotent command with an id.
    pub(crate) once: Option<Once>,
}

/// What makes a command run once.
#[derive(Debug)]
pub(crate) struct Once {
    pub(crate) id: Uuid,
    pub(crate) hash: [u8; 32],
    pub(crate) resent: Option<Resent>,
    pub(crate) window_ms: u64,
}

/// What the gate says.
pub(crate) enum Admitted {
    /// The handler runs.
    Run,
    /// It ran before.
    Replay(LedgerEntry),
}

/// Opens when everything is seen to.
pub(crate) async fn admit(core: &Arc<Core>, gate: Gate) -> Result<Admitted, Trouble> {
    let entered = match gate.once {
        Some(once) => match enter_ledger(core, once).await? {
            Entered::Run(remember, claim) => Some((remember, claim)),
            Entered::Replay(entry) => return Ok(Admitted::Replay(entry)),
        },
        None => None,
    };
    // Whoever is turned away here gives the id back: those who wait under it run themselves.
    if let Some(room) = gate.rooms.iter().find(|room| !core.session.is_in(room)) {
        tracing::debug!(trace_id = %core.trace, room = room.as_str(), "not a member");
        return Err(LibraryCode::NotJoined.into());
    }
    if let Some(after) = gate.after {
        follow(core, after).await?;
    }
    if let Some((remember, claim)) = entered {
        // Its answer could not be stored: then its handler need not begin.
        core.runtime.writer.check().map_err(Trouble::Commit)?;
        core.set_remember(remember, claim);
    }
    Ok(Admitted::Run)
}

/// Sees to it that the command before it took effect or is ahead of it at the writer.
async fn follow(core: &Arc<Core>, after: Uuid) -> Result<(), Trouble> {
    match core.session.command(&after) {
        Some(settlement) if settlement.lets_pass() => {
            core.set_after(settlement);
            Ok(())
        }
        Some(_) => Err(LibraryCode::PredecessorUnsettled.into()),
        None => match core.runtime.journal.recall(&ledger_key(core, after)).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(LibraryCode::PredecessorUnsettled.into()),
            Err(error) => Err(Trouble::Commit(CommitError::Journal(Arc::new(error)))),
        },
    }
}

fn ledger_key(core: &Core, id: Uuid) -> LedgerKey {
    LedgerKey { namespace: core.session.facts().path, id }
}

/// What the ledger says.
enum Entered {
    /// Nobody has run it, and nobody else does while the claim lives.
    Run(Remember, Claim),
    /// It ran before.
    Replay(LedgerEntry),
}

async fn enter_ledger(core: &Arc<Core>, once: Once) -> Result<Entered, Trouble> {
    let Once { id, hash, resent, window_ms } = once;
    let key = ledger_key(core, id);
    loop {
        match core.runtime.running.enter(&key, hash) {
            Entrance::Conflict => return Err(LibraryCode::ConflictingResend.into()),
            Entrance::Second(mut ending) => {
                // Without an ending, or with success, the ledger is asked again: it has the answer.
                let ended = ending.wait_for(Option::is_some).await.ok().and_then(|end| end.clone());
                if let Some(Err(problem)) = ended {
                    return Err(Trouble::Refused(problem));
                }
            }
            Entrance::First(claim) => {
                let found = core.runtime.journal.recall(&key).await;
                let found = found
                    .map_err(|error| Trouble::Commit(CommitError::Journal(Arc::new(error))))?;
                let ledger = &core.runtime.ledger;
                return match judge(found, &hash, resent.as_ref(), ledger, window_ms) {
                    Verdict::Run => Ok(Entered::Run(Remember { key, hash, window_ms }, claim)),
                    Verdict::Replay(entry) => Ok(Entered::Replay(entry)),
                    Verdict::Refuse(code) => Err(code.into()),
                };
            }
        }
    }
}
