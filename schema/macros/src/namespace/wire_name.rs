//! The name of an event on the wire, and the names that are taken.

use syn::Ident;

use super::arguments::Side;
use crate::{mistakes::Mistakes, names, policy::Policy};

/// Names that Socket.IO keeps for itself.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// The wire name: the method's, or what `name = …` says.
pub(super) fn wire_name(
    ident: &Ident,
    policy: &Policy,
    prefix: &str,
    mistakes: &mut Mistakes,
) -> String {
    names::expect_snake(ident, "event", mistakes);
    let (name, span) = match &policy.name {
        Some(name) => (name.value(), name.span()),
        None => (names::plain(ident), ident.span()),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/-".contains(c)) {
        mistakes.span(
            span,
            format!(
                "the wire name `{name}` has something else than letters, digits and `_ . : / -`"
            ),
        );
    }
    if name.starts_with("tautline:") {
        mistakes.span(
            span,
            "the names that begin with `tautline:` are the library's: write another one",
        );
    }
    if RESERVED.contains(&name.as_str()) {
        mistakes.span(span, format!("`{name}` is a name of Socket.IO itself: write another one"));
    }
    format!("{prefix}{name}")
}

/// Reports a method that has the name of one that the macro adds.
pub(super) fn is_free(ident: &Ident, side: &Side, mistakes: &mut Mistakes) -> bool {
    let name = names::plain(ident);
    let is_taken = matches!(side, Side::Server { .. })
        && (name == "connected" || name == "disconnected" || name.starts_with("authorize_"));
    if is_taken {
        mistakes.at(
            ident,
            format!("the trait has methods of this kind by itself: rename it, and keep the wire name by `#[event(name = \"{name}\")]`"),
        );
    }
    !is_taken
}
