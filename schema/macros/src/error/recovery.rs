//! `recovery = …`: what helps, and for a retry when and how often.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, ExprCall, LitStr, parse::Parser, punctuated::Punctuated};

use crate::{
    arguments::{Argument, each_once, word},
    duration,
    mistakes::{Mistakes, list, not_one_of},
    names,
    payload::Field,
};

/// The wire names of `tautline::RecoveryAction`.
const ACTIONS: [&str; 11] = [
    "none",
    "retry",
    "reauthenticate",
    "rejoin",
    "resync",
    "reconnect",
    "upgrade_client",
    "fix_input",
    "ask_user",
    "contact_support",
    "give_up",
];

/// What helps against a refusal.
pub(super) struct Recovery {
    /// The action, in PascalCase.
    pub(super) action: Ident,
    pub(super) after: After,
    pub(super) max_attempts: Option<u32>,
}

/// How long to wait before a retry.
pub(super) enum After {
    Unset,
    Fixed(u32),
    Field(Ident),
}

impl Recovery {
    /// Reads `retry` or `retry(after = …, max = …)`.
    pub(super) fn read(
        argument: &Argument,
        fields: Option<&[Field]>,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let wanted = format!("one of {}", list(&ACTIONS));
        let value = argument.expression(&wanted, mistakes)?;
        let (name, call) = match value {
            Expr::Call(call) => (word(&call.func), Some(call)),
            other => (word(other), None),
        };
        let Some(name) = name else {
            argument.wrong(&wanted, mistakes);
            return None;
        };
        let text = name.to_string();
        if !ACTIONS.contains(&text.as_str()) {
            mistakes.at(name, not_one_of("recovery", &text, &ACTIONS));
            return None;
        }
        let action = Ident::new(&names::pascal(&text), name.span());
        let mut found = Self { action, after: After::Unset, max_attempts: None };
        if let Some(call) = call {
            if ["retry", "reconnect"].contains(&text.as_str()) {
                found.read_call(call, fields, mistakes);
            } else {
                mistakes.at(call, format!("`{text}` is done at once: only `retry` and `reconnect` take `after` and `max`"));
            }
        }
        Some(found)
    }

    fn read_call(&mut self, call: &ExprCall, fields: Option<&[Field]>, mistakes: &mut Mistakes) {
        let tokens = &call.args;
        let parser = Punctuated::<Argument, syn::Token![,]>::parse_terminated;
        let arguments = mistakes.take(parser.parse2(quote!(#tokens)));
        for argument in each_once(arguments.into_iter().flatten().collect(), mistakes) {
            match argument.key.to_string().as_str() {
                "after" => self.read_after(&argument, fields, mistakes),
                "max" => self.max_attempts = argument.number("a number of attempts", mistakes),
                _ => argument.unknown(&["after", "max"], mistakes),
            }
        }
        if self.max_attempts == Some(0) {
            mistakes.at(call, "`max = 0` is no retry: write `recovery = give_up`");
        }
    }

    fn read_after(
        &mut self,
        argument: &Argument,
        fields: Option<&[Field]>,
        mistakes: &mut Mistakes,
    ) {
        let wanted = "a field in milliseconds or a duration, as in \"2s\"";
        let Some(value) = argument.expression(wanted, mistakes) else { return };
        let Some(field) = word(value) else {
            if let Some(fixed) = argument.read(wanted, mistakes, duration::milliseconds32) {
                self.after = After::Fixed(fixed);
            }
            return;
        };
        let known: Vec<String> =
            fields.iter().copied().flatten().map(|known| names::plain(&known.ident)).collect();
        if known.contains(&names::plain(field)) {
            self.after = After::Field(field.clone());
        } else {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            mistakes.at(field, not_one_of("field", &field.to_string(), &known));
        }
    }
}

impl After {
    /// The fact.
    pub(super) fn fact(&self) -> TokenStream {
        match self {
            Self::Unset => quote!(::tautline::RetryAfter::Unset),
            Self::Fixed(milliseconds) => quote!(::tautline::RetryAfter::Fixed(#milliseconds)),
            Self::Field(field) => {
                let name = LitStr::new(&names::plain(field), field.span());
                quote!(::tautline::RetryAfter::Field(#name))
            }
        }
    }
}
