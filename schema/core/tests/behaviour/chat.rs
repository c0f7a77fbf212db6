//! The contract of these tests: what a user writes.

use tautline::{
    Bytes, DateTime, Finite, Json, NoRefusal, Patch, Report, SafeInt, U64, Url, Utc, Uuid,
    contract, contract_error, namespace, payload, room,
};

/// One chat session. Everyone who joined it sees its events.
#[room("session:{session_id}", retention = "10000 or 30d", presence = Cursor, receipts)]
pub struct ChatSession {
    /// Which one.
    pub session_id: SessionId,
}

/// A message thread of a session.
#[room("thread:{session_id}/{number}", retention = "forever")]
pub struct Thread {
    pub session_id: SessionId,
    pub number: u32,
}

/// Everybody.
#[room("lobby")]
pub struct Lobby {}

/// What a client may ask of the server.
#[namespace("/chat", client = ChatClient)]
pub trait ChatServer {
    /// Enters a session.
    #[join]
    async fn join_chat_session(room: ChatSession) -> Result<SessionState, ChatError>;

    /// Posts a message. Sent again with the same id, it is answered with the first answer.
    #[event(
        delivery = idempotent, room = ChatSession, offline = queue("24h"), rate = "20/10s",
        scope = "chat:write", timeout = "5s", cost = 3, max_bytes = "128KiB",
        example = NewMessage { session_id: SessionId(Uuid::nil()), text: "hello".to_owned() },
        answer_example = Message { id: MessageId("m-1".to_owned()), text: "hello".to_owned() },
    )]
    async fn send_message(message: NewMessage) -> Result<Message, ChatError>;

    /// Says that the caller is typing.
    #[event(delivery = volatile, room = ChatSession)]
    fn typing(signal: Typing);

    /// Marks as read; refused in silence to all but the log of the client.
    #[event(room = [ChatSession, Lobby], lane = none, guests, since = "1.1.0",
        deprecated(replacement = "send_message", note = "it was a bad idea"))]
    fn mark_read(signal: Typing) -> Result<(), ChatError>;

    /// Lists what is there.
    #[event(name = "threads:list", lane = "lists", scope = ["chat:read", "chat:write"], flag = "threads")]
    async fn list_threads() -> Result<Vec<Message>, NoRefusal>;

    #[event]
    async fn ping() -> Result<(), NoRefusal>;
}

/// What the server tells its clients.
#[namespace("/chat", side = client)]
pub trait ChatClient {
    /// A message was stored.
    #[event(delivery = durable, room = ChatSession)]
    fn message_created(message: Stored);

    /// Everybody should know.
    #[event(room = [ChatSession, Lobby])]
    fn announced(message: Stored);

    /// Ends the day.
    #[event(delivery = volatile)]
    fn closed();

    /// An agent's answer, as it is written.
    #[stream(room = ChatSession, lease = "15s")]
    fn answer(start: Stored) -> Result<Message, AnswerFailed>;

    /// Asks the people of a session to approve a tool call.
    #[question(room = ChatSession, expires = "10m", answer_example = Decision::Once)]
    async fn approve_tool(call: ToolCall) -> Result<Decision, Declined>;
}

/// A session's name.
#[payload]
#[derive(Copy)]
pub struct SessionId(pub Uuid);

/// A message's name.
#[payload]
pub struct MessageId(#[field(length(1..=20), pattern(r"^m-\d+$"))] pub String);

/// How long a thing may be.
const LONGEST: usize = 8000;

#[payload]
pub struct NewMessage {
    pub session_id: SessionId,
    /// What is said. Ends no comment: */
    #[field(length(1..=LONGEST))]
    pub text: String,
}

#[payload]
pub struct Message {
    pub id: MessageId,
    pub text: String,
}

#[payload]
pub struct Stored {
    pub session_id: SessionId,
    pub message: Message,
}

#[payload]
pub struct Typing {
    pub session_id: SessionId,
}

#[payload]
pub struct SessionState {
    pub messages: Vec<Message>,
    pub cursors: std::collections::BTreeMap<String, Cursor>,
}

/// Where somebody is.
#[payload]
pub struct Cursor {
    #[field(range(0..=100))]
    pub line: u8,
    #[field(range(-90.0..=90.0))]
    pub tilt: Option<Finite>,
}

#[payload]
pub struct ToolCall {
    pub session_id: SessionId,
    pub tool: String,
    #[field(custom(expect_object))]
    pub arguments: Json,
}

fn expect_object(value: &Json, report: &mut Report) {
    if !value.0.is_object() {
        report.broken("object", None);
    }
}

/// What people say.
#[payload]
#[derive(Copy, Eq)]
pub enum Decision {
    /// This time.
    Once,
    NeverAgain,
}

/// One part of a message.
#[payload]
pub enum Part {
    /// Words.
    Text {
        session_id: SessionId,
        #[field(length(..=5))]
        body: String,
    },
    Image {
        session_id: SessionId,
        alt_text: Option<String>,
        bytes: Bytes,
    },
}

#[payload]
pub struct Change {
    pub title: Patch<String>,
    #[field(items(..=2))]
    pub parts: Option<Vec<Part>>,
    pub r#type: Option<String>,
}

/// Everything of the profile at once.
#[payload]
pub struct Everything {
    pub boolean: bool,
    pub big: U64,
    pub safe: SafeInt,
    pub fraction: Finite,
    pub small: i8,
    pub wide: u32,
    pub signed: Option<i32>,
    pub at: DateTime<Utc>,
    pub link: Url,
    pub nested: Option<Box<Message>>,
    pub json: Json,
    pub bytes: Bytes,
    pub state: State,
    pub step: Step,
}

/// A state, of which more may come.
#[payload(open)]
pub enum State {
    /// Work goes on.
    InProgress,
    Done,
}

/// A step, of which more may come.
#[payload(open)]
pub enum Step {
    Started,
    Moved {
        #[field(range(1..))]
        by_steps: i32,
        note: Option<String>,
    },
}

/// Why something in a session was refused.
#[contract_error]
pub enum ChatError {
    /// The session does not exist.
    #[problem(category = not_found, recovery = give_up,
              message = "This conversation no longer exists.", hint = "Open another one.")]
    SessionNotFound { session_id: SessionId },
    /// The agent works for somebody else.
    #[problem(category = unavailable, severity = info, recovery = retry(after = retry_after_ms, max = 3),
              message = "{agent} is busy {{really}}.", hint = "We ask {agent} again in a moment.",
              help = "https://example.com/busy")]
    AgentBusy { agent: String, retry_after_ms: u32 },
    #[problem(category = rate_limited, recovery = retry(after = "2s"), message = "Slow down.", hint = "")]
    TooFast,
}

#[contract_error(prefix = "answers")]
pub enum AnswerFailed {
    #[problem(category = internal, message = "The agent broke off.", hint = "Ask again.")]
    BrokeOff,
}

#[contract_error]
pub enum Declined {
    #[problem(category = permission_denied, message = "Not now.", hint = "Ask later.")]
    NotNow { until: Option<DateTime<Utc>> },
}

contract! {
    name: "chat",
    version: "1.2.0",
    namespaces: [Chat],
    scopes: ["chat:read", "chat:write"],
    flags: ["threads"],
    auth: jwt,
    guests: true,
}
