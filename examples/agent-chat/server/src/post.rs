//! Writing into a session: the one place at which a message is made, from whichever namespace.

use tautline::{Namespace, SafeInt, Uuid};
use tautline_agent_chat::Chat;
use tautline_agent_chat::chat::{Body, ChatSession, Level, Message, MessageStatus};
use tautline_agent_chat::ids::{AnswerId, MessageId, SessionId, UserId};
use tautline_server::{Answer, Position, Tx};

use crate::service::now;
use crate::store::Db;

/// A message that is to be written.
pub(crate) struct Post {
    pub(crate) session_id: SessionId,
    pub(crate) author: UserId,
    pub(crate) body: Body,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) thread: Option<MessageId>,
    pub(crate) answer_id: Option<AnswerId>,
}

impl Post {
    /// A message that answers nothing.
    pub(crate) fn new(session_id: SessionId, author: UserId, body: Body) -> Self {
        Self { session_id, author, body, reply_to: None, thread: None, answer_id: None }
    }

    /// What the application says of something that somebody did.
    pub(crate) fn notice(session_id: SessionId, by: UserId, level: Level, text: String) -> Self {
        Self::new(session_id, by, Body::System { level, text })
    }

    /// Stores it at its place in the session's room, and tells everybody there.
    pub(crate) fn write<N: Namespace, E>(self, tx: &Tx<'_, N>, db: Db<'_>) -> Answer<Message, E> {
        let room = ChatSession { session_id: self.session_id };
        let Position { epoch, seq } = tx.head::<Chat>(&room)?;
        let place = Position { epoch, seq: seq + 1 };
        let message = Message {
            message_id: MessageId(Uuid::now_v7()),
            session_id: self.session_id,
            author: self.author,
            body: self.body,
            reply_to: self.reply_to,
            thread: self.thread,
            replies: 0,
            answer_id: self.answer_id,
            seq: SafeInt::new(place.seq),
            status: MessageStatus::Sent,
            revision: 0,
            created_at: now(),
            edited_at: None,
        };
        db.insert_message(&message, &place)?;
        tx.emit_in::<Chat>().message_created(&message);
        Ok(message)
    }
}
