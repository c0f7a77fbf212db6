//! Who hears of a task: its room, its owner's dashboard, its agents, and the session that it came up in.

use tautline_agent_chat::agents::TaskAssigned;
use tautline_agent_chat::errors::TasksError;
use tautline_agent_chat::ids::{AgentId, SessionId};
use tautline_agent_chat::tasks::Task;
use tautline_agent_chat::{Agents, Tasks};
use tautline_server::{Answer, Tx};

use crate::post::Post;
use crate::store::Db;

/// Keeps a task as it is now, and tells everybody whom it concerns. `formerly` had it before.
pub(super) fn keep(
    tx: &Tx<'_, Tasks>,
    db: Db<'_>,
    task: &Task,
    formerly: &[AgentId],
) -> Answer<(), TasksError> {
    db.put_task(task)?;
    tx.emit().task_changed(task);
    let gone = formerly.iter().filter(|agent| !task.agents.contains(agent));
    for agent_id in task.agents.iter().chain(gone) {
        let assignment = TaskAssigned { agent_id: agent_id.clone(), task: task.clone() };
        tx.emit_in::<Agents>().task_assigned(&assignment);
    }
    Ok(())
}

/// Writes into the task's session, if it has one that is still written into.
pub(super) fn say(
    tx: &Tx<'_, Tasks>,
    db: Db<'_>,
    task: &Task,
    post: impl FnOnce(SessionId) -> Post,
) -> Answer<(), TasksError> {
    let Some(id) = task.session_id else { return Ok(()) };
    if db.session(id)?.is_some_and(|session| session.archived_at.is_none()) {
        post(id).write(tx, db)?;
    }
    Ok(())
}
