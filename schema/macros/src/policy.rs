//! The policy of one event: what may be said of which kind, what holds when nothing is said, and
//! which sayings exclude each other.

mod expand;
mod read;
mod rules;

use proc_macro2::Span;
use syn::{Expr, Ident, LitStr, Path};

use crate::{arguments::Argument, mistakes::Mistakes};

pub(crate) use read::arguments;

/// What an event is, as far as its policy is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A client asks: `#[event]` of a server trait.
    Command,
    /// A client enters a room: `#[join]`.
    Join,
    /// The server tells: `#[event]` of a client trait.
    Event,
    /// The server tells in parts: `#[stream]`.
    Stream,
    /// The server asks: `#[question]`.
    Question,
}

impl Kind {
    /// The attribute that declares it.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Command | Self::Event => "event",
            Self::Join => "join",
            Self::Stream => "stream",
            Self::Question => "question",
        }
    }

    const ALL: [Self; 5] = [Self::Command, Self::Join, Self::Event, Self::Stream, Self::Question];

    /// Words for a key that belongs to another kind of event.
    fn misplaced(self, key: &str) -> String {
        let what = match self {
            Self::Command => "of what a client asks of the server",
            Self::Join => "of a join: its room is its argument, and it is answered at most once",
            Self::Event => "of what the server tells its clients",
            Self::Stream => "of a stream, which is durable in its room",
            Self::Question => "of a question, which is durable in its room",
        };
        let known = crate::mistakes::list(self.keys());
        format!("`{key}` says nothing {what} (known: {known})")
    }

    /// The keys that its attribute knows.
    pub(crate) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Command => &[
                "name",
                "delivery",
                "timeout",
                "room",
                "lane",
                "scope",
                "guests",
                "rate",
                "cost",
                "max_bytes",
                "offline",
                "window",
                "flag",
                "since",
                "deprecated",
                "example",
                "answer_example",
            ],
            Self::Join => &[
                "name",
                "timeout",
                "scope",
                "guests",
                "rate",
                "cost",
                "max_bytes",
                "flag",
                "since",
                "deprecated",
                "example",
                "answer_example",
            ],
            Self::Event => {
                &["name", "delivery", "room", "max_bytes", "flag", "since", "deprecated", "example"]
            }
            Self::Stream => &[
                "name",
                "room",
                "lease",
                "max_bytes",
                "flag",
                "since",
                "deprecated",
                "example",
                "answer_example",
            ],
            Self::Question => &[
                "name",
                "room",
                "expires",
                "scope",
                "guests",
                "max_bytes",
                "flag",
                "since",
                "deprecated",
                "example",
                "answer_example",
            ],
        }
    }
}

/// The facts that policy depends on.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    /// Whether it is written `async fn`.
    pub(crate) acknowledged: bool,
    /// Whether it has a payload.
    pub(crate) has_payload: bool,
    /// Whether it is one of the library's own: their sinks name the room.
    pub(crate) is_library: bool,
    /// Whether it answers with more than `()`.
    pub(crate) has_answer: bool,
}

/// What one event's attribute says, with its defaults filled in where they depend on the event.
#[derive(Default)]
pub(crate) struct Policy {
    pub(crate) name: Option<LitStr>,
    pub(crate) rooms: Vec<Path>,
    delivery: Option<Ident>,
    timeout_ms: Option<u32>,
    lane: Option<Lane>,
    scopes: Vec<LitStr>,
    guests: Option<(Span, bool)>,
    rate: Option<(u32, u64)>,
    cost: Option<u32>,
    max_bytes: Option<u32>,
    offline: Option<(Span, Offline)>,
    window: Option<(Span, u64)>,
    flag: Option<LitStr>,
    since: Option<LitStr>,
    deprecated: Option<Deprecated>,
    example: Option<Expr>,
    answer_example: Option<Expr>,
    /// `lease` of a stream or `expires` of a question.
    pub(crate) limit_ms: Option<u32>,
}

enum Lane {
    None,
    Named(LitStr),
}

#[derive(Clone, Copy)]
enum Offline {
    Queue(u64),
    Fail,
    Drop,
}

struct Deprecated {
    replacement: Option<LitStr>,
    note: LitStr,
}

impl Policy {
    /// Reads the arguments of an event's attribute.
    pub(crate) fn read(
        arguments: Vec<Argument>,
        subject: Subject,
        at: &Ident,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut policy = read::policy(arguments, subject.kind, mistakes);
        rules::hold(&mut policy, subject, at, mistakes);
        policy
    }
}
