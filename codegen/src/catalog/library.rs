//! What every contract has from the library: its problem codes and its control events.
//!
//! These sections have no links to lines: a catalogue that went stale with every edit of the
//! library would be a nuisance to its users.

use tautline::LibraryCode;

use super::{
    table::{Table, first_paragraph},
    type_cell,
};
use crate::{
    described::{Side, events_of},
    library::library,
};

/// The sections at the end of the catalogue.
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
    let mut events = Table::new(&["event", "from", "what it does", "payload", "answer"]);
    let library = library();
    for (side, event) in library.contract.namespaces.iter().flat_map(|it| events_of(it)) {
        let from = match side {
            Side::Command => "client",
            Side::Event => "server",
        };
        events.row([
            format!("`{}`", event.name),
            from.to_owned(),
            first_paragraph(event.docs),
            type_cell(event.payload, "–"),
            if event.acknowledged { type_cell(event.answer, "`null`") } else { "–".to_owned() },
        ]);
    }
    format!(
        "\n## What the library adds\n{}{}",
        codes.titled("Problem codes that any call may end in"),
        events.titled("Control events, which every namespace carries")
    )
}
