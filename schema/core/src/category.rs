//! The closed lists in which a problem is classified. Clients act on these, never on the text.

use serde::{Deserialize, Serialize};

/// Declares a closed list: the enum, its wire names and the list of all of them, written once.
macro_rules! closed_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "codegen", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $wire)] $variant,)*
        }

        impl $name {
            /// Every value, in the order in which documents list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that travels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

closed_list! {
    /// What kind of thing went wrong. Each has a default [`Severity`] and [`RecoveryAction`].
    Category {
        /// The link could not be made or was lost.
        Connection => "connection",
        /// Nobody is signed in, or the token is not good.
        Unauthenticated => "unauthenticated",
        /// The caller is known and may not do this.
        PermissionDenied => "permission_denied",
        /// The input breaks a rule of the contract.
        Invalid => "invalid",
        /// The thing does not exist, or the caller may not know that it does.
        NotFound => "not_found",
        /// The thing is in a state in which this cannot be done.
        Conflict => "conflict",
        /// The caller asked too often.
        RateLimited => "rate_limited",
        /// The server has no room for this now.
        Capacity => "capacity",
        /// A part that the server needs does not answer.
        Unavailable => "unavailable",
        /// It took too long.
        Timeout => "timeout",
        /// The two sides do not speak the same contract.
        Protocol => "protocol",
        /// A fault of the server.
        Internal => "internal",
        /// The caller, or somebody with the right to, called it off.
        Cancelled => "cancelled",
    }
}

closed_list! {
    /// How bad it is, for logs and for the way in which an app shows it.
    Severity {
        /// Expected in normal use.
        Info => "info",
        /// Worth a look when it comes often.
        Warning => "warning",
        /// Somebody could not do what they wanted.
        Error => "error",
        /// Somebody should be woken.
        Critical => "critical",
    }
}

closed_list! {
    /// What helps. The client carries it out where it can; the app sees what is left.
    RecoveryAction {
        /// Nothing to do.
        None => "none",
        /// The same call again, after a while.
        Retry => "retry",
        /// A new token, then the same call again.
        Reauthenticate => "reauthenticate",
        /// Enter the room again.
        Rejoin => "rejoin",
        /// Fetch the room's state afresh.
        Resync => "resync",
        /// A new connection.
        Reconnect => "reconnect",
        /// This build of the client is too old.
        UpgradeClient => "upgrade_client",
        /// The person corrects what they entered.
        FixInput => "fix_input",
        /// The person decides.
        AskUser => "ask_user",
        /// Only the people who run the service can help.
        ContactSupport => "contact_support",
        /// It will not work; offer something else.
        GiveUp => "give_up",
    }
}

closed_list! {
    /// Whether the refused command took effect: decides if sending it again is safe.
    Outcome {
        /// It did not run, or all of it was taken back.
        NotExecuted => "not_executed",
        /// It ran.
        Executed => "executed",
        /// Nobody can say.
        Unknown => "unknown",
    }
}

impl Category {
    /// The severity of a problem that does not state its own.
    pub const fn default_severity(self) -> Severity {
        match self {
            Self::Cancelled | Self::RateLimited | Self::NotFound | Self::Conflict => Severity::Info,
            Self::Connection
            | Self::Unauthenticated
            | Self::PermissionDenied
            | Self::Invalid
            | Self::Capacity
            | Self::Timeout => Severity::Warning,
            Self::Unavailable | Self::Protocol => Severity::Error,
            Self::Internal => Severity::Critical,
        }
    }

    /// The recovery of a problem that does not state its own.
    pub const fn default_action(self) -> RecoveryAction {
        match self {
            Self::Connection => RecoveryAction::Reconnect,
            Self::Unauthenticated => RecoveryAction::Reauthenticate,
            Self::PermissionDenied | Self::NotFound => RecoveryAction::GiveUp,
            Self::Invalid => RecoveryAction::FixInput,
            Self::Conflict => RecoveryAction::AskUser,
            Self::RateLimited | Self::Capacity | Self::Unavailable | Self::Timeout => {
                RecoveryAction::Retry
            }
            Self::Protocol => RecoveryAction::UpgradeClient,
            Self::Internal => RecoveryAction::ContactSupport,
            Self::Cancelled => RecoveryAction::None,
        }
    }
}
