//! `#[contract_error]`: a closed enum of refusals, each with its category, recovery and words.

mod expand;
mod recovery;
mod variant;
mod words;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, ItemEnum, LitStr};

use self::variant::Variant;
use crate::{
    arguments::{each_once, parse},
    mistakes::Mistakes,
    names,
    payload::{Container, expect_no_generics, fallback},
};

/// Expands `#[contract_error]`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let prefix = read_prefix(arguments, &mut mistakes);
    let expansion = match syn::parse2::<ItemEnum>(item.clone()) {
        Ok(item) => expand_enum(prefix, item, &mut mistakes),
        Err(_) => {
            mistakes.at(&item, "`#[contract_error]` stands on an enum");
            item
        }
    };
    let mistakes = mistakes.into_tokens();
    quote!(#mistakes #expansion)
}

fn read_prefix(tokens: TokenStream, mistakes: &mut Mistakes) -> Option<LitStr> {
    let mut prefix = None;
    let arguments = parse(tokens, mistakes);
    for argument in each_once(arguments, mistakes) {
        if argument.key == "prefix" {
            prefix = argument.text("the first part of the codes, as in \"chat\"", mistakes);
        } else {
            argument.unknown(&["prefix"], mistakes);
        }
    }
    if let Some(prefix) = &prefix
        && let text = prefix.value()
        && !(text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
    {
        mistakes.at(prefix, format!("the prefix `{text}` is not in snake_case"));
    }
    prefix
}

fn expand_enum(prefix: Option<LitStr>, item: ItemEnum, mistakes: &mut Mistakes) -> TokenStream {
    let item_tokens = item.to_token_stream();
    expect_no_generics(&item.generics, mistakes);
    let container = Container::new(item.attrs, item.vis, item.ident, mistakes);
    if item.variants.is_empty() {
        let words = "an error without variants refuses nothing: answer `Result<T, NoRefusal>`";
        mistakes.at(&container.ident, words);
    }
    let prefix = match prefix {
        Some(prefix) => prefix.value(),
        None => default_prefix(&container.ident, mistakes),
    };
    let variants: Vec<Variant> =
        item.variants.into_iter().map(|variant| Variant::new(&prefix, variant, mistakes)).collect();
    names::expect_distinct(
        variants.iter().map(|variant| (&variant.ident, variant.code.as_str())),
        "variant",
        mistakes,
    );
    if mistakes.is_empty() {
        expand::expand(&container, &variants)
    } else {
        let ident = &container.ident;
        let stand_in = expand::stand_in(ident);
        let item = fallback(item_tokens);
        quote!(#item #stand_in)
    }
}

/// `ChatError` → `chat`, `Declined` → `declined`.
fn default_prefix(ident: &Ident, mistakes: &mut Mistakes) -> String {
    let name = ident.to_string();
    let stem = name.strip_suffix("Error").unwrap_or(&name);
    if stem.is_empty() {
        let words =
            "`Error` alone gives its codes no prefix: write `#[contract_error(prefix = \"…\")]`";
        mistakes.at(ident, words);
    }
    names::snake(stem)
}
