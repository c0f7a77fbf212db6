//! The names of things. Each is a type of its own, so that none is taken for another.

use tautline::{Uuid, payload};

/// Names a chat session.
#[payload]
#[derive(Copy, Eq, Hash)]
pub struct SessionId(pub Uuid);

/// Names a message.
#[payload]
#[derive(Copy, Eq, Hash)]
pub struct MessageId(pub Uuid);

/// Names an answer that an agent writes.
#[payload]
#[derive(Copy, Eq, Hash)]
pub struct AnswerId(pub Uuid);

/// Names a task.
#[payload]
#[derive(Copy, Eq, Hash)]
pub struct TaskId(pub Uuid);

/// Names a shared context.
#[payload]
#[derive(Copy, Eq, Hash)]
pub struct ContextId(pub Uuid);

/// Names an agent, for people as well: `scribe`.
#[payload]
#[derive(Eq, Hash)]
pub struct AgentId(#[field(length(1..=40), pattern("^[a-z][a-z0-9-]*$"))] pub String);

/// Names a person or an agent: the subject of the token.
#[payload]
#[derive(Eq, Hash)]
pub struct UserId(#[field(length(1..=120))] pub String);
