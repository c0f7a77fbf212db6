//! What makes somebody suspect, whom, and what is done about it.

use std::fmt;

use tautline::{Category, Problem, Uuid};

use crate::address::ClientAddress;

/// Who answers for what a connection does: a user, and where nobody has signed in, an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Suspect {
    /// An address, for its guests, for bad credentials, and for those who never enter.
    Address(ClientAddress),
    /// A user, by subject, wherever they connect from.
    User(String),
}

impl fmt::Display for Suspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "address {address}"),
            Self::User(subject) => write!(f, "user {subject}"),
        }
    }
}

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Offence {
    /// Sent an event more often than its contract allows.
    EventRate,
    /// Sent more than an allowance over all events.
    Flood,
    /// Sent something that is unknown or does not fit: a broken client does so, too.
    Mistake,
    /// Asked for what it may not do.
    Denied,
    /// Came with credentials that are not good. Not those that have expired.
    BadCredentials,
    /// Came more often than an address may.
    Handshakes,
    /// Asked for a session that does not exist: the first request after a restart does so, too.
    UnknownSession,
    /// Opened a connection and went, or was cut, without asking for anything.
    NeverEntered,
    /// Broke the protocol below the events, or sent a frame over its limit.
    BrokenProtocol,
}

impl Offence {
    /// How much it weighs. A hundred points in one half-life are a ban: ten bad tokens (fail2ban has
    /// five), fifty idle connections, two hundred mistakes (Centrifugo cuts at twenty in five
    /// seconds), four hundred frames beyond an allowance. An event that is sent twice as often as it
    /// may, once a second, never gets beyond the warning.
    pub(crate) const fn points(self) -> f64 {
        match self {
            Self::EventRate => 0.025,
            Self::Handshakes => 0.1,
            Self::Flood => 0.25,
            Self::Mistake | Self::Denied | Self::UnknownSession => 0.5,
            Self::NeverEntered => 2.0,
            Self::BrokenProtocol => 5.0,
            Self::BadCredentials => 10.0,
        }
    }

    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EventRate => "event_rate",
            Self::Flood => "flood",
            Self::Mistake => "mistake",
            Self::Denied => "denied",
            Self::BadCredentials => "bad_credentials",
            Self::Handshakes => "handshakes",
            Self::UnknownSession => "unknown_session",
            Self::NeverEntered => "never_entered",
            Self::BrokenProtocol => "broken_protocol",
        }
    }

    /// What a refusal says of the one who is refused.
    pub(crate) fn of(problem: &Problem) -> Option<Self> {
        match problem.category {
            Category::RateLimited => {
                let of = problem.params.as_ref().and_then(|params| params.get("of"));
                let is_of_event = of.is_some_and(|of| of == "event");
                Some(if is_of_event { Self::EventRate } else { Self::Flood })
            }
            Category::Invalid | Category::Protocol => Some(Self::Mistake),
            Category::PermissionDenied | Category::Unauthenticated => Some(Self::Denied),
            Category::Connection
            | Category::NotFound
            | Category::Conflict
            | Category::Capacity
            | Category::Unavailable
            | Category::Timeout
            | Category::Internal
            | Category::Cancelled => None,
        }
    }
}

/// What is done about it. That a bad request is refused comes before all of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is remembered.
    Noted,
    /// The suspect's clients hear that it is too much.
    Warned,
    /// The suspect's connections end; they may come back.
    Disconnected,
    /// They end, and may not come back before this time, in Unix milliseconds.
    Banned {
        /// Until when.
        until: u64,
    },
    /// A ban was lifted by hand.
    Lifted,
}

/// One line of the audit log: `tracing` under the target `tautline::audit`, and what
/// [`Builder::audit`](crate::Builder::audit) takes. Not of what is only noted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// Whom it is about.
    pub suspect: Suspect,
    /// What brought it about; `None` by hand.
    pub offence: Option<Offence>,
    /// What is done.
    pub verdict: Verdict,
    /// The score after it.
    pub score: f64,
    /// The connection that brought it about.
    pub connection: Option<Uuid>,
    /// Whether it is only written down: [`Suspicion::is_shadow`](crate::Suspicion::is_shadow).
    pub is_shadow: bool,
}
