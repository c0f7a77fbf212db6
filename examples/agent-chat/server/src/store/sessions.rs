//! Sessions and who takes part in them.

use tautline::{DateTime, Utc, Uuid};
use tautline_agent_chat::chat::{ListSessions, Session, SessionPage};
use tautline_agent_chat::ids::{AgentId, SessionId, UserId};
use tautline_server::rusqlite::{OptionalExtension, Row, params};

use super::column::{ms, optional_time, time};
use super::{Db, Result};

/// What somebody is to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Takes part, or runs an agent that does.
    Member,
    /// Took part.
    Left,
    /// Never did.
    Stranger,
}

impl Db<'_> {
    pub(crate) fn insert_session(&self, session: &Session) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO sessions (id, title, created_at, active_at, archived_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                session.session_id.0,
                session.title,
                ms(session.created_at),
                ms(session.active_at),
                session.archived_at.map(ms)
            ])?;
        session.members.iter().try_for_each(|member| self.insert_member(session.session_id, member))
    }

    pub(crate) fn session(&self, id: SessionId) -> Result<Option<Session>> {
        self.0
            .prepare_cached("SELECT * FROM sessions WHERE id = ?1")?
            .query_row([id.0], |row| self.read_session(row))
            .optional()
    }

    /// The sessions of somebody, the last active one first.
    pub(crate) fn sessions_of(&self, subject: &str, list: &ListSessions) -> Result<SessionPage> {
        let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
        let mut sessions = self
            .0
            .prepare_cached(
                "SELECT * FROM sessions
                 WHERE id IN (SELECT session_id FROM members LEFT JOIN agents ON agents.id = member
                              WHERE left_at IS NULL AND (member = ?1 OR owner = ?1))
                   AND (?2 OR archived_at IS NULL) AND (?3 IS NULL OR active_at < ?3)
                 ORDER BY active_at DESC, id LIMIT ?4",
            )?
            .query_map(
                params![
                    subject,
                    list.with_archived,
                    list.before.map(ms),
                    i64::from(list.limit) + 1
                ],
                |row| self.read_session(row),
            )?
            .collect::<Result<Vec<_>>>()?;
        let more = sessions.len() > limit;
        sessions.truncate(limit);
        Ok(SessionPage { sessions, more })
    }

    pub(crate) fn standing(&self, id: SessionId, subject: &str) -> Result<Standing> {
        let places = self
            .0
            .prepare_cached(
                "SELECT left_at IS NULL FROM members LEFT JOIN agents ON agents.id = member
                 WHERE session_id = ?1 AND (member = ?2 OR owner = ?2)",
            )?
            .query_map(params![id.0, subject], |row| row.get::<_, bool>(0))?
            .collect::<Result<Vec<_>>>()?;
        Ok(match places.as_slice() {
            [] => Standing::Stranger,
            places if places.contains(&true) => Standing::Member,
            _ => Standing::Left,
        })
    }

    /// The agents that take part, in the order in which they came.
    pub(crate) fn agents_in(&self, id: SessionId) -> Result<Vec<AgentId>> {
        self.0
            .prepare_cached(
                "SELECT member FROM members JOIN agents ON agents.id = member
                 WHERE session_id = ?1 AND left_at IS NULL ORDER BY place",
            )?
            .query_map([id.0], |row| row.get(0).map(AgentId))?
            .collect()
    }

    pub(crate) fn rename_session(&self, id: SessionId, title: &str) -> Result<()> {
        self.0
            .prepare_cached("UPDATE sessions SET title = ?2 WHERE id = ?1")?
            .execute(params![id.0, title])
            .map(drop)
    }

    pub(crate) fn archive_session(&self, id: SessionId, now: DateTime<Utc>) -> Result<()> {
        self.0
            .prepare_cached("UPDATE sessions SET archived_at = ?2 WHERE id = ?1")?
            .execute(params![id.0, ms(now)])
            .map(drop)
    }

    /// Something was written into it.
    pub(crate) fn touch_session(&self, id: SessionId, now: DateTime<Utc>) -> Result<()> {
        self.0
            .prepare_cached("UPDATE sessions SET active_at = max(active_at, ?2) WHERE id = ?1")?
            .execute(params![id.0, ms(now)])
            .map(drop)
    }

    /// Takes somebody in, also one who had left.
    pub(crate) fn insert_member(&self, id: SessionId, member: &UserId) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO members (session_id, member, place)
                 SELECT ?1, ?2, 1 + coalesce(max(place), 0) FROM members WHERE session_id = ?1
                 ON CONFLICT DO UPDATE SET place = excluded.place, left_at = NULL
                   WHERE left_at IS NOT NULL",
            )?
            .execute(params![id.0, member.0])
            .map(drop)
    }

    pub(crate) fn remove_member(
        &self,
        id: SessionId,
        member: &UserId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "UPDATE members SET left_at = ?3 WHERE session_id = ?1 AND member = ?2",
            )?
            .execute(params![id.0, member.0, ms(now)])
            .map(drop)
    }

    fn read_session(&self, row: &Row<'_>) -> Result<Session> {
        let id: Uuid = row.get("id")?;
        let members = self
            .0
            .prepare_cached(
                "SELECT member FROM members WHERE session_id = ?1 AND left_at IS NULL
                 ORDER BY place",
            )?
            .query_map([id], |row| row.get(0).map(UserId))?
            .collect::<Result<_>>()?;
        Ok(Session {
            session_id: SessionId(id),
            title: row.get("title")?,
            members,
            created_at: time(row, "created_at")?,
            active_at: time(row, "active_at")?,
            archived_at: optional_time(row, "archived_at")?,
        })
    }
}
