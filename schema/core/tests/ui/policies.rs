//! What may be said of an event, and what excludes what.
use tautline::{NoRefusal, namespace, payload, room};

#[payload]
pub struct Note {
    pub id: String,
}

#[room("notes:{id}")]
pub struct Notes {
    pub id: String,
}

#[namespace("/values")]
pub trait ValuesServer {
    #[event(delivry = volatile, rooms = Notes)]
    fn keys(note: Note);
    #[event(delivery = exactly_once)]
    async fn delivery(note: Note) -> Result<(), NoRefusal>;
    #[event(delivery = durable)]
    async fn direction(note: Note) -> Result<(), NoRefusal>;
    #[event(delivery = "volatile", timeout = 5, room = "notes", lane = 3, scope = 4, guests = 1)]
    async fn kinds(note: Note) -> Result<(), NoRefusal>;
    #[event(rate = "20", cost = "x", max_bytes = "64KB", offline = wait, window = "1y", flag = 1)]
    async fn more(note: Note) -> Result<(), NoRefusal>;
    #[event(since = 1, deprecated = 1, example, timeout = "100d", max_bytes = 1.5)]
    async fn others(note: Note) -> Result<(), NoRefusal>;
    #[event(deprecated(replaced = "x"))]
    async fn replaced(note: Note) -> Result<(), NoRefusal>;
    #[event(room = [Notes, Notes], scope = ["a", "a"], guests, guests)]
    async fn doubled(note: Note) -> Result<(), NoRefusal>;
    #[event(offline = queue, delivery = idempotent)]
    async fn how_long(note: Note) -> Result<(), NoRefusal>;
}

#[namespace("/rules")]
pub trait RulesServer {
    #[event(delivery = volatile)]
    async fn acknowledged(note: Note) -> Result<(), NoRefusal>;
    #[event(delivery = idempotent)]
    fn unacknowledged(note: Note);
    #[event(window = "1h", offline = queue("1h"))]
    async fn remembered(note: Note) -> Result<(), NoRefusal>;
    #[event(delivery = idempotent, offline = queue("25h"))]
    async fn too_long(note: Note) -> Result<(), NoRefusal>;
    #[event(offline = drop)]
    async fn dropped(note: Note) -> Result<(), NoRefusal>;
    #[event(timeout = "1s")]
    fn untimed(note: Note);
    #[event(example = Note { id: String::new() }, answer_example = ())]
    async fn no_examples() -> Result<(), NoRefusal>;
    #[join(room = Notes, delivery = idempotent)]
    async fn join_notes(room: Notes) -> Result<Note, NoRefusal>;
}

#[namespace("/events", side = client)]
pub trait EventsClient {
    #[event(delivery = durable)]
    fn roomless(note: Note);
    #[event(delivery = idempotent, rate = "1/s", scope = "x")]
    fn commanded(note: Note);
    #[question(lease = "1s", room = Notes)]
    async fn asked(note: Note) -> Result<Note, NoRefusal>;
}

#[namespace("/examples")]
pub trait ExamplesServer {
    #[event(example = Note { id: 5 })]
    fn wrong(note: Note);
}

fn main() {}
