//! Readers for the values of `contract!`.

use proc_macro2::Ident;
use syn::{Expr, ExprLit, Lit, LitStr, Path, spanned::Spanned};

use crate::{
    arguments::word,
    mistakes::{Mistakes, not_one_of},
};

pub(super) fn text(
    key: &str,
    value: &Expr,
    wanted: &str,
    mistakes: &mut Mistakes,
) -> Option<LitStr> {
    if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = value {
        return Some(text.clone());
    }
    mistakes.at(value, format!("`{key}` wants {wanted}"));
    None
}

pub(super) fn expect_kebab(name: &LitStr, mistakes: &mut Mistakes) {
    let text = name.value();
    let is_kebab = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_kebab {
        mistakes.at(name, format!("the name `{text}` is not in kebab-case, as in \"agent-chat\""));
    }
}

/// Three numbers, and behind them whatever SemVer allows.
pub(super) fn expect_version(version: &LitStr, mistakes: &mut Mistakes) {
    let text = version.value();
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.split('.').collect();
    let is_number =
        |part: &&str| part.parse::<u32>().is_ok_and(|number| number.to_string() == **part);
    if numbers.len() != 3 || !numbers.iter().all(is_number) {
        mistakes.at(
            version,
            format!("`{text}` is not a version: write three numbers, as in \"1.0.0\""),
        );
    }
}

pub(super) fn namespaces(value: &Expr, mistakes: &mut Mistakes) -> Vec<Path> {
    let wanted = "`namespaces` wants the markers in brackets, as in `[Chat, Tasks]`";
    let Expr::Array(array) = value else {
        mistakes.at(value, wanted);
        return Vec::new();
    };
    if array.elems.is_empty() {
        mistakes.at(value, "a contract without namespaces has no use: write one at least");
    }
    let mut found: Vec<Path> = Vec::new();
    for element in &array.elems {
        match element {
            Expr::Path(path) if found.contains(&path.path) => {
                mistakes.at(path, "this namespace is listed twice");
            }
            Expr::Path(path) => found.push(path.path.clone()),
            other => mistakes.at(other, wanted),
        }
    }
    found
}

/// Names in brackets, each once: scopes or flags.
pub(super) fn texts(
    noun: &str,
    example: &str,
    value: &Expr,
    mistakes: &mut Mistakes,
) -> Vec<LitStr> {
    let wanted = format!("`{noun}s` wants texts in brackets, as in {example}");
    let Expr::Array(array) = value else {
        mistakes.at(value, &wanted);
        return Vec::new();
    };
    let mut found: Vec<LitStr> = Vec::new();
    for element in &array.elems {
        match element {
            Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) if !name.value().is_empty() => {
                if found.iter().any(|known| known.value() == name.value()) {
                    mistakes.at(name, format!("this {noun} is listed twice"));
                } else {
                    found.push(name.clone());
                }
            }
            other => mistakes.at(other, &wanted),
        }
    }
    found
}

/// The variant of `tautline::Auth`.
pub(super) fn auth(value: &Expr, mistakes: &mut Mistakes) -> Option<Ident> {
    let found = word(value);
    match found.map(ToString::to_string).as_deref() {
        Some("jwt") => Some(Ident::new("Jwt", value.span())),
        Some("none") => Some(Ident::new("None", value.span())),
        Some(other) => {
            mistakes.at(value, not_one_of("auth", other, &["jwt", "none"]));
            None
        }
        None => {
            mistakes.at(value, "`auth` wants `jwt` or `none`");
            None
        }
    }
}
