//! Who may see a task, and what a dashboard shows.

use tautline_agent_chat::errors::TasksError;
use tautline_agent_chat::ids::{TaskId, UserId};
use tautline_agent_chat::tasks::{DashboardState, Task};
use tautline_server::Answer;

use crate::service::{Caller, Service};
use crate::store::{self, Db, Standing};

/// A task, for its owner, for those who run its agents and for the members of its session. For others
/// it does not exist.
pub(super) fn visible(db: Db<'_>, task_id: TaskId, caller: &Caller) -> Answer<Task, TasksError> {
    let task = db.task(task_id)?.ok_or(TasksError::TaskNotFound { task_id })?;
    if caller.is_admin || caller.is(&task.owner) || is_assigned(db, &task, caller)? {
        return Ok(task);
    }
    if let Some(session) = task.session_id
        && db.standing(session, &caller.user.0)? == Standing::Member
    {
        return Ok(task);
    }
    Err(TasksError::TaskNotFound { task_id })?
}

/// Whether the caller runs one of the task's agents.
pub(super) fn is_assigned(db: Db<'_>, task: &Task, caller: &Caller) -> store::Result<bool> {
    let own = db.agents_of(&caller.user.0)?;
    Ok(task.agents.iter().any(|agent| own.contains(agent)))
}

/// What a dashboard shows when it is opened.
pub(super) async fn dashboard(
    service: &Service,
    owner: UserId,
) -> Answer<DashboardState, TasksError> {
    let read = service.store.read(move |db| {
        Ok(DashboardState { tasks: db.tasks_of(&owner)?, counts: db.count_tasks(&owner)? })
    });
    read.await.map_err(|error| {
        tracing::error!(%error, "a dashboard is not read");
        TasksError::StoreFailed.into()
    })
}
