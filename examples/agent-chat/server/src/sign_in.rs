//! `POST /sign-in`: demo tokens for whoever gives a name. A real application asks for more than that;
//! everything behind the token is as it would be.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::{Json, Router, routing::post};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde::{Deserialize, Serialize};
use tautline::{Category, DateTime, Problem, Utc, Uuid};
use tautline_agent_chat::ids::AgentId;

use crate::store::Store;

/// The longest name. It stands beside every message.
const LONGEST: usize = 40;

/// Issues tokens.
pub(crate) struct SignIn {
    pub(crate) key: EncodingKey,
    pub(crate) lifetime: Duration,
    pub(crate) store: Store,
}

/// Who wants in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    name: String,
    role: Role,
}

/// As what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Member,
    Agent,
    Admin,
}

/// The way in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    token: String,
    subject: String,
    scopes: &'static [&'static str],
    expires_at: DateTime<Utc>,
}

/// What a token says.
#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    scope: String,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Role {
    /// What this role may do. Agents do not approve what agents want to do.
    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Member => &["chat:read", "chat:write", "tools:approve", "tasks:write"],
            Self::Agent => &["chat:read", "chat:write", "agents:run"],
            Self::Admin => {
                &["chat:read", "chat:write", "tools:approve", "agents:run", "tasks:write", "admin"]
            }
        }
    }
}

/// The route.
pub(crate) fn router(sign_in: SignIn) -> Router {
    Router::new().route("/sign-in", post(handle)).with_state(Arc::new(sign_in))
}

type Refused = (StatusCode, Json<Problem>);

async fn handle(
    State(sign_in): State<Arc<SignIn>>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<SignedIn>, Refused> {
    let Json(Wanted { name, role }) =
        wanted.map_err(|rejection| refused("sign_in.invalid", rejection.body_text()))?;
    let name = name.trim();
    if !is_name(name) {
        let message = "A name has 1 to 40 lower-case letters, digits and hyphens, a letter first.";
        return Err(refused("sign_in.invalid_name", message));
    }
    let id = AgentId(name.to_owned());
    let agent = sign_in.store.read(move |db| db.agent(&id)).await.map_err(internal)?;
    if agent.is_some() && role != Role::Agent {
        return Err(refused("sign_in.name_of_an_agent", "This is the name of an agent."));
    }
    sign_in.issue(name, role).map(Json).map_err(internal)
}

impl SignIn {
    fn issue(&self, subject: &str, role: Role) -> jsonwebtoken::errors::Result<SignedIn> {
        let scopes = role.scopes();
        let (now, lifetime) = (Utc::now(), self.lifetime.as_secs());
        let exp = now.timestamp().saturating_add_unsigned(lifetime);
        let claims = Claims {
            sub: subject,
            scope: scopes.join(" "),
            iat: now.timestamp(),
            exp,
            jti: Uuid::new_v4(),
        };
        let token = encode(&Header::default(), &claims, &self.key)?;
        tracing::info!(user = subject, ?role, "signed in");
        let expires_at = DateTime::from_timestamp(exp, 0).unwrap_or(now);
        Ok(SignedIn { token, subject: subject.to_owned(), scopes, expires_at })
    }
}

/// A person's name is one that an agent could have, too: both are members of sessions.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= LONGEST
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn refused(code: &str, message: impl Into<String>) -> Refused {
    (StatusCode::BAD_REQUEST, Json(Problem::new(code, Category::Invalid, message)))
}

fn internal(error: impl std::error::Error) -> Refused {
    tracing::error!(%error, "a sign-in failed");
    let message = "We cannot sign you in right now.";
    let problem = Problem::new("sign_in.failed", Category::Internal, message);
    (StatusCode::INTERNAL_SERVER_ERROR, Json(problem))
}
