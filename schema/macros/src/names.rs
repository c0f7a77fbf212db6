//! How Rust names become wire names. Computed here once and written out for serde, ts-rs and
//! schemars alike, since their own inflections differ in the corners.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::mistakes::Mistakes;

/// `session_id` → `sessionId`.
pub(crate) fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        name.push_str(&capitalised(word));
    }
    name
}

/// `send_message` → `SendMessage`.
pub(crate) fn pascal(snake: &str) -> String {
    snake.split('_').map(capitalised).collect()
}

/// `SessionNotFound` → `session_not_found`; every capital begins a word, as serde has it.
pub(crate) fn snake(pascal: &str) -> String {
    let mut name = String::new();
    for (index, letter) in pascal.char_indices() {
        if letter.is_ascii_uppercase() && index > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

/// The identifier without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Reports a name that is not snake_case.
pub(crate) fn expect_snake(ident: &Ident, what: &str, mistakes: &mut Mistakes) {
    let name = plain(ident);
    let is_snake = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.contains("__")
        && !name.ends_with('_');
    if !is_snake {
        mistakes.at(
            ident,
            format!("the {what} `{name}` is not in snake_case: its wire name would not be certain"),
        );
    }
}

/// Reports a name that is not PascalCase.
pub(crate) fn expect_pascal(ident: &Ident, what: &str, mistakes: &mut Mistakes) {
    let name = plain(ident);
    let is_pascal = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_pascal {
        mistakes.at(
            ident,
            format!("the {what} `{name}` is not in PascalCase: its wire name would not be certain"),
        );
    }
}

/// Reports names that are different in Rust and equal on the wire.
pub(crate) fn expect_distinct<'a>(
    names: impl IntoIterator<Item = (&'a Ident, &'a str)>,
    what: &str,
    mistakes: &mut Mistakes,
) {
    let mut seen: Vec<(&Ident, &str)> = Vec::new();
    for (ident, wire) in names {
        match seen.iter().find(|(_, other)| *other == wire) {
            Some((other, _)) => mistakes.at(
                ident,
                format!(
                    "the {what}s `{other}` and `{ident}` have one wire name, `{wire}`: rename one"
                ),
            ),
            None => seen.push((ident, wire)),
        }
    }
}
