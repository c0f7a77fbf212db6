//! Agents, and the messages that they were asked to answer.

use tautline::{DateTime, Utc};
use tautline_agent_chat::agents::AgentCard;
use tautline_agent_chat::chat::Message;
use tautline_agent_chat::ids::{AgentId, MessageId, SessionId, UserId};
use tautline_server::rusqlite::{OptionalExtension, Row, params};

use super::column::{AsJson, json, ms, time};
use super::{Db, Result};

/// What is kept of an agent. What it does at the moment is not: that ends with the server.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) card: AgentCard,
    pub(crate) owner: UserId,
    pub(crate) registered_at: DateTime<Utc>,
}

impl Db<'_> {
    /// All agents, by name.
    pub(crate) fn agents(&self) -> Result<Vec<Registered>> {
        self.0
            .prepare_cached("SELECT * FROM agents ORDER BY id")?
            .query_map([], read_agent)?
            .collect()
    }

    pub(crate) fn agent(&self, id: &AgentId) -> Result<Option<Registered>> {
        self.0
            .prepare_cached("SELECT * FROM agents WHERE id = ?1")?
            .query_row([&id.0], read_agent)
            .optional()
    }

    /// The agents that somebody runs.
    pub(crate) fn agents_of(&self, owner: &str) -> Result<Vec<AgentId>> {
        self.0
            .prepare_cached("SELECT id FROM agents WHERE owner = ?1 ORDER BY id")?
            .query_map([owner], |row| row.get(0).map(AgentId))?
            .collect()
    }

    /// Keeps an agent, or its new card.
    pub(crate) fn put_agent(&self, agent: &Registered) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO agents (id, owner, card, registered_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET owner = ?2, card = ?3",
            )?
            .execute(params![
                agent.card.agent_id.0,
                agent.owner.0,
                AsJson(&agent.card),
                ms(agent.registered_at)
            ])
            .map(drop)
    }

    /// Notes that an agent was asked to answer a message.
    pub(crate) fn insert_prompt(&self, agent: &AgentId, message: MessageId) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR IGNORE INTO prompts (agent_id, message_id) VALUES (?1, ?2)")?
            .execute(params![agent.0, message.0])
            .map(drop)
    }

    /// An agent has begun to answer a message.
    pub(crate) fn delete_prompt(&self, agent: &AgentId, message: MessageId) -> Result<()> {
        self.0
            .prepare_cached("DELETE FROM prompts WHERE agent_id = ?1 AND message_id = ?2")?
            .execute(params![agent.0, message.0])
            .map(drop)
    }

    /// Nobody has to answer a message any more.
    pub(crate) fn delete_prompts_of(&self, message: MessageId) -> Result<()> {
        self.0
            .prepare_cached("DELETE FROM prompts WHERE message_id = ?1")?
            .execute([message.0])
            .map(drop)
    }

    /// The messages that wait for an agent's answer, in sessions of which it is a member.
    pub(crate) fn prompts(&self, agent: &AgentId) -> Result<Vec<Message>> {
        let ids = self
            .0
            .prepare_cached(
                "SELECT prompts.message_id FROM prompts
                 JOIN messages ON messages.id = prompts.message_id
                 JOIN members ON members.session_id = messages.session_id
                      AND members.member = prompts.agent_id AND members.left_at IS NULL
                 WHERE prompts.agent_id = ?1 ORDER BY messages.number LIMIT 50",
            )?
            .query_map([&agent.0], |row| row.get(0).map(MessageId))?
            .collect::<Result<Vec<_>>>()?;
        // Their places are of no use to an agent that is not in the session's room.
        ids.into_iter().filter_map(|id| self.message(id, "").transpose()).collect()
    }

    /// Tools that the people of a session have allowed for the rest of it.
    pub(crate) fn is_approved(
        &self,
        session: SessionId,
        agent: &AgentId,
        tool: &str,
    ) -> Result<bool> {
        self.0
            .prepare_cached(
                "SELECT 1 FROM approvals WHERE session_id = ?1 AND agent_id = ?2 AND tool = ?3",
            )?
            .exists(params![session.0, agent.0, tool])
    }

    pub(crate) fn approve(&self, session: SessionId, agent: &AgentId, tool: &str) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT OR IGNORE INTO approvals (session_id, agent_id, tool) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![session.0, agent.0, tool])
            .map(drop)
    }
}

fn read_agent(row: &Row<'_>) -> Result<Registered> {
    Ok(Registered {
        card: json(row, "card")?,
        owner: UserId(row.get("owner")?),
        registered_at: time(row, "registered_at")?,
    })
}
