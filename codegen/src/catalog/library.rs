//! What every contract has from the library: its problem codes and its control events.

use tautline::LibraryCode;

use super::table::Table;

/// The sections at the end of the catalogue.
///
/// They have no links to lines: a catalogue that went stale with every edit of the library would
/// be a nuisance to its users.
pub(crate) fn sections() -> String {
    let mut codes = Table::new(&["code", "category", "severity", "recovery", "what people read"]);
    for code in LibraryCode::ALL {
        let problem = code.problem();
        codes.row([
            format!("`{}`", problem.code),
            problem.category.to_string(),
            problem.severity.to_string(),
            problem.recovery.action.to_string(),
            format!("{} {}", problem.message, problem.recovery.hint).trim().to_owned(),
        ]);
    }
    format!(
        "\n## What the library adds\n{}",
        codes.titled("Problem codes that any call may end in")
    )
}
