//! Contexts that are shared in sessions, until they expire.

use tautline::{DateTime, Utc};
use tautline_agent_chat::chat::SharedContext;
use tautline_agent_chat::ids::{ContextId, MessageId, SessionId};
use tautline_server::rusqlite::{OptionalExtension, params};

use super::column::{AsJson, json, ms};
use super::{Db, Result};

impl Db<'_> {
    pub(crate) fn insert_context(&self, session: SessionId, context: &SharedContext) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO contexts (id, session_id, expires_at, context) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                context.context_id.0,
                session.0,
                context.expires_at.map(ms),
                AsJson(context)
            ])
            .map(drop)
    }

    /// A context of a session, whether it has expired or not.
    pub(crate) fn context(
        &self,
        session: SessionId,
        id: ContextId,
    ) -> Result<Option<SharedContext>> {
        self.0
            .prepare_cached("SELECT context FROM contexts WHERE id = ?1 AND session_id = ?2")?
            .query_row(params![id.0, session.0], |row| json(row, "context"))
            .optional()
    }

    /// The contexts of a session that count at this time.
    pub(crate) fn contexts(
        &self,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SharedContext>> {
        self.0
            .prepare_cached(
                "SELECT context FROM contexts
                 WHERE session_id = ?1 AND (expires_at IS NULL OR expires_at > ?2) ORDER BY id",
            )?
            .query_map(params![session.0, ms(now)], |row| json(row, "context"))?
            .collect()
    }

    /// Forgets what a message has shared: it was taken back.
    pub(crate) fn delete_context_of(&self, session: SessionId, message: MessageId) -> Result<()> {
        let shared = self
            .0
            .prepare_cached("SELECT context FROM contexts WHERE session_id = ?1")?
            .query_map([session.0], |row| json::<SharedContext>(row, "context"))?
            .collect::<Result<Vec<_>>>()?;
        let of_it = shared.into_iter().filter(|context| context.message_id == message);
        let mut delete = self.0.prepare_cached("DELETE FROM contexts WHERE id = ?1")?;
        of_it.into_iter().try_for_each(|context| delete.execute([context.context_id.0]).map(drop))
    }
}
