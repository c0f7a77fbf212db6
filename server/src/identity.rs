//! Who is at the other end of a connection. How that is proved lives in `auth` and `jwt`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The caller, as the token says or as the server made it up.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The token's `sub`; `guest:<uuid>` for a guest.
    pub subject: String,
    /// What the token allows.
    pub scopes: Vec<String>,
    /// Whether nobody vouches for the subject.
    pub guest: bool,
    /// When the token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// The token's claims beside the registered ones. They may be private: never log them.
    pub claims: Map<String, Value>,
}

impl Identity {
    /// A caller without a token. The subject is new and belongs to nobody else.
    pub fn new_guest() -> Self {
        Self {
            subject: format!("guest:{}", Uuid::new_v4()),
            scopes: Vec::new(),
            guest: true,
            expires_at: None,
            claims: Map::new(),
        }
    }

    /// Whether the token allows `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|allowed| allowed == scope)
    }
}
