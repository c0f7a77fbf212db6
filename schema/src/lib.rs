//! The contract of the agent chat: everything that travels between its server, its page and its
//! agents.
//!
//! - [`chat`]: sessions in which people and agents talk, `/chat`.
//! - [`agents`]: agents, what they do and how they are steered, `/agents`.
//! - [`tasks`]: work that is given to agents, `/tasks`.
//! - [`errors`]: why any of it may be refused.
//!
//! The words in which refusals are told, their categories and their recovery hints are the library's
//! own: [`Category`], [`Severity`], [`RecoveryHint`], [`Problem`].

pub mod agents;
pub mod chat;
pub mod errors;
mod examples;
pub mod ids;
pub mod tasks;

pub use agents::{Agents, AgentsClient, AgentsServer};
pub use chat::{Chat, ChatClient, ChatServer};
pub use tasks::{Tasks, TasksClient, TasksServer};
pub use tautline::{
    Category, LibraryCode, Outcome, Problem, RecoveryAction, RecoveryHint, Severity,
};

tautline::contract! {
    name: "agent-chat",
    version: "1.0.0",
    namespaces: [Chat, Agents, Tasks],
    scopes: ["chat:read", "chat:write", "tools:approve", "agents:run", "tasks:write", "admin"],
    auth: jwt,
}
