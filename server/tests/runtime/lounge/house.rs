//! The service under test, and guests who follow what they are told.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tautline::Answer;
use tautline_server::journal::{Journal, Memory};
use tautline_server::testing::{Connect, RoomPresence, TestClient, TestSocket};
use tautline_server::{Context, Server, Settings};
use tokio::sync::Semaphore;

use super::contract::*;
use crate::lab::Trusting;

/// Longer than changes are collected, and far shorter than a grace.
pub(crate) const A_MOMENT: Duration = Duration::from_millis(200);

/// Longer than the grace of a cut link.
pub(crate) const A_WHILE: Duration = Duration::from_secs(11);

/// The service.
#[derive(Clone)]
pub(crate) struct House(Arc<Semaphore>);

impl House {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets one guest into a gated lounge.
    pub(crate) fn open(&self) {
        self.0.add_permits(1);
    }

    pub(crate) fn server(&self, journal: impl Journal, settings: Settings) -> Server {
        Server::builder(contract())
            .authenticator(Trusting)
            .settings(settings)
            .journal(journal)
            .namespace::<Lounges>(self.clone())
            .build()
            .unwrap()
    }
}

/// A server that forgets everything with the test.
pub(crate) fn server() -> Server {
    House::new().server(Memory::new(), Settings::default())
}

/// A server over this journal.
pub(crate) fn server_with(journal: impl Journal) -> Server {
    House::new().server(journal, Settings::default())
}

pub(crate) fn lounge(name: &str) -> Lounge {
    Lounge { lounge: name.to_owned() }
}

pub(crate) fn remark(lounge: &str, text: &str) -> Remark {
    Remark { lounge: lounge.to_owned(), text: text.to_owned() }
}

/// Says something in a lounge, from outside.
pub(crate) async fn say(server: &Server, lounge: &str, times: u32) {
    for number in 0..times {
        server.emitter::<Lounges>().said(&remark(lounge, &number.to_string())).await.unwrap();
    }
}

/// Somebody in the namespace, who follows the presence of one lounge.
pub(crate) struct Guest {
    pub(crate) client: TestClient,
    pub(crate) socket: TestSocket,
    pub(crate) room: RoomPresence,
    /// The answer to the join.
    pub(crate) joined: Value,
    /// How many changes of presence came.
    pub(crate) changes: usize,
    /// What the last `tautline:receipts` said.
    pub(crate) receipts: Vec<Value>,
}

impl Guest {
    pub(crate) async fn enter(server: &Server, auth: &Value) -> Self {
        Self::over(Connect::default().to(server.router()).await.unwrap(), auth).await
    }

    pub(crate) async fn over(client: TestClient, auth: &Value) -> Self {
        let mut socket = client.enter("/lounges", auth).await.unwrap();
        socket.next_named("tautline:welcome").await;
        let (room, joined) = (RoomPresence::default(), Value::Null);
        Self { client, socket, room, joined, changes: 0, receipts: Vec::new() }
    }

    /// A guest of this name, in the lounge `a`.
    pub(crate) async fn join(server: &Server, name: &str) -> Self {
        let mut guest = Self::enter(server, &json!({ "token": name })).await;
        guest.sit_down("a").await;
        guest
    }

    pub(crate) async fn sit_down(&mut self, lounge: &str) {
        self.room.asked();
        let room = json!({ "lounge": lounge });
        self.joined = self.socket.call_with("join_lounge", &room, &json!({})).await.unwrap();
        assert!(!self.room.answered(&self.joined["presence"]));
    }

    /// Asks for the lounge `a` again.
    pub(crate) async fn subscribe(&mut self) -> Value {
        self.room.asked();
        let answer: Value =
            self.socket.call("tautline:subscribe", &json!({ "room": "lounge:a" })).await.unwrap();
        assert!(!self.room.answered(&answer["presence"]));
        answer
    }

    pub(crate) async fn show(&self, mood: &str) {
        let shown = json!({ "room": "lounge:a", "state": { "mood": mood } });
        self.socket.call::<Value>("tautline:present", &shown).await.unwrap();
    }

    /// Hears what comes within this time.
    pub(crate) async fn listen(&mut self, time: Duration) {
        let until = tokio::time::Instant::now() + time;
        while let Ok(Some(event)) = tokio::time::timeout_at(until, self.socket.next()).await {
            self.changes += usize::from(event.name == "tautline:presence");
            assert!(!self.room.take_event(&event), "a gap: {event:?}");
            if event.name == "tautline:receipts" {
                self.receipts.push(event.payload);
            }
        }
    }

    /// Who is there, as the guest knows after a moment.
    pub(crate) async fn sees(&mut self) -> Vec<String> {
        self.listen(A_MOMENT).await;
        self.room.subjects().into_iter().map(str::to_owned).collect()
    }

    /// The mood of somebody.
    pub(crate) fn mood_of(&self, subject: &str) -> Value {
        let members = self.room.members();
        members.iter().find(|it| it["subject"] == subject).unwrap()["state"]["mood"].clone()
    }
}

impl LoungesServer for House {
    type Context = Context<Lounges>;

    async fn authorize_lounge(&self, _: &Self::Context, room: &Lounge) -> Answer<()> {
        if room.lounge.starts_with("gated") {
            self.0.acquire().await?.forget();
        }
        Ok(())
    }

    async fn join_lounge(&self, _: &Self::Context, _: &Lounge) -> Answer<()> {
        Ok(())
    }

    async fn authorize_garden(&self, _: &Self::Context, _: &Garden) -> Answer<()> {
        Ok(())
    }

    async fn join_garden(&self, _: &Self::Context, _: &Garden) -> Answer<()> {
        Ok(())
    }

    async fn authorize_hall(&self, _: &Self::Context, _: &Hall) -> Answer<()> {
        Ok(())
    }

    async fn join_hall(&self, _: &Self::Context, _: &Hall) -> Answer<()> {
        Ok(())
    }

    async fn say(&self, cx: &Self::Context, remark: Remark) -> Answer<()> {
        cx.emit().said(&remark);
        Ok(())
    }

    async fn look_around(&self, cx: &Self::Context, lounge: Lounge) -> Answer<Attendance> {
        let mood = |pose: Option<Pose>| pose.map_or_else(|| "nothing".to_owned(), |it| it.mood);
        let present = cx.presence(&lounge).into_iter();
        let read = cx.receipts(&lounge).await?.into_iter();
        Ok(Attendance {
            present: present.map(|it| format!("{} shows {}", it.subject, mood(it.state))).collect(),
            read: read.map(|(subject, receipt)| format!("{subject} {}", receipt.read)).collect(),
        })
    }

    async fn slip_out(&self, cx: &Self::Context, lounge: Lounge) -> Answer<()> {
        cx.leave(&lounge);
        Ok(())
    }
}
