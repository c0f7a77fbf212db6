//! What a contract may say and today's runtime does not carry out. The catalogue marks it.
//!
//! This is the one place to change when the runtime learns something.

use tautline::Event;

/// The sign in the catalogue.
pub(crate) const MARK: &str = "○";

/// The sign behind a fact.
const BEHIND: &str = " ○";

/// A fact of an event that the runtime ignores so far.
struct Unenforced {
    /// What it is called in the catalogue.
    fact: &'static str,
    /// Whether the event states it.
    stated: fn(&Event) -> bool,
}

const OF_EVENTS: &[Unenforced] =
    &[Unenforced { fact: "flag", stated: |event| event.policy.flag.is_some() }];

/// The mark behind a fact of an event, if the runtime ignores it.
pub(crate) fn mark(event: &Event, fact: &str) -> &'static str {
    let ignored = OF_EVENTS.iter().any(|it| it.fact == fact && (it.stated)(event));
    if ignored { BEHIND } else { "" }
}

/// All that the runtime ignores, in words.
pub(crate) fn all() -> String {
    OF_EVENTS.iter().map(|it| it.fact).collect::<Vec<_>>().join(", ")
}
