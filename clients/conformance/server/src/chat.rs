//! `/chat`: circles, and what has been said in them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tautline::Answer;
use tautline_conformance::chat::{
    BegunTale, Chat, ChatError, ChatServer, Circle, CircleState, Message, NewMessage, NewTale, Quiet,
    Tale, TaleError, Telling,
};
use tautline_server::{Context, Stream};

use crate::house::House;

/// The circles.
#[derive(Default)]
pub(crate) struct ChatService {
    said: Arc<Mutex<HashMap<String, Vec<Message>>>>,
    quiet: Mutex<HashSet<String>>,
    house: House,
}

impl ChatService {
    /// A service that can reach its server.
    pub(crate) fn new(house: House) -> Self {
        Self { house, ..Self::default() }
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
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(CircleState { messages: said.get(&room.circle_id).cloned().unwrap_or_default() })
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
        let said = Arc::clone(&self.said);
        cx.commit(move |tx| {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            let messages = said.entry(new.circle_id.clone()).or_default();
            let number = u32::try_from(messages.len() + 1)?;
            let NewMessage { circle_id, text } = new;
            let message = Message { circle_id, number, text, author };
            messages.push(message.clone());
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
        let letters = u32::try_from(tale.so_far().text.chars().count())?;
        Ok(tale.finish(&Tale { letters }).await?)
    }
}
