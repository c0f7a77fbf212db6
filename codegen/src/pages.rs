//! The pages generator: one page for each code, for whoever looks it up. What happened, why, what the
//! client does by itself, and what is left to do.

use std::collections::BTreeSet;

use tautline::{
    Category, Contract, ErrorVariant, LibraryCode, RecoveryAction, RetryAfter, Severity,
};

use crate::{
    Described, File, MARK,
    described::{errors, events_of, refusals},
    typescript::{print::inline, types::type_of},
    words::on_the_wire,
};

/// Everything that a page says.
struct Page {
    code: String,
    docs: String,
    category: Category,
    severity: Severity,
    action: RecoveryAction,
    /// What is special about its recovery.
    terms: Vec<String>,
    message: String,
    hint: String,
    params: Vec<String>,
    /// What may end in it; empty is anything.
    from: Vec<String>,
}

/// Makes the pages and their list.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let contract = described.contract;
    let own = errors(contract);
    let mut pages: Vec<Page> = own
        .iter()
        .flat_map(|errors| errors.variants)
        .map(|variant| of_contract(contract, variant))
        .collect();
    pages.extend(LibraryCode::ALL.iter().map(|code| of_library(*code)));
    pages.sort_by(|a, b| a.code.cmp(&b.code));
    let mut list = format!(
        "<!-- {MARK} -->\n\n# Problems of {}\n\nA code with a dot is the contract's own, one without is \
         the library's.\n\n| code | what people read |\n|---|---|\n",
        contract.name
    );
    for Page { code, message, .. } in &pages {
        list.push_str(&format!("| [`{code}`]({code}.md) | {message} |\n"));
    }
    let mut files = vec![File::new("README.md", list)];
    files.extend(pages.iter().map(|page| File::new(format!("{}.md", page.code), page.text())));
    files
}

fn of_contract(contract: &Contract, variant: &ErrorVariant) -> Page {
    let mut terms = Vec::new();
    match variant.after {
        RetryAfter::Unset => {}
        RetryAfter::Fixed(ms) => terms.push(format!("not before {ms} ms have passed")),
        RetryAfter::Field(_) => terms.push("not before the time that the problem names".to_owned()),
    }
    terms.extend(variant.max_attempts.map(|most| format!("{most} times at most")));
    let from: BTreeSet<String> = contract
        .namespaces
        .iter()
        .flat_map(|namespace| events_of(namespace))
        .filter(|(_, event)| {
            let variants = refusals(event).map_or(&[][..], |errors| errors.variants);
            variants.iter().any(|other| other.code == variant.code)
        })
        .map(|(_, event)| format!("`{}`", event.name))
        .collect();
    Page {
        code: variant.code.to_owned(),
        docs: variant.docs.to_owned(),
        category: variant.category,
        severity: variant.severity,
        action: variant.action,
        terms,
        message: on_the_wire(variant.message),
        hint: on_the_wire(variant.hint),
        params: variant
            .params
            .iter()
            .map(|(name, ty)| format!("`{name}: {}`", inline(&type_of(ty))))
            .collect(),
        from: from.into_iter().collect(),
    }
}

fn of_library(code: LibraryCode) -> Page {
    let problem = code.problem();
    Page {
        code: problem.code,
        docs: String::new(),
        category: problem.category,
        severity: problem.severity,
        action: problem.recovery.action,
        terms: Vec::new(),
        message: problem.message,
        hint: problem.recovery.hint,
        params: Vec::new(),
        from: Vec::new(),
    }
}

impl Page {
    fn text(&self) -> String {
        let Self { code, category, severity, action, message, hint, .. } = self;
        let happened: Vec<&str> = self.docs.lines().map(str::trim).collect();
        let happened = happened.join("\n").trim().to_owned();
        let from = match &self.from[..] {
            [] => "Any call may end in this.".to_owned(),
            from => format!("It comes from {}.", from.join(", ")),
        };
        let terms = match &self.terms[..] {
            [] => String::new(),
            terms => format!(" Here: {}.", terms.join(", ")),
        };
        let params = match &self.params[..] {
            [] => String::new(),
            params => format!("\nIts parameters are {}.\n", params.join(", ")),
        };
        let gap = if happened.is_empty() { "" } else { "\n\n" };
        let hint = if hint.is_empty() { "Nothing has to be done." } else { hint };
        format!(
            "<!-- {MARK} -->\n\n# `{code}`\n\n> {message}\n\n| category | severity | recovery |\n\
             |---|---|---|\n| {category} | {severity} | {action} |\n\n## What happened\n\n\
             {happened}{gap}{from}\n{params}\n## Why\n\n{}\n\n## What the client does by itself\n\n\
             {}{terms}\n\n## What you can do\n\n{hint} {}\n",
            why(*category),
            by_itself(*action),
            left(*action),
        )
    }
}

fn why(category: Category) -> &'static str {
    match category {
        Category::Connection => "The link to the server could not be made, or was lost on the way.",
        Category::Unauthenticated => "The server does not know who is calling, or not any more.",
        Category::PermissionDenied => "The server knows who is calling, and they may not do this.",
        Category::Invalid => {
            "The input breaks a rule of the contract. `fields` says which, and where."
        }
        Category::NotFound => "The thing is not there, or the caller may not know that it is.",
        Category::Conflict => "The thing is in a state in which this cannot be done to it.",
        Category::RateLimited => "The caller asks more often than the contract allows.",
        Category::Capacity => "The server, or the connection, has no room for more at the moment.",
        Category::Unavailable => "Something that the server needs does not answer.",
        Category::Timeout => "It took longer than it may.",
        Category::Protocol => "The two sides do not speak the same version of the contract.",
        Category::Internal => {
            "Something on the server is broken. Its log has the cause, under the trace id."
        }
        Category::Cancelled => "Somebody who may do so called it off.",
    }
}

fn by_itself(action: RecoveryAction) -> &'static str {
    match action {
        RecoveryAction::None => "Nothing: there is nothing to mend.",
        RecoveryAction::Retry => {
            "It sends the call again, later each time and never all at once, if it was not executed or the \
             server knows it by its id. What waits in the outbox is tried until it succeeds or is too old, \
             what somebody waits for three times."
        }
        RecoveryAction::Reauthenticate => {
            "It asks the app for another token, once for all calls that need one, shows it to the server and \
             sends the call again. A token that was refused is not shown a second time."
        }
        RecoveryAction::Rejoin => "It enters the room again and sends the call once more.",
        RecoveryAction::Resync => "It reads the room's state again and tells the caller.",
        RecoveryAction::Reconnect => {
            "It makes a new connection, with growing pauses between attempts. What waits in the outbox is \
             sent over it."
        }
        RecoveryAction::UpgradeClient => {
            "It stops trying and calls `onUpgrade`, once: this build of the app cannot succeed."
        }
        RecoveryAction::FixInput
        | RecoveryAction::AskUser
        | RecoveryAction::ContactSupport
        | RecoveryAction::GiveUp => "Nothing: the same call would end in the same way.",
    }
}

fn left(action: RecoveryAction) -> &'static str {
    match action {
        RecoveryAction::FixInput => "In the app: show each of `fields` beside its input.",
        RecoveryAction::UpgradeClient => {
            "In the app: offer a reload, or an update of the store's build."
        }
        RecoveryAction::ContactSupport => {
            "On the server: look for the trace id in its log. In the app: show the trace id."
        }
        RecoveryAction::Reauthenticate => {
            "In the app: when this still arrives, show the sign-in. `auth` gave a token that is not good."
        }
        RecoveryAction::AskUser => {
            "In the app: let the person decide, and offer what the hint says."
        }
        RecoveryAction::GiveUp => "In the app: offer a way elsewhere instead of the same button.",
        RecoveryAction::None
        | RecoveryAction::Retry
        | RecoveryAction::Rejoin
        | RecoveryAction::Resync
        | RecoveryAction::Reconnect => {
            "In the app: when this still arrives, offer the button again."
        }
    }
}
