//! The vocabulary in which a Socket.IO contract is written.
//!
//! A contract crate depends on this crate alone. It declares namespaces as traits, payloads as
//! structs and refusals as enums, and the attribute macros turn them into what a server implements,
//! what codegen describes and what travels.
//!
//! In learning order:
//!
//! 1. [`payload`] makes a type of the portable wire profile ([`Wire`]).
//! 2. [`room`] makes a struct whose fields name a room ([`Room`]).
//! 3. [`contract_error`] makes an enum of refusals, each with its [`Category`] and [`RecoveryHint`].
//! 4. [`namespace`] makes the traits of both directions ([`Namespace`], [`Dispatch`], [`Sink`]).
//! 5. [`contract!`] ties them together into a [`Contract`].
//!
//! The library's own events, which every namespace carries, are in [`control`].
//!
//! # A contract, whole
//!
//! ```
//! use tautline::{contract, contract_error, namespace, payload, room};
//!
//! /// One chat session. Everyone who joined it sees its events.
//! #[room("session:{session_id}", retention = "10000 or 30d")]
//! pub struct ChatSession {
//!     pub session_id: String,
//! }
//!
//! #[payload]
//! pub struct Message {
//!     pub session_id: String,
//!     #[field(length(1..=8000))]
//!     pub text: String,
//! }
//!
//! #[payload]
//! pub struct SessionState {
//!     pub messages: Vec<Message>,
//! }
//!
//! /// Why something in a session was refused.
//! #[contract_error]
//! pub enum ChatError {
//!     /// The session does not exist, or the caller may not know that it does.
//!     #[problem(category = not_found, message = "This conversation no longer exists.",
//!               hint = "Open another one from the list.")]
//!     SessionNotFound,
//! }
//!
//! /// What a client may ask of the server.
//! #[namespace("/chat", client = ChatClient)]
//! pub trait ChatServer {
//!     /// Enters a session.
//!     #[join]
//!     async fn join_chat_session(room: ChatSession) -> Result<SessionState, ChatError>;
//!
//!     /// Posts a message. Sent again after a cut, it is posted once.
//!     #[event(delivery = idempotent, room = ChatSession, offline = queue("24h"), rate = "20/10s")]
//!     async fn send_message(message: Message) -> Result<Message, ChatError>;
//! }
//!
//! /// What the server tells its clients.
//! #[namespace("/chat", side = client)]
//! pub trait ChatClient {
//!     /// A message was stored.
//!     #[event(delivery = durable, room = ChatSession)]
//!     fn message_created(message: Message);
//! }
//!
//! contract! { name: "chat", version: "1.0.0", namespaces: [Chat], auth: jwt }
//!
//! assert_eq!(contract().namespaces[0].commands[1].name, "send_message");
//! ```

extern crate self as tautline;

mod category;
mod check;
mod command;
mod contract;
pub mod control;
#[cfg(feature = "codegen")]
pub mod describe;
mod emit;
mod encode;
mod failure;
mod outline;
mod policy;
#[doc(hidden)]
pub mod private;
mod problem;
mod room;
mod types;
mod wire;

pub use category::{Category, Outcome, RecoveryAction, Severity};
pub use check::Report;
pub use command::{Command, DisconnectReason, Dispatch, Namespace, Reply};
pub use contract::{
    Auth, Contract, ErrorVariant, Errors, Event, EventKind, NamespaceFacts, RetryAfter, RoomFacts,
    RoomParamFacts, Source, TypeRef,
};
pub use emit::{AskSink, ClientSide, NoClient, Sink, StreamSink, Unanswered};
pub use encode::{Encoded, decode_with_attachments, encode};
pub use failure::{Answer, Cause, ContractError, Failure, NoRefusal, Refusal};
pub use policy::{Delivery, Deprecated, Lane, Offline, Policy, Rate, Retention};
pub use problem::{FieldProblem, LibraryCode, Problem, RecoveryHint};
pub use room::{NoPresence, Room, RoomName, RoomParam, User};
pub use tautline_macros::{contract, contract_error, namespace, payload, room};
pub use types::{Bytes, Finite, I64, Json, Patch, SafeInt, U64};
pub use wire::{Describable, Wire};

pub use chrono::{DateTime, Utc};
pub use url::Url;
pub use uuid::Uuid;
