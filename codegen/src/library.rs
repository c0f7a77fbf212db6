//! The library's own events as a contract of their own: every document has them beside the user's.

use std::{path::Path, sync::OnceLock};

use tautline::{Auth, Contract, Namespace as _, control::Control};

use crate::Described;

/// The control events, which every namespace carries.
static LIBRARY: Contract = Contract {
    name: "tautline",
    version: env!("CARGO_PKG_VERSION"),
    hash: "",
    versions: "",
    namespaces: &[Control::FACTS],
    scopes: &[],
    flags: &[],
    auth: Auth::None,
    guests: true,
};

/// The library's contract, described once. The laws are not for it: it may use the reserved names.
pub(crate) fn library() -> &'static Described {
    static DESCRIBED: OnceLock<Described> = OnceLock::new();
    DESCRIBED.get_or_init(|| Described::read(&LIBRARY, Path::new("")).0)
}
