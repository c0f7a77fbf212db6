//! What one agent says to others where people can see it. A request or a question asks for an answer,
//! the rest is to be read.

use tautline_agent_chat::chat::Intent;
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::AgentId;
use tautline_server::Answer;

use super::body::{Draft, Follows, not_allowed};
use super::context::all_present;
use crate::service::as_user;
use crate::store::Db;

pub(super) fn accept(
    db: Db<'_>,
    draft: &Draft<'_>,
    to: &[AgentId],
    intent: &Intent,
) -> Answer<Follows, ChatError> {
    if !draft.author.is_agent {
        Err(not_allowed("agent"))?;
    }
    all_present(db, draft, to)?;
    let asks = matches!(intent, Intent::TaskRequest | Intent::Question);
    let mut prompts = if asks { to.to_vec() } else { Vec::new() };
    prompts.retain(|agent| as_user(agent) != draft.author.user);
    Ok(Follows { prompts, shared: None })
}
