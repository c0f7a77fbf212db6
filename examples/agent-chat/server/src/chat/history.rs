//! What was written: the state of a session for whoever enters it, and its history.

use tautline_agent_chat::Chat;
use tautline_agent_chat::chat::{
    ChatSession, History, HistoryPage, HistorySince, MessageRef, SessionState,
};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::{MessageId, SessionId};
use tautline_server::{Answer, Context};

use super::status::Readers;
use crate::service::{Service, as_user, now};

/// How many messages whoever enters a session gets at once: some screens.
const FIRST: u32 = 50;

/// How long a thread is shown at once.
const THREAD: u32 = 200;

pub(super) async fn state(
    service: &Service,
    cx: &Context<Chat>,
    room: &ChatSession,
) -> Answer<SessionState, ChatError> {
    let id = room.session_id;
    let epoch = cx.room::<Chat>(room).position().await?.epoch;
    let state = service.store.read(move |db| {
        let Some(session) = db.session(id)? else { return Ok(None) };
        let History { messages, more } = db.messages_before(id, None, FIRST, &epoch)?;
        let contexts = db.contexts(id, now())?;
        Ok(Some(SessionState { session, messages, more, contexts }))
    });
    let mut state = state.await?.ok_or(ChatError::SessionNotFound { session_id: id })?;
    readers(service, cx, id).await?.judge(&mut state.messages);
    Ok(state)
}

pub(super) async fn before(
    service: &Service,
    cx: &Context<Chat>,
    page: HistoryPage,
) -> Answer<History, ChatError> {
    let HistoryPage { session_id, before, limit } = page;
    let epoch = cx.room::<Chat>(&ChatSession { session_id }).position().await?.epoch;
    let history = service.store.read(move |db| {
        if let Some(id) = before
            && db.message(id, &epoch)?.is_none_or(|message| message.session_id != session_id)
        {
            return Ok(Err(id));
        }
        db.messages_before(session_id, before, limit, &epoch).map(Ok)
    });
    judged(service, cx, session_id, history.await?).await
}

pub(super) async fn since(
    service: &Service,
    cx: &Context<Chat>,
    since: HistorySince,
) -> Answer<History, ChatError> {
    let HistorySince { session_id, seq, limit } = since;
    let epoch = cx.room::<Chat>(&ChatSession { session_id }).position().await?.epoch;
    let read = move |db: crate::store::Db<'_>| db.messages_since(session_id, seq, limit, &epoch);
    let history = service.store.read(read).await?;
    judged(service, cx, session_id, Ok(history)).await
}

pub(super) async fn thread(
    service: &Service,
    cx: &Context<Chat>,
    thread: MessageRef,
) -> Answer<History, ChatError> {
    let MessageRef { session_id, message_id } = thread;
    let epoch = cx.room::<Chat>(&ChatSession { session_id }).position().await?.epoch;
    let history = service.store.read(move |db| {
        let history = db.thread(session_id, message_id, THREAD, &epoch)?;
        Ok(if history.messages.is_empty() { Err(message_id) } else { Ok(history) })
    });
    judged(service, cx, session_id, history.await?).await
}

/// Adds where each message stands.
async fn judged(
    service: &Service,
    cx: &Context<Chat>,
    session_id: SessionId,
    history: Result<History, MessageId>,
) -> Answer<History, ChatError> {
    let mut history = history.map_err(|message_id| ChatError::MessageNotFound { message_id })?;
    readers(service, cx, session_id).await?.judge(&mut history.messages);
    Ok(history)
}

async fn readers(
    service: &Service,
    cx: &Context<Chat>,
    session_id: SessionId,
) -> Answer<Readers, ChatError> {
    let receipts = cx.receipts(&ChatSession { session_id }).await?;
    let (members, agents) = service
        .store
        .read(move |db| {
            let members = db.session(session_id)?.map(|session| session.members);
            Ok((members.unwrap_or_default(), db.agents_in(session_id)?))
        })
        .await?;
    let agents: Vec<_> = agents.iter().map(as_user).collect();
    Ok(Readers::new(members, &agents, receipts))
}
