//! Messages: posted, changed, taken back.

use tautline_agent_chat::agents::Prompt;
use tautline_agent_chat::chat::{Body, ChatSession, EditMessage, Message, MessageRef, NewMessage};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::{MessageId, SessionId};
use tautline_agent_chat::{Agents, Chat};
use tautline_server::{Answer, Context, Tx};

use super::body::{Draft, Follows, accept};
use super::{context, sessions};
use crate::post::Post;
use crate::service::{Caller, now};
use crate::store::Db;

pub(super) async fn send(cx: &Context<Chat>, new: NewMessage) -> Answer<Message, ChatError> {
    let author = Caller::of(cx);
    let message = cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let session = sessions::open(db, new.session_id, &author)?;
        let replied = new.reply_to.map(|id| find(tx, db, new.session_id, id)).transpose()?;
        let thread = match new.thread {
            Some(id) => Some(find(tx, db, new.session_id, id)?),
            None => None,
        };
        // A thread within a thread is the thread.
        let thread = thread.map(|first| first.thread.unwrap_or(first.message_id));
        let thread = thread.or_else(|| replied.as_ref().and_then(|replied| replied.thread));
        let draft = Draft { author: &author, session: &session, replied: replied.as_ref() };
        let (body, Follows { prompts, shared }) = accept(db, &draft, new.body)?;
        let post = Post {
            session_id: new.session_id,
            author: author.user,
            body,
            reply_to: new.reply_to,
            thread,
            answer_id: None,
        };
        let message = post.write(tx, db)?;
        if let Some(shared) = shared {
            context::share(db, &message, shared)?;
        }
        for agent_id in prompts {
            db.insert_prompt(&agent_id, message.message_id)?;
            tx.emit_in::<Agents>().prompted(&Prompt { agent_id, message: message.clone() });
        }
        Ok(message)
    });
    let message = message.await?;
    // Never its words: they are nobody's business but the session's.
    tracing::info!(
        trace_id = cx.trace_id(),
        connection = %cx.connection(),
        user = message.author.0,
        room = %message.session_id.0,
        message = %message.message_id.0,
        "message"
    );
    Ok(message)
}

pub(super) async fn edit(cx: &Context<Chat>, edit: EditMessage) -> Answer<Message, ChatError> {
    let author = Caller::of(cx);
    cx.commit(move |tx| {
        let EditMessage { session_id, message_id, revision, text } = edit;
        let db = Db::of(tx)?;
        sessions::open(db, session_id, &author)?;
        let message = find(tx, db, session_id, message_id)?;
        match message.body {
            _ if !author.is(&message.author) => Err(ChatError::NotTheAuthor { message_id })?,
            _ if message.revision != revision => {
                Err(ChatError::ChangedMeanwhile { message_id, revision: message.revision })?
            }
            Body::Text { .. } => {}
            Body::Context { .. }
            | Body::Task { .. }
            | Body::Agent { .. }
            | Body::System { .. }
            | Body::Deleted => Err(ChatError::NotText { message_id })?,
        }
        db.rewrite_message(message_id, &Body::Text { text }, now())?;
        let message = find(tx, db, session_id, message_id)?;
        tx.emit().message_edited(&message);
        Ok(message)
    })
    .await
}

pub(super) async fn delete(cx: &Context<Chat>, message: MessageRef) -> Answer<(), ChatError> {
    let author = Caller::of(cx);
    cx.commit(move |tx| {
        let MessageRef { session_id, message_id } = message;
        let db = Db::of(tx)?;
        sessions::open(db, session_id, &author)?;
        let found = find(tx, db, session_id, message_id)?;
        if !author.is(&found.author) && !author.is_admin {
            return Err(ChatError::NotTheAuthor { message_id })?;
        }
        db.rewrite_message(message_id, &Body::Deleted, now())?;
        db.delete_context_of(session_id, message_id)?;
        db.delete_prompts_of(message_id)?;
        tx.emit().message_deleted(&message);
        Ok(())
    })
    .await
}

/// A message of this session that still has its words.
pub(super) fn find(
    tx: &Tx<'_, Chat>,
    db: Db<'_>,
    session_id: SessionId,
    message_id: MessageId,
) -> Answer<Message, ChatError> {
    let epoch = tx.head::<Chat>(&ChatSession { session_id })?.epoch;
    let message = db.message(message_id, &epoch)?;
    let is_there =
        |message: &Message| message.session_id == session_id && message.body != Body::Deleted;
    Ok(message.filter(is_there).ok_or(ChatError::MessageNotFound { message_id })?)
}
