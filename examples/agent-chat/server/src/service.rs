//! The service behind all three namespaces: what they share, and who calls them. Each namespace has a
//! file of its own, in which its trait is implemented.

use std::sync::Arc;

use tautline::{DateTime, Namespace, Utc};
use tautline_agent_chat::ids::{AgentId, UserId};
use tautline_server::{Context, Identity};

use crate::agents::{Activities, Writing};
use crate::store::Store;

/// Serves the agent chat. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) store: Store,
    /// The answers that are being written.
    pub(crate) writing: Arc<Writing>,
    /// What agents do at the moment.
    pub(crate) activities: Arc<Activities>,
}

impl Service {
    /// A service on what is kept here.
    pub(crate) fn new(store: Store) -> Self {
        Self { store, writing: Arc::default(), activities: Arc::default() }
    }
}

/// Who calls, in the words of the contract.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: UserId,
    /// Runs agents, and is no person.
    pub(crate) is_agent: bool,
    /// May see and do everything.
    pub(crate) is_admin: bool,
}

impl Caller {
    pub(crate) fn of<N: Namespace>(cx: &Context<N>) -> Self {
        let identity: &Identity = cx.identity();
        let is_admin = identity.has_scope("admin");
        Self {
            user: UserId(identity.subject.clone()),
            is_agent: identity.has_scope("agents:run") && !is_admin,
            is_admin,
        }
    }

    /// Whether this is the caller.
    pub(crate) fn is(&self, user: &UserId) -> bool {
        self.user == *user
    }
}

/// An agent as a member of sessions and an author of messages.
pub(crate) fn as_user(agent: &AgentId) -> UserId {
    UserId(agent.0.clone())
}

/// The time, as exactly as it is kept.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(Utc::now().timestamp_millis()).unwrap_or_default()
}
