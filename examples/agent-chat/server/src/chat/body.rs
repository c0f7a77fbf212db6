//! What a message says, by its kind: each has a file that knows who may post it and what follows.

use tautline_agent_chat::chat::{Body, Message, Session};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::AgentId;
use tautline_server::Answer;

use super::context::Shared;
use super::{agent, context, system, task, text};
use crate::service::Caller;
use crate::store::Db;

/// What is known of a message that is to be posted, beside its body.
pub(super) struct Draft<'a> {
    pub(super) author: &'a Caller,
    pub(super) session: &'a Session,
    /// The message that it answers.
    pub(super) replied: Option<&'a Message>,
}

/// What follows from a message once it is stored.
#[derive(Default)]
pub(super) struct Follows {
    /// The agents that are to answer it.
    pub(super) prompts: Vec<AgentId>,
    /// What it shares with the agents of the session.
    pub(super) shared: Option<Shared>,
}

/// Takes a body, or says why it cannot be posted. Gives it back as it is to be stored.
pub(super) fn accept(
    db: Db<'_>,
    draft: &Draft<'_>,
    body: Body,
) -> Answer<(Body, Follows), ChatError> {
    let follows = match &body {
        Body::Text { text } => text::accept(db, draft, text)?,
        Body::Context { .. } => context::accept(db, draft, &body)?,
        Body::Task { task_id, .. } => return task::accept(db, draft, *task_id),
        Body::Agent { to, intent, .. } => agent::accept(db, draft, to, intent)?,
        Body::System { .. } => system::accept(draft)?,
        Body::Deleted => return Err(not_allowed("deleted"))?,
    };
    Ok((body, follows))
}

/// Refuses a kind that is somebody else's to post.
pub(super) fn not_allowed(kind: &str) -> ChatError {
    ChatError::KindNotAllowed { kind: kind.to_owned() }
}
