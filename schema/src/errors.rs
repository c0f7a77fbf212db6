//! Why something may be refused: one enum per namespace, and one for each thing that people or agents
//! decline. What goes wrong below an event (the connection, the token, the limits) has the library's
//! own codes, [`tautline::LibraryCode`].

#![expect(missing_docs, reason = "the fields of a refusal are what its words name")]

use tautline::{DateTime, Utc, contract_error};

use crate::ids::{AgentId, ContextId, MessageId, SessionId, TaskId};
use crate::tasks::TaskStatus;

/// Why something in a session was refused.
#[contract_error]
pub enum ChatError {
    /// The session does not exist, or the caller may not know that it does.
    #[problem(category = not_found, message = "This conversation does not exist.",
              hint = "Open another one from the list.")]
    SessionNotFound { session_id: SessionId },
    /// The caller is no member of the session any more.
    #[problem(category = permission_denied, recovery = give_up,
              message = "You are no longer part of this conversation.",
              hint = "Ask one of its members to invite you again.")]
    NotAMember { session_id: SessionId },
    /// Nothing more is written into an archived session.
    #[problem(category = conflict, recovery = give_up, message = "This conversation is archived.",
              hint = "Start a new one to go on.")]
    SessionArchived { session_id: SessionId },
    /// The message was deleted, or never was there.
    #[problem(category = not_found, message = "This message is gone.",
              hint = "It was probably deleted meanwhile.")]
    MessageNotFound { message_id: MessageId },
    /// A message of this kind is for somebody else to post: agents speak to agents, and the
    /// application speaks for itself.
    #[problem(category = permission_denied, message = "You cannot post a message of the kind {kind}.",
              hint = "Write it as text.")]
    KindNotAllowed { kind: String },
    /// Only text can be changed.
    #[problem(category = invalid, recovery = give_up, message = "Only the words of a text can be changed.",
              hint = "Delete this one and post another.")]
    NotText { message_id: MessageId },
    /// The task is not one of the session.
    #[problem(category = not_found, message = "This task does not belong to this conversation.",
              hint = "Create it here, or choose another one.")]
    TaskElsewhere { task_id: TaskId },
    /// Only who wrote a message may change it.
    #[problem(category = permission_denied, message = "Only its author can change a message.",
              hint = "Reply to it instead.")]
    NotTheAuthor { message_id: MessageId },
    /// The message was changed since the caller last saw it.
    #[problem(category = conflict, recovery = resync, message = "Somebody changed this message meanwhile.",
              hint = "Look at the newer text, then change it again.")]
    ChangedMeanwhile { message_id: MessageId, revision: u32 },
    /// An answer is written by one agent at a time.
    #[problem(category = conflict, recovery = ask_user, message = "{agent_id} is still answering.",
              hint = "Wait for the end, or interrupt the answer.")]
    AnswerInProgress { agent_id: AgentId },
    /// The answer has ended already.
    #[problem(category = not_found, severity = info, recovery = none,
              message = "This answer is complete.", hint = "There is nothing left to interrupt.")]
    AnswerOver,
    /// The message could not be given to whom it was for.
    #[problem(category = unavailable, recovery = retry(after = retry_after_ms, max = 5),
              message = "The message was not delivered.", hint = "We try again in a moment.")]
    NotDelivered { retry_after_ms: u32 },
    /// The context was never shared here, or was taken back with its message.
    #[problem(category = not_found, message = "This context is gone.", hint = "Ask for it to be shared again.")]
    ContextNotFound { context_id: ContextId },
    /// A context was shared for a time that is over.
    #[problem(category = not_found, severity = info, message = "This context has expired.",
              hint = "Ask for it to be shared again.")]
    ContextExpired { expired_at: DateTime<Utc> },
    /// A session has so many members at most.
    #[problem(category = capacity, recovery = give_up, message = "This conversation is full.",
              hint = "Start another one with the people who are missing.")]
    SessionFull { limit: u32 },
}

/// Why something about an agent was refused.
#[contract_error]
pub enum AgentsError {
    /// No agent of this name has registered.
    #[problem(category = not_found, message = "There is no agent called {agent_id}.",
              hint = "Choose one from the dashboard.")]
    AgentNotFound { agent_id: AgentId },
    /// Somebody else runs an agent of this name.
    #[problem(category = conflict, recovery = fix_input, message = "The name {agent_id} is taken.",
              hint = "Register under another name.")]
    NameTaken { agent_id: AgentId },
    /// The agent is registered, but not connected.
    #[problem(category = unavailable, recovery = retry(after = "5s", max = 3),
              message = "{agent_id} is not there at the moment.", hint = "We ask again in a moment.")]
    AgentAway { agent_id: AgentId },
    /// The agent works for somebody else; `retry_after_ms` says when to ask again.
    #[problem(category = unavailable, severity = info, recovery = retry(after = retry_after_ms),
              message = "{agent_id} is busy.", hint = "We ask again in a moment.")]
    AgentBusy { agent_id: AgentId, retry_after_ms: u32 },
    /// The agent is no member of the session.
    #[problem(category = permission_denied, recovery = ask_user,
              message = "{agent_id} does not take part in this conversation.",
              hint = "Ask one of its members to invite it.")]
    NotInSession { agent_id: AgentId },
    /// Nothing more is written into an archived session.
    #[problem(category = conflict, recovery = give_up, message = "This conversation is archived.",
              hint = "Start a new one to go on.")]
    SessionClosed,
    /// The answer would be longer than anybody could be sent at once. What is there can be finished.
    #[problem(category = capacity, recovery = fix_input, message = "This answer is too long.",
              hint = "Finish it within {limit} bytes, and begin another one.")]
    TooLong { limit: u32 },
    /// There never was this answer, or it ended long ago.
    #[problem(category = not_found, message = "There is no such answer.", hint = "Begin another one.")]
    AnswerNotFound,
    /// The caller does not run this agent.
    #[problem(category = permission_denied, message = "{agent_id} is not yours to speak for.",
              hint = "Sign in as the one who registered it.")]
    NotYourAgent { agent_id: AgentId },
    /// A part of an answer came out of its order.
    #[problem(category = protocol, recovery = resync, message = "A part of the answer is missing.",
              hint = "Go on from part {expected}.")]
    PartMissing { expected: u32 },
    /// The answer was ended by somebody: its lease ran out, or a person interrupted it.
    #[problem(category = cancelled, message = "The answer was interrupted.", hint = "Nothing more is shown of it.")]
    Interrupted,
    /// The agent was made for an older contract.
    #[problem(category = protocol, recovery = upgrade_client, message = "This agent is too old.",
              hint = "Install its newest version.")]
    AgentTooOld { needs: String },
}

/// Why something about a task was refused.
#[contract_error]
pub enum TasksError {
    /// The task does not exist, or the caller may not know that it does.
    #[problem(category = not_found, message = "This task does not exist.",
              hint = "Choose one from the dashboard.")]
    TaskNotFound { task_id: TaskId },
    /// A task does not go from this status to that one.
    #[problem(category = conflict, recovery = resync, message = "A task that is {from} cannot become {to}.",
              hint = "Look at what has happened to it meanwhile.")]
    IllegalTransition { from: TaskStatus, to: TaskStatus },
    /// The session that the task is for does not exist, or the caller is no member of it.
    #[problem(category = not_found, message = "This conversation does not exist.",
              hint = "Create the task in one of yours.")]
    SessionNotFound { session_id: SessionId },
    /// No agent of this name has registered.
    #[problem(category = not_found, message = "There is no agent called {agent_id}.",
              hint = "Choose one from the dashboard.")]
    AgentNotFound { agent_id: AgentId },
    /// The task has ended, and nothing about it changes any more.
    #[problem(category = conflict, recovery = resync, message = "This task is {status}.",
              hint = "Make another one.")]
    TaskEnded { status: TaskStatus },
    /// The task was not given to an agent of the caller's.
    #[problem(category = permission_denied, recovery = give_up, message = "This task was given to somebody else.",
              hint = "Ask for it to be assigned to you.")]
    NotAssigned { task_id: TaskId },
    /// A dashboard is its owner's.
    #[problem(category = permission_denied, message = "This is not your dashboard.", hint = "Open your own.")]
    NotYourDashboard,
    /// Nobody of the assigned agents is a member of the task's session.
    #[problem(category = invalid, message = "{agent_id} does not take part in this conversation.",
              hint = "Invite it first, or choose another agent.")]
    NotInSession { agent_id: AgentId },
    /// Only who made a task may do this to it.
    #[problem(category = permission_denied, message = "This is not your task.",
              hint = "Ask the one who made it.")]
    NotYourTask { task_id: TaskId },
    /// A person has so many open tasks at most.
    #[problem(category = rate_limited, recovery = retry(after = "1m"), message = "You have {limit} open tasks.",
              hint = "Finish or cancel one before you make another.")]
    TooManyOpen { limit: u32 },
    /// The task's store could not be read.
    #[problem(category = internal, recovery = contact_support, message = "Tasks cannot be shown right now.",
              hint = "Tell us if it lasts.")]
    StoreFailed,
}

/// Why an agent did not finish an answer.
#[contract_error]
pub enum AnswerFailed {
    /// It could not go on.
    #[problem(category = internal, severity = error, recovery = ask_user, message = "The agent broke off.",
              hint = "Ask it again.")]
    BrokeOff,
    /// What it was asked is more than it can hold.
    #[problem(category = capacity, recovery = fix_input, message = "This is too much for the agent at once.",
              hint = "Ask for less, or share a summary.")]
    TooLong { limit: u32 },
}

/// Why a person does not approve what an agent wants to do.
#[contract_error]
pub enum ApprovalDeclined {
    /// Not this time.
    #[problem(category = permission_denied, severity = info, recovery = ask_user,
              message = "This was not approved.", hint = "{reason}")]
    NotApproved { reason: String },
    /// Who is asked may not decide it.
    #[problem(category = unauthenticated, recovery = reauthenticate, message = "You cannot decide this.",
              hint = "Sign in as somebody who may.")]
    NotMine,
    /// The room that asks is not this one's.
    #[problem(category = permission_denied, recovery = rejoin, message = "You left this conversation.",
              hint = "Join it again to decide.")]
    NotHere { session_id: SessionId },
}
