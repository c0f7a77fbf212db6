//! What stands in for an item with mistakes: its name with every trait, so that its author reads
//! the mistakes and not what follows from them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields, Item};

use crate::source::either;

/// The item without the library's attributes, and with traits that never run.
pub(crate) fn fallback(item: TokenStream) -> TokenStream {
    let Ok(mut item) = syn::parse2::<Item>(item) else { return TokenStream::new() };
    let (ident, generics, attributes) = match &mut item {
        Item::Struct(item) => {
            strip_fields(&mut item.fields);
            (item.ident.clone(), item.generics.clone(), &mut item.attrs)
        }
        Item::Enum(item) => {
            for variant in &mut item.variants {
                variant.discriminant = None;
                strip(&mut variant.attrs);
                strip_fields(&mut variant.fields);
            }
            (item.ident.clone(), item.generics.clone(), &mut item.attrs)
        }
        _ => return TokenStream::new(),
    };
    strip(attributes);
    attributes.retain(|attribute| !attribute.path().is_ident("derive"));
    if !generics.params.is_empty() {
        return quote!(#item);
    }
    let described = either(
        &TokenStream::new(),
        &quote! {
            impl ::tautline::private::ts_rs::TS for #ident {
                type WithoutGenerics = Self;
                type OptionInnerType = Self;
                fn name(_: &::tautline::private::ts_rs::Config) -> ::std::string::String {
                    ::core::unreachable!()
                }
                fn inline(_: &::tautline::private::ts_rs::Config) -> ::std::string::String {
                    ::core::unreachable!()
                }
            }
            impl ::tautline::private::schemars::JsonSchema for #ident {
                fn schema_name() -> ::std::borrow::Cow<'static, ::core::primitive::str> {
                    ::core::unreachable!()
                }
                fn json_schema(
                    _: &mut ::tautline::private::schemars::SchemaGenerator,
                ) -> ::tautline::private::schemars::Schema {
                    ::core::unreachable!()
                }
            }
        },
    );
    quote! {
        #[allow(dead_code, nonstandard_style, reason = "stands in for an item with mistakes")]
        #item
        const _: () = {
            impl ::core::fmt::Debug for #ident {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::unreachable!()
                }
            }
            impl ::core::clone::Clone for #ident {
                fn clone(&self) -> Self { ::core::unreachable!() }
            }
            impl ::core::cmp::PartialEq for #ident {
                fn eq(&self, _: &Self) -> ::core::primitive::bool { ::core::unreachable!() }
            }
            impl ::tautline::private::serde::Serialize for #ident {
                fn serialize<S: ::tautline::private::serde::Serializer>(
                    &self,
                    _: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    ::core::unreachable!()
                }
            }
            impl<'de> ::tautline::private::serde::Deserialize<'de> for #ident {
                fn deserialize<D: ::tautline::private::serde::Deserializer<'de>>(
                    _: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    ::core::unreachable!()
                }
            }
            #[diagnostic::do_not_recommend]
            impl ::tautline::Wire for #ident {}
            #described
        };
    }
}

fn strip_fields(fields: &mut Fields) {
    for field in fields {
        strip(&mut field.attrs);
    }
}

/// Takes out what only the library's macros understand.
fn strip(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        !["field", "problem", "serde", "ts", "schemars", "cfg", "cfg_attr"]
            .iter()
            .any(|name| attribute.path().is_ident(name))
    });
}
