//! Contexts: what the agents of a session are to know, for a time.

use chrono::TimeDelta;
use tautline::Uuid;
use tautline_agent_chat::chat::{Body, ContextRef, Message, SharedContext};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::{AgentId, ContextId};
use tautline_server::Answer;

use super::body::{Draft, Follows};
use crate::service::{Service, now};
use crate::store::Db;

/// What a message shares, before it has a message.
pub(super) type Shared = Body;

/// Takes a context for agents that are there.
pub(super) fn accept(db: Db<'_>, draft: &Draft<'_>, body: &Body) -> Answer<Follows, ChatError> {
    if let Body::Context { agents, .. } = body {
        all_present(db, draft, agents)?;
    }
    Ok(Follows { prompts: Vec::new(), shared: Some(body.clone()) })
}

/// Keeps what a message has shared.
pub(super) fn share(db: Db<'_>, message: &Message, shared: Shared) -> Answer<(), ChatError> {
    if let Body::Context { title, extent, content, agents, expires_in } = shared {
        let seconds = expires_in.map(|seconds| TimeDelta::seconds(seconds.into()));
        let context = SharedContext {
            context_id: ContextId(Uuid::now_v7()),
            message_id: message.message_id,
            title,
            extent,
            content,
            agents,
            expires_at: seconds.map(|seconds| message.created_at + seconds),
        };
        db.insert_context(message.session_id, &context)?;
    }
    Ok(())
}

pub(super) async fn read(
    service: &Service,
    context: ContextRef,
) -> Answer<SharedContext, ChatError> {
    let ContextRef { session_id, context_id } = context;
    let found = service.store.read(move |db| db.context(session_id, context_id)).await?;
    let context = found.ok_or(ChatError::ContextNotFound { context_id })?;
    match context.expires_at.filter(|expires_at| *expires_at <= now()) {
        Some(expired_at) => Err(ChatError::ContextExpired { expired_at })?,
        None => Ok(context),
    }
}

/// Refuses what is for an agent that does not take part: it would not be heard.
pub(super) fn all_present(
    db: Db<'_>,
    draft: &Draft<'_>,
    agents: &[AgentId],
) -> Answer<(), ChatError> {
    let present = db.agents_in(draft.session.session_id)?;
    if agents.iter().all(|agent| present.contains(agent)) {
        return Ok(());
    }
    Err(ChatError::NotDelivered { retry_after_ms: RETRY_AFTER_MS })?
}

/// An agent that is just being started has registered by then.
const RETRY_AFTER_MS: u32 = 2_000;
