//! Answers that agents write, from their beginning to their end. Their text is the stream's until it
//! has become a message.

use serde::{Deserialize, Serialize};
use tautline::Uuid;
use tautline_agent_chat::ids::{AgentId, AnswerId, MessageId, SessionId};
use tautline_server::rusqlite::{OptionalExtension, Row, params};

use super::column::{AsJson, json, optional_id};
use super::{Db, Result};

/// An answer, and the stream that shows it.
#[derive(Clone, Debug)]
pub(crate) struct OpenAnswer {
    pub(crate) answer_id: AnswerId,
    pub(crate) session_id: SessionId,
    pub(crate) agent_id: AgentId,
    pub(crate) stream_id: Uuid,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) thread: Option<MessageId>,
    pub(crate) state: AnswerState,
}

/// Where an answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerState {
    /// It is being written.
    Open,
    /// It has become a message.
    Finished,
    /// Its agent gave it up, or was not heard of for too long.
    Failed,
    /// Somebody stopped it.
    Interrupted,
}

impl Db<'_> {
    pub(crate) fn insert_answer(&self, answer: &OpenAnswer) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO answers (id, session_id, agent_id, stream_id, reply_to, thread, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                answer.answer_id.0,
                answer.session_id.0,
                answer.agent_id.0,
                answer.stream_id,
                answer.reply_to.map(|id| id.0),
                answer.thread.map(|id| id.0),
                AsJson(answer.state),
            ])
            .map(drop)
    }

    pub(crate) fn answer(&self, id: AnswerId) -> Result<Option<OpenAnswer>> {
        self.0
            .prepare_cached("SELECT * FROM answers WHERE id = ?1")?
            .query_row([id.0], read_answer)
            .optional()
    }

    /// The answers that an agent has begun and not ended.
    pub(crate) fn open_answers(&self, agent: &AgentId) -> Result<Vec<OpenAnswer>> {
        self.0
            .prepare_cached(
                r#"SELECT * FROM answers WHERE agent_id = ?1 AND state = '"open"' ORDER BY id"#,
            )?
            .query_map([&agent.0], read_answer)?
            .collect()
    }

    /// The answers that are being written in a session.
    pub(crate) fn open_answers_in(&self, session: SessionId) -> Result<Vec<OpenAnswer>> {
        self.0
            .prepare_cached(
                r#"SELECT * FROM answers WHERE state = '"open"' AND session_id = ?1 ORDER BY id"#,
            )?
            .query_map([session.0], read_answer)?
            .collect()
    }

    /// Ends an answer. Says whether it was open.
    pub(crate) fn end_answer(&self, id: AnswerId, state: AnswerState) -> Result<bool> {
        self.0
            .prepare_cached(r#"UPDATE answers SET state = ?2 WHERE id = ?1 AND state = '"open"'"#)?
            .execute(params![id.0, AsJson(state)])
            .map(|ended| ended > 0)
    }
}

fn read_answer(row: &Row<'_>) -> Result<OpenAnswer> {
    Ok(OpenAnswer {
        answer_id: AnswerId(row.get("id")?),
        session_id: SessionId(row.get("session_id")?),
        agent_id: AgentId(row.get("agent_id")?),
        stream_id: row.get("stream_id")?,
        reply_to: optional_id(row, "reply_to", MessageId)?,
        thread: optional_id(row, "thread", MessageId)?,
        state: json(row, "state")?,
    })
}
