//! Messages, in the order in which they were stored.

use tautline::{DateTime, SafeInt, Utc, Uuid};
use tautline_agent_chat::chat::{Body, History, Message, MessageStatus};
use tautline_agent_chat::ids::{AnswerId, MessageId, SessionId, UserId};
use tautline_server::Position;
use tautline_server::rusqlite::{OptionalExtension, Params, Row, named_params, params};

use super::column::{AsJson, json, ms, optional_id, optional_time, time};
use super::{Db, Result};

/// What is read of a message. The epoch of the room comes as `:epoch`: a place from another one is
/// none any more.
const SELECT: &str = "SELECT id, session_id, author, body, reply_to, thread, answer_id, revision,
    created_at, edited_at, CASE epoch WHEN :epoch THEN seq END AS seq,
    (SELECT count(*) FROM messages AS reply WHERE reply.thread = messages.id) AS replies
  FROM messages";

impl Db<'_> {
    /// Stores a message at its place in the session's room.
    pub(crate) fn insert_message(&self, message: &Message, place: &Position) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO messages (id, session_id, author, body, reply_to, thread, answer_id,
                                       epoch, seq, revision, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                message.message_id.0,
                message.session_id.0,
                message.author.0,
                AsJson(&message.body),
                message.reply_to.map(|id| id.0),
                message.thread.map(|id| id.0),
                message.answer_id.map(|id| id.0),
                place.epoch,
                i64::try_from(place.seq).unwrap_or(i64::MAX),
                message.revision,
                ms(message.created_at),
            ])?;
        self.touch_session(message.session_id, message.created_at)
    }

    pub(crate) fn message(&self, id: MessageId, epoch: &str) -> Result<Option<Message>> {
        self.0
            .prepare_cached(&format!("{SELECT} WHERE id = :id"))?
            .query_row(named_params! { ":id": id.0, ":epoch": epoch }, read_message)
            .optional()
    }

    /// The message that an answer has become.
    pub(crate) fn message_of(&self, id: AnswerId, epoch: &str) -> Result<Option<Message>> {
        self.0
            .prepare_cached(&format!("{SELECT} WHERE answer_id = :id"))?
            .query_row(named_params! { ":id": id.0, ":epoch": epoch }, read_message)
            .optional()
    }

    /// Writes other words into a message.
    pub(crate) fn rewrite_message(
        &self,
        id: MessageId,
        body: &Body,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "UPDATE messages SET body = ?2, revision = revision + 1, edited_at = ?3
                 WHERE id = ?1",
            )?
            .execute(params![id.0, AsJson(body), ms(now)])
            .map(drop)
    }

    /// The last messages of a session, or the last before one of them.
    pub(crate) fn messages_before(
        &self,
        session: SessionId,
        before: Option<MessageId>,
        limit: u32,
        epoch: &str,
    ) -> Result<History> {
        let sql = format!(
            "{SELECT} WHERE session_id = :session
               AND (:before IS NULL OR number < (SELECT number FROM messages WHERE id = :before))
             ORDER BY number DESC LIMIT :limit"
        );
        let mut history = self.page(
            &sql,
            named_params! {
                ":session": session.0, ":before": before.map(|id| id.0),
                ":limit": i64::from(limit) + 1, ":epoch": epoch,
            },
            limit,
        )?;
        history.messages.reverse();
        Ok(history)
    }

    /// The messages of a session behind a place in its room.
    pub(crate) fn messages_since(
        &self,
        session: SessionId,
        seq: SafeInt,
        limit: u32,
        epoch: &str,
    ) -> Result<History> {
        let sql = format!(
            "{SELECT} WHERE session_id = :session AND epoch = :epoch AND messages.seq > :seq
             ORDER BY number LIMIT :limit"
        );
        let params = named_params! {
            ":session": session.0, ":seq": i64::try_from(seq.get()).unwrap_or(i64::MAX),
            ":limit": i64::from(limit) + 1, ":epoch": epoch,
        };
        self.page(&sql, params, limit)
    }

    /// A message and those that belong to its thread, oldest first.
    pub(crate) fn thread(
        &self,
        session: SessionId,
        first: MessageId,
        limit: u32,
        epoch: &str,
    ) -> Result<History> {
        let sql = format!(
            "{SELECT} WHERE session_id = :session AND (id = :first OR thread = :first)
             ORDER BY number LIMIT :limit"
        );
        let params = named_params! {
            ":session": session.0, ":first": first.0,
            ":limit": i64::from(limit) + 1, ":epoch": epoch,
        };
        self.page(&sql, params, limit)
    }

    /// One more than the page is asked for, to know whether there are more.
    fn page(&self, sql: &str, params: impl Params, limit: u32) -> Result<History> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut messages = self
            .0
            .prepare_cached(sql)?
            .query_map(params, read_message)?
            .collect::<Result<Vec<_>>>()?;
        let more = messages.len() > limit;
        messages.truncate(limit);
        Ok(History { messages, more })
    }
}

fn read_message(row: &Row<'_>) -> Result<Message> {
    let seq: Option<i64> = row.get("seq")?;
    Ok(Message {
        message_id: MessageId(row.get::<_, Uuid>("id")?),
        session_id: SessionId(row.get("session_id")?),
        author: UserId(row.get("author")?),
        body: json(row, "body")?,
        reply_to: optional_id(row, "reply_to", MessageId)?,
        thread: optional_id(row, "thread", MessageId)?,
        replies: row.get("replies")?,
        answer_id: optional_id(row, "answer_id", AnswerId)?,
        seq: seq.and_then(|seq| SafeInt::new(u64::try_from(seq).ok()?)),
        status: MessageStatus::Sent,
        revision: row.get("revision")?,
        created_at: time(row, "created_at")?,
        edited_at: optional_time(row, "edited_at")?,
    })
}
