//! The server's half of a namespace: decoded commands and how they reach the service that
//! implements them. Made by `#[namespace]`, driven by the runtime.

use std::any::TypeId;
use std::fmt;

use serde::Deserializer;

use crate::{Event, NamespaceFacts, Refusal, Report, RoomName, Sink, encode::Encoded};

/// A namespace: the marker type that `#[namespace]` makes beside the server trait.
pub trait Namespace: Sized + Send + Sync + 'static {
    /// What the contract says of it.
    const FACTS: &'static NamespaceFacts;

    /// Its commands, decoded.
    type Command: Command;

    /// Its emitter: the struct made of the client trait.
    type Emit<S: Sink>: From<S>;
}

/// The decoded commands of one namespace: an enum with a variant for each.
pub trait Command: fmt::Debug + Send + 'static {
    /// Decodes the payload of the command at `index` in [`NamespaceFacts::commands`].
    ///
    /// # Errors
    /// What the deserializer says of a payload that does not fit.
    fn decode<'de, D: Deserializer<'de>>(index: usize, payload: D) -> Result<Self, D::Error>
    where
        Self: Sized;

    /// The join command that enters the room of this name, if the namespace has one.
    fn join(room: &str) -> Option<Self>
    where
        Self: Sized;

    /// Reads the state that a member shows to the room of this name, reports the constraints that it
    /// breaks, and gives it as it travels on; `None` if no join command enters such a room.
    ///
    /// # Errors
    /// What the deserializer says of a state that is not of the room's type.
    fn presence<'de, D: Deserializer<'de>>(
        room: &str,
        state: D,
        report: &mut Report,
    ) -> Result<Option<Encoded>, D::Error>;

    /// Its index in [`NamespaceFacts::commands`].
    fn index(&self) -> usize;

    /// Reports every constraint that its payload breaks.
    fn check(&self, report: &mut Report);

    /// The rooms it belongs to, in the order of [`Policy::rooms`](crate::Policy::rooms).
    fn rooms(&self) -> Vec<RoomName>;

    /// The type that its handler must answer and commit; `()` without an acknowledgement.
    fn answer_type(&self) -> TypeId;
}

/// What a command came to: its answer as it travels, or why not.
pub type Reply = Result<Encoded, Refusal>;

/// How a decoded command reaches the service `S`. Made by `#[namespace]` for every implementor of
/// the server trait.
pub trait Dispatch<S>: Namespace {
    /// The context that the service's methods take.
    type Context: Send + Sync;

    /// Whether this caller may enter the room of this join command. Other commands are always
    /// allowed here: scopes and membership are the runtime's affair.
    fn authorize(
        service: &S,
        cx: &Self::Context,
        command: &Self::Command,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Runs the handler of a command.
    fn run(
        service: &S,
        cx: &Self::Context,
        command: Self::Command,
    ) -> impl Future<Output = Reply> + Send;

    /// Tells the service that a connection has entered the namespace.
    fn connected(
        service: &S,
        cx: &Self::Context,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Tells the service that a connection has left; exactly once for each that entered.
    fn disconnected(
        service: &S,
        cx: &Self::Context,
        reason: DisconnectReason,
    ) -> impl Future<Output = ()> + Send;
}

/// Why a connection left a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// The client left the namespace.
    ClientLeft,
    /// The link was closed or cut.
    ConnectionLost,
    /// The client stopped answering heartbeats.
    HeartbeatTimeout,
    /// The client stopped reading.
    Stalled,
    /// The client broke the protocol.
    ProtocolError,
    /// The token's time is over.
    TokenExpired,
    /// The server removed it.
    Kicked,
    /// The server is going down.
    ShuttingDown,
}

impl DisconnectReason {
    /// The name in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientLeft => "client_left",
            Self::ConnectionLost => "connection_lost",
            Self::HeartbeatTimeout => "heartbeat_timeout",
            Self::Stalled => "stalled",
            Self::ProtocolError => "protocol_error",
            Self::TokenExpired => "token_expired",
            Self::Kicked => "kicked",
            Self::ShuttingDown => "shutting_down",
        }
    }
}

impl NamespaceFacts {
    /// The command of this wire name, with its index.
    pub fn command(&self, name: &str) -> Option<(usize, &'static Event)> {
        // A namespace has tens of commands: a scan of their lengths and bytes beats hashing here.
        self.commands.iter().enumerate().find(|(_, event)| event.name == name)
    }
}
