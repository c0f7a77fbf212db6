//! Tasks that come up in a session. The message says what the task is, whatever its author wrote.

use tautline_agent_chat::chat::Body;
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::TaskId;
use tautline_server::Answer;

use super::body::{Draft, Follows};
use crate::store::Db;

pub(super) fn accept(
    db: Db<'_>,
    draft: &Draft<'_>,
    task_id: TaskId,
) -> Answer<(Body, Follows), ChatError> {
    let task = db.task(task_id)?;
    let task = task.filter(|task| task.session_id == Some(draft.session.session_id));
    let task = task.ok_or(ChatError::TaskElsewhere { task_id })?;
    let body = Body::Task { task_id, title: task.title, priority: task.priority };
    Ok((body, Follows::default()))
}
