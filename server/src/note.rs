//! What is noted of a refusal: one line in the log, as loud as it is severe, and one count. Called where
//! a problem leaves for its caller, so that one failed call is one.

use tautline::{LibraryCode, NamespaceFacts, Problem, Severity};

/// Counts what was refused, by `code` and `category`. Metrics go wherever the application has installed a
/// recorder of the `metrics` crate.
pub(crate) const PROBLEMS: &str = "tautline_problems_total";

/// Notes that this problem was the end of `event`.
pub(crate) fn refused(facts: &'static NamespaceFacts, event: &str, problem: &Problem) {
    let (code, category) = (label(facts, &problem.code), problem.category.as_str());
    metrics::counter!(PROBLEMS, "code" => code, "category" => category).increment(1);
    // The cause of a fault of ours is in the log already, under the same trace id.
    if code == LibraryCode::Internal.as_str() {
        return;
    }
    // Likewise why the journal fails: once, and not for each command that it refuses.
    if code == LibraryCode::JournalUnavailable.as_str() {
        let trace_id = &problem.trace_id;
        return tracing::debug!(trace_id, event, code, category, "refused");
    }
    let trace_id = &problem.trace_id;
    // A refusal is its caller's trouble first: each is a step less loud than a fault of ours.
    match problem.severity {
        Severity::Info => tracing::debug!(trace_id, event, code, category, "refused"),
        Severity::Warning => tracing::info!(trace_id, event, code, category, "refused"),
        Severity::Error => tracing::warn!(trace_id, event, code, category, "refused"),
        Severity::Critical => tracing::error!(trace_id, event, code, category, "refused"),
    }
}

/// Counts a refusal that belongs to no namespace.
pub(crate) fn count(code: LibraryCode) {
    let category = code.problem().category.as_str();
    metrics::counter!(PROBLEMS, "code" => code.as_str(), "category" => category).increment(1);
}

/// The code, if the contract or the library has it: what a handler makes up must not make up metrics.
fn label(facts: &'static NamespaceFacts, code: &str) -> &'static str {
    let library = LibraryCode::ALL.iter().map(|own| own.as_str());
    let errors = facts.commands.iter().chain(facts.events).filter_map(|event| event.error);
    let own = errors.flat_map(|errors| errors.variants).map(|variant| variant.code);
    library.chain(own).find(|known| *known == code).unwrap_or("other")
}
