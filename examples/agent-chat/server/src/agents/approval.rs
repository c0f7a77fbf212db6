//! Tool calls: an agent asks here, and the people of the session decide in `/chat`.

use tautline::Unanswered;
use tautline_agent_chat::agents::{Approval, ToolCall};
use tautline_agent_chat::chat::Decision;
use tautline_agent_chat::errors::{AgentsError, ApprovalDeclined};
use tautline_agent_chat::{Agents, Chat};
use tautline_server::{Answer, Context};

use super::answers::may_answer;
use crate::service::{Caller, Service};
use crate::store::Db;

pub(super) async fn request(
    service: &Service,
    cx: &Context<Agents>,
    call: ToolCall,
) -> Answer<Approval, AgentsError> {
    let (caller, asked) = (Caller::of(cx), call.clone());
    let is_approved = service
        .store
        .read(move |db| {
            let ToolCall { session_id, agent_id, tool, .. } = &asked;
            let may = may_answer(db, agent_id, *session_id, &caller);
            Ok(may.map(|()| db.is_approved(*session_id, agent_id, tool)))
        })
        .await??;
    if is_approved? {
        return Ok(Approval { decision: Some(Decision::Session), reason: None });
    }
    match cx.emit_in::<Chat>().approve_tool(&call).await {
        Ok(Decision::Once) => Ok(Approval { decision: Some(Decision::Once), reason: None }),
        Ok(Decision::Session) => {
            cx.commit(move |tx| {
                Db::of(tx)?.approve(call.session_id, &call.agent_id, &call.tool)?;
                Ok(Approval { decision: Some(Decision::Session), reason: None })
            })
            .await
        }
        Err(Unanswered::Declined(declined)) => Ok(declined_because(declined)),
        Err(Unanswered::Expired) => Ok(nobody("Nobody answered in time.")),
        Err(Unanswered::Cancelled) => Err(AgentsError::Interrupted)?,
        Err(Unanswered::Failed(cause)) => Err(tautline::Failure::Internal(cause)),
    }
}

fn declined_because(declined: ApprovalDeclined) -> Approval {
    match declined {
        ApprovalDeclined::NotApproved { reason } => nobody(&reason),
        ApprovalDeclined::NotMine | ApprovalDeclined::NotHere { .. } => {
            nobody("This was not approved.")
        }
    }
}

fn nobody(reason: &str) -> Approval {
    Approval { decision: None, reason: Some(reason.to_owned()) }
}
