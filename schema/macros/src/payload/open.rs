//! `#[payload(open)]`: enums that keep what this build does not know, so that a new variant breaks
//! nobody.
//!
//! A private enum `Known` of the declared variants is what serde, ts-rs and schemars read; the
//! public one adds `Unknown`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::{
    Container,
    attributes::{described, serde},
    tagged::Kind,
    words::Word,
};
use crate::{mistakes::Mistakes, source::either};

/// Reports a variant that has the name of the one that is added.
pub(crate) fn expect_no_unknown<'a>(
    idents: impl Iterator<Item = &'a Ident>,
    mistakes: &mut Mistakes,
) {
    for ident in idents.filter(|ident| *ident == "Unknown") {
        mistakes.at(ident, "an open enum gets `Unknown` by itself: leave it out");
    }
}

/// An open enum of words.
pub(crate) fn words(container: &Container, words: &[Word]) -> TokenStream {
    let Container { docs, vis, ident, .. } = container;
    let head = container.head(&["Debug", "Clone", "PartialEq"]);
    let variants = words.iter().map(|word| {
        let (docs, others, ident) = (&word.docs, &word.others, &word.ident);
        quote!(#docs #(#others)* #ident)
    });
    let (idents, wires): (Vec<_>, Vec<_>) =
        words.iter().map(|word| (&word.ident, &word.wire)).unzip();
    let ts =
        wires.iter().map(|wire| format!("\"{wire}\" | ")).collect::<String>() + "(string & {})";
    let described = either(&TokenStream::new(), &{
        let ts =
            ts_impl(container, &quote!(::std::borrow::ToOwned::to_owned(#ts)), &TokenStream::new());
        let schema = schema_impl(
            container,
            &quote! {
                ::tautline::private::schemars::json_schema!({
                    "type": "string",
                    "examples": [#(#wires),*]
                })
            },
        );
        quote!(#ts #schema)
    });
    quote! {
        #docs #head #vis enum #ident {
            #(#variants,)*
            /// A value that this build does not know, as it came.
            Unknown(::std::string::String),
        }

        #[automatically_derived]
        impl ::tautline::private::serde::Serialize for #ident {
            fn serialize<S: ::tautline::private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(match self {
                    #(Self::#idents => #wires,)*
                    Self::Unknown(text) => text,
                })
            }
        }

        #[automatically_derived]
        impl<'de> ::tautline::private::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::tautline::private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let text = <::std::string::String as ::tautline::private::serde::Deserialize>::deserialize(deserializer)?;
                ::core::result::Result::Ok(match text.as_str() {
                    #(#wires => Self::#idents,)*
                    _ => Self::Unknown(text),
                })
            }
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::tautline::Wire for #ident {}
        #described
    }
}

/// An open enum of objects.
pub(crate) fn tagged(container: &Container, kinds: &[Kind]) -> TokenStream {
    let Container { docs, vis, ident, .. } = container;
    let head = container.head(&["Debug", "Clone", "PartialEq"]);
    let declared = kinds.iter().map(|kind| kind.declaration(false));
    let shapes: Vec<TokenStream> = kinds.iter().map(Kind::shape).collect();
    let wires = kinds.iter().map(|kind| &kind.wire);
    let known = known(kinds);
    let ts = quote! {
        ::std::format!(
            "{} | ({{ type: string & {{}} }} & Record<string, unknown>)",
            <Known as ::tautline::private::ts_rs::TS>::inline(config)
        )
    };
    let visit = quote!(<Known as ::tautline::private::ts_rs::TS>::visit_dependencies(visitor););
    let schema = quote! {{
        let known = <Known as ::tautline::private::schemars::JsonSchema>::json_schema(generator);
        ::tautline::private::schemars::json_schema!({
            "anyOf": [known, {
                "type": "object",
                "properties": { "type": { "type": "string" } },
                "required": ["type"]
            }]
        })
    }};
    let ts = ts_impl(container, &ts, &visit);
    let schema = schema_impl(container, &schema);
    let described = either(&TokenStream::new(), &quote!(#ts #schema));
    quote! {
        #docs #head
        #[derive(::tautline::private::serde::Serialize)]
        #[serde(crate = "::tautline::private::serde", tag = "type")]
        #vis enum #ident {
            #(#declared,)*
            /// A value that this build does not know, as it came.
            #[serde(untagged)]
            Unknown(::tautline::Json),
        }

        const _: () = {
            #known

            #[automatically_derived]
            impl<'de> ::tautline::private::serde::Deserialize<'de> for #ident {
                fn deserialize<D: ::tautline::private::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    match ::tautline::private::open_value(deserializer, &[#(#wires),*])? {
                        ::tautline::private::OpenValue::Known(known) => ::core::result::Result::Ok(match known {
                            #(Known::#shapes => Self::#shapes,)*
                        }),
                        ::tautline::private::OpenValue::Unknown(value) => {
                            ::core::result::Result::Ok(Self::Unknown(value))
                        }
                    }
                }
            }
            #described
        };
    }
}

/// The declared variants alone.
fn known(kinds: &[Kind]) -> TokenStream {
    let serde = serde();
    let described = described();
    let plain = kinds.iter().map(|kind| kind.declaration(false));
    let codegen = kinds.iter().map(|kind| kind.declaration(true));
    either(
        &quote!(#serde #[serde(tag = "type")] enum Known { #(#plain,)* }),
        &quote!(#serde #described #[serde(tag = "type")] enum Known { #(#codegen,)* }),
    )
}

fn ts_impl(container: &Container, inline: &TokenStream, visit: &TokenStream) -> TokenStream {
    let ident = &container.ident;
    let name = ident.to_string();
    let docs = container.docs.text().replace("*/", "*\\/");
    let lines = docs.lines().map(|line| format!(" {line}"));
    let docs = (!docs.is_empty()).then(|| {
        quote! {
            fn docs() -> ::core::option::Option<::std::string::String> {
                ::core::option::Option::Some(::tautline::private::ts_rs::format_docs(&[#(#lines),*]))
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl ::tautline::private::ts_rs::TS for #ident {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            #docs

            fn name(_: &::tautline::private::ts_rs::Config) -> ::std::string::String {
                ::std::borrow::ToOwned::to_owned(#name)
            }

            fn inline(config: &::tautline::private::ts_rs::Config) -> ::std::string::String {
                let _ = config;
                #inline
            }

            fn decl(config: &::tautline::private::ts_rs::Config) -> ::std::string::String {
                ::std::format!("type {} = {};", #name, Self::inline(config))
            }

            fn decl_concrete(config: &::tautline::private::ts_rs::Config) -> ::std::string::String {
                Self::decl(config)
            }

            fn output_path() -> ::core::option::Option<::std::path::PathBuf> {
                ::core::option::Option::Some(::std::path::PathBuf::from(::core::concat!(#name, ".ts")))
            }

            fn visit_dependencies(visitor: &mut impl ::tautline::private::ts_rs::TypeVisitor) {
                let _ = &visitor;
                #visit
            }
        }
    }
}

fn schema_impl(container: &Container, schema: &TokenStream) -> TokenStream {
    let ident = &container.ident;
    let (name, docs) = (ident.to_string(), container.docs.text());
    let docs = (!docs.is_empty()).then(|| {
        quote! {
            schema.insert(
                ::std::borrow::ToOwned::to_owned("description"),
                ::tautline::private::serde_json::Value::from(#docs),
            );
        }
    });
    quote! {
        #[automatically_derived]
        impl ::tautline::private::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, ::core::primitive::str> {
                ::std::borrow::Cow::Borrowed(#name)
            }

            fn schema_id() -> ::std::borrow::Cow<'static, ::core::primitive::str> {
                ::std::borrow::Cow::Borrowed(::core::concat!(::core::module_path!(), "::", #name))
            }

            fn json_schema(
                generator: &mut ::tautline::private::schemars::SchemaGenerator,
            ) -> ::tautline::private::schemars::Schema {
                let _ = &generator;
                #[allow(unused_mut, reason = "the description is added where there is one")]
                let mut schema = #schema;
                #docs
                schema
            }
        }
    }
}
