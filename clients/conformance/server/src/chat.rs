//! `/chat`: circles, and what has been said in them.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tautline::Answer;
use tautline_conformance::chat::{
    BegunTale, Chat, ChatError, ChatServer, Circle, CircleState, Message, NewMessage, NewTale,
    Quiet, Tale, TaleError, Telling,
};
use tautline_server::{Context, Stream};

use crate::house::House;
use crate::messages::Messages;

/// The circles.
pub(crate) struct ChatService {
    messages: Messages,
    quiet: Mutex<HashSet<String>>,
    house: House,
}

impl ChatService {
    /// A service with these messages, which can reach its server.
    pub(crate) fn new(messages: Messages, house: House) -> Self {
        Self { messages, quiet: Mutex::default(), house }
    }

    /// Takes a tale up where it stands. Whoever tells it lays it down again after each part: its lease
    /// is long enough.
    async fn take_up(&self, telling: &Telling) -> Answer<Stream<Chat, Tale, TaleError>> {
        Ok(self.house.server()?.emitter::<Chat>().reopen_tale(telling.tale).await?)
    }
}

impl ChatServer for ChatService {
    type Context = Context<Chat>;

    async fn authorize_circle(&self, _: &Self::Context, _: &Circle) -> Answer<()> {
        Ok(())
    }

    async fn join_circle(&self, _: &Self::Context, room: &Circle) -> Answer<CircleState> {
        Ok(CircleState { messages: self.messages.of(&room.circle_id).await? })
    }

    async fn say(&self, cx: &Self::Context, new: NewMessage) -> Answer<Message, ChatError> {
        let is_quiet = {
            let quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
            quiet.contains(&new.circle_id)
        };
        if is_quiet {
            return Err(ChatError::Hushed)?;
        }
        let author = cx.identity().subject.clone();
        let messages = self.messages.clone();
        cx.commit(move |tx| {
            let message = messages.add(tx, new, author)?;
            tx.emit().said(&message);
            Ok(message)
        })
        .await
    }

    async fn hush(&self, _: &Self::Context, quiet: Quiet) -> Answer<()> {
        let mut circles = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        if quiet.is_quiet {
            circles.insert(quiet.circle_id);
        } else {
            circles.remove(&quiet.circle_id);
        }
        Ok(())
    }

    async fn begin_tale(&self, cx: &Self::Context, tale: NewTale) -> Answer<BegunTale> {
        Ok(BegunTale { tale: cx.emit().tale(&tale).id() })
    }

    async fn tell(&self, _: &Self::Context, telling: Telling) -> Answer<()> {
        Ok(self.take_up(&telling).await?.append(telling.text).await?)
    }

    async fn end_tale(&self, _: &Self::Context, telling: Telling) -> Answer<()> {
        let tale = self.take_up(&telling).await?;
        tale.append(telling.text).await?;
        let text = tale.so_far().text;
        Ok(tale.finish(&Tale { text }).await?)
    }
}
