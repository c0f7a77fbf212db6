//! Namespaces and the shape of their events.
use tautline::{NoRefusal, namespace, payload, room};

#[payload]
pub struct Note {
    pub id: String,
}

#[room("notes:{id}")]
pub struct Notes {
    pub id: String,
}

#[namespace]
pub trait NoPathServer {
    #[event]
    fn ping();
}

#[namespace("chat", clinet = X, prefix = "tautline:")]
pub trait PathServer {
    #[event]
    fn ping();
}

#[namespace("/chat/{id}/", side = sever)]
pub trait PatternServer {
    #[event]
    fn ping();
}

#[namespace("/chat", side = client, client = Other)]
pub trait BothClient {
    #[event]
    fn ping();
}

#[namespace("/chat")]
pub trait Chat {
    #[event]
    fn ping();
}

#[namespace("/chat")]
pub trait GenericServer<T>: Clone {
    const X: u32;
    type Y;
    #[event]
    fn ping();
}

#[namespace("/empty")]
pub trait EmptyServer {}

#[namespace("/struct")]
pub struct Struct {}

#[namespace("/shapes")]
pub trait ShapesServer {
    fn unsaid(note: Note);
    #[event]
    #[join]
    fn both(note: Note);
    #[event]
    fn with_self(&self, note: Note);
    #[event]
    fn two(note: Note, other: Note);
    #[event]
    fn body(note: Note) {}
    #[event]
    fn generic<T>(note: Note);
    #[event]
    fn destructured(Note { id }: Note);
    #[event]
    fn bare(text: String);
    #[event]
    fn listed(notes: Vec<Note>);
    #[event]
    async fn unanswered(note: Note);
    #[event]
    async fn one_type(note: Note) -> Result<Note>;
    #[event]
    async fn no_result(note: Note) -> Note;
    #[event]
    fn answers(note: Note) -> Result<Note, NoRefusal>;
    #[event]
    async fn wide() -> Result<u64, NoRefusal>;
    #[event]
    #[cfg(test)]
    fn sometimes();
    #[join]
    fn join_sync(room: Notes) -> Result<Note, NoRefusal>;
    #[join]
    async fn join_nothing() -> Result<Note, NoRefusal>;
    #[event = "x"]
    fn equal();
    #[stream(room = Notes, lease = "1s")]
    fn streamed(note: Note) -> Result<Note, NoRefusal>;
}

#[namespace("/names")]
pub trait NamesServer {
    #[event]
    fn ping();
    #[event]
    fn ping();
    #[event(name = "ping")]
    fn pong();
    #[event(name = "a b")]
    fn blank();
    #[event(name = "tautline:x")]
    fn library();
    #[event]
    fn disconnect();
    #[event]
    fn connected();
    #[event]
    fn camelCase();
    fn unsaid_too();
    #[join]
    async fn join_notes(room: Notes) -> Result<Note, NoRefusal>;
    #[join]
    async fn enter_notes(room: Notes) -> Result<Note, NoRefusal>;
}

#[namespace("/client", side = client)]
pub trait TellsClient {
    #[event]
    async fn waits(note: Note);
    #[event]
    fn answered(note: Note) -> Result<(), NoRefusal>;
    #[join]
    fn joined(room: Notes);
    #[stream(room = Notes, lease = "1s")]
    async fn waiting_stream(note: Note) -> Result<Note, NoRefusal>;
    #[stream(room = Notes)]
    fn endless(note: Note) -> Result<Note, NoRefusal>;
    #[stream(lease = "1s")]
    fn nowhere(note: Note);
    #[question(room = Notes, expires = "1 day")]
    fn sync_question(note: Note) -> Result<Note, NoRefusal>;
}

fn main() {}
