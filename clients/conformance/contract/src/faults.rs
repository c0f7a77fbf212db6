//! `/faults`: everything that can go wrong.

use tautline::{NoRefusal, Report, contract_error, namespace, payload};

/// A payload with a rule of every kind.
#[payload]
pub struct Constrained {
    /// Two to five characters.
    #[field(length(2..=5))]
    pub text: String,
    /// Between -5 and 5.
    #[field(range(-5..=5))]
    pub number: i32,
    /// Lower-case letters.
    #[field(pattern("^[a-z]+$"))]
    pub word: String,
    /// Three entries at most, each with a rule of its own.
    #[field(items(..=3))]
    pub list: Vec<Item>,
    /// An even number.
    #[field(custom(even))]
    pub even: u32,
}

/// An entry of a list.
#[payload]
pub struct Item {
    /// One character at least.
    #[field(length(1..))]
    pub title: String,
}

/// The rule `even`.
fn even(number: &u32, report: &mut Report) {
    if number % 2 == 1 {
        report.broken("even", None);
    }
}

/// Text without a limit of its own.
#[payload]
pub struct Weight {
    /// The text.
    pub text: String,
}

/// Which refusal is wanted.
#[payload]
pub struct Wanted {
    /// Its kind.
    pub refusal: RefusalKind,
}

/// The declared refusals by name.
#[payload]
pub enum RefusalKind {
    /// [`FaultError::Missing`].
    Missing,
    /// [`FaultError::Busy`].
    Busy,
    /// [`FaultError::Later`].
    Later,
    /// [`FaultError::Broken`].
    Broken,
    /// An error that no contract declares.
    Undeclared,
}

/// Refusals of every make.
#[contract_error]
pub enum FaultError {
    /// With fields that its words use.
    #[problem(
        category = not_found,
        recovery = give_up,
        message = "There is no {thing} number {number}.",
        hint = "Look for another {thing}."
    )]
    Missing {
        /// What is missing.
        thing: String,
        /// Which one.
        number: u32,
    },
    /// With a time from a field.
    #[problem(
        category = unavailable,
        recovery = retry(after = retry_after_ms),
        message = "Busy.",
        hint = "We try again."
    )]
    Busy {
        /// When to try again.
        retry_after_ms: u32,
    },
    /// With a fixed time.
    #[problem(
        category = rate_limited,
        recovery = retry(after = "5s"),
        message = "Too fast.",
        hint = "Wait."
    )]
    Later,
    /// With a severity of its own.
    #[problem(
        category = conflict,
        severity = critical,
        recovery = contact_support,
        message = "This is broken.",
        hint = "Call us."
    )]
    Broken,
}

/// Who the server thinks is calling.
#[payload]
pub struct Caller {
    /// The subject.
    pub subject: String,
    /// Whether nobody vouches for it.
    pub guest: bool,
    /// What the token allows.
    pub scopes: Vec<String>,
}

/// How often something has run.
#[payload]
pub struct Count {
    /// How often.
    pub runs: u32,
}

/// What is counted.
#[payload]
pub struct Counter {
    /// Its name.
    pub name: String,
}

/// Ways to fail.
#[namespace("/faults")]
pub trait FaultsServer {
    /// Says who is calling.
    #[event(guests = true)]
    async fn who_am_i() -> Result<Caller, NoRefusal>;

    /// Refuses as wanted.
    #[event(guests = true)]
    async fn refuse(wanted: Wanted) -> Result<(), FaultError>;

    /// Refuses as wanted, and nobody waits for the answer.
    #[event(guests = true)]
    fn refuse_quietly(wanted: Wanted) -> Result<(), FaultError>;

    /// Checks every rule.
    #[event(guests = true)]
    async fn check(constrained: Constrained) -> Result<(), NoRefusal>;

    /// Takes one KiB.
    #[event(guests = true, max_bytes = "1KiB")]
    async fn weigh_small(weight: Weight) -> Result<(), NoRefusal>;

    /// Takes as much as a frame holds.
    #[event(guests = true, max_bytes = "1MiB")]
    async fn weigh_large(weight: Weight) -> Result<(), NoRefusal>;

    /// Asks for a signed-in caller.
    #[event]
    async fn members_only() -> Result<(), NoRefusal>;

    /// Asks for a scope.
    #[event(scope = "admin")]
    async fn admins_only() -> Result<(), NoRefusal>;

    /// Panics, with a secret in its words.
    #[event(guests = true)]
    async fn panic() -> Result<(), NoRefusal>;

    /// Never ends.
    #[event(guests = true, timeout = "150ms")]
    async fn hang() -> Result<(), NoRefusal>;

    /// Counts how often it runs; idempotent.
    #[event(delivery = idempotent, guests = true, window = "1h", offline = queue("1h"))]
    async fn count(counter: Counter) -> Result<Count, NoRefusal>;
}
