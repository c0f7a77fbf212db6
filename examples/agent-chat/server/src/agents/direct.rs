//! What agents say to each other beside the sessions. It waits in their inboxes for those who are away,
//! unless it is a question: that is for those who are there.

use tautline_agent_chat::Agents;
use tautline_agent_chat::agents::{DirectMessage, DirectReceived, DirectSent, Recipients};
use tautline_agent_chat::chat::Intent;
use tautline_agent_chat::errors::AgentsError;
use tautline_agent_chat::ids::AgentId;
use tautline_server::{Answer, Context};

use super::answers::may_answer;
use super::registry::{is_there, run_by};
use crate::service::Caller;
use crate::store::Db;

pub(super) async fn send(
    cx: &Context<Agents>,
    message: DirectMessage,
) -> Answer<DirectSent, AgentsError> {
    let caller = Caller::of(cx);
    if let (Recipients::One { agent_id }, Intent::Question) = (&message.to, &message.intent)
        && !is_there(cx, agent_id)
    {
        return Err(AgentsError::AgentAway { agent_id: agent_id.clone() })?;
    }
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        run_by(db, &message.from, &caller)?;
        let to = recipients(db, &message, &caller)?;
        for agent_id in &to {
            tx.emit().direct_message(&DirectReceived {
                agent_id: agent_id.clone(),
                from: message.from.clone(),
                intent: message.intent.clone(),
                text: message.text.clone(),
                data: message.data.clone(),
            });
        }
        Ok(DirectSent { to })
    })
    .await
}

fn recipients(
    db: Db<'_>,
    message: &DirectMessage,
    caller: &Caller,
) -> Answer<Vec<AgentId>, AgentsError> {
    let mut to = match &message.to {
        Recipients::One { agent_id } => vec![agent_id.clone()],
        Recipients::Several { agent_ids } => agent_ids.clone(),
        Recipients::Session { session_id } => {
            may_answer(db, &message.from, *session_id, caller)?;
            db.agents_in(*session_id)?
        }
    };
    to.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    to.dedup();
    to.retain(|agent| *agent != message.from);
    for agent_id in &to {
        if db.agent(agent_id)?.is_none() {
            Err(AgentsError::AgentNotFound { agent_id: agent_id.clone() })?;
        }
    }
    Ok(to)
}
