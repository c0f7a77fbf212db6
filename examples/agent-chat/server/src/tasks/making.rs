//! What people do to tasks: make, change, give out, call off.

use tautline::Uuid;
use tautline_agent_chat::Tasks;
use tautline_agent_chat::chat::{Body, Level};
use tautline_agent_chat::errors::TasksError;
use tautline_agent_chat::ids::{AgentId, SessionId, TaskId};
use tautline_agent_chat::tasks::{
    AssignTask, NewTask, Task, TaskCounts, TaskRoom, TaskStatus, UpdateTask,
};
use tautline_server::{Answer, Context};

use super::reading::visible;
use super::telling::{keep, say};
use crate::post::Post;
use crate::service::{Caller, now};
use crate::store::{Db, Standing};

/// How many tasks a person may have that have not ended. More than anybody follows.
const OPEN: u32 = 20;

pub(super) async fn create(cx: &Context<Tasks>, new: NewTask) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let TaskCounts { pending, in_progress, .. } = db.count_tasks(&caller.user)?;
        if pending + in_progress >= OPEN {
            return Err(TasksError::TooManyOpen { limit: OPEN })?;
        }
        if let Some(session_id) = new.session_id {
            may_write(db, session_id, &caller)?;
        }
        all_there(db, new.session_id, &new.agents)?;
        let now = now();
        let task = Task {
            task_id: TaskId(Uuid::now_v7()),
            owner: caller.user,
            session_id: new.session_id,
            title: new.title,
            description: new.description,
            priority: new.priority,
            status: TaskStatus::Pending,
            agents: new.agents,
            context: new.context,
            steps: Vec::new(),
            result: None,
            created_at: now,
            updated_at: now,
        };
        keep(tx, db, &task, &[])?;
        say(tx, db, &task, |session| {
            let Task { task_id, priority, .. } = task;
            let body = Body::Task { task_id, title: task.title.clone(), priority };
            Post::new(session, task.owner.clone(), body)
        })?;
        Ok(task)
    })
    .await
}

pub(super) async fn update(cx: &Context<Tasks>, change: UpdateTask) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let UpdateTask { task_id, title, description, priority, context } = change;
        let mut task = open(own(db, task_id, &caller)?)?;
        task.title = title.unwrap_or(task.title);
        task.description = description.unwrap_or(task.description);
        task.priority = priority.unwrap_or(task.priority);
        context.apply(&mut task.context);
        task.updated_at = now();
        keep(tx, db, &task, &[])?;
        Ok(task)
    })
    .await
}

pub(super) async fn assign(cx: &Context<Tasks>, assign: AssignTask) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let mut task = open(own(db, assign.task_id, &caller)?)?;
        all_there(db, task.session_id, &assign.agents)?;
        let formerly = std::mem::replace(&mut task.agents, assign.agents);
        task.updated_at = now();
        keep(tx, db, &task, &formerly)?;
        Ok(task)
    })
    .await
}

pub(super) async fn cancel(cx: &Context<Tasks>, room: TaskRoom) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let mut task = own(db, room.task_id, &caller)?;
        advance(&mut task, TaskStatus::Cancelled)?;
        keep(tx, db, &task, &[])?;
        say(tx, db, &task, |session| {
            let text = format!("{} called off \u{201c}{}\u{201d}.", caller.user.0, task.title);
            Post::notice(session, caller.user.clone(), Level::Warning, text)
        })?;
        Ok(task)
    })
    .await
}

/// Takes a task to another status, if it may go there.
pub(super) fn advance(task: &mut Task, to: TaskStatus) -> Result<(), TasksError> {
    let from = task.status;
    if !from.may_become(to) {
        return Err(TasksError::IllegalTransition { from, to });
    }
    task.status = to;
    task.updated_at = now();
    Ok(())
}

/// A task, for the one who made it.
fn own(db: Db<'_>, task_id: TaskId, caller: &Caller) -> Answer<Task, TasksError> {
    let task = visible(db, task_id, caller)?;
    if caller.is(&task.owner) || caller.is_admin {
        return Ok(task);
    }
    Err(TasksError::NotYourTask { task_id })?
}

/// A task that has not ended.
fn open(task: Task) -> Result<Task, TasksError> {
    match task.status {
        TaskStatus::Pending | TaskStatus::InProgress => Ok(task),
        status @ (TaskStatus::Completed | TaskStatus::Failed | TaskStatus::Cancelled) => {
            Err(TasksError::TaskEnded { status })
        }
    }
}

fn may_write(db: Db<'_>, session_id: SessionId, caller: &Caller) -> Answer<(), TasksError> {
    let is_member = db.standing(session_id, &caller.user.0)? == Standing::Member;
    if is_member || (caller.is_admin && db.session(session_id)?.is_some()) {
        return Ok(());
    }
    Err(TasksError::SessionNotFound { session_id })?
}

/// The agents exist, and take part in the task's session.
fn all_there(db: Db<'_>, session: Option<SessionId>, agents: &[AgentId]) -> Answer<(), TasksError> {
    let present = session.map(|id| db.agents_in(id)).transpose()?;
    for agent in agents {
        if db.agent(agent)?.is_none() {
            Err(TasksError::AgentNotFound { agent_id: agent.clone() })?;
        }
        if present.as_ref().is_some_and(|present| !present.contains(agent)) {
            Err(TasksError::NotInSession { agent_id: agent.clone() })?;
        }
    }
    Ok(())
}
