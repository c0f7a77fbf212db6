//! `/chat`: what a page of people who talk needs. Messages that are kept and found again, a tale that
//! is written while others read it, who is there, and how far each of them has read.

use tautline::{NoRefusal, Uuid, contract_error, namespace, payload, room};

/// A circle of people.
#[room("circle:{circle_id}", presence = Activity, receipts)]
pub struct Circle {
    /// Which one.
    pub circle_id: String,
}

/// What somebody in a circle shows to the others.
#[payload]
pub struct Activity {
    /// Whether they are writing.
    pub is_writing: bool,
}

/// What has been said in a circle.
#[payload]
pub struct CircleState {
    /// Everything, oldest first.
    pub messages: Vec<Message>,
}

/// What somebody wants to say.
#[payload]
pub struct NewMessage {
    /// Where.
    pub circle_id: String,
    /// What.
    #[field(length(1..=500))]
    pub text: String,
}

/// What somebody has said.
#[payload]
pub struct Message {
    /// Where.
    pub circle_id: String,
    /// Its place in the circle, from 1.
    pub number: u32,
    /// What.
    pub text: String,
    /// Who.
    pub author: String,
}

/// Whether a circle takes messages.
#[payload]
pub struct Quiet {
    /// Which one.
    pub circle_id: String,
    /// Whether it takes none.
    pub is_quiet: bool,
}

/// What a tale begins with.
#[payload]
pub struct NewTale {
    /// Where it is told.
    pub circle_id: String,
    /// What it is called.
    pub title: String,
}

/// A tale that was begun.
#[payload]
pub struct BegunTale {
    /// Its id.
    pub tale: Uuid,
}

/// More of a tale.
#[payload]
pub struct Telling {
    /// Which one.
    pub tale: Uuid,
    /// What comes next.
    pub text: String,
}

/// A tale that was told to its end.
#[payload]
pub struct Tale {
    /// All of it: whoever was away has missed parts that nobody brings after the end.
    pub text: String,
}

/// Why a message was not taken.
#[contract_error]
pub enum ChatError {
    /// Nobody may talk now.
    #[problem(
        category = conflict,
        message = "This circle is quiet at the moment.",
        hint = "Try again when it is open."
    )]
    Hushed,
}

/// Why a tale has no end.
#[contract_error]
pub enum TaleError {
    /// Its teller does not know how it ends.
    #[problem(category = cancelled, message = "The teller has forgotten the end.", hint = "Make one up.")]
    Forgotten,
}

/// What people do in a circle.
#[namespace("/chat", client = ChatClient)]
pub trait ChatServer {
    /// Sits down.
    #[join]
    async fn join_circle(room: Circle) -> Result<CircleState, NoRefusal>;

    /// Says something; sent again, it is said once.
    #[event(delivery = idempotent, room = Circle, offline = queue("24h"))]
    async fn say(message: NewMessage) -> Result<Message, ChatError>;

    /// Makes a circle quiet, or opens it again.
    #[event(lane = none)]
    async fn hush(quiet: Quiet) -> Result<(), NoRefusal>;

    /// Begins a tale.
    #[event(room = Circle)]
    async fn begin_tale(tale: NewTale) -> Result<BegunTale, NoRefusal>;

    /// Tells more of it, whoever has begun it, and on whichever server.
    #[event]
    async fn tell(telling: Telling) -> Result<(), NoRefusal>;

    /// Tells the rest of it.
    #[event]
    async fn end_tale(telling: Telling) -> Result<(), NoRefusal>;
}

/// What people hear.
#[namespace("/chat", side = client)]
pub trait ChatClient {
    /// Somebody has said something.
    #[event(delivery = durable, room = Circle)]
    fn said(message: Message);

    /// A tale is told.
    #[stream(room = Circle, lease = "60s")]
    fn tale(tale: NewTale) -> Result<Tale, TaleError>;
}
