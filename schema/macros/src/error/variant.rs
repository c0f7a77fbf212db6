//! One refusal as its author declares it.

use syn::{Attribute, Fields, Ident, LitStr, spanned::Spanned};

use super::{
    recovery::Recovery,
    words::{expect_fields, expect_some},
};
use crate::{
    arguments::{Argument, each_once, parse, word},
    docs::{Docs, refuse_cfg},
    mistakes::{Mistakes, not_one_of},
    names,
    payload::Field,
};

const KEYS: [&str; 6] = ["category", "severity", "recovery", "message", "hint", "help"];

/// The wire names of `tautline::Category`, with the variants that they stand for.
const CATEGORIES: [&str; 13] = [
    "connection",
    "unauthenticated",
    "permission_denied",
    "invalid",
    "not_found",
    "conflict",
    "rate_limited",
    "capacity",
    "unavailable",
    "timeout",
    "protocol",
    "internal",
    "cancelled",
];

const SEVERITIES: [&str; 4] = ["info", "warning", "error", "critical"];

/// One refusal.
pub(super) struct Variant {
    pub(super) docs: Docs,
    pub(super) others: Vec<Attribute>,
    pub(super) ident: Ident,
    /// The code that travels.
    pub(super) code: String,
    /// `None` for a variant without braces.
    pub(super) fields: Option<Vec<Field>>,
    /// Variants of the closed lists, in PascalCase.
    pub(super) category: Ident,
    pub(super) severity: Option<Ident>,
    pub(super) recovery: Option<Recovery>,
    pub(super) message: LitStr,
    pub(super) hint: LitStr,
    pub(super) help: Option<LitStr>,
}

impl Variant {
    pub(super) fn new(prefix: &str, variant: syn::Variant, mistakes: &mut Mistakes) -> Self {
        let mut others = variant.attrs;
        let ident = variant.ident;
        names::expect_pascal(&ident, "variant", mistakes);
        let docs = Docs::take(&mut others, mistakes);
        refuse_cfg(&mut others, mistakes);
        let problems = take_problem(&mut others, &ident, mistakes);
        if let Some((_, value)) = &variant.discriminant {
            mistakes.at(value, "a number for a refusal does not travel: leave it out");
        }
        let fields = match variant.fields {
            Fields::Unit => None,
            Fields::Named(fields) => Some(Field::all(fields, mistakes)),
            Fields::Unnamed(fields) => {
                let words = format!("the facts of a refusal have names: write `{ident} {{ … }}`");
                mistakes.at(fields, words);
                None
            }
        };
        let code = format!("{prefix}.{}", names::snake(&names::plain(&ident)));
        let empty = LitStr::new("", ident.span());
        let mut found = Self {
            docs,
            others,
            code,
            fields,
            category: Ident::new("Internal", ident.span()),
            severity: None,
            recovery: None,
            message: empty.clone(),
            hint: empty,
            help: None,
            ident,
        };
        if let Some(problem) = problems {
            found.read(problem, mistakes);
        }
        found
    }

    fn read(&mut self, arguments: Vec<Argument>, mistakes: &mut Mistakes) {
        let mut missing = vec!["category", "message", "hint"];
        for argument in each_once(arguments, mistakes) {
            let key = argument.key.to_string();
            missing.retain(|name| *name != key);
            match key.as_str() {
                "category" => {
                    if let Some(found) = choice(&argument, "category", &CATEGORIES, mistakes) {
                        self.category = found;
                    }
                }
                "severity" => self.severity = choice(&argument, "severity", &SEVERITIES, mistakes),
                "recovery" => {
                    self.recovery = Recovery::read(&argument, self.fields.as_deref(), mistakes);
                }
                "message" => {
                    if let Some(text) =
                        argument.text("a sentence for the person in front of the screen", mistakes)
                    {
                        expect_fields(&text, &self.ident, self.fields.as_deref(), mistakes);
                        expect_some(&text, mistakes);
                        self.message = text;
                    }
                }
                "hint" => {
                    if let Some(text) = argument
                        .text("what the person can do; \"\" where that is nothing", mistakes)
                    {
                        expect_fields(&text, &self.ident, self.fields.as_deref(), mistakes);
                        self.hint = text;
                    }
                }
                "help" => {
                    self.help = argument.text("the address of a page that says more", mistakes)
                }
                _ => argument.unknown(&KEYS, mistakes),
            }
        }
        for name in missing {
            mistakes.at(
                &self.ident,
                format!(
                    "`{}` says nothing about its {name}: write `{name} = …` in `#[problem(…)]`",
                    self.ident
                ),
            );
        }
    }
}

/// Takes the one `#[problem(…)]` out of the attributes.
fn take_problem(
    attributes: &mut Vec<Attribute>,
    ident: &Ident,
    mistakes: &mut Mistakes,
) -> Option<Vec<Argument>> {
    let (mut found, mut is_there) = (None, false);
    attributes.retain(|attribute| {
        let is_ours = attribute.path().is_ident("problem");
        if is_ours {
            is_there = true;
            match attribute.meta.require_list() {
                Ok(_) if found.is_some() => {
                    mistakes.span(attribute.span(), "one `#[problem(…)]` per variant");
                }
                Ok(list) => found = Some(parse(list.tokens.clone(), mistakes)),
                Err(error) => mistakes.add(error),
            }
        }
        !is_ours
    });
    if !is_there {
        let words = format!(
            "`{ident}` says nothing to people: write `#[problem(category = …, message = \"…\", hint = \"…\")]` above it"
        );
        mistakes.at(ident, words);
    }
    found
}

/// A word of a closed list, as the variant that it stands for.
fn choice(
    argument: &Argument,
    what: &str,
    known: &[&str],
    mistakes: &mut Mistakes,
) -> Option<Ident> {
    let wanted = format!("one of {}", crate::mistakes::list(known));
    let value = argument.expression(&wanted, mistakes)?;
    let Some(found) = word(value) else {
        argument.wrong(&wanted, mistakes);
        return None;
    };
    let name = found.to_string();
    if !known.contains(&name.as_str()) {
        mistakes.at(found, not_one_of(what, &name, known));
        return None;
    }
    Some(Ident::new(&names::pascal(&name), found.span()))
}
