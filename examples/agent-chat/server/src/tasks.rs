//! `/tasks`: work that people give to agents, from its making to its result.

mod making;
mod reading;
mod telling;
mod working;

use tautline_agent_chat::errors::TasksError;
use tautline_agent_chat::tasks::{
    AssignTask, CompleteTask, Dashboard, DashboardState, FailTask, NewTask, Task, TaskCounts,
    TaskRoom, TaskStep, UpdateTask,
};
use tautline_agent_chat::{Tasks, TasksServer};
use tautline_server::{Answer, Context};

use crate::service::{Caller, Service};

impl TasksServer for Service {
    type Context = Context<Tasks>;

    async fn authorize_task_room(
        &self,
        cx: &Self::Context,
        room: &TaskRoom,
    ) -> Answer<(), TasksError> {
        let (caller, id) = (Caller::of(cx), room.task_id);
        self.store.read(move |db| Ok(reading::visible(db, id, &caller).map(drop))).await?
    }

    async fn join_task_room(
        &self,
        cx: &Self::Context,
        room: &TaskRoom,
    ) -> Answer<Task, TasksError> {
        let (caller, id) = (Caller::of(cx), room.task_id);
        self.store.read(move |db| Ok(reading::visible(db, id, &caller))).await?
    }

    async fn authorize_dashboard(
        &self,
        cx: &Self::Context,
        room: &Dashboard,
    ) -> Answer<(), TasksError> {
        let caller = Caller::of(cx);
        if caller.is(&room.owner) || caller.is_admin {
            return Ok(());
        }
        Err(TasksError::NotYourDashboard)?
    }

    async fn join_dashboard(
        &self,
        _: &Self::Context,
        room: &Dashboard,
    ) -> Answer<DashboardState, TasksError> {
        reading::dashboard(self, room.owner.clone()).await
    }

    async fn create_task(&self, cx: &Self::Context, task: NewTask) -> Answer<Task, TasksError> {
        making::create(cx, task).await
    }

    async fn update_task(
        &self,
        cx: &Self::Context,
        change: UpdateTask,
    ) -> Answer<Task, TasksError> {
        making::update(cx, change).await
    }

    async fn assign_task(
        &self,
        cx: &Self::Context,
        assignment: AssignTask,
    ) -> Answer<Task, TasksError> {
        making::assign(cx, assignment).await
    }

    async fn start_task(&self, cx: &Self::Context, task: TaskRoom) -> Answer<Task, TasksError> {
        working::start(cx, task).await
    }

    async fn report_step(&self, cx: &Self::Context, step: TaskStep) -> Answer<(), TasksError> {
        working::report(cx, step).await
    }

    async fn complete_task(
        &self,
        cx: &Self::Context,
        result: CompleteTask,
    ) -> Answer<Task, TasksError> {
        working::complete(cx, result).await
    }

    async fn fail_task(&self, cx: &Self::Context, failure: FailTask) -> Answer<Task, TasksError> {
        working::fail(cx, failure).await
    }

    async fn cancel_task(&self, cx: &Self::Context, task: TaskRoom) -> Answer<Task, TasksError> {
        making::cancel(cx, task).await
    }

    async fn count_tasks(&self, cx: &Self::Context) -> Answer<TaskCounts> {
        let owner = Caller::of(cx).user;
        Ok(self.store.read(move |db| db.count_tasks(&owner)).await?)
    }
}
