//! What a handler may answer: its value, a declared refusal, or any error, which becomes `internal`.

use std::error::Error as StdError;
use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Describable, Errors, LibraryCode, Problem};

/// What a handler answers. `?` works on the contract's own error and on any [`std::error::Error`].
pub type Answer<T, E = NoRefusal> = Result<T, Failure<E>>;

/// Why a handler did not answer with its value.
#[derive(Debug)]
pub enum Failure<E> {
    /// A refusal that the contract declares: it reaches the caller as it is.
    Refused(E),
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
            Failure::Internal(cause) => Self::Internal(cause),
        }
    }
}

impl From<LibraryCode> for Refusal {
    fn from(code: LibraryCode) -> Self {
        Self::Problem(Box::new(code.problem()))
    }
}
