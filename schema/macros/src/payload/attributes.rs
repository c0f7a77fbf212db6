//! What may stand on an item beside the library's own attributes: documentation, derives, lint
//! levels. Attributes of serde, ts-rs and schemars are refused, each with the way out.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Ident, Meta, Path, Token, Visibility, punctuated::Punctuated, spanned::Spanned,
};

use super::expect_type_name;
use crate::{
    docs::{Docs, refuse_cfg},
    mistakes::Mistakes,
};

/// An item's name and what stands above it.
pub(crate) struct Container {
    pub(crate) docs: Docs,
    pub(crate) others: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    derived: Vec<String>,
}

impl Container {
    pub(crate) fn new(
        mut attributes: Vec<Attribute>,
        vis: Visibility,
        ident: Ident,
        mistakes: &mut Mistakes,
    ) -> Self {
        expect_type_name(&ident, mistakes);
        let docs = Docs::take(&mut attributes, mistakes);
        refuse_codecs(&mut attributes, mistakes);
        refuse_cfg(&mut attributes, mistakes);
        let derived = derived(&attributes, mistakes);
        Self { docs, others: attributes, vis, ident, derived }
    }

    /// A derive for each of these traits that the author does not derive.
    pub(crate) fn derive(&self, traits: &[&str]) -> TokenStream {
        let missing = traits
            .iter()
            .filter(|name| !self.derived.iter().any(|known| known == **name))
            .map(|name| match *name {
                "Debug" => quote!(::core::fmt::Debug),
                "Clone" => quote!(::core::clone::Clone),
                "PartialEq" => quote!(::core::cmp::PartialEq),
                "Eq" => quote!(::core::cmp::Eq),
                "PartialOrd" => quote!(::core::cmp::PartialOrd),
                "Ord" => quote!(::core::cmp::Ord),
                "Hash" => quote!(::core::hash::Hash),
                other => unreachable!("the macros derive no `{other}`"),
            });
        quote!(#[derive(#(#missing),*)])
    }

    /// What every form of the item begins with, documentation apart.
    pub(crate) fn head(&self, traits: &[&str]) -> TokenStream {
        let (derive, others) = (self.derive(traits), &self.others);
        quote!(#derive #(#others)*)
    }
}

/// The derive of both halves of serde.
pub(crate) fn serde() -> TokenStream {
    quote! {
        #[derive(::tautline::private::serde::Serialize, ::tautline::private::serde::Deserialize)]
        #[serde(crate = "::tautline::private::serde")]
    }
}

/// The derives of what codegen reads.
pub(crate) fn described() -> TokenStream {
    quote! {
        #[derive(::tautline::private::ts_rs::TS, ::tautline::private::schemars::JsonSchema)]
        #[ts(crate = "::tautline::private::ts_rs")]
        #[schemars(crate = "::tautline::private::schemars")]
    }
}

/// The names that the author derives; refuses those that the library derives itself.
fn derived(attributes: &[Attribute], mistakes: &mut Mistakes) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let parser = Punctuated::<Path, Token![,]>::parse_terminated;
        for path in mistakes.take(attribute.parse_args_with(parser)).into_iter().flatten() {
            let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            if ["Serialize", "Deserialize", "TS", "JsonSchema"].contains(&name.as_str()) {
                mistakes.at(&path, format!("`{name}` is derived by the library: leave it out"));
            }
            names.push(name);
        }
    }
    names
}

/// Takes out the attributes of serde, ts-rs and schemars and refuses what they say.
pub(crate) fn refuse_codecs(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) {
    attributes.retain(|attribute| {
        let path = attribute.path();
        if path.is_ident("serde") {
            refuse_serde(attribute, mistakes);
        } else if path.is_ident("ts") || path.is_ident("schemars") {
            mistakes.span(
                attribute.span(),
                "the description of a type follows from the type: use another type, or `#[field(…)]`",
            );
        } else {
            return true;
        }
        false
    });
}

fn refuse_serde(attribute: &Attribute, mistakes: &mut Mistakes) {
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let Ok(metas) = attribute.parse_args_with(parser) else {
        mistakes.span(attribute.span(), "the wire form follows from the type: leave out `serde`");
        return;
    };
    for meta in metas {
        let Some(key) = meta.path().get_ident().map(Ident::to_string) else { continue };
        if let Some(way_out) = serde_way_out(&key, &meta) {
            mistakes.at(&meta, format!("`serde({key})` {way_out}"));
        }
    }
}

/// Why a key of serde is refused; `None` for those that say what holds anyway.
fn serde_way_out(key: &str, meta: &Meta) -> Option<&'static str> {
    Some(match key {
        "transparent" => return None,
        "rename" if matches!(meta, Meta::List(_)) => {
            "with two names gives each direction its own shape: keep one name for both"
        }
        "rename" => "is not needed: the wire name is the Rust name in camelCase, so rename that",
        "rename_all" | "rename_all_fields" => {
            "is fixed: fields travel in camelCase, variants in snake_case"
        }
        "with" | "serialize_with" | "deserialize_with" => {
            "is invisible to TypeScript and JSON Schema: write a `#[payload]` newtype for the value"
        }
        "from" | "try_from" | "into" | "remote" => {
            "is invisible to TypeScript and JSON Schema: write the type that travels and convert it in the handler"
        }
        "alias" => {
            "is known to Rust alone: keep one name, or add an optional field for the new one"
        }
        "flatten" => "merges two shapes that may collide: write a field of that type",
        "skip" | "skip_serializing" | "skip_deserializing" | "skip_serializing_if" => {
            "makes a field that only one side knows: leave the field out, or make it an `Option`"
        }
        "default" => {
            "makes the two directions differ: write `Option<T>` for a field that may be missing"
        }
        "tag" | "content" => "is fixed: an enum with fields has the tag `type`",
        "untagged" => {
            "lets one value fit two variants: leave it out, the tag `type` tells them apart"
        }
        "other" => "loses the value: write `#[payload(open)]`, which keeps it",
        "deny_unknown_fields" => "makes every new field a breaking change: leave it out",
        "bound" | "borrow" | "getter" | "crate" | "expecting" | "variant_identifier"
        | "field_identifier" => "has no place in a contract: leave it out",
        _ => "is not part of the profile: the wire form follows from the type",
    })
}
