//! `/recovery`: refusals of every category, of commands of every delivery. `cases/recovery.json` is the table of
//! what a client does about them; the names here are made of its words.

use tautline::{NoRefusal, contract_error, namespace, payload, room};

/// A place for one trial: what is tried there is counted.
#[room("trial:{trial_id}")]
pub struct Trial {
    /// Which one.
    pub trial_id: String,
}

/// What somebody tries.
#[payload]
pub struct Attempt {
    /// Where it is counted.
    pub trial_id: String,
    /// How it is refused.
    pub trouble: TroubleKind,
    /// How often, before it is let through.
    pub refusals: u32,
    /// What the refusals say has become of it.
    pub outcome: TroubleOutcome,
}

/// What a trial has come to.
#[payload]
pub struct Tried {
    /// How often a handler has run.
    pub runs: u32,
    /// How often somebody has read the trial's state.
    pub reads: u32,
}

/// The refusals by name: category, then recovery.
#[payload]
pub enum TroubleKind {
    /// [`Trouble::ConnectionReconnect`].
    ConnectionReconnect,
    /// [`Trouble::UnauthenticatedReauthenticate`].
    UnauthenticatedReauthenticate,
    /// [`Trouble::PermissionDeniedGiveUp`].
    PermissionDeniedGiveUp,
    /// [`Trouble::InvalidFixInput`].
    InvalidFixInput,
    /// [`Trouble::NotFoundGiveUp`].
    NotFoundGiveUp,
    /// [`Trouble::ConflictAskUser`].
    ConflictAskUser,
    /// [`Trouble::ConflictRejoin`].
    ConflictRejoin,
    /// [`Trouble::ConflictResync`].
    ConflictResync,
    /// [`Trouble::RateLimitedRetry`].
    RateLimitedRetry,
    /// [`Trouble::CapacityRetry`].
    CapacityRetry,
    /// [`Trouble::UnavailableRetry`].
    UnavailableRetry,
    /// [`Trouble::TimeoutRetry`].
    TimeoutRetry,
    /// [`Trouble::ProtocolUpgradeClient`].
    ProtocolUpgradeClient,
    /// [`Trouble::InternalContactSupport`].
    InternalContactSupport,
    /// [`Trouble::CancelledNone`].
    CancelledNone,
}

/// The outcomes by name: a payload has no type of the library's.
#[payload]
pub enum TroubleOutcome {
    /// `not_executed`.
    NotExecuted,
    /// `executed`.
    Executed,
    /// `unknown`.
    Unknown,
}

/// A refusal of every category, with the recovery that the category suggests; a conflict has others, too.
#[contract_error]
pub enum Trouble {
    /// `connection`, and `reconnect` helps.
    #[problem(category = connection, recovery = reconnect, message = "The line is bad.", hint = "Wait.")]
    ConnectionReconnect,
    /// `unauthenticated`, and `reauthenticate` helps.
    #[problem(category = unauthenticated, recovery = reauthenticate, message = "You are signed out.", hint = "Sign in.")]
    UnauthenticatedReauthenticate,
    /// `permission_denied`, and `give_up` helps.
    #[problem(category = permission_denied, recovery = give_up, message = "This is not yours.", hint = "Ask its owner.")]
    PermissionDeniedGiveUp,
    /// `invalid`, and `fix_input` helps.
    #[problem(category = invalid, recovery = fix_input, message = "This is not right.", hint = "Correct it.")]
    InvalidFixInput,
    /// `not_found`, and `give_up` helps.
    #[problem(category = not_found, recovery = give_up, message = "There is no such thing.", hint = "Look for another one.")]
    NotFoundGiveUp,
    /// `conflict`, and `ask_user` helps.
    #[problem(category = conflict, recovery = ask_user, message = "Somebody else was faster.", hint = "Look at it, and decide.")]
    ConflictAskUser,
    /// `conflict`, and `rejoin` helps.
    #[problem(category = conflict, recovery = rejoin, message = "You are not here any more.", hint = "Come back in.")]
    ConflictRejoin,
    /// `conflict`, and `resync` helps.
    #[problem(category = conflict, recovery = resync, message = "This has changed.", hint = "It is read again.")]
    ConflictResync,
    /// `rate_limited`, and `retry` helps.
    #[problem(category = rate_limited, recovery = retry(after = "20ms"), message = "Too fast.", hint = "Wait.")]
    RateLimitedRetry,
    /// `capacity`, and `retry` helps.
    #[problem(category = capacity, recovery = retry(after = "20ms"), message = "There is no room.", hint = "Wait.")]
    CapacityRetry,
    /// `unavailable`, and `retry` helps.
    #[problem(category = unavailable, recovery = retry(after = "20ms"), message = "The store is away.", hint = "Wait.")]
    UnavailableRetry,
    /// Without a time: the client's own backoff says when.
    #[problem(category = timeout, recovery = retry, message = "It took too long.", hint = "Try again.")]
    TimeoutRetry,
    /// `protocol`, and `upgrade_client` helps.
    #[problem(category = protocol, recovery = upgrade_client, message = "This app is too old.", hint = "Reload the page.")]
    ProtocolUpgradeClient,
    /// `internal`, and `contact_support` helps.
    #[problem(category = internal, recovery = contact_support, message = "Something broke.", hint = "Call us.")]
    InternalContactSupport,
    /// `cancelled`, and `none` helps.
    #[problem(category = cancelled, recovery = none, message = "It was called off.", hint = "Nothing is left to do.")]
    CancelledNone,
}

/// What can be tried.
#[namespace("/recovery")]
pub trait RecoveryServer {
    /// Enters a trial, and reads what it has come to.
    #[join(guests = true)]
    async fn enter_trial(room: Trial) -> Result<Tried, NoRefusal>;

    /// Runs at most once.
    #[event(room = Trial, guests = true)]
    async fn try_once(attempt: Attempt) -> Result<Tried, Trouble>;

    /// Is sent again until it is settled.
    #[event(delivery = idempotent, room = Trial, guests = true, offline = queue("1h"))]
    async fn try_for_sure(attempt: Attempt) -> Result<Tried, Trouble>;

    /// May be lost, and nobody waits for an answer.
    #[event(delivery = volatile, room = Trial, guests = true)]
    fn try_in_passing(attempt: Attempt) -> Result<(), Trouble>;

    /// Says what a trial has come to.
    #[event(lane = none, guests = true)]
    async fn look_at_trial(trial: Trial) -> Result<Tried, NoRefusal>;
}
