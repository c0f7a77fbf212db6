//! `/chat`: what a page of people who talk needs. Messages that are kept and found again, a tale that
//! is written while others read it, who is there, and how far each of them has read.

use tautline::{NoRefusal, contract_error, namespace, payload, room};

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
}

/// What people hear.
#[namespace("/chat", side = client)]
pub trait ChatClient {
    /// Somebody has said something.
    #[event(delivery = durable, room = Circle)]
    fn said(message: Message);
}
