//! `/chat`: sessions and what is written into them.

mod agent;
mod answers;
mod body;
mod context;
mod history;
mod messages;
mod sessions;
mod status;
mod system;
mod task;
mod text;

use tautline_agent_chat::chat::{
    AnswerRef, ChatSession, ContextRef, EditMessage, History, HistoryPage, HistorySince, Invite,
    ListSessions, Message, MessageRef, NewMessage, NewSession, RenameSession, Session, SessionPage,
    SessionState, SharedContext, Typing,
};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::{Chat, ChatServer};
use tautline_server::{Answer, Context};

use crate::service::{Caller, Service};

impl ChatServer for Service {
    type Context = Context<Chat>;

    async fn create_session(
        &self,
        cx: &Self::Context,
        session: NewSession,
    ) -> Answer<Session, ChatError> {
        sessions::create(cx, session).await
    }

    async fn list_sessions(&self, cx: &Self::Context, page: ListSessions) -> Answer<SessionPage> {
        let subject = cx.identity().subject.clone();
        Ok(self.store.read(move |db| db.sessions_of(&subject, &page)).await?)
    }

    async fn rename_session(
        &self,
        cx: &Self::Context,
        rename: RenameSession,
    ) -> Answer<Session, ChatError> {
        sessions::rename(cx, rename).await
    }

    async fn archive_session(
        &self,
        cx: &Self::Context,
        session: ChatSession,
    ) -> Answer<Session, ChatError> {
        sessions::archive(self, cx, session).await
    }

    async fn invite(&self, cx: &Self::Context, invitation: Invite) -> Answer<Session, ChatError> {
        sessions::invite(cx, invitation).await
    }

    async fn authorize_chat_session(
        &self,
        cx: &Self::Context,
        room: &ChatSession,
    ) -> Answer<(), ChatError> {
        let (caller, id) = (Caller::of(cx), room.session_id);
        // The inner refusal is the contract's, the outer one the store's.
        self.store.read(move |db| Ok(sessions::may_read(db, id, &caller))).await?
    }

    async fn join_chat_session(
        &self,
        cx: &Self::Context,
        room: &ChatSession,
    ) -> Answer<SessionState, ChatError> {
        history::state(self, cx, room).await
    }

    async fn leave_chat_session(
        &self,
        cx: &Self::Context,
        session: ChatSession,
    ) -> Answer<(), ChatError> {
        sessions::leave(cx, session).await
    }

    async fn send_message(
        &self,
        cx: &Self::Context,
        message: NewMessage,
    ) -> Answer<Message, ChatError> {
        messages::send(cx, message).await
    }

    async fn edit_message(
        &self,
        cx: &Self::Context,
        edit: EditMessage,
    ) -> Answer<Message, ChatError> {
        messages::edit(cx, edit).await
    }

    async fn delete_message(
        &self,
        cx: &Self::Context,
        message: MessageRef,
    ) -> Answer<(), ChatError> {
        messages::delete(cx, message).await
    }

    async fn list_messages(
        &self,
        cx: &Self::Context,
        page: HistoryPage,
    ) -> Answer<History, ChatError> {
        history::before(self, cx, page).await
    }

    async fn list_thread(
        &self,
        cx: &Self::Context,
        thread: MessageRef,
    ) -> Answer<History, ChatError> {
        history::thread(self, cx, thread).await
    }

    async fn list_messages_since(
        &self,
        cx: &Self::Context,
        since: HistorySince,
    ) -> Answer<History, ChatError> {
        history::since(self, cx, since).await
    }

    async fn read_context(
        &self,
        _: &Self::Context,
        context: ContextRef,
    ) -> Answer<SharedContext, ChatError> {
        context::read(self, context).await
    }

    async fn interrupt_answer(
        &self,
        cx: &Self::Context,
        answer: AnswerRef,
    ) -> Answer<(), ChatError> {
        answers::interrupt(self, cx, answer).await
    }

    async fn typing(&self, cx: &Self::Context, session: ChatSession) {
        let member = Caller::of(cx).user;
        cx.emit().member_typing(&Typing { session_id: session.session_id, member });
    }
}
