//! Tasks, their agents and their steps.

use tautline_agent_chat::ids::{AgentId, SessionId, TaskId, UserId};
use tautline_agent_chat::tasks::{Task, TaskCounts, TaskStatus, TaskStep};
use tautline_server::rusqlite::{OptionalExtension, Row, params};

use super::column::{AsJson, json, ms, optional_id, time};
use super::{Db, Result};

impl Db<'_> {
    /// Keeps a task as it is now. Its steps are added by [`Db::insert_step`].
    pub(crate) fn put_task(&self, task: &Task) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO tasks (id, owner, session_id, title, description, priority, status,
                                    context, result, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT DO UPDATE SET title = ?4, description = ?5, priority = ?6, status = ?7,
                                           context = ?8, result = ?9, updated_at = ?11",
            )?
            .execute(params![
                task.task_id.0,
                task.owner.0,
                task.session_id.map(|id| id.0),
                task.title,
                task.description,
                AsJson(task.priority),
                AsJson(task.status),
                AsJson(&task.context),
                AsJson(&task.result),
                ms(task.created_at),
                ms(task.updated_at),
            ])?;
        self.0
            .prepare_cached("DELETE FROM task_agents WHERE task_id = ?1")?
            .execute([task.task_id.0])?;
        let mut insert = self.0.prepare_cached(
            "INSERT OR IGNORE INTO task_agents (task_id, agent_id, place) VALUES (?1, ?2, ?3)",
        )?;
        task.agents.iter().zip(0_u32..).try_for_each(|(agent, place)| {
            insert.execute(params![task.task_id.0, agent.0, place]).map(drop)
        })
    }

    pub(crate) fn insert_step(&self, step: &TaskStep) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO steps (task_id, number, agent_id, text, percent)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![step.task_id.0, step.number, step.agent_id.0, step.text, step.percent])
            .map(drop)
    }

    pub(crate) fn task(&self, id: TaskId) -> Result<Option<Task>> {
        self.0
            .prepare_cached("SELECT * FROM tasks WHERE id = ?1")?
            .query_row([id.0], |row| self.read_task(row))
            .optional()
    }

    /// The last tasks of somebody, the one that changed last first.
    pub(crate) fn tasks_of(&self, owner: &UserId) -> Result<Vec<Task>> {
        self.0
            .prepare_cached(
                "SELECT * FROM tasks WHERE owner = ?1 ORDER BY updated_at DESC, id LIMIT 200",
            )?
            .query_map([&owner.0], |row| self.read_task(row))?
            .collect()
    }

    /// The tasks that an agent has to do, oldest first.
    pub(crate) fn tasks_for(&self, agent: &AgentId) -> Result<Vec<Task>> {
        self.0
            .prepare_cached(
                "SELECT tasks.* FROM tasks JOIN task_agents ON task_id = tasks.id
                 WHERE agent_id = ?1 AND status IN (?2, ?3) ORDER BY created_at, id LIMIT 50",
            )?
            .query_map(
                params![agent.0, AsJson(TaskStatus::Pending), AsJson(TaskStatus::InProgress)],
                |row| self.read_task(row),
            )?
            .collect()
    }

    pub(crate) fn count_tasks(&self, owner: &UserId) -> Result<TaskCounts> {
        let mut counts = TaskCounts::default();
        let mut select = self.0.prepare_cached(
            "SELECT status, count(*) AS tasks FROM tasks WHERE owner = ?1 GROUP BY status",
        )?;
        let mut rows = select.query([&owner.0])?;
        while let Some(row) = rows.next()? {
            *match json(row, "status")? {
                TaskStatus::Pending => &mut counts.pending,
                TaskStatus::InProgress => &mut counts.in_progress,
                TaskStatus::Completed => &mut counts.completed,
                TaskStatus::Failed => &mut counts.failed,
                TaskStatus::Cancelled => &mut counts.cancelled,
            } = row.get("tasks")?;
        }
        Ok(counts)
    }

    fn read_task(&self, row: &Row<'_>) -> Result<Task> {
        let task_id = TaskId(row.get("id")?);
        let agents = self
            .0
            .prepare_cached("SELECT agent_id FROM task_agents WHERE task_id = ?1 ORDER BY place")?
            .query_map([task_id.0], |row| row.get(0).map(AgentId))?
            .collect::<Result<_>>()?;
        let steps = self
            .0
            .prepare_cached("SELECT * FROM steps WHERE task_id = ?1 ORDER BY number")?
            .query_map([task_id.0], read_step)?
            .collect::<Result<_>>()?;
        Ok(Task {
            task_id,
            owner: UserId(row.get("owner")?),
            session_id: optional_id(row, "session_id", SessionId)?,
            title: row.get("title")?,
            description: row.get("description")?,
            priority: json(row, "priority")?,
            status: json(row, "status")?,
            agents,
            context: json(row, "context")?,
            steps,
            result: json(row, "result")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
        })
    }
}

fn read_step(row: &Row<'_>) -> Result<TaskStep> {
    Ok(TaskStep {
        task_id: TaskId(row.get("task_id")?),
        number: row.get("number")?,
        agent_id: AgentId(row.get("agent_id")?),
        text: row.get("text")?,
        percent: row.get("percent")?,
    })
}
