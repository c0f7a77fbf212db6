//! The service under test, and the ways to write and to read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tautline::{Answer, NoRefusal};
use tautline_server::journal::{Journal, Memory};
use tautline_server::testing::{RoomStreams, StreamNews, TestClient, TestEvent, TestSocket};
use tautline_server::{Context, Server, Settings, Stream};
use tokio::sync::{Notify, Semaphore};

use super::contract::*;

/// Writes what it is told to.
#[derive(Clone, Default)]
pub(crate) struct Scribe {
    gates: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
    waiting: Arc<Notify>,
}

pub(crate) type Writing = Stream<Pages, Text, WriteError>;

impl Scribe {
    fn gate(&self, name: &str) -> Arc<Semaphore> {
        let mut gates = self.gates.lock().unwrap();
        Arc::clone(gates.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(0))))
    }

    /// Lets somebody onto a gated page, or a gated handler go on.
    pub(crate) fn open(&self, page: &str) {
        self.gate(page).add_permits(1);
    }

    /// Waits until a handler waits.
    pub(crate) async fn waits(&self) {
        self.waiting.notified().await;
    }

    pub(crate) fn server(&self, journal: impl Journal) -> Server {
        self.server_with(journal, Settings::default())
    }

    pub(crate) fn server_with(&self, journal: impl Journal, settings: Settings) -> Server {
        Server::builder(contract())
            .settings(settings)
            .journal(journal)
            .namespace::<Pages>(self.clone())
            .build()
            .unwrap()
    }
}

/// A server that forgets everything with the test.
pub(crate) fn server() -> Server {
    Scribe::default().server(Memory::new())
}

pub(crate) fn draft(page: &str) -> Draft {
    Draft { page: page.to_owned(), title: "a poem".to_owned() }
}

pub(crate) fn text(page: &str, text: &str) -> Text {
    Text { page: page.to_owned(), text: text.to_owned(), stream: String::new() }
}

pub(crate) fn begin(server: &Server, page: &str) -> Writing {
    server.emitter::<Pages>().writing(&draft(page))
}

pub(crate) async fn enter(server: &Server) -> (TestClient, TestSocket) {
    let client = TestClient::connect(server.router()).await.unwrap();
    let mut socket = client.enter("/pages", &json!({})).await.unwrap();
    socket.next_named("tautline:welcome").await;
    (client, socket)
}

/// Somebody who reads a page.
pub(crate) struct Reader {
    pub(crate) client: TestClient,
    pub(crate) socket: TestSocket,
    pub(crate) streams: RoomStreams,
    /// The last numbered event.
    pub(crate) at: Value,
    /// How often it had to ask for what it missed.
    pub(crate) subscribed: u32,
    page: String,
}

impl Reader {
    pub(crate) async fn of(server: &Server, page: &str) -> Self {
        let (client, socket) = enter(server).await;
        let streams = RoomStreams::default();
        let (at, page) = (Value::Null, page.to_owned());
        let mut reader = Self { client, socket, streams, at, subscribed: 0, page };
        reader.join().await;
        reader
    }

    pub(crate) async fn join(&mut self) -> Value {
        self.streams.take(StreamNews::Asked);
        let join = json!({ "page": self.page });
        let answer = self.socket.call_with("join_page", &join, &json!({})).await.unwrap();
        self.streams.take(StreamNews::Joined { streams: RoomStreams::listed(&answer) });
        self.at = json!({ "epoch": answer["at"][0]["epoch"], "seq": answer["at"][0]["seq"] });
        answer
    }

    /// Comes back over a new connection, with everything that was missed.
    pub(crate) async fn come_back(&mut self, server: &Server) -> Value {
        (self.client, self.socket) = enter(server).await;
        self.subscribe().await
    }

    pub(crate) async fn subscribe(&mut self) -> Value {
        self.subscribed += 1;
        self.streams.take(StreamNews::Asked);
        let since = json!({ "room": format!("page:{}", self.page), "since": self.at });
        let answer = self.socket.call::<Value>("tautline:subscribe", &since).await.unwrap();
        assert_eq!(answer["recovered"], true, "{answer}");
        for event in answer["events"].as_array().unwrap() {
            let (payload, meta) = (event["payload"].clone(), event["meta"].clone());
            let name = event["name"].as_str().unwrap().to_owned();
            self.take(&TestEvent { name, payload, meta, attachments: Vec::new() });
        }
        let streams = RoomStreams::listed(&answer);
        assert!(!self.streams.take(StreamNews::Resumed { streams }), "{answer}");
        answer
    }

    /// Takes an event. `true`: something before it is missing.
    fn take(&mut self, event: &TestEvent) -> bool {
        let at = self.at["seq"].as_u64().unwrap();
        if event.name == "tautline:heads" {
            let head = &event.payload["heads"][format!("page:{}", self.page)]["seq"];
            return head.as_u64().is_some_and(|head| head > at);
        }
        match event.meta["seq"].as_u64() {
            Some(seq) if seq <= at => return false,
            Some(seq) if seq > at + 1 => return true,
            Some(seq) => self.at["seq"] = json!(seq),
            None => {}
        }
        self.streams.take_event(event)
    }

    /// The next event; subscribes if something is missing.
    pub(crate) async fn next(&mut self) -> TestEvent {
        let event = self.socket.next().await.expect("an event");
        if self.take(&event) {
            self.subscribe().await;
        }
        event
    }

    /// Reads until an event of this name.
    pub(crate) async fn next_named(&mut self, name: &str) -> TestEvent {
        loop {
            let event = self.next().await;
            if event.name == name {
                return event;
            }
        }
    }

    /// Reads until the stream has this text.
    pub(crate) async fn sees(&mut self, stream: &Writing, text: &str) {
        while self.streams.text(&stream.id().to_string()) != Some(text) {
            self.next().await;
        }
    }

    /// Reads everything that was sent before.
    pub(crate) async fn read_all(&mut self) {
        self.socket.emit("no_such_event", &json!({}));
        self.next_named("tautline:problem").await;
    }

    /// Nothing has come and nothing comes that was sent before.
    pub(crate) async fn has_seen_all(&mut self) {
        self.socket.emit("no_such_event", &json!({}));
        let mut name = self.socket.next().await.unwrap().name;
        // Where the room stands is said from time to time, and is no news.
        while name == "tautline:heads" {
            name = self.socket.next().await.unwrap().name;
        }
        assert_eq!(name, "tautline:problem");
    }
}

/// Lets so much time pass, with everything that happens in it.
pub(crate) async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

impl PagesServer for Scribe {
    type Context = Context<Pages>;

    async fn authorize_page(&self, _: &Self::Context, room: &Page) -> Answer<(), WriteError> {
        if room.page.starts_with("gated") {
            self.gate(&room.page).acquire().await.unwrap().forget();
        }
        Ok(())
    }

    async fn join_page(&self, _: &Self::Context, _: &Page) -> Answer<(), WriteError> {
        Ok(())
    }

    async fn authorize_wall(&self, _: &Self::Context, _: &Wall) -> Answer<(), NoRefusal> {
        Ok(())
    }

    async fn join_wall(&self, _: &Self::Context, _: &Wall) -> Answer<(), NoRefusal> {
        Ok(())
    }

    async fn write(&self, cx: &Self::Context, task: Task) -> Answer<Text, WriteError> {
        let Task { draft, ending } = task;
        let stream = cx.emit().writing(&draft);
        stream.append("roses ").await?;
        stream.append("are red").await?;
        if draft.title == "gated" {
            self.waiting.notify_one();
            self.gate("gated").acquire().await.unwrap().forget();
        }
        if ending == Ending::Stumbled {
            return Err(WriteError::Blocked { title: draft.title })?;
        }
        cx.commit(move |tx| {
            let (text, id) = (stream.so_far().text, stream.id().to_string());
            let text = Text { page: draft.page, text, stream: id };
            tx.emit().written(&text);
            stream.finish_in(tx, &text)?;
            match ending {
                Ending::TakenBack => Err(WriteError::Blocked { title: draft.title })?,
                Ending::Kept | Ending::Stumbled => Ok(text),
            }
        })
        .await
    }
}
