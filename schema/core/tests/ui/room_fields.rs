//! A payload that does not say which room it belongs to.
use tautline::{Finite, NoRefusal, Uuid, namespace, payload, room};

#[room("session:{session_id}")]
pub struct ChatSession {
    pub session_id: Uuid,
}

#[room("ratio:{ratio}")]
pub struct Ratio {
    pub ratio: Finite,
}

#[payload]
pub struct Typing {
    pub session: Uuid,
}

#[payload]
pub struct OtherType {
    pub session_id: String,
}

#[namespace("/chat", client = ChatClient)]
pub trait ChatServer {
    #[event(room = ChatSession)]
    async fn typing(signal: Typing) -> Result<(), NoRefusal>;

    #[event(room = ChatSession)]
    fn other(signal: OtherType);

    #[event(room = ChatSession)]
    fn nothing();
}

#[namespace("/chat", side = client)]
pub trait ChatClient {
    #[event(room = ChatSession)]
    fn typed(signal: Typing);

    #[event(room = Typing)]
    fn no_room(signal: Typing);
}

fn main() {}
