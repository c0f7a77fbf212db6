//! `tautline:receipt`: a member says how far it has got.

use std::sync::Arc;

use tautline::control::GiveReceipt;
use tautline::{FieldProblem, LibraryCode, Refusal, SafeInt};

use crate::core::Core;
use crate::join::unread;
use crate::journal::{Receipt, RoomKey};
use crate::position::Position;

/// Takes a receipt, and returns when it is stored.
pub(crate) async fn give(core: &Arc<Core>, given: GiveReceipt) -> Result<(), Refusal> {
    let GiveReceipt { room, epoch, delivered, read } = given;
    let key = RoomKey { namespace: core.session.facts().path, room };
    if !core.runtime.kinds.has_receipts(&key) {
        return Err(LibraryCode::UnknownRoom.into());
    }
    if !core.session.is_in(&key.room) {
        return Err(LibraryCode::NotJoined.into());
    }
    let read_at = |mark: Option<SafeInt>| mark.map_or(0, SafeInt::get);
    let (delivered_to, read_to) = (read_at(delivered), read_at(read));
    let head = head(core, &key, &epoch, delivered_to.max(read_to)).await?;
    if head.epoch != epoch {
        return Err(LibraryCode::EpochChanged.into());
    }
    let beyond = |path: &str, mark: u64| {
        (mark > head.seq).then(|| FieldProblem {
            path: path.to_owned(),
            rule: "range".to_owned(),
            limit: Some(format!("..={}", head.seq)),
        })
    };
    let fields: Vec<FieldProblem> =
        beyond("delivered", delivered_to).into_iter().chain(beyond("read", read_to)).collect();
    if !fields.is_empty() {
        let mut problem = Box::new(LibraryCode::InvalidPayload.problem());
        problem.fields = fields;
        return Err(Refusal::Problem(problem));
    }
    let receipts = &core.runtime.receipts;
    receipts.load(&key).await.map_err(|error| unread(core, &error))?;
    let receipt = Receipt { delivered: delivered_to, read: read_to };
    let given = receipts.give(&key, &core.identity.subject, receipt).await;
    given.map_err(|trouble| Refusal::Problem(trouble.into_problem(&core.trace, core.name)))
}

/// Where the room is, or at least that it has got as far as the caller says.
async fn head(core: &Core, key: &RoomKey, epoch: &str, mark: u64) -> Result<Position, Refusal> {
    match core.runtime.rooms.head(key) {
        Some(published) if published.epoch == epoch && mark <= published.seq => Ok(published),
        Some(_) | None => {
            let extent = core.runtime.journal.extent(key).await;
            Ok(extent.map_err(|error| unread(core, &error))?.head)
        }
    }
}
