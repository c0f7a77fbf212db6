//! What a handler may answer: its value, a declared refusal, or any error, which becomes `internal`.

use std::error::Error as StdError;
use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Describable, Errors, LibraryCode, Outcome, Problem};

/// What a handler answers. `?` works on the contract's own error and on any [`std::error::Error`].
pub type Answer<T, E = NoRefusal> = Result<T, Failure<E>>;

/// Why a handler did not answer with its value.
#[derive(Debug)]
pub enum Failure<E> {
    /// A refusal that the contract declares: it reaches the caller as it is, and says that nothing was
    /// executed. True of whatever the server can take back, which is all that was staged. `?` makes it.
    Refused(E),
    /// Likewise, from a handler that did something that no journal takes back, or may have: it charged a
    /// card, or asked another service and heard nothing. The caller is told what became of it.
    ///
    /// | outcome | say it when | what follows |
    /// |---|---|---|
    /// | [`NotExecuted`](Outcome::NotExecuted) | nothing was done, or all of it was taken back | the same as [`Failure::Refused`] |
    /// | [`Executed`](Outcome::Executed) | what was asked for is done, or so much of it that doing it again would be wrong | no client sends it again by itself. Of an `idempotent` command the refusal is kept under its id as an answer is: whoever sends it once more, because the first refusal was lost, gets that one, and the handler does not run |
    /// | [`Unknown`](Outcome::Unknown) | you cannot say | a client that is asked to try again does so with an `idempotent` command alone, under the same id, and the handler runs again: it must find out what the first run did, or hand the id on to whoever does the thing once. Any other command is left to the person |
    ///
    /// What a handler says of a run it says of the whole command: one that ran before under the same id,
    /// and may have had an effect then, was not `NotExecuted`. One that panics or misses its deadline says
    /// nothing, and counts as not executed: give whatever it asks of others a shorter deadline.
    ///
    /// ```
    /// use tautline::{Answer, Failure, Outcome, contract_error};
    ///
    /// /// Why an order was refused.
    /// #[contract_error]
    /// pub enum OrderError {
    ///     /// The bank says no.
    ///     #[problem(category = conflict, message = "Your card was declined.", hint = "Take another one.")]
    ///     Declined,
    ///     /// The bank says nothing. Tried again under the same id, it charges once.
    ///     #[problem(category = timeout, message = "Your bank does not answer.", hint = "It is asked again.")]
    ///     BankIsSilent,
    ///     /// The card is charged, and the order is not on its way.
    ///     #[problem(category = internal, message = "You have paid, and your order is stuck.", hint = "Call us. Do not pay again.")]
    ///     PaidAndStuck,
    /// }
    ///
    /// # struct Receipt;
    /// # struct SoldOut;
    /// # enum Charged { Yes(Receipt), No, NoReply }
    /// # struct Bank(Charged);
    /// # impl Bank { fn charge(self, _key: &str) -> Charged { self.0 } }
    /// # fn ship(_: Receipt) -> Result<(), SoldOut> { Err(SoldOut) }
    /// fn order(bank: Bank, command_id: &str) -> Answer<(), OrderError> {
    ///     let receipt = match bank.charge(command_id) {
    ///         Charged::Yes(receipt) => receipt,
    ///         Charged::No => return Err(OrderError::Declined)?,
    ///         Charged::NoReply => {
    ///             return Err(Failure::RefusedWith(OrderError::BankIsSilent, Outcome::Unknown));
    ///         }
    ///     };
    ///     ship(receipt)
    ///         .map_err(|SoldOut| Failure::RefusedWith(OrderError::PaidAndStuck, Outcome::Executed))
    /// }
    /// # assert!(matches!(order(Bank(Charged::No), ""), Err(Failure::Refused(_))));
    /// # assert!(matches!(order(Bank(Charged::NoReply), ""), Err(Failure::RefusedWith(_, Outcome::Unknown))));
    /// # assert!(matches!(order(Bank(Charged::Yes(Receipt)), ""), Err(Failure::RefusedWith(_, Outcome::Executed))));
    /// ```
    RefusedWith(E, Outcome),
    /// Anything else: the caller sees `internal`, the log has the cause.
    Internal(Cause),
}

/// The cause of an internal failure. Never shown to a client.
#[derive(Debug)]
pub struct Cause(Box<dyn StdError + Send + Sync + 'static>);

impl Cause {
    /// Wraps an error.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        Self(error.into())
    }

    /// The error itself.
    pub fn error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }

    /// The error, if it is an `X`.
    pub fn downcast_ref<X: StdError + 'static>(&self) -> Option<&X> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for Cause {
    /// The error with its chain of sources, for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl<E, X: StdError + Send + Sync + 'static> From<X> for Failure<E> {
    fn from(error: X) -> Self {
        Self::Internal(Cause::new(error))
    }
}

/// An enum of refusals, made by `#[contract_error]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error of a contract",
    note = "put `#[contract_error]` on the enum"
)]
pub trait ContractError:
    Describable + Serialize + DeserializeOwned + fmt::Debug + Send + Sync + 'static
{
    /// What the contract says of each refusal.
    const FACTS: &'static Errors;

    /// This refusal as it travels, without a trace id yet.
    fn problem(&self) -> Problem;
}

/// The error of an event that the application itself never refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(schemars::JsonSchema, ts_rs::TS))]
pub enum NoRefusal {}

impl ContractError for NoRefusal {
    const FACTS: &'static Errors = &Errors {
        name: "NoRefusal",
        docs: "No refusal of its own.",
        variants: &[],
        ty: crate::TypeRef::of::<Self>(),
        source: crate::Source { file: file!(), line: line!() },
    };

    fn problem(&self) -> Problem {
        match *self {}
    }
}

/// A [`Failure`] of any contract error, as the runtime handles it.
#[derive(Debug)]
pub enum Refusal {
    /// Something the caller may read.
    Problem(Box<Problem>),
    /// A fault of the server.
    Internal(Cause),
}

impl<E: ContractError> From<Failure<E>> for Refusal {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Refused(error) => Self::Problem(Box::new(error.problem())),
            Failure::RefusedWith(error, outcome) => {
                Self::Problem(Box::new(Problem { outcome, ..error.problem() }))
            }
            Failure::Internal(cause) => Self::Internal(cause),
        }
    }
}

impl From<LibraryCode> for Refusal {
    fn from(code: LibraryCode) -> Self {
        Self::Problem(Box::new(code.problem()))
    }
}
