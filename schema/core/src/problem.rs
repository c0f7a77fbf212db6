//! `Problem`: a refusal as it travels. Safe for strangers: causes go to the log under the trace id.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Category, Outcome, RecoveryAction, Severity, Wire};

/// Why something was refused, in a shape on which a client can act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Stable name: `chat.session_not_found` of a contract, `rate_limited` of the library.
    pub code: String,
    /// What kind of thing went wrong.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence for the person in front of the screen.
    pub message: String,
    /// What helps.
    pub recovery: RecoveryHint,
    /// Whether the refused command took effect.
    pub outcome: Outcome,
    /// Which fields of the payload break which rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// The facts of this case, as the contract declares them for the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Map<String, Value>>,
    /// A page that says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Finds the cause in the server's log.
    pub trace_id: String,
}

impl Wire for Problem {}

/// Written by hand in every client, so never declared in generated files.
#[cfg(feature = "codegen")]
impl ts_rs::TS for Problem {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "Problem".to_owned()
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

/// What helps against a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecoveryHint {
    /// What the client does.
    pub action: RecoveryAction,
    /// What the person can do, in one sentence; empty where nothing can be done.
    pub hint: String,
    /// How long to wait first, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u32>,
    /// After how many attempts to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
}

/// One rule that one field breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(schemars::JsonSchema))]
pub struct FieldProblem {
    /// The field, from the payload's root: `items[2].title`; empty for the payload itself.
    pub path: String,
    /// The rule's name: `length`, `range`, `pattern`, `items`, `type` or a custom one.
    pub rule: String,
    /// The rule's bound in words, such as `1..=80`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

impl Problem {
    /// A problem with the category's defaults, no trace id yet and nothing executed.
    pub fn new(code: impl Into<String>, category: Category, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            category,
            severity: category.default_severity(),
            message: message.into(),
            recovery: RecoveryHint {
                action: category.default_action(),
                hint: String::new(),
                after_ms: None,
                max_attempts: None,
            },
            outcome: Outcome::NotExecuted,
            fields: Vec::new(),
            params: None,
            help: None,
            trace_id: String::new(),
        }
    }
}

/// Declares the library's own codes: each with its category and its words, written once.
macro_rules! library_codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal, $category:ident, $action:ident, $message:literal, $hint:literal;)*) => {
        /// The refusals that the library itself makes. A contract's own codes contain a dot.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum LibraryCode { $($(#[$doc])* $variant,)* }

        impl LibraryCode {
            /// Every code, in the order in which documents list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that travels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What kind of thing went wrong.
            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category,)* }
            }

            /// What the client does about it.
            pub const fn action(self) -> RecoveryAction {
                match self { $(Self::$variant => RecoveryAction::$action,)* }
            }

            /// The sentence for people.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// What the person can do.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint,)* }
            }
        }
    };
}

library_codes! {
    /// No token where the contract wants one.
    Unauthenticated => "unauthenticated", Unauthenticated, Reauthenticate,
        "You are not signed in.", "Sign in and try again.";
    /// A token that is damaged, of a foreign key, issuer or audience.
    TokenInvalid => "token_invalid", Unauthenticated, Reauthenticate,
        "Your sign-in is not valid.", "Sign in again.";
    /// A token whose time is over.
    TokenExpired => "token_expired", Unauthenticated, Reauthenticate,
        "Your sign-in has expired.", "Sign in again.";
    /// A token that was taken back before its time was over.
    TokenRevoked => "token_revoked", Unauthenticated, Reauthenticate,
        "Your sign-in was ended.", "Sign in again.";
    /// The caller lacks the scope that the event asks for.
    PermissionDenied => "permission_denied", PermissionDenied, GiveUp,
        "You are not allowed to do this.", "Ask an administrator for access.";
    /// The caller may not enter the room.
    RoomDenied => "room_denied", PermissionDenied, GiveUp,
        "You may not enter this room.", "Ask its owner for access.";
    /// The caller may not use the namespace.
    NamespaceDenied => "namespace_denied", PermissionDenied, GiveUp,
        "You may not use this part of the service.", "Ask an administrator for access.";
    /// The page's origin is not on the server's list.
    OriginDenied => "origin_denied", PermissionDenied, GiveUp,
        "This page may not connect to the service.", "Open the service's own page.";
    /// A payload that does not decode or breaks a constraint; `fields` says where.
    InvalidPayload => "invalid_payload", Invalid, FixInput,
        "Something in the input is not right.", "Correct the marked fields.";
    /// A payload or frame over its limit.
    PayloadTooLarge => "payload_too_large", Invalid, FixInput,
        "This is too large to send.", "Make it smaller.";
    /// A third argument that is not the library's `meta`.
    InvalidMeta => "invalid_meta", Protocol, UpgradeClient,
        "The app and the server do not understand each other.", "Reload the page.";
    /// An event that the namespace does not have.
    UnknownEvent => "unknown_event", Protocol, UpgradeClient,
        "The app asked for something that the server does not know.", "Reload the page.";
    /// A namespace that the server does not have.
    UnknownNamespace => "unknown_namespace", Protocol, UpgradeClient,
        "The app asked for a part of the service that does not exist.", "Reload the page.";
    /// A room name that no room of the namespace matches.
    UnknownRoom => "unknown_room", NotFound, GiveUp,
        "This room does not exist.", "Go back and open another one.";
    /// A command for a room in which the connection is not.
    NotJoined => "not_joined", Conflict, Rejoin,
        "You are not in this room.", "Enter it again.";
    /// A position of another numbering than the room's.
    EpochChanged => "epoch_changed", Conflict, Resync,
        "This room has begun anew.", "It is read again by itself.";
    /// More rooms than one connection may be in.
    TooManyRooms => "too_many_rooms", Capacity, GiveUp,
        "You are in too many rooms.", "Leave one first.";
    /// The same id came with another payload.
    ConflictingResend => "conflicting_resend", Conflict, ContactSupport,
        "This was already sent with another content.", "Reload the page.";
    /// Whether an earlier attempt ran cannot be said any more.
    OutcomeUnknown => "outcome_unknown", Connection, AskUser,
        "We cannot tell whether this was done.", "Look whether it is there before you repeat it.";
    /// The command before it in its lane is not settled.
    PredecessorUnsettled => "predecessor_unsettled", Conflict, Retry,
        "Something sent before this is still on its way.", "It is sent again by itself.";
    /// Too many calls; `afterMs` says when to go on.
    RateLimited => "rate_limited", RateLimited, Retry,
        "That was too much at once.", "Wait a moment.";
    /// The caller, or its address, did too much that honest clients do not; `afterMs` says for how
    /// long it may not come.
    Banned => "banned", PermissionDenied, Reconnect,
        "You are locked out for a while.", "Come back later; if this is a mistake, contact support.";
    /// The server or the connection has no room for more.
    Capacity => "capacity", Capacity, Retry,
        "The service is busy.", "It is tried again in a moment.";
    /// The handler took longer than the event's deadline.
    TimedOut => "timed_out", Timeout, Retry,
        "The server took too long.", "Try again.";
    /// The journal cannot store.
    JournalUnavailable => "journal_unavailable", Unavailable, Retry,
        "The service cannot save at the moment.", "It is tried again in a moment.";
    /// A fault of the server; the log has the cause under the trace id.
    Internal => "internal", Internal, ContactSupport,
        "Something went wrong on our side.", "Try again later; if it stays, contact support.";
    /// The server is going down.
    ShuttingDown => "shutting_down", Unavailable, Reconnect,
        "The service restarts.", "It is back in a moment.";
    /// The client's contract does not fit the server's.
    UpgradeClient => "upgrade_client", Protocol, UpgradeClient,
        "This version of the app is too old.", "Reload the page.";
    /// A frame that breaks the protocol.
    ProtocolError => "protocol_error", Protocol, Reconnect,
        "The app and the server lost step.", "Reload the page.";
    /// The question has its answer.
    QuestionSettled => "question_settled", Conflict, None,
        "Somebody has answered this already.", "";
    /// The question's time is over.
    QuestionExpired => "question_expired", Conflict, None,
        "The time to answer this is over.", "";
    /// Called off.
    Cancelled => "cancelled", Cancelled, None,
        "This was cancelled.", "";
    /// Made by clients: no connection could be made.
    ConnectionFailed => "connection_failed", Connection, Reconnect,
        "The service cannot be reached.", "Check your network.";
    /// Made by clients: the server did not answer the connection.
    ConnectionTimedOut => "connection_timed_out", Connection, Reconnect,
        "The service does not answer.", "Check your network.";
    /// Made by clients: the server refused the connection without a problem of its own.
    ConnectionRejected => "connection_rejected", Connection, Reconnect,
        "The service refused the connection.", "Try again later.";
    /// Made by clients: the connection closed while a call was waiting.
    ConnectionClosed => "connection_closed", Connection, Reconnect,
        "The connection was lost.", "It is made again by itself.";
    /// Made by clients: there is no connection and the event may not wait for one.
    Offline => "offline", Connection, Reconnect,
        "You are offline.", "Try again when you are back online.";
    /// Made by clients: the client was closed.
    Disposed => "disposed", Cancelled, None,
        "The app has closed the connection.", "";
}

impl LibraryCode {
    /// The problem in the library's words, without a trace id yet.
    pub fn problem(self) -> Problem {
        let mut problem = Problem::new(self.as_str(), self.category(), self.message());
        problem.recovery.action = self.action();
        problem.recovery.hint = self.hint().to_owned();
        if matches!(self, Self::OutcomeUnknown) {
            problem.outcome = Outcome::Unknown;
        }
        problem
    }
}
