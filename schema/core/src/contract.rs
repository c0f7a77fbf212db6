//! A contract as plain static data: what the server reads, codegen writes and the gate compares.

use crate::{Category, Policy, RecoveryAction, Retention, Severity, Wire};

/// Everything one schema crate declares.
#[derive(Debug)]
pub struct Contract {
    /// The contract's name, kebab-case.
    pub name: &'static str,
    /// Its version (SemVer).
    pub version: &'static str,
    /// SHA-256 over its wire facts, from the crate's `generated.rs`; empty before the first `write`.
    pub hash: &'static str,
    /// What `write` found out about older states: the text of the crate's `contract.compat.json`;
    /// empty before the first `write`.
    pub versions: &'static str,
    /// Its namespaces, in the order in which they were listed.
    pub namespaces: &'static [&'static NamespaceFacts],
    /// Every scope that an event may ask for.
    pub scopes: &'static [&'static str],
    /// Every feature flag that an event may wait for.
    pub flags: &'static [&'static str],
    /// How callers prove who they are.
    pub auth: Auth,
    /// Whether a caller without a token may connect.
    pub guests: bool,
}

/// How callers prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// They do not: everybody is a guest.
    None,
    /// With a JSON Web Token.
    Jwt,
}

/// One namespace, both directions.
#[derive(Debug)]
pub struct NamespaceFacts {
    /// The marker's name: `Chat`.
    pub name: &'static str,
    /// The Socket.IO path: `/chat`.
    pub path: &'static str,
    /// The trait's documentation.
    pub docs: &'static str,
    /// What a client may send.
    pub commands: &'static [Event],
    /// What the server may send.
    pub events: &'static [Event],
    /// Where it is written.
    pub source: Source,
}

/// What an event is beside a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A message.
    Plain,
    /// A command that enters its room and answers the room's state.
    Join,
    /// An event whose content comes in parts.
    Stream {
        /// How long its producer may be silent, in milliseconds.
        lease_ms: u32,
    },
    /// An event that one client answers.
    Question {
        /// How long it waits for an answer, in milliseconds.
        expires_ms: u32,
    },
}

/// One event of one direction.
#[derive(Debug)]
pub struct Event {
    /// The name that travels: `send_message`.
    pub name: &'static str,
    /// The method's documentation.
    pub docs: &'static str,
    /// What it is beside a message.
    pub kind: EventKind,
    /// The payload's type; `None` travels as `{}`.
    pub payload: Option<TypeRef>,
    /// Whether the sender waits for an acknowledgement.
    pub acknowledged: bool,
    /// The answer's type; `None` is `null`.
    pub answer: Option<TypeRef>,
    /// What it may be refused with, beside the library's own codes.
    pub error: Option<&'static Errors>,
    /// Delivery, limits, access.
    pub policy: Policy,
    /// Where it is written.
    pub source: Source,
}

/// One kind of room.
#[derive(Debug)]
pub struct RoomFacts {
    /// The struct's name: `ChatSession`.
    pub name: &'static str,
    /// The pattern of its names: `session:{session_id}`.
    pub pattern: &'static str,
    /// The struct's documentation.
    pub docs: &'static str,
    /// The pattern's parameters, in its order.
    pub params: &'static [RoomParamFacts],
    /// How long its durable events are kept.
    pub retention: Retention,
    /// The state that a member shows the others, if the room has presence.
    pub presence: Option<TypeRef>,
    /// Whether it keeps how far each user has received and read its events.
    pub receipts: bool,
    /// The struct as a type.
    pub ty: TypeRef,
    /// Where it is written.
    pub source: Source,
}

impl RoomFacts {
    /// Whether the room of this name is of this kind, as far as the pattern says.
    pub fn matches(&self, name: &str) -> bool {
        crate::room::parse_name(self.pattern, name).is_some()
    }
}

/// One parameter of a room's pattern.
#[derive(Clone, Copy, Debug)]
pub struct RoomParamFacts {
    /// The field in Rust: `session_id`.
    pub field: &'static str,
    /// The field on the wire: `sessionId`.
    pub wire: &'static str,
}

/// One `#[contract_error]` enum.
#[derive(Debug)]
pub struct Errors {
    /// The enum's name: `ChatError`.
    pub name: &'static str,
    /// The enum's documentation.
    pub docs: &'static str,
    /// Its refusals, in the order in which they were written.
    pub variants: &'static [ErrorVariant],
    /// The enum as a type: tagged by `code`, the fields under `params`.
    pub ty: TypeRef,
    /// Where it is written.
    pub source: Source,
}

/// One refusal.
#[derive(Debug)]
pub struct ErrorVariant {
    /// The variant's name: `SessionNotFound`.
    pub name: &'static str,
    /// The code that travels: `chat.session_not_found`.
    pub code: &'static str,
    /// The variant's documentation.
    pub docs: &'static str,
    /// What kind of thing went wrong.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// What helps.
    pub action: RecoveryAction,
    /// How long to wait before a retry.
    pub after: RetryAfter,
    /// After how many attempts to stop.
    pub max_attempts: Option<u32>,
    /// The sentence for people, with `{field}` where a field goes.
    pub message: &'static str,
    /// What the person can do, likewise.
    pub hint: &'static str,
    /// Its fields as they travel in `params`: wire name and type.
    pub params: &'static [(&'static str, TypeRef)],
    /// Where it is written.
    pub source: Source,
}

/// How long to wait before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// The client's own backoff.
    Unset,
    /// Always so many milliseconds.
    Fixed(u32),
    /// As the variant's field of this Rust name says, in milliseconds.
    Field(&'static str),
}

/// A place in the schema crate, for links and messages.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The file, from the workspace's root.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

/// A type of the portable wire profile, as a fact.
#[derive(Clone, Copy)]
pub struct TypeRef {
    rust_name: fn() -> &'static str,
    #[cfg(feature = "codegen")]
    pub(crate) describe: crate::describe::Describe,
}

impl TypeRef {
    /// The fact about `T`.
    pub const fn of<
        T: crate::Describable + serde::Serialize + serde::de::DeserializeOwned + 'static,
    >() -> Self {
        Self {
            rust_name: std::any::type_name::<T>,
            #[cfg(feature = "codegen")]
            describe: crate::describe::Describe::of::<T>(),
        }
    }

    /// The fact about `T`, with the constraints that its values must obey.
    pub const fn checked<T: Wire>() -> Self {
        Self {
            rust_name: std::any::type_name::<T>,
            #[cfg(feature = "codegen")]
            describe: crate::describe::Describe::checked::<T>(),
        }
    }

    /// The type with its path, as Rust writes it. For messages, never for the wire.
    pub fn rust_name(&self) -> &'static str {
        (self.rust_name)()
    }
}

impl std::fmt::Debug for TypeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.rust_name())
    }
}

impl NamespaceFacts {
    /// The rooms that its events name, each once, in the order of first use.
    pub fn rooms(&self) -> Vec<&'static RoomFacts> {
        let mut rooms: Vec<&'static RoomFacts> = Vec::new();
        for event in self.commands.iter().chain(self.events) {
            for room in event.policy.rooms {
                if !rooms.iter().any(|known| known.pattern == room.pattern) {
                    rooms.push(room);
                }
            }
        }
        rooms
    }
}

const _: fn() = || {
    // A contract's facts are shared by every thread of the server.
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Contract>();
    fn described<T: Wire>() -> TypeRef {
        TypeRef::of::<T>()
    }
    let _ = described::<String>;
};
