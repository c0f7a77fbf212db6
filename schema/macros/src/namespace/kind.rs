//! The attribute that says what a declaration is.

use syn::{Attribute, TraitItemFn};

use super::arguments::Side;
use crate::{mistakes::Mistakes, policy::Kind};

/// Takes the attribute that says what the method is.
pub(super) fn take(
    method: &mut TraitItemFn,
    side: &Side,
    mistakes: &mut Mistakes,
) -> Option<(Kind, Attribute)> {
    let mut found: Vec<(Kind, Attribute)> = Vec::new();
    let before = mistakes.count();
    let on_server = matches!(side, Side::Server { .. });
    method.attrs.retain(|attribute| {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else { return true };
        let kind = match (name.as_str(), on_server) {
            ("event", true) => Kind::Command,
            ("event", false) => Kind::Event,
            ("join", true) => Kind::Join,
            ("stream", false) => Kind::Stream,
            ("question", false) => Kind::Question,
            ("stream" | "question", true) => {
                mistakes.at(attribute, format!("`#[{name}]` comes from the server: write it on the trait with `side = client`"));
                return false;
            }
            ("join", false) => {
                mistakes.at(attribute, "`#[join]` comes from a client: write it on the server's trait");
                return false;
            }
            _ => return true,
        };
        found.push((kind, attribute.clone()));
        false
    });
    let mut found = found.into_iter();
    let first = found.next();
    for (kind, attribute) in found {
        mistakes.at(
            attribute,
            format!("an event is one thing: leave out this `#[{}]`", kind.attribute()),
        );
    }
    if first.is_none() && mistakes.count() == before {
        let known = if on_server {
            "`#[event]` or `#[join]`"
        } else {
            "`#[event]`, `#[stream]` or `#[question]`"
        };
        mistakes.at(
            &method.sig.ident,
            format!("`{}` does not say what it is: write {known} above it", method.sig.ident),
        );
    }
    first
}
