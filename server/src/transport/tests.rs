//! The transport with a runtime that only writes down what it hears.

mod amounts;
mod arrivals;
mod connect;
mod lifecycle;
mod mount;
mod polling;
mod pressure;
mod serve;
mod shutdown;
mod stale;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tautline::{Auth, Contract, DisconnectReason, NamespaceFacts, RoomName, Source};
use tokio::sync::Notify;

use super::{Transport, TransportParts};
use crate::clock::Clock;
use crate::frame_out::{Class, Frame, Payload};
use crate::identity::Identity;
use crate::io_handle::ReadPause;
use crate::jwt::Jwt;
use crate::link::{Inbox, Link};
use crate::revocation::Revocations;
use crate::sentry::Sentry;
use crate::settings::Settings;
use crate::testing::{TestClient, TestSocket};
use crate::versions::Admission;

static CHAT: NamespaceFacts = facts("Chat", "/chat");
static TASKS: NamespaceFacts = facts("Tasks", "/tasks");
static NAMESPACES: [&NamespaceFacts; 2] = [&CHAT, &TASKS];

const fn facts(name: &'static str, path: &'static str) -> NamespaceFacts {
    let source = Source { file: file!(), line: line!() };
    NamespaceFacts { name, path, docs: "", commands: &[], events: &[], source }
}

const fn contract(auth: Auth, guests: bool) -> Contract {
    Contract {
        name: "diary",
        version: "1.0.0",
        hash: "abc",
        versions: VERSIONS,
        namespaces: &NAMESPACES,
        scopes: &[],
        flags: &[],
        auth,
        guests,
    }
}

static OPEN: Contract = contract(Auth::None, true);
static CLOSED: Contract = contract(Auth::Jwt, false);
static GUESTS: Contract = contract(Auth::Jwt, true);

/// What the gate found out about the diary's older states.
const VERSIONS: &str = r#"{ "versions": {
    "older": { "version": "0.9.0", "verdict": "compatible", "because": [] },
    "oldest": { "version": "0.1.0", "verdict": "incompatible", "because": ["/chat command say [command.removed]"] }
} }"#;

const SECRET: &str = "a secret of at least thirty-two bytes";

/// What a diary has seen of one link.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Opened(String),
    Received(String),
    Drained(Vec<String>),
    ShuttingDown,
    Closed(DisconnectReason),
}

/// A runtime that writes down what it hears, and does a few things on request.
struct Diary {
    facts: &'static NamespaceFacts,
    entries: Mutex<Vec<Seen>>,
    changed: Notify,
    links: Mutex<Vec<Arc<Link>>>,
    pauses: Mutex<Vec<ReadPause>>,
}

impl Diary {
    fn new(facts: &'static NamespaceFacts) -> Arc<Self> {
        Arc::new(Self {
            facts,
            entries: Mutex::default(),
            changed: Notify::new(),
            links: Mutex::default(),
            pauses: Mutex::default(),
        })
    }

    fn write(&self, seen: Seen) {
        self.entries.lock().unwrap().push(seen);
        self.changed.notify_waiters();
    }

    fn entries(&self) -> Vec<Seen> {
        self.entries.lock().unwrap().clone()
    }

    /// Waits until the entries are as wanted.
    async fn until(&self, wanted: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let waiting = async {
            loop {
                let mut changed = std::pin::pin!(self.changed.notified());
                changed.as_mut().enable();
                let entries = self.entries();
                if wanted(&entries) {
                    return entries;
                }
                changed.await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(600), waiting).await {
            Ok(entries) => entries,
            Err(_) => panic!("waited in vain: {:#?}", self.entries()),
        }
    }

    async fn closed(&self) -> DisconnectReason {
        let reason = |entries: &[Seen]| {
            entries.iter().find_map(|seen| match seen {
                Seen::Closed(reason) => Some(*reason),
                _ => None,
            })
        };
        reason(&self.until(|entries| reason(entries).is_some()).await).unwrap()
    }

    fn closings(&self) -> usize {
        self.entries().iter().filter(|seen| matches!(seen, Seen::Closed(_))).count()
    }

    fn link(&self) -> Arc<Link> {
        self.links.lock().unwrap().last().unwrap().clone()
    }
}

impl Inbox for Diary {
    fn facts(&self) -> &'static NamespaceFacts {
        self.facts
    }

    fn opened(&self, link: &Arc<Link>) {
        self.links.lock().unwrap().push(link.clone());
        self.write(Seen::Opened(link.identity().subject.clone()));
        let welcome = json!(["welcome", { "connection": link.id() }]);
        link.send(Class::Control, Frame::Event(Payload::new(welcome.to_string(), Vec::new())));
    }

    fn received(&self, link: &Arc<Link>, args: &str, attachments: Vec<Bytes>, ack: Option<i64>) {
        let event: Value = serde_json::from_str(args).unwrap();
        match event[0].as_str().unwrap() {
            "kick" => return link.close(DisconnectReason::Kicked),
            "panic" => panic!("asked to"),
            "pause" => self.pauses.lock().unwrap().push(link.pause_reading()),
            _ => {}
        }
        self.write(Seen::Received(args.to_owned()));
        if let Some(id) = ack {
            let answer = json!([{ "ok": event[1] }]).to_string();
            link.send(Class::Ack, Frame::Ack(id, Payload::new(answer, attachments)));
        }
    }

    fn authorize_again(&self, _: &Arc<Link>) {}

    fn closed(&self, _link: &Arc<Link>, reason: DisconnectReason) {
        self.write(Seen::Closed(reason));
    }

    fn drained(&self, _link: &Arc<Link>, dirty: Vec<RoomName>) {
        self.write(Seen::Drained(dirty.iter().map(ToString::to_string).collect()));
    }

    fn shutting_down(&self, link: &Arc<Link>) {
        self.write(Seen::ShuttingDown);
        let notice = json!(["notice", { "kind": "shutting_down" }]).to_string();
        link.send(Class::Control, Frame::Event(Payload::new(notice, Vec::new())));
    }
}

/// A transport and its diaries.
struct Rig {
    transport: Transport,
    chat: Arc<Diary>,
    tasks: Arc<Diary>,
}

impl Rig {
    /// Everybody may enter.
    fn open() -> Self {
        Self::with(&OPEN, Settings::default())
    }

    fn with(contract: &'static Contract, settings: Settings) -> Self {
        let (chat, tasks) = (Diary::new(&CHAT), Diary::new(&TASKS));
        let transport = Transport::new(TransportParts {
            contract,
            sentry: Sentry::new(settings.limits.suspicion.clone(), Vec::new(), None),
            settings,
            authenticator: match contract.auth {
                Auth::None => None,
                Auth::Jwt => Some(Arc::new(Jwt::hs256(SECRET))),
            },
            revocations: Revocations::new(),
            clock: Clock::new(),
            secret: [7; 32],
            inboxes: vec![chat.clone(), tasks.clone()],
        });
        Self { transport, chat, tasks }
    }

    async fn client(&self) -> TestClient {
        TestClient::connect(self.transport.router()).await.unwrap()
    }

    /// A client in `/chat`, after its welcome.
    async fn enter(&self) -> (TestClient, TestSocket) {
        let client = self.client().await;
        let mut chat = client.enter("/chat", &json!({})).await.unwrap();
        assert_eq!(chat.next().await.unwrap().name, "welcome");
        (client, chat)
    }
}

fn event(name: &str, number: usize, bytes: usize) -> Frame {
    let text = json!([name, { "number": number, "filling": "x".repeat(bytes) }]).to_string();
    Frame::Event(Payload::new(text, Vec::new()))
}

/// A token that is good for an hour, with these claims changed.
fn token(claims: Value) -> String {
    let mut all = json!({
        "sub": "ada",
        "exp": chrono::Utc::now().timestamp() + 3600,
        "scope": "chat:read chat:write",
    });
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &all, &key).unwrap()
}

/// Who a link belongs to.
fn identity(diary: &Diary) -> Identity {
    (*diary.link().identity()).clone()
}
