//! `Mount`: what makes a service the server of a namespace. Nobody implements it by hand.

use std::sync::Arc;

use tautline::{Dispatch, Namespace};

use crate::context::Context;
use crate::inbox::Mounted;
use crate::link::Inbox;
use crate::runtime::Runtime;

/// A service that can be mounted as the namespace `N`: whatever implements the server trait of `N`
/// with `type Context = Context<N>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot serve the namespace `{N}`",
    label = "is not a service of `{N}`",
    note = "implement the server trait of `{N}` for `{Self}` (`{N}Server` in the contract crate), with `type Context = Context<{N}>`"
)]
pub trait Mount<N: Namespace>: sealed::Sealed<N> + Send + Sync + 'static {
    #[doc(hidden)]
    fn mount(self, runtime: &Mounting) -> MountedNamespace;
}

/// What a mount needs of the server. Opaque.
#[doc(hidden)]
#[derive(Debug)]
pub struct Mounting(pub(crate) Arc<Runtime>);

/// A mounted namespace. Opaque.
#[doc(hidden)]
pub struct MountedNamespace(pub(crate) Arc<dyn Inbox>);

impl std::fmt::Debug for MountedNamespace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MountedNamespace")
    }
}

#[diagnostic::do_not_recommend]
impl<N, S> Mount<N> for S
where
    N: Dispatch<S, Context = Context<N>>,
    S: Send + Sync + 'static,
{
    fn mount(self, runtime: &Mounting) -> MountedNamespace {
        MountedNamespace(Mounted::<N, S>::mount(Arc::clone(&runtime.0), self))
    }
}

mod sealed {
    use super::{Context, Dispatch};

    pub trait Sealed<N> {}

    #[diagnostic::do_not_recommend]
    impl<N: Dispatch<S, Context = Context<N>>, S> Sealed<N> for S {}
}
