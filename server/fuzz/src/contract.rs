//! The contract that is fuzzed, one event of each kind, and its service.

use tautline::{Answer, NoRefusal, namespace, payload, room};
use tautline_server::Context;

/// A desk, which keeps its last eight notes.
#[room("desk:{desk}", retention = "8", receipts)]
pub(crate) struct Desk {
    /// Which one.
    pub(crate) desk: String,
}

/// A note on a desk.
#[payload]
pub(crate) struct Note {
    /// On which one.
    pub(crate) desk: String,
    /// What it says.
    #[field(length(1..=2000))]
    pub(crate) text: String,
}

/// What a client may send.
#[namespace("/fuzz", client = DesksClient)]
pub(crate) trait DesksServer {
    /// Sits down.
    #[join(guests = true)]
    async fn sit(room: Desk) -> Result<(), NoRefusal>;

    /// Writes a note.
    #[event(delivery = idempotent, guests = true)]
    async fn write(note: Note) -> Result<Note, NoRefusal>;

    /// Whispers, and waits for nothing.
    #[event(delivery = volatile, room = Desk, guests = true)]
    fn whisper(note: Note);

    /// Asks for a scope.
    #[event(scope = "admin")]
    async fn tidy() -> Result<(), NoRefusal>;

    /// Says that it is there.
    #[event(lane = none, guests = true)]
    async fn ping() -> Result<(), NoRefusal>;
}

/// What a client hears.
#[namespace("/fuzz", side = client)]
pub(crate) trait DesksClient {
    /// A note was written.
    #[event(delivery = durable, room = Desk)]
    fn written(note: Note);
}

/// Another namespace, to see whether a connection is still read.
#[namespace("/probe")]
pub(crate) trait ProbeServer {
    /// Says that it is there.
    #[event(guests = true)]
    async fn here() -> Result<(), NoRefusal>;
}

tautline::contract! {
    name: "fuzz",
    version: "1.0.0",
    namespaces: [Desks, Probe],
    scopes: ["admin"],
    auth: jwt,
    guests: true,
}

/// Does what it is asked to.
pub(crate) struct Service;

impl DesksServer for Service {
    type Context = Context<Desks>;

    async fn authorize_desk(&self, _: &Self::Context, _: &Desk) -> Answer<()> {
        Ok(())
    }

    async fn sit(&self, _: &Self::Context, _: &Desk) -> Answer<()> {
        Ok(())
    }

    async fn write(&self, cx: &Self::Context, note: Note) -> Answer<Note> {
        cx.emit().written(&note);
        Ok(note)
    }

    async fn whisper(&self, _: &Self::Context, _: Note) {}

    async fn tidy(&self, _: &Self::Context) -> Answer<()> {
        Ok(())
    }

    async fn ping(&self, _: &Self::Context) -> Answer<()> {
        Ok(())
    }
}

impl ProbeServer for Service {
    type Context = Context<Probe>;

    async fn here(&self, _: &Self::Context) -> Answer<()> {
        Ok(())
    }
}
