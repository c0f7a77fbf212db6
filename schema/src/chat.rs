//! `/chat`: sessions in which people and agents talk.

use tautline::{DateTime, Json, NoRefusal, SafeInt, User, Utc, namespace, payload, room};

use crate::agents::ToolCall;
use crate::errors::{AnswerFailed, ApprovalDeclined, ChatError};
use crate::examples;
use crate::ids::{AgentId, AnswerId, ContextId, MessageId, SessionId, TaskId, UserId};
use crate::tasks::Priority;

/// One chat session. Its members see its messages, who is there and who has read what.
#[room("session:{session_id}", retention = "10000 or 30d", presence = Participant, receipts)]
pub struct ChatSession {
    /// The session.
    pub session_id: SessionId,
}

/// What a client may ask of the server.
#[namespace("/chat", client = ChatClient)]
pub trait ChatServer {
    /// Opens a session with these members. The caller is one of them.
    #[event(delivery = idempotent, offline = fail, rate = "10/1m", scope = "chat:write",
            example = examples::new_session(), answer_example = examples::session())]
    async fn create_session(session: NewSession) -> Result<Session, ChatError>;

    /// The caller's sessions, the last active one first.
    #[event(lane = none, scope = "chat:read", rate = "30/10s",
            example = examples::list_sessions(), answer_example = examples::sessions())]
    async fn list_sessions(page: ListSessions) -> Result<SessionPage, NoRefusal>;

    /// Gives a session another title.
    #[event(delivery = idempotent, room = ChatSession, offline = queue("1h"), rate = "10/1m", scope = "chat:write",
            example = examples::rename_session(), answer_example = examples::session())]
    async fn rename_session(rename: RenameSession) -> Result<Session, ChatError>;

    /// Puts a session away: it can be read, and nothing is written into it any more.
    #[event(delivery = idempotent, room = ChatSession, offline = queue("1h"), rate = "10/1m", scope = "chat:write",
            example = examples::chat_session(), answer_example = examples::session())]
    async fn archive_session(session: ChatSession) -> Result<Session, ChatError>;

    /// Takes a person or an agent into a session.
    #[event(delivery = idempotent, room = ChatSession, offline = fail, rate = "30/1m", scope = "chat:write",
            example = examples::invite(), answer_example = examples::session())]
    async fn invite(invitation: Invite) -> Result<Session, ChatError>;

    /// Enters a session and gets its last messages.
    #[join(scope = "chat:read", example = examples::chat_session(), answer_example = examples::session_state())]
    async fn join_chat_session(room: ChatSession) -> Result<SessionState, ChatError>;

    /// Gives up the membership in a session.
    #[event(delivery = idempotent, room = ChatSession, offline = queue("1h"), scope = "chat:write",
            example = examples::chat_session())]
    async fn leave_chat_session(session: ChatSession) -> Result<(), ChatError>;

    /// Posts a message. Sent again with the same id, it is answered with the first answer.
    #[event(delivery = idempotent, room = ChatSession, offline = queue("24h"), rate = "20/10s", scope = "chat:write",
            example = examples::new_message(), answer_example = examples::message())]
    async fn send_message(message: NewMessage) -> Result<Message, ChatError>;

    /// Changes the text of a message. `revision` is the one that the author saw.
    #[event(delivery = idempotent, room = ChatSession, offline = queue("1h"), rate = "20/1m", scope = "chat:write",
            example = examples::edit_message(), answer_example = examples::message())]
    async fn edit_message(edit: EditMessage) -> Result<Message, ChatError>;

    /// Takes a message back. Its place stays, its words go.
    #[event(delivery = idempotent, room = ChatSession, offline = queue("1h"), rate = "20/1m", scope = "chat:write",
            example = examples::message_ref())]
    async fn delete_message(message: MessageRef) -> Result<(), ChatError>;

    /// Older messages of a session, by page.
    #[event(room = ChatSession, lane = none, rate = "30/10s", scope = "chat:read",
            example = examples::history_page(), answer_example = examples::history())]
    async fn list_messages(page: HistoryPage) -> Result<History, ChatError>;

    /// The messages of one thread, oldest first.
    #[event(room = ChatSession, lane = none, rate = "30/10s", scope = "chat:read",
            example = examples::message_ref(), answer_example = examples::history())]
    async fn list_thread(thread: MessageRef) -> Result<History, ChatError>;

    /// The messages of a session that came after a position in its room.
    #[event(room = ChatSession, lane = none, rate = "30/10s", scope = "chat:read",
            example = examples::history_since(), answer_example = examples::history())]
    async fn list_messages_since(since: HistorySince) -> Result<History, ChatError>;

    /// Reads a context that was shared in the session.
    #[event(room = ChatSession, lane = none, rate = "30/10s", scope = "chat:read",
            example = examples::context_ref(), answer_example = examples::shared_context())]
    async fn read_context(context: ContextRef) -> Result<SharedContext, ChatError>;

    /// Stops an agent in the middle of its answer.
    #[event(delivery = idempotent, room = ChatSession, lane = none, offline = fail, rate = "10/10s", scope = "chat:write",
            example = examples::answer_ref())]
    async fn interrupt_answer(answer: AnswerRef) -> Result<(), ChatError>;

    /// Says that the caller is typing. Said again every few seconds, forgotten after five.
    #[event(delivery = volatile, room = ChatSession, rate = "5/5s", scope = "chat:write",
            example = examples::chat_session())]
    fn typing(session: ChatSession);
}

/// What the server tells its clients.
#[namespace("/chat", side = client)]
pub trait ChatClient {
    /// A message was stored.
    #[event(delivery = durable, room = ChatSession, example = examples::message())]
    fn message_created(message: Message);

    /// A message has another text.
    #[event(delivery = durable, room = ChatSession, example = examples::message())]
    fn message_edited(message: Message);

    /// A message was taken back.
    #[event(delivery = durable, room = ChatSession, example = examples::message_ref())]
    fn message_deleted(message: MessageRef);

    /// A session has another title, other members, or was archived.
    #[event(delivery = durable, room = ChatSession, example = examples::session())]
    fn session_changed(session: Session);

    /// The same for a list of sessions: whoever takes part in one hears of it, whether a page of theirs
    /// has entered it or not. Somebody who is not among the members any more has left it.
    #[event(delivery = durable, room = User, example = examples::session_listed())]
    fn session_listed(listed: SessionListed);

    /// A member is typing.
    #[event(delivery = volatile, room = ChatSession, example = examples::typing())]
    fn member_typing(typing: Typing);

    /// An agent's answer, as it is written. It ends as a message.
    #[stream(room = ChatSession, lease = "15s", example = examples::answer_start(), answer_example = examples::message())]
    fn answer(start: AnswerStart) -> Result<Message, AnswerFailed>;

    /// Asks the people of a session whether an agent may use a tool. The first answer counts, and a
    /// reload finds the question again. No agent has the scope: none approves what it wants itself.
    #[question(room = ChatSession, expires = "10m", scope = "tools:approve",
               example = examples::tool_call(), answer_example = Decision::Once)]
    async fn approve_tool(call: ToolCall) -> Result<Decision, ApprovalDeclined>;
}

/// What a member shows to the others of a session.
#[payload]
pub struct Participant {
    /// The name to show.
    #[field(length(1..=80))]
    pub name: String,
    /// Whether it is an agent.
    pub is_agent: bool,
}

/// A session as it is opened.
#[payload]
pub struct NewSession {
    /// What it is about.
    #[field(length(1..=120))]
    pub title: String,
    /// Who takes part beside the caller.
    #[field(items(..=49))]
    pub members: Vec<UserId>,
}

/// A session.
#[payload]
pub struct Session {
    /// Its name.
    pub session_id: SessionId,
    /// What it is about.
    pub title: String,
    /// Who takes part.
    pub members: Vec<UserId>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When something was last written.
    pub active_at: DateTime<Utc>,
    /// Since when it is archived.
    pub archived_at: Option<DateTime<Utc>>,
}

/// A session, as it belongs into somebody's list.
#[payload]
pub struct SessionListed {
    /// Whose list.
    pub subject: String,
    /// The session.
    pub session: Session,
}

/// Which of the caller's sessions to list.
#[payload]
pub struct ListSessions {
    /// Archived ones as well.
    pub with_archived: bool,
    /// Only those that were last active before this time.
    pub before: Option<DateTime<Utc>>,
    /// How many.
    #[field(range(1..=100))]
    pub limit: u32,
}

/// Some of the caller's sessions.
#[payload]
pub struct SessionPage {
    /// The last active one first.
    pub sessions: Vec<Session>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Another title for a session.
#[payload]
pub struct RenameSession {
    /// The session.
    pub session_id: SessionId,
    /// What it is about.
    #[field(length(1..=120))]
    pub title: String,
}

/// Somebody who is to take part in a session.
#[payload]
pub struct Invite {
    /// The session.
    pub session_id: SessionId,
    /// The person or agent.
    pub member: UserId,
}

/// What whoever enters a session gets.
#[payload]
pub struct SessionState {
    /// The session.
    pub session: Session,
    /// Its last messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub more: bool,
    /// The contexts that are shared in it at the moment.
    pub contexts: Vec<SharedContext>,
}

/// A message as it is posted.
#[payload]
pub struct NewMessage {
    /// The session.
    pub session_id: SessionId,
    /// What it says.
    pub body: Body,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The first message of the thread that it belongs to.
    pub thread: Option<MessageId>,
}

/// A message.
#[payload]
pub struct Message {
    /// Its name.
    pub message_id: MessageId,
    /// The session.
    pub session_id: SessionId,
    /// Who wrote it.
    pub author: UserId,
    /// What it says.
    pub body: Body,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The first message of the thread that it belongs to.
    pub thread: Option<MessageId>,
    /// How many messages its own thread has, if it is the first of one.
    pub replies: u32,
    /// The answer that it was written as.
    pub answer_id: Option<AnswerId>,
    /// Its place in the session's room, which receipts count by. Nothing if it was written before the
    /// room was numbered anew.
    pub seq: Option<SafeInt>,
    /// Where it stands.
    pub status: MessageStatus,
    /// How often it was changed.
    pub revision: u32,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub edited_at: Option<DateTime<Utc>>,
}

/// Where a message stands on its way. A server says the middle ones; a page knows the others of what
/// it has not sent yet.
#[payload]
#[derive(Copy, Eq)]
pub enum MessageStatus {
    /// It waits for a connection.
    Pending,
    /// It is stored.
    Sent,
    /// A client of everybody has it.
    Delivered,
    /// Everybody has read it.
    Read,
    /// It will not be sent.
    Failed,
    /// It is being sent again.
    Retrying,
}

/// What a message says.
#[payload]
pub enum Body {
    /// Words of a person or an agent, in Markdown.
    Text {
        /// The words.
        #[field(length(1..=8000))]
        text: String,
    },
    /// Something that the agents of the session are to know.
    Context {
        /// A line that says what it is.
        #[field(length(1..=200))]
        title: String,
        /// How much of it is meant.
        extent: Extent,
        /// The content, in Markdown.
        #[field(length(1..=32000))]
        content: String,
        /// For whom; nobody named means everybody.
        #[field(items(..=20))]
        agents: Vec<AgentId>,
        /// After how many seconds it is forgotten.
        #[field(range(60..=604_800))]
        expires_in: Option<u32>,
    },
    /// A task that came up in the session.
    Task {
        /// The task.
        task_id: TaskId,
        /// What is to be done.
        #[field(length(1..=200))]
        title: String,
        /// How much it matters.
        priority: Priority,
    },
    /// What one agent says to others, where people can see it.
    Agent {
        /// What is meant by it.
        intent: Intent,
        /// The agents that it is for; nobody named means all of the session.
        #[field(items(..=20))]
        to: Vec<AgentId>,
        /// The words.
        #[field(length(1..=8000))]
        text: String,
        /// Data beside the words.
        data: Option<Json>,
    },
    /// What the application itself has to say.
    System {
        /// How much it matters.
        level: Level,
        /// The words.
        #[field(length(1..=500))]
        text: String,
    },
    /// A message whose words were taken back.
    Deleted,
}

/// How much of a context is meant.
#[payload]
#[derive(Copy, Eq)]
pub enum Extent {
    /// All of it.
    Full,
    /// What matters for the question at hand.
    Relevant,
    /// A short version.
    Summary,
}

/// What an agent means by a message to others.
#[payload(open)]
pub enum Intent {
    /// Asks for work.
    TaskRequest,
    /// Says how work went.
    TaskResponse,
    /// Tells something.
    Information,
    /// Asks something.
    Question,
    /// Arranges who does what.
    Coordination,
}

/// How much a system message matters.
#[payload]
#[derive(Copy, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is not as it should be.
    Warning,
    /// Something failed.
    Error,
}

/// One message of a session.
#[payload]
pub struct MessageRef {
    /// The session.
    pub session_id: SessionId,
    /// The message.
    pub message_id: MessageId,
}

/// Another text for a message.
#[payload]
pub struct EditMessage {
    /// The session.
    pub session_id: SessionId,
    /// The message.
    pub message_id: MessageId,
    /// The revision that the author saw.
    pub revision: u32,
    /// The new words.
    #[field(length(1..=8000))]
    pub text: String,
}

/// Which older messages to list.
#[payload]
pub struct HistoryPage {
    /// The session.
    pub session_id: SessionId,
    /// Only those before this one.
    pub before: Option<MessageId>,
    /// How many.
    #[field(range(1..=200))]
    pub limit: u32,
}

/// Which newer messages to list.
#[payload]
pub struct HistorySince {
    /// The session.
    pub session_id: SessionId,
    /// Those whose place in the room is behind this one.
    pub seq: SafeInt,
    /// How many.
    #[field(range(1..=200))]
    pub limit: u32,
}

/// Some messages of a session.
#[payload]
pub struct History {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Whether there are more in the direction that was asked for.
    pub more: bool,
}

/// Which context to read.
#[payload]
pub struct ContextRef {
    /// The session.
    pub session_id: SessionId,
    /// The context.
    pub context_id: ContextId,
}

/// Something that was shared with the agents of a session.
#[payload]
pub struct SharedContext {
    /// Its name.
    pub context_id: ContextId,
    /// The message that shared it.
    pub message_id: MessageId,
    /// A line that says what it is.
    pub title: String,
    /// How much of it is meant.
    pub extent: Extent,
    /// The content, in Markdown.
    pub content: String,
    /// For whom; nobody named means everybody.
    pub agents: Vec<AgentId>,
    /// When it is forgotten.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An answer that is being written.
#[payload]
pub struct AnswerRef {
    /// The session.
    pub session_id: SessionId,
    /// The answer.
    pub answer_id: AnswerId,
}

/// How an answer begins.
#[payload]
pub struct AnswerStart {
    /// The session.
    pub session_id: SessionId,
    /// The answer.
    pub answer_id: AnswerId,
    /// Who writes it.
    pub agent_id: AgentId,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The thread that it belongs to.
    pub thread: Option<MessageId>,
}

/// Who is typing.
#[payload]
pub struct Typing {
    /// The session.
    pub session_id: SessionId,
    /// The member.
    pub member: UserId,
}

/// What a person says to a tool call.
#[payload]
#[derive(Copy, Eq)]
pub enum Decision {
    /// This time.
    Once,
    /// For the rest of the session.
    Session,
}
