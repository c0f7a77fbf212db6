//! `/agents`: agents, what they do, and how they are steered. An agent is a client like any other,
//! whose token has the scope `agents:run`.

use tautline::{DateTime, Json, NoRefusal, Utc, namespace, payload, room};

use crate::chat::{Decision, Intent, Message};
use crate::errors::AgentsError;
use crate::examples;
use crate::ids::{AgentId, AnswerId, MessageId, SessionId, UserId};
use crate::tasks::Task;

/// All agents: their cards, and what each of them does at the moment.
#[room("agents", retention = "1000 or 1d", presence = AgentPresence)]
pub struct AgentRoster {}

/// What one agent is told. Only whoever runs it may be in it.
#[room("agent:{agent_id}", retention = "1000 or 1d")]
pub struct AgentInbox {
    /// The agent.
    pub agent_id: AgentId,
}

/// What a client may ask of the server.
#[namespace("/agents", client = AgentsClient)]
pub trait AgentsServer {
    /// Sees all agents.
    #[join(scope = "chat:read", answer_example = examples::roster())]
    async fn join_agents(room: AgentRoster) -> Result<RosterState, NoRefusal>;

    /// Begins to work as an agent: hears what it is asked, and goes on with what it had begun.
    #[join(scope = "agents:run", example = examples::agent_inbox(), answer_example = examples::inbox_state())]
    async fn join_agent_inbox(room: AgentInbox) -> Result<InboxState, AgentsError>;

    /// Introduces an agent, or changes its card.
    #[event(delivery = idempotent, offline = fail, rate = "10/1m", scope = "agents:run",
            example = examples::card(), answer_example = examples::agent())]
    async fn register_agent(card: AgentCard) -> Result<Agent, AgentsError>;

    /// Says what an agent is doing.
    #[event(lane = "activity", rate = "60/10s", scope = "agents:run", example = examples::set_activity())]
    async fn set_activity(activity: SetActivity) -> Result<(), AgentsError>;

    /// Begins an answer, which everybody in the session sees being written.
    #[event(delivery = idempotent, lane = "answers", offline = fail, rate = "60/10s", scope = "agents:run",
            example = examples::begin_answer(), answer_example = examples::answer_begun())]
    async fn begin_answer(answer: BeginAnswer) -> Result<AnswerBegun, AgentsError>;

    /// Writes on. Parts have numbers, so that one that is sent twice is written once.
    #[event(delivery = idempotent, lane = "answers", offline = queue("15s"), rate = "600/10s", scope = "agents:run",
            window = "10m", example = examples::answer_part())]
    async fn append_answer(part: AnswerPart) -> Result<(), AgentsError>;

    /// Ends an answer: it becomes a message.
    #[event(delivery = idempotent, lane = "answers", offline = queue("1h"), scope = "agents:run",
            example = examples::answer_end(), answer_example = examples::message())]
    async fn finish_answer(end: AnswerEnd) -> Result<Message, AgentsError>;

    /// Gives an answer up.
    #[event(delivery = idempotent, lane = "answers", offline = queue("1h"), scope = "agents:run",
            example = examples::answer_end())]
    async fn fail_answer(end: AnswerEnd) -> Result<(), AgentsError>;

    /// Asks the people of a session whether the agent may use a tool, and waits for what they say.
    #[event(lane = none, timeout = "10m", rate = "30/1m", scope = "agents:run",
            example = examples::tool_call(), answer_example = Approval { decision: Some(Decision::Once), reason: None })]
    async fn request_approval(call: ToolCall) -> Result<Approval, AgentsError>;

    /// Says something to other agents.
    #[event(delivery = idempotent, offline = queue("1h"), rate = "60/1m", scope = "agents:run",
            example = examples::direct(), answer_example = examples::direct_sent())]
    async fn message_agents(message: DirectMessage) -> Result<DirectSent, AgentsError>;
}

/// What the server tells its clients.
#[namespace("/agents", side = client)]
pub trait AgentsClient {
    /// An agent was introduced, or has another card.
    #[event(delivery = durable, room = AgentRoster, example = examples::agent())]
    fn agent_registered(agent: Agent);

    /// An agent does something else.
    #[event(room = AgentRoster, example = examples::activity_changed())]
    fn activity_changed(activity: ActivityChanged);

    /// An agent is asked to answer a message.
    #[event(delivery = durable, room = AgentInbox, example = examples::prompt())]
    fn prompted(prompt: Prompt);

    /// Somebody stopped an answer of the agent.
    #[event(delivery = durable, room = AgentInbox, example = examples::interruption())]
    fn interrupted(interruption: Interruption);

    /// An agent is given a task, or one that it has is not what it was: changed, called off, given to
    /// others.
    #[event(delivery = durable, room = AgentInbox, example = examples::task_assigned())]
    fn task_assigned(assignment: TaskAssigned);

    /// Another agent says something.
    #[event(delivery = durable, room = AgentInbox, example = examples::direct_received())]
    fn direct_message(message: DirectReceived);
}

/// What an agent shows to everybody while it is connected.
#[payload]
pub struct AgentPresence {
    /// The agent.
    pub agent_id: AgentId,
}

/// How an agent introduces itself.
#[payload]
pub struct AgentCard {
    /// Its name in addresses.
    pub agent_id: AgentId,
    /// Its name for people.
    #[field(length(1..=60))]
    pub name: String,
    /// What it is good for.
    #[field(length(1..=400))]
    pub description: String,
    /// The colour that it is shown in: `#2563eb`.
    #[field(pattern("^#[0-9a-f]{6}$"))]
    pub color: String,
    /// The name of its icon.
    #[field(pattern("^[a-z][a-z0-9-]{0,39}$"))]
    pub icon: String,
    /// What it can do.
    #[field(items(..=20))]
    pub capabilities: Vec<Capability>,
    /// The version of the agent.
    #[field(length(..=40))]
    pub version: Option<String>,
}

/// One thing that an agent can do.
#[payload]
pub struct Capability {
    /// In a word: `search`.
    #[field(pattern("^[a-z][a-z0-9_]{0,39}$"))]
    pub name: String,
    /// In a sentence.
    #[field(length(1..=200))]
    pub description: String,
}

/// An agent.
#[payload]
pub struct Agent {
    /// How it introduced itself.
    pub card: AgentCard,
    /// Who runs it.
    pub owner: UserId,
    /// What it is doing.
    pub activity: Activity,
    /// When it registered first.
    pub registered_at: DateTime<Utc>,
}

/// What an agent is doing.
#[payload(open)]
pub enum Activity {
    /// Nothing.
    Idle,
    /// It prepares an answer or a step.
    Thinking {
        /// Where.
        session_id: Option<SessionId>,
    },
    /// It writes an answer.
    Responding {
        /// Where.
        session_id: SessionId,
        /// Which.
        answer_id: AnswerId,
    },
    /// It cannot work.
    Error {
        /// Why, for people.
        #[field(length(1..=200))]
        message: String,
    },
}

/// Everything about all agents.
#[payload]
pub struct RosterState {
    /// In the order of their names.
    pub agents: Vec<Agent>,
}

/// What waits for an agent, and what it had begun when it was last here.
#[payload]
pub struct InboxState {
    /// The agent.
    pub agent: Agent,
    /// Its answers that are not finished, each with the number of its last part.
    pub unfinished: Vec<AnswerBegun>,
    /// The messages that it was asked to answer and has not begun to, oldest first.
    pub prompts: Vec<Prompt>,
    /// Its tasks that have not ended, oldest first.
    pub tasks: Vec<Task>,
}

/// What an agent is doing now.
#[payload]
pub struct SetActivity {
    /// The agent.
    pub agent_id: AgentId,
    /// What it does.
    pub activity: Activity,
}

/// What an agent began to do.
#[payload]
pub struct ActivityChanged {
    /// The agent.
    pub agent_id: AgentId,
    /// What it does.
    pub activity: Activity,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// An answer that is to be written.
#[payload]
pub struct BeginAnswer {
    /// The session.
    pub session_id: SessionId,
    /// Who writes it.
    pub agent_id: AgentId,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

/// An answer that has begun.
#[payload]
pub struct AnswerBegun {
    /// The answer.
    pub answer_id: AnswerId,
    /// The session.
    pub session_id: SessionId,
    /// The number of its last part; 0 if it has none.
    pub number: u32,
}

/// A part of an answer.
#[payload]
pub struct AnswerPart {
    /// The answer.
    pub answer_id: AnswerId,
    /// Its number, from 1 without a gap.
    #[field(range(1..))]
    pub number: u32,
    /// The words.
    #[field(length(1..=8000))]
    pub text: String,
}

/// The end of an answer.
#[payload]
pub struct AnswerEnd {
    /// The answer.
    pub answer_id: AnswerId,
    /// Why, if it was given up.
    #[field(length(..=200))]
    pub reason: Option<String>,
}

/// What an agent wants to do with a tool.
#[payload]
pub struct ToolCall {
    /// The session.
    pub session_id: SessionId,
    /// The agent.
    pub agent_id: AgentId,
    /// The tool: `send_mail`.
    #[field(pattern("^[a-z][a-z0-9_]{0,59}$"))]
    pub tool: String,
    /// What it would do, in a sentence for people.
    #[field(length(1..=400))]
    pub summary: String,
    /// What the tool would be given.
    pub arguments: Json,
}

/// What people said to a tool call.
#[payload]
pub struct Approval {
    /// What they allow; nothing if they declined or nobody answered.
    pub decision: Option<Decision>,
    /// Why not.
    pub reason: Option<String>,
}

/// For whom a direct message is.
#[payload]
pub enum Recipients {
    /// One agent.
    One {
        /// Which.
        agent_id: AgentId,
    },
    /// Several agents.
    Several {
        /// Which.
        #[field(items(2..=20))]
        agent_ids: Vec<AgentId>,
    },
    /// All agents of a session.
    Session {
        /// Which.
        session_id: SessionId,
    },
}

/// What an agent says to others.
#[payload]
pub struct DirectMessage {
    /// Who says it.
    pub from: AgentId,
    /// For whom.
    pub to: Recipients,
    /// What is meant by it.
    pub intent: Intent,
    /// The words.
    #[field(length(1..=8000))]
    pub text: String,
    /// Data beside the words.
    pub data: Option<Json>,
}

/// Who gets a direct message.
#[payload]
pub struct DirectSent {
    /// The agents.
    pub to: Vec<AgentId>,
}

/// What another agent said.
#[payload]
pub struct DirectReceived {
    /// Who hears it.
    pub agent_id: AgentId,
    /// Who said it.
    pub from: AgentId,
    /// What is meant by it.
    pub intent: Intent,
    /// The words.
    pub text: String,
    /// Data beside the words.
    pub data: Option<Json>,
}

/// A message that an agent is to answer.
#[payload]
pub struct Prompt {
    /// Who is asked.
    pub agent_id: AgentId,
    /// The message.
    pub message: Message,
}

/// A task that an agent has, or had.
#[payload]
pub struct TaskAssigned {
    /// Whose.
    pub agent_id: AgentId,
    /// The task as it is now.
    pub task: Task,
}

/// An answer that somebody stopped.
#[payload]
pub struct Interruption {
    /// Whose answer.
    pub agent_id: AgentId,
    /// Which.
    pub answer_id: AnswerId,
    /// Who stopped it.
    pub by: UserId,
}
