//! `/tasks`: work that people give to agents, from its making to its result.

use tautline::{DateTime, Json, NoRefusal, Patch, Utc, namespace, payload, room};

use crate::errors::TasksError;
use crate::examples;
use crate::ids::{AgentId, SessionId, TaskId, UserId};

/// One task, step by step.
#[room("task:{task_id}", retention = "1000 or 30d")]
pub struct TaskRoom {
    /// The task.
    pub task_id: TaskId,
}

/// All tasks of one user. Only that user may be in it.
#[room("dashboard:{owner}", retention = "1000 or 7d")]
pub struct Dashboard {
    /// The user.
    pub owner: UserId,
}

/// What a client may ask of the server.
#[namespace("/tasks", client = TasksClient)]
pub trait TasksServer {
    /// Follows one task.
    #[join(scope = "chat:read", example = examples::task_room(), answer_example = examples::task())]
    async fn join_task_room(room: TaskRoom) -> Result<Task, TasksError>;

    /// Follows all tasks of a user.
    #[join(scope = "chat:read", example = examples::dashboard(), answer_example = examples::dashboard_state())]
    async fn join_dashboard(room: Dashboard) -> Result<DashboardState, TasksError>;

    /// Makes a task.
    #[event(delivery = idempotent, offline = queue("24h"), rate = "20/1m", scope = "tasks:write",
            example = examples::new_task(), answer_example = examples::task())]
    async fn create_task(task: NewTask) -> Result<Task, TasksError>;

    /// Changes what is given, and leaves the rest as it is.
    #[event(delivery = idempotent, lane = none, offline = queue("1h"), rate = "60/1m", scope = "tasks:write",
            example = examples::update_task(), answer_example = examples::task())]
    async fn update_task(change: UpdateTask) -> Result<Task, TasksError>;

    /// Gives a task to these agents, instead of those who had it.
    #[event(delivery = idempotent, lane = none, offline = queue("1h"), rate = "60/1m", scope = "tasks:write",
            example = examples::assign_task(), answer_example = examples::task())]
    async fn assign_task(assignment: AssignTask) -> Result<Task, TasksError>;

    /// Begins to work on a task.
    #[event(delivery = idempotent, lane = none, offline = fail, rate = "60/1m", scope = "agents:run",
            example = examples::task_room(), answer_example = examples::task())]
    async fn start_task(task: TaskRoom) -> Result<Task, TasksError>;

    /// Says how far the work is.
    #[event(delivery = idempotent, lane = "progress", offline = queue("5m"), rate = "120/1m", scope = "agents:run",
            example = examples::task_step())]
    async fn report_step(step: TaskStep) -> Result<(), TasksError>;

    /// Ends a task with its result.
    #[event(delivery = idempotent, lane = none, offline = queue("1h"), rate = "60/1m", scope = "agents:run",
            max_bytes = "256KiB", example = examples::complete_task(), answer_example = examples::task())]
    async fn complete_task(result: CompleteTask) -> Result<Task, TasksError>;

    /// Ends a task without one.
    #[event(delivery = idempotent, lane = none, offline = queue("1h"), rate = "60/1m", scope = "agents:run",
            example = examples::fail_task(), answer_example = examples::task())]
    async fn fail_task(failure: FailTask) -> Result<Task, TasksError>;

    /// Calls a task off.
    #[event(delivery = idempotent, lane = none, offline = queue("1h"), rate = "60/1m", scope = "tasks:write",
            example = examples::task_room(), answer_example = examples::task())]
    async fn cancel_task(task: TaskRoom) -> Result<Task, TasksError>;

    /// How many of the caller's tasks there are of each status.
    #[event(lane = none, rate = "30/10s", scope = "chat:read", answer_example = examples::counts())]
    async fn count_tasks() -> Result<TaskCounts, NoRefusal>;
}

/// What the server tells its clients.
#[namespace("/tasks", side = client)]
pub trait TasksClient {
    /// A task was made, or is not what it was.
    #[event(delivery = durable, room = [TaskRoom, Dashboard], example = examples::task())]
    fn task_changed(task: Task);

    /// A step of a task was done.
    #[event(delivery = durable, room = TaskRoom, example = examples::task_step())]
    fn task_stepped(step: TaskStep);
}

/// How much a task matters.
#[payload]
#[derive(Copy, Eq)]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    Medium,
    /// Before others.
    High,
    /// Before everything.
    Critical,
}

/// Where a task stands.
#[payload]
#[derive(Copy, Eq)]
pub enum TaskStatus {
    /// Nobody has begun.
    Pending,
    /// Agents work on it.
    InProgress,
    /// It has its result.
    Completed,
    /// It ended without one.
    Failed,
    /// It was called off.
    Cancelled,
}

impl TaskStatus {
    /// Whether a task may go from this status to that one.
    ///
    /// ```
    /// use tautline_agent_chat::tasks::TaskStatus::{Cancelled, Completed, InProgress, Pending};
    ///
    /// assert!(Pending.may_become(InProgress) && InProgress.may_become(Completed));
    /// assert!(!Pending.may_become(Completed), "work comes before its result");
    /// assert!(!Cancelled.may_become(InProgress), "what has ended stays so");
    /// ```
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use TaskStatus::{Cancelled, Completed, Failed, InProgress, Pending};
        match self {
            Pending => matches!(next, InProgress | Failed | Cancelled),
            InProgress => matches!(next, Completed | Failed | Cancelled),
            Completed | Failed | Cancelled => false,
        }
    }
}

impl std::fmt::Display for TaskStatus {
    /// In words for people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::InProgress => "in progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        })
    }
}

/// A task as it is made.
#[payload]
pub struct NewTask {
    /// The session that it came up in.
    pub session_id: Option<SessionId>,
    /// What is to be done.
    #[field(length(1..=200))]
    pub title: String,
    /// More about it, in Markdown.
    #[field(length(..=8000))]
    pub description: String,
    /// How much it matters.
    pub priority: Priority,
    /// Who is to do it.
    #[field(items(..=10))]
    pub agents: Vec<AgentId>,
    /// What whoever does it has to know.
    pub context: Option<Json>,
}

/// A task.
#[payload]
pub struct Task {
    /// Its name.
    pub task_id: TaskId,
    /// Who made it.
    pub owner: UserId,
    /// The session that it came up in.
    pub session_id: Option<SessionId>,
    /// What is to be done.
    pub title: String,
    /// More about it, in Markdown.
    pub description: String,
    /// How much it matters.
    pub priority: Priority,
    /// Where it stands.
    pub status: TaskStatus,
    /// Who is to do it.
    pub agents: Vec<AgentId>,
    /// What whoever does it has to know.
    pub context: Option<Json>,
    /// What was done so far, oldest first.
    pub steps: Vec<TaskStep>,
    /// What came of it.
    pub result: Option<TaskResult>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What came of a task.
#[payload]
pub enum TaskResult {
    /// What was asked for.
    Done {
        /// In words, in Markdown.
        summary: String,
        /// As data.
        data: Option<Json>,
    },
    /// Why there is nothing.
    Failed {
        /// In words.
        reason: String,
    },
}

/// What changes of a task: what is left out stays.
#[payload]
pub struct UpdateTask {
    /// The task.
    pub task_id: TaskId,
    /// What is to be done.
    #[field(length(1..=200))]
    pub title: Option<String>,
    /// More about it.
    #[field(length(..=8000))]
    pub description: Option<String>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// What whoever does it has to know; null takes it away.
    pub context: Patch<Json>,
}

/// Who is to do a task.
#[payload]
pub struct AssignTask {
    /// The task.
    pub task_id: TaskId,
    /// The agents.
    #[field(items(1..=10))]
    pub agents: Vec<AgentId>,
}

/// One step of a task.
#[payload]
pub struct TaskStep {
    /// The task.
    pub task_id: TaskId,
    /// Its number, from 1.
    #[field(range(1..=1000))]
    pub number: u32,
    /// Who did it.
    pub agent_id: AgentId,
    /// What was done.
    #[field(length(1..=400))]
    pub text: String,
    /// How much of the task is done, in percent.
    #[field(range(..=100))]
    pub percent: u32,
}

/// A task's result.
#[payload]
pub struct CompleteTask {
    /// The task.
    pub task_id: TaskId,
    /// In words, in Markdown.
    #[field(length(1..=16000))]
    pub summary: String,
    /// As data.
    pub data: Option<Json>,
}

/// Why a task has no result.
#[payload]
pub struct FailTask {
    /// The task.
    pub task_id: TaskId,
    /// In words.
    #[field(length(1..=400))]
    pub reason: String,
}

/// All tasks of a user.
#[payload]
pub struct DashboardState {
    /// The one that changed last first.
    pub tasks: Vec<Task>,
    /// How many there are of each status.
    pub counts: TaskCounts,
}

/// How many tasks there are of each status.
#[payload]
#[derive(Copy, Default, Eq)]
pub struct TaskCounts {
    /// Nobody has begun.
    pub pending: u32,
    /// Agents work on them.
    pub in_progress: u32,
    /// They have their results.
    pub completed: u32,
    /// They ended without one.
    pub failed: u32,
    /// They were called off.
    pub cancelled: u32,
}
