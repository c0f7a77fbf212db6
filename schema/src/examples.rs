//! Example values, one set of them for all events: the same session, people, agents and task, so that
//! the catalogue reads as one story.

use tautline::{DateTime, Json, Patch, SafeInt, Utc, Uuid};

use crate::agents::*;
use crate::chat::*;
use crate::ids::*;
use crate::tasks::*;

const SESSION: SessionId = SessionId(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001));
const MESSAGE: MessageId = MessageId(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0002));
const ANSWER: AnswerId = AnswerId(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0003));
const TASK: TaskId = TaskId(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0004));
const CONTEXT: ContextId = ContextId(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0005));

fn at(minute: i64) -> DateTime<Utc> {
    // 2026-01-05 09:00 UTC, a Monday.
    DateTime::from_timestamp(1_767_603_600 + minute * 60, 0).unwrap_or_default()
}

fn ada() -> UserId {
    UserId("ada".to_owned())
}

fn scribe() -> AgentId {
    AgentId("scribe".to_owned())
}

fn runner() -> AgentId {
    AgentId("runner".to_owned())
}

fn json(text: &str) -> Json {
    Json(text.parse().unwrap_or_default())
}

// Sessions.

pub(crate) fn new_session() -> NewSession {
    NewSession { title: "Release notes".to_owned(), members: vec![UserId("scribe".to_owned())] }
}

pub(crate) fn session() -> Session {
    Session {
        session_id: SESSION,
        title: "Release notes".to_owned(),
        members: vec![ada(), UserId("scribe".to_owned())],
        created_at: at(0),
        active_at: at(5),
        archived_at: None,
    }
}

pub(crate) fn session_listed() -> SessionListed {
    SessionListed { subject: "ada".to_owned(), session: session() }
}

pub(crate) fn list_sessions() -> ListSessions {
    ListSessions { with_archived: false, before: None, limit: 50 }
}

pub(crate) fn sessions() -> SessionPage {
    SessionPage { sessions: vec![session()], more: false }
}

pub(crate) fn rename_session() -> RenameSession {
    RenameSession { session_id: SESSION, title: "Release notes, spring".to_owned() }
}

pub(crate) fn chat_session() -> ChatSession {
    ChatSession { session_id: SESSION }
}

pub(crate) fn invite() -> Invite {
    Invite { session_id: SESSION, member: UserId("runner".to_owned()) }
}

pub(crate) fn session_state() -> SessionState {
    SessionState {
        session: session(),
        messages: vec![message()],
        more: false,
        contexts: vec![shared_context()],
    }
}

// Messages.

pub(crate) fn new_message() -> NewMessage {
    NewMessage {
        session_id: SESSION,
        body: Body::Text { text: "What changed since March?".to_owned() },
        reply_to: None,
        thread: None,
    }
}

pub(crate) fn message() -> Message {
    Message {
        message_id: MESSAGE,
        session_id: SESSION,
        author: ada(),
        body: new_message().body,
        reply_to: None,
        thread: None,
        replies: 0,
        answer_id: None,
        seq: SafeInt::new(42),
        status: MessageStatus::Sent,
        revision: 0,
        created_at: at(5),
        edited_at: None,
    }
}

pub(crate) fn edit_message() -> EditMessage {
    EditMessage {
        session_id: SESSION,
        message_id: MESSAGE,
        revision: 0,
        text: "What changed since April?".to_owned(),
    }
}

pub(crate) fn message_ref() -> MessageRef {
    MessageRef { session_id: SESSION, message_id: MESSAGE }
}

pub(crate) fn history_page() -> HistoryPage {
    HistoryPage { session_id: SESSION, before: Some(MESSAGE), limit: 50 }
}

pub(crate) fn history_since() -> HistorySince {
    HistorySince { session_id: SESSION, seq: SafeInt::new(41).unwrap_or_default(), limit: 50 }
}

pub(crate) fn history() -> History {
    History { messages: vec![message()], more: true }
}

pub(crate) fn context_ref() -> ContextRef {
    ContextRef { session_id: SESSION, context_id: CONTEXT }
}

pub(crate) fn shared_context() -> SharedContext {
    SharedContext {
        context_id: CONTEXT,
        message_id: MESSAGE,
        title: "The merged changes".to_owned(),
        extent: Extent::Summary,
        content: "- faster start\n- dark mode".to_owned(),
        agents: vec![scribe()],
        expires_at: Some(at(60)),
    }
}

pub(crate) fn typing() -> Typing {
    Typing { session_id: SESSION, member: ada() }
}

// Answers and tools.

pub(crate) fn answer_ref() -> AnswerRef {
    AnswerRef { session_id: SESSION, answer_id: ANSWER }
}

pub(crate) fn answer_start() -> AnswerStart {
    AnswerStart {
        session_id: SESSION,
        answer_id: ANSWER,
        agent_id: scribe(),
        reply_to: Some(MESSAGE),
        thread: None,
    }
}

pub(crate) fn begin_answer() -> BeginAnswer {
    BeginAnswer { session_id: SESSION, agent_id: scribe(), reply_to: Some(MESSAGE) }
}

pub(crate) fn answer_begun() -> AnswerBegun {
    AnswerBegun { answer_id: ANSWER, session_id: SESSION, number: 0 }
}

pub(crate) fn answer_part() -> AnswerPart {
    AnswerPart { answer_id: ANSWER, number: 1, text: "Since April, ".to_owned() }
}

pub(crate) fn answer_end() -> AnswerEnd {
    AnswerEnd { answer_id: ANSWER, reason: None }
}

pub(crate) fn tool_call() -> ToolCall {
    ToolCall {
        session_id: SESSION,
        agent_id: runner(),
        tool: "publish_page".to_owned(),
        summary: "Publish the release notes".to_owned(),
        arguments: json(r#"{"page":"releases"}"#),
    }
}

// Agents.

pub(crate) fn card() -> AgentCard {
    AgentCard {
        agent_id: scribe(),
        name: "Scribe".to_owned(),
        description: "Writes what people ask for.".to_owned(),
        color: "#2563eb".to_owned(),
        icon: "pen-line".to_owned(),
        capabilities: vec![Capability {
            name: "write".to_owned(),
            description: "Writes and shortens texts.".to_owned(),
        }],
        version: Some("1.0.0".to_owned()),
    }
}

pub(crate) fn agent() -> Agent {
    Agent {
        card: card(),
        owner: UserId("scribe".to_owned()),
        activity: Activity::Idle,
        registered_at: at(0),
    }
}

pub(crate) fn roster() -> RosterState {
    RosterState { agents: vec![agent()] }
}

pub(crate) fn agent_inbox() -> AgentInbox {
    AgentInbox { agent_id: scribe() }
}

pub(crate) fn inbox_state() -> InboxState {
    InboxState {
        agent: agent(),
        unfinished: vec![answer_begun()],
        prompts: vec![prompt()],
        tasks: vec![task()],
    }
}

pub(crate) fn set_activity() -> SetActivity {
    SetActivity { agent_id: scribe(), activity: Activity::Thinking { session_id: Some(SESSION) } }
}

pub(crate) fn activity_changed() -> ActivityChanged {
    ActivityChanged {
        agent_id: scribe(),
        activity: Activity::Responding { session_id: SESSION, answer_id: ANSWER },
        since: at(6),
    }
}

pub(crate) fn direct() -> DirectMessage {
    DirectMessage {
        from: scribe(),
        to: Recipients::One { agent_id: runner() },
        intent: Intent::TaskRequest,
        text: "Collect the merged changes.".to_owned(),
        data: None,
    }
}

pub(crate) fn direct_sent() -> DirectSent {
    DirectSent { to: vec![runner()] }
}

pub(crate) fn direct_received() -> DirectReceived {
    DirectReceived {
        agent_id: runner(),
        from: scribe(),
        intent: Intent::TaskRequest,
        text: "Collect the merged changes.".to_owned(),
        data: None,
    }
}

pub(crate) fn prompt() -> Prompt {
    Prompt { agent_id: scribe(), message: message() }
}

pub(crate) fn task_assigned() -> TaskAssigned {
    TaskAssigned { agent_id: runner(), task: task() }
}

pub(crate) fn interruption() -> Interruption {
    Interruption { agent_id: scribe(), answer_id: ANSWER, by: ada() }
}

// Tasks.

pub(crate) fn task_room() -> TaskRoom {
    TaskRoom { task_id: TASK }
}

pub(crate) fn dashboard() -> Dashboard {
    Dashboard { owner: ada() }
}

pub(crate) fn new_task() -> NewTask {
    NewTask {
        session_id: Some(SESSION),
        title: "Collect the merged changes".to_owned(),
        description: "Everything since April, one line each.".to_owned(),
        priority: Priority::High,
        agents: vec![runner()],
        context: Some(json(r#"{"since":"2026-04-01"}"#)),
    }
}

pub(crate) fn task() -> Task {
    let new = new_task();
    Task {
        task_id: TASK,
        owner: ada(),
        session_id: new.session_id,
        title: new.title,
        description: new.description,
        priority: new.priority,
        status: TaskStatus::InProgress,
        agents: new.agents,
        context: new.context,
        steps: vec![task_step()],
        result: None,
        created_at: at(7),
        updated_at: at(8),
    }
}

pub(crate) fn update_task() -> UpdateTask {
    UpdateTask {
        task_id: TASK,
        title: None,
        description: None,
        priority: Some(Priority::Critical),
        context: Patch::Null,
    }
}

pub(crate) fn assign_task() -> AssignTask {
    AssignTask { task_id: TASK, agents: vec![runner(), scribe()] }
}

pub(crate) fn task_step() -> TaskStep {
    TaskStep {
        task_id: TASK,
        number: 1,
        agent_id: runner(),
        text: "Read the merge log".to_owned(),
        percent: 30,
    }
}

pub(crate) fn complete_task() -> CompleteTask {
    CompleteTask {
        task_id: TASK,
        summary: "Twelve changes, three of them breaking.".to_owned(),
        data: Some(json(r#"{"changes":12,"breaking":3}"#)),
    }
}

pub(crate) fn fail_task() -> FailTask {
    FailTask { task_id: TASK, reason: "The merge log cannot be read.".to_owned() }
}

pub(crate) fn dashboard_state() -> DashboardState {
    DashboardState { tasks: vec![task()], counts: counts() }
}

pub(crate) fn counts() -> TaskCounts {
    TaskCounts { pending: 0, in_progress: 1, completed: 0, failed: 0, cancelled: 0 }
}
