//! The application in a folder of its own, and those who come to it.

use agent_chat_server::{App, Config};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tautline::{Problem, Uuid};
use tautline_server::rusqlite::Connection;
use tautline_server::testing::{TestClient, TestSocket};
use tempfile::TempDir;
use tower::ServiceExt;

/// An application that runs.
pub(crate) struct House {
    app: App,
    folder: TempDir,
}

/// Somebody with a connection in one namespace.
pub(crate) struct Guest {
    pub(crate) socket: TestSocket,
    _client: TestClient,
}

pub(crate) fn house() -> House {
    opened(false)
}

/// A house with something in it.
pub(crate) fn seeded() -> House {
    opened(true)
}

fn opened(seed: bool) -> House {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start(&config(&folder, seed)).unwrap();
    House { app, folder }
}

fn config(folder: &TempDir, seed: bool) -> Config {
    let journal = folder.path().join("chat.db").to_str().unwrap().to_owned();
    Config::read(|name| match name {
        "JOURNAL" => Some(Ok(journal.clone())),
        "TAUTLINE_SECRET" => Some(Ok("a secret that only these tests know".to_owned())),
        "SEED" => Some(Ok(u8::from(seed).to_string())),
        _ => None,
    })
    .unwrap()
}

impl House {
    /// The same house after the server went down and came up again.
    pub(crate) async fn restarted(self, seed: bool) -> Self {
        self.restarted_after(seed, |_| {}).await
    }

    /// The same house after this was done to its file while nobody had it open.
    pub(crate) async fn restarted_after(
        self,
        seed: bool,
        change: impl FnOnce(&Connection),
    ) -> Self {
        let Self { app, folder } = self;
        app.server.shutdown().await;
        drop(app);
        change(&Connection::open(folder.path().join("chat.db")).unwrap());
        let app = App::start(&config(&folder, seed)).unwrap();
        Self { app, folder }
    }

    pub(crate) fn routes(&self) -> Router {
        self.app.routes.clone().layer(self.app.server.layer())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post(path).header("content-type", "application/json");
        self.request(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.request(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn request(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.routes().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Somebody of this name and role, in one namespace.
    pub(crate) async fn guest(&self, name: &str, role: &str, namespace: &str) -> Guest {
        let (_, signed_in) = self.post("/sign-in", &json!({ "name": name, "role": role })).await;
        let client = TestClient::connect(self.routes()).await.unwrap();
        let auth = json!({ "token": signed_in["token"] });
        Guest { socket: client.enter(namespace, &auth).await.unwrap(), _client: client }
    }

    pub(crate) async fn member(&self, name: &str) -> Guest {
        self.guest(name, "member", "/chat").await
    }

    /// An agent that has registered and hears what it is asked.
    pub(crate) async fn agent(&self, name: &str) -> Guest {
        let agent = self.guest(name, "agent", "/agents").await;
        agent.call("register_agent", &card(name)).await.unwrap();
        agent.call("join_agent_inbox", &json!({ "agentId": name })).await.unwrap();
        agent
    }
}

impl Guest {
    pub(crate) async fn call(&self, name: &str, payload: &Value) -> Result<Value, Box<Problem>> {
        self.socket.call(name, payload).await
    }

    /// Likewise, for what is refused: the code.
    pub(crate) async fn refused(&self, name: &str, payload: &Value) -> String {
        self.socket.call::<Value>(name, payload).await.unwrap_err().code
    }

    pub(crate) async fn next(&mut self, name: &str) -> Value {
        self.socket.next_named(name).await.payload
    }

    /// Opens a session and enters it.
    pub(crate) async fn open(&self, members: &[&str]) -> Value {
        let new = json!({ "title": "Release", "members": members });
        let session = self.call("create_session", &new).await.unwrap()["sessionId"].clone();
        self.enter(&session).await;
        session
    }

    pub(crate) async fn enter(&self, session: &Value) -> Value {
        self.call("join_chat_session", &in_session(session)).await.unwrap()
    }

    pub(crate) async fn say(&self, session: &Value, text: &str) -> Value {
        self.call("send_message", &text_in(session, text)).await.unwrap()
    }
}

pub(crate) fn in_session(session: &Value) -> Value {
    json!({ "sessionId": session })
}

pub(crate) fn text_in(session: &Value, text: &str) -> Value {
    json!({ "sessionId": session, "body": { "type": "text", "text": text } })
}

pub(crate) fn card(name: &str) -> Value {
    json!({
        "agentId": name, "name": name, "description": "Helps.", "color": "#2563eb", "icon": "pen",
        "capabilities": [], "version": "1.0.0",
    })
}

/// An id that nobody has.
pub(crate) fn unknown() -> Value {
    json!(Uuid::new_v4())
}
