//! The catalogue generator: `CATALOG.md`, the whole contract on one page, each row linked to the
//! line that wrote it.

mod library;
mod policy;
mod table;

use tautline::{
    Auth, Contract, ErrorVariant, Errors, Event, EventKind, NamespaceFacts, RetryAfter, RoomFacts,
    TypeRef,
};

use self::table::{Links, Table, first_paragraph};
use crate::{
    Described, File, MARK,
    described::{errors, join_of, refusals},
    not_enforced,
    typescript::{print::inline, types::type_of},
};

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let contract = described.contract;
    let links = &Links::from_crate(contract, &described.crate_root);
    let mut text = format!("<!-- {MARK} -->\n\n# {} {}\n\n", contract.name, contract.version);
    text.push_str(&introduction(contract));
    for namespace in contract.namespaces {
        text.push_str(&namespace_section(namespace, links));
    }
    let errors = errors(contract);
    if !errors.is_empty() {
        text.push_str("\n## Errors\n");
        text.extend(errors.iter().map(|errors| errors_section(errors, links)));
    }
    text.push_str(&library::sections());
    vec![File::new("CATALOG.md", text)]
}

fn introduction(contract: &Contract) -> String {
    let auth = match contract.auth {
        Auth::None => "Callers do not sign in.",
        Auth::Jwt => "Callers sign in with a JSON Web Token.",
    };
    let guests = if contract.guests { "Guests may connect." } else { "Guests may not connect." };
    let scopes = match contract.scopes {
        [] => "No event asks for a scope.".to_owned(),
        scopes => {
            let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
            format!("Scopes: {}.", scopes.join(", "))
        }
    };
    format!(
        "{auth} {guests} {scopes}\n\nWhat {} stands behind is written in the contract and not yet \
         enforced by the runtime: {}.\n",
        not_enforced::MARK,
        not_enforced::all()
    )
}

fn namespace_section(namespace: &'static NamespaceFacts, links: &Links) -> String {
    let title = links.to(&format!("`{}`", namespace.path), namespace.source);
    let mut text = format!("\n## {title}\n\n{}\n", first_paragraph(namespace.docs));
    let mut commands =
        Table::new(&["command", "what it does", "payload", "answer", "refusals", "policy"]);
    for event in namespace.commands {
        let answer =
            if event.acknowledged { type_cell(event.answer, "`null`") } else { "–".into() };
        let policy = policy::of_command(event);
        commands.row([
            name_cell(event, links),
            docs_cell(event),
            payload_cell(event),
            answer,
            error_cell(event),
            policy,
        ]);
    }
    text.push_str(&commands.titled("Commands: what a client may ask of the server"));
    let mut events =
        Table::new(&["event", "what it says", "payload", "answer", "refusals", "policy"]);
    for event in namespace.events {
        let answer = match event.kind {
            EventKind::Question { .. } | EventKind::Stream { .. } => {
                type_cell(event.answer, "`null`")
            }
            EventKind::Plain | EventKind::Join => "–".into(),
        };
        let policy = policy::of_event(event);
        events.row([
            name_cell(event, links),
            docs_cell(event),
            payload_cell(event),
            answer,
            error_cell(event),
            policy,
        ]);
    }
    text.push_str(&events.titled("Events: what the server tells its clients"));
    let mut rooms = Table::new(&["room", "what it is", "name", "entered by", "keeps"]);
    for room in namespace.rooms() {
        rooms.row(room_row(namespace, room, links));
    }
    text.push_str(&rooms.titled("Rooms"));
    text
}

fn name_cell(event: &Event, links: &Links) -> String {
    links.to(&format!("`{}`", event.name), event.source)
}

fn docs_cell(event: &Event) -> String {
    let docs = first_paragraph(event.docs);
    match event.policy.deprecated {
        None => docs,
        Some(deprecated) => {
            let instead =
                deprecated.replacement.map(|name| format!(" Use `{name}`.")).unwrap_or_default();
            format!("**Deprecated:** {}{instead} {docs}", deprecated.note)
        }
    }
}

fn payload_cell(event: &Event) -> String {
    type_cell(event.payload, "–")
}

fn type_cell(ty: Option<TypeRef>, none: &str) -> String {
    ty.map_or_else(|| none.to_owned(), |ty| format!("`{}`", inline(&type_of(&ty))))
}

fn error_cell(event: &Event) -> String {
    refusals(event).map_or_else(|| "–".to_owned(), |errors| format!("`{}`", errors.name))
}

fn room_row(namespace: &NamespaceFacts, room: &'static RoomFacts, links: &Links) -> [String; 5] {
    let entered = match join_of(namespace, room) {
        Some(join) => format!("`{}`", join.name),
        None => "`tautline:subscribe`".to_owned(),
    };
    let mut keeps = Vec::new();
    keeps.extend(room.retention.count.map(|count| format!("{count} events")));
    keeps.extend(room.retention.age_ms.map(policy::duration));
    if keeps.is_empty() {
        keeps.push("everything".to_owned());
    }
    keeps.extend(room.presence.map(|ty| format!("presence `{}`", inline(&type_of(&ty)))));
    keeps.extend(room.receipts.then(|| "receipts".to_owned()));
    [
        links.to(&format!("`{}`", room.name), room.source),
        first_paragraph(room.docs),
        format!("`{}`", room.pattern),
        entered,
        keeps.join(", "),
    ]
}

fn errors_section(errors: &Errors, links: &Links) -> String {
    let title = links.to(&format!("`{}`", errors.name), errors.source);
    let mut table =
        Table::new(&["code", "category", "severity", "recovery", "what people read", "params"]);
    for variant in errors.variants {
        let params: Vec<String> = variant
            .params
            .iter()
            .map(|(name, ty)| format!("`{name}: {}`", inline(&type_of(ty))))
            .collect();
        table.row([
            links.to(&format!("`{}`", variant.code), variant.source),
            variant.category.to_string(),
            variant.severity.to_string(),
            recovery(variant),
            format!("{} {}", variant.message, variant.hint).trim().to_owned(),
            if params.is_empty() { "–".to_owned() } else { params.join(", ") },
        ]);
    }
    format!("\n### {title}\n\n{}\n\n{}", first_paragraph(errors.docs), table.text())
}

fn recovery(variant: &ErrorVariant) -> String {
    let mut text = variant.action.to_string();
    match variant.after {
        RetryAfter::Unset => {}
        RetryAfter::Fixed(ms) => {
            text.push_str(&format!(" after {}", policy::duration(u64::from(ms))))
        }
        RetryAfter::Field(field) => text.push_str(&format!(" after `{field}`")),
    }
    if let Some(attempts) = variant.max_attempts {
        text.push_str(&format!(", {attempts} times at most"));
    }
    text
}
