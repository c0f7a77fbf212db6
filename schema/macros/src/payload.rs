//! `#[payload]`: decides which shape of the profile an item has, and refuses the others.

mod attributes;
mod constraints;
mod fallback;
mod fields;
mod newtype;
mod open;
mod patterns;
mod profile;
mod record;
mod tagged;
mod words;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Fields, Item, ItemEnum, ItemStruct};

use crate::{arguments, mistakes::Mistakes, names::expect_pascal};

pub(crate) use attributes::{Container, described, serde};
pub(crate) use fallback::fallback;
pub(crate) use fields::Field;
pub(crate) use profile::{Place, expect_portable, generic_types};
pub(crate) use record::Record;

/// Expands `#[payload]`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let open = read_open(arguments, &mut mistakes);
    let expansion = match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => expand_struct(item, open, &mut mistakes),
        Ok(Item::Enum(item)) => expand_enum(item, open, &mut mistakes),
        Ok(other) => {
            mistakes.at(other, "`#[payload]` stands on a struct or an enum");
            TokenStream::new()
        }
        Err(error) => {
            mistakes.add(error);
            item
        }
    };
    let mistakes = mistakes.into_tokens();
    quote!(#mistakes #expansion)
}

/// Whether the payload is open; the argument itself is kept for messages.
fn read_open(tokens: TokenStream, mistakes: &mut Mistakes) -> Option<syn::Ident> {
    let mut open = None;
    for argument in arguments::parse(tokens, mistakes) {
        if argument.key == "open" {
            argument.flag(mistakes).then(|| open = Some(argument.key.clone()));
        } else {
            argument.unknown(&["open"], mistakes);
        }
    }
    open
}

fn expand_struct(
    item: ItemStruct,
    open: Option<syn::Ident>,
    mistakes: &mut Mistakes,
) -> TokenStream {
    let item_tokens = item.to_token_stream();
    if let Some(open) = open {
        mistakes.at(open, "only an enum can be open: a struct takes unknown fields anyway");
    }
    expect_no_generics(&item.generics, mistakes);
    let container = Container::new(item.attrs, item.vis, item.ident, mistakes);
    let expansion = match item.fields {
        Fields::Named(fields) => {
            let record = Record::new(container, fields, mistakes);
            record.to_token_stream()
        }
        Fields::Unnamed(fields) => newtype::expand(container, fields, mistakes),
        Fields::Unit => {
            let name = &container.ident;
            mistakes.at(
                name,
                format!(
                    "a unit struct travels as `null`, which cannot grow: write `struct {name} {{}}`"
                ),
            );
            TokenStream::new()
        }
    };
    if mistakes.is_empty() { expansion } else { fallback(item_tokens) }
}

fn expand_enum(item: ItemEnum, open: Option<syn::Ident>, mistakes: &mut Mistakes) -> TokenStream {
    let item_tokens = item.to_token_stream();
    expect_no_generics(&item.generics, mistakes);
    let has_fields = item.variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit));
    let container = Container::new(item.attrs, item.vis, item.ident, mistakes);
    if item.variants.is_empty() {
        mistakes.at(&container.ident, "an enum without variants has no value: write one at least");
    }
    let expansion = if has_fields {
        tagged::expand(container, item.variants, open.is_some(), mistakes)
    } else {
        words::expand(container, item.variants, open.is_some(), mistakes)
    };
    if mistakes.is_empty() { expansion } else { fallback(item_tokens) }
}

/// Refuses type parameters and lifetimes.
pub(crate) fn expect_no_generics(generics: &syn::Generics, mistakes: &mut Mistakes) {
    for parameter in &generics.params {
        mistakes.at(
            parameter,
            match parameter {
                syn::GenericParam::Lifetime(_) => {
                    "what travels owns its data: leave out the lifetime and write `String` or `Vec<T>`"
                }
                syn::GenericParam::Type(_) | syn::GenericParam::Const(_) => {
                    "a generic type has a different schema for each use: write a named struct per use"
                }
            },
        );
    }
}

/// Reports a type name that would not be the same in TypeScript.
pub(crate) fn expect_type_name(ident: &syn::Ident, mistakes: &mut Mistakes) {
    expect_pascal(ident, "type", mistakes);
}
