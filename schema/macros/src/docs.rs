//! Documentation: as a fact for catalogues, and in a form that generated TypeScript can hold.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::mistakes::Mistakes;

/// The doc comment of one item.
#[derive(Clone, Default)]
pub(crate) struct Docs {
    lines: Vec<(String, Span)>,
    attributes: Vec<Attribute>,
}

impl Docs {
    /// Takes the doc comments out of an item's attributes.
    pub(crate) fn take(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Self {
        let mut docs = Self::default();
        attributes.retain(|attribute| {
            let Meta::NameValue(meta) = &attribute.meta else { return true };
            if !meta.path.is_ident("doc") {
                return true;
            }
            if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value {
                docs.lines
                    .extend(text.value().split('\n').map(|line| (line.to_owned(), text.span())));
                docs.attributes.push(attribute.clone());
            } else {
                mistakes.at(&meta.value, "a contract's documentation is written out: use `///`");
            }
            false
        });
        docs
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text, without the indent of `///`.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<&str> = self
            .lines
            .iter()
            .map(|(line, _)| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect();
        lines.join("\n").trim_matches('\n').to_owned()
    }

    /// The attributes again, or these words where the author wrote none.
    pub(crate) fn or(&self, words: &str) -> TokenStream {
        if self.is_empty() { quote!(#[doc = #words]) } else { self.to_token_stream() }
    }

    /// The attributes for ts-rs and schemars: one per line, and none that ends a comment of
    /// TypeScript.
    pub(crate) fn portable(&self) -> TokenStream {
        self.lines
            .iter()
            .map(|(line, span)| {
                let line = line.replace("*/", "*\\/");
                quote_spanned!(*span=> #[doc = #line])
            })
            .collect()
    }
}

impl ToTokens for Docs {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attribute in &self.attributes {
            attribute.to_tokens(tokens);
        }
    }
}

/// Lint levels and deprecation may stand beside the library's attributes; `cfg` may not, since a
/// contract is the same for every build, and is taken out.
pub(crate) fn refuse_cfg(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) {
    attributes.retain(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr");
        if is_cfg {
            mistakes.at(
                attribute,
                "a contract is the same in every build: leave out `cfg`, and turn an event on and off with `flag = \"…\"`",
            );
        }
        !is_cfg
    });
}
