//! What agents do with their tasks: begin, report, end.

use tautline_agent_chat::Tasks;
use tautline_agent_chat::chat::{Body, Intent, Level};
use tautline_agent_chat::errors::TasksError;
use tautline_agent_chat::ids::{AgentId, TaskId};
use tautline_agent_chat::tasks::{
    CompleteTask, FailTask, Task, TaskResult, TaskRoom, TaskStatus, TaskStep,
};
use tautline_server::{Answer, Context};

use super::making::advance;
use super::reading::visible;
use super::telling::{keep, say};
use crate::post::Post;
use crate::service::{Caller, as_user, now};
use crate::store::Db;

pub(super) async fn start(cx: &Context<Tasks>, room: TaskRoom) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let (mut task, _) = assigned(db, room.task_id, &caller)?;
        advance(&mut task, TaskStatus::InProgress)?;
        keep(tx, db, &task, &[])?;
        Ok(task)
    })
    .await
}

pub(super) async fn report(cx: &Context<Tasks>, step: TaskStep) -> Answer<(), TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let (mut task, agents) = assigned(db, step.task_id, &caller)?;
        if !agents.contains(&step.agent_id) {
            return Err(TasksError::NotAssigned { task_id: step.task_id })?;
        }
        if task.status != TaskStatus::InProgress {
            let (from, to) = (task.status, TaskStatus::InProgress);
            return Err(TasksError::IllegalTransition { from, to })?;
        }
        // An agent that starts anew may report what it has reported.
        if task.steps.iter().any(|known| known.number == step.number) {
            return Ok(());
        }
        db.insert_step(&step)?;
        tx.emit().task_stepped(&step);
        task.steps.push(step);
        task.updated_at = now();
        db.put_task(&task)?;
        tx.emit().task_changed(&task);
        Ok(())
    })
    .await
}

pub(super) async fn complete(
    cx: &Context<Tasks>,
    result: CompleteTask,
) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let CompleteTask { task_id, summary, data } = result;
        let (mut task, agents) = assigned(db, task_id, &caller)?;
        advance(&mut task, TaskStatus::Completed)?;
        task.result = Some(TaskResult::Done { summary: summary.clone(), data: data.clone() });
        keep(tx, db, &task, &[])?;
        say(tx, db, &task, |session| {
            let text = format!("**{}**\n\n{summary}", task.title);
            let intent = Intent::TaskResponse;
            Post::new(
                session,
                as_user(&agents[0]),
                Body::Agent { intent, to: Vec::new(), text, data },
            )
        })?;
        Ok(task)
    })
    .await
}

pub(super) async fn fail(cx: &Context<Tasks>, failure: FailTask) -> Answer<Task, TasksError> {
    let caller = Caller::of(cx);
    cx.commit(move |tx| {
        let db = Db::of(tx)?;
        let FailTask { task_id, reason } = failure;
        let (mut task, agents) = assigned(db, task_id, &caller)?;
        advance(&mut task, TaskStatus::Failed)?;
        task.result = Some(TaskResult::Failed { reason: reason.clone() });
        keep(tx, db, &task, &[])?;
        say(tx, db, &task, |session| {
            let text = format!("\u{201c}{}\u{201d} failed: {reason}", task.title);
            Post::notice(session, as_user(&agents[0]), Level::Error, text)
        })?;
        Ok(task)
    })
    .await
}

/// A task, and those of its agents that the caller runs: one at least.
fn assigned(
    db: Db<'_>,
    task_id: TaskId,
    caller: &Caller,
) -> Answer<(Task, Vec<AgentId>), TasksError> {
    let task = visible(db, task_id, caller)?;
    let own = db.agents_of(&caller.user.0)?;
    let agents: Vec<AgentId> =
        task.agents.iter().filter(|agent| own.contains(agent)).cloned().collect();
    if agents.is_empty() {
        Err(TasksError::NotAssigned { task_id })?;
    }
    Ok((task, agents))
}
