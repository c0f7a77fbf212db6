//! What becomes of an enum of refusals.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, spanned::Spanned};

use super::{recovery::After, variant::Variant, words::used};
use crate::{
    payload::{Container, described, serde},
    source::{either, source},
};

pub(super) fn expand(container: &Container, variants: &[Variant]) -> TokenStream {
    let declaration = declaration(container, variants);
    let facts = facts(container, variants);
    let ident = &container.ident;
    let arms = variants.iter().map(Variant::problem_arm);
    let messages = variants.iter().map(Variant::message_arm);
    let conversion = conversion(ident);
    quote! {
        #declaration

        #[automatically_derived]
        impl ::tautline::ContractError for #ident {
            const FACTS: &'static ::tautline::Errors = #facts;

            fn problem(&self) -> ::tautline::Problem {
                match self { #(#arms)* }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#messages)* }
            }
        }

        #conversion
    }
}

/// Traits that never run, for an enum with mistakes.
pub(super) fn stand_in(ident: &Ident) -> TokenStream {
    let conversion = conversion(ident);
    quote! {
        const _: () = {
            impl ::tautline::ContractError for #ident {
                const FACTS: &'static ::tautline::Errors = <::tautline::NoRefusal as ::tautline::ContractError>::FACTS;
                fn problem(&self) -> ::tautline::Problem { ::core::unreachable!() }
            }
            impl ::core::fmt::Display for #ident {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::unreachable!()
                }
            }
            #conversion
        };
    }
}

fn conversion(ident: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#ident> for ::tautline::Failure<#ident> {
            fn from(error: #ident) -> Self {
                ::tautline::Failure::Refused(error)
            }
        }
    }
}

fn declaration(container: &Container, variants: &[Variant]) -> TokenStream {
    let Container { docs, vis, ident, .. } = container;
    let head = container.head(&["Debug", "Clone", "PartialEq"]);
    let (serde, described, portable) = (serde(), described(), docs.portable());
    let plain = variants.iter().map(|variant| variant.declaration(false));
    let codegen = variants.iter().map(|variant| variant.declaration(true));
    let tag = quote!(#[serde(tag = "code", content = "params")]);
    either(
        &quote!(#docs #head #serde #tag #vis enum #ident { #(#plain,)* }),
        &quote!(#portable #head #serde #described #tag #vis enum #ident { #(#codegen,)* }),
    )
}

fn facts(container: &Container, variants: &[Variant]) -> TokenStream {
    let ident = &container.ident;
    let (name, docs, source) = (ident.to_string(), container.docs.text(), source(ident));
    let variants = variants.iter().map(Variant::facts);
    quote! {
        &::tautline::Errors {
            name: #name,
            docs: #docs,
            variants: &[#(#variants),*],
            ty: ::tautline::TypeRef::of::<Self>(),
            source: #source,
        }
    }
}

impl Variant {
    fn declaration(&self, codegen: bool) -> TokenStream {
        let Self { ident, code, others, .. } = self;
        let docs = if codegen { self.docs.portable() } else { self.docs.to_token_stream() };
        let fields = self.fields.as_ref().map(|fields| {
            let fields =
                fields.iter().map(|field| if codegen { field.codegen() } else { field.plain() });
            quote!({ #(#fields,)* })
        });
        quote!(#docs #[serde(rename = #code)] #(#others)* #ident #fields)
    }

    fn facts(&self) -> TokenStream {
        let Self { ident, code, category, message, hint, .. } = self;
        let (name, docs, source) = (ident.to_string(), self.docs.text(), source(ident));
        let category = quote!(::tautline::Category::#category);
        let severity = match &self.severity {
            Some(severity) => quote!(::tautline::Severity::#severity),
            None => quote!(#category.default_severity()),
        };
        let (action, after, max) = match &self.recovery {
            Some(recovery) => {
                let (action, after) = (&recovery.action, recovery.after.fact());
                let max = option(recovery.max_attempts.map(|max| quote!(#max)));
                (quote!(::tautline::RecoveryAction::#action), after, max)
            }
            None => (quote!(#category.default_action()), After::Unset.fact(), option(None)),
        };
        let params = self.fields.iter().flatten().map(|field| {
            let (wire, ty) = (&field.wire, &field.ty);
            quote_spanned!(ty.span()=> (#wire, { ::tautline::private::is_wire::<#ty>(); ::tautline::TypeRef::checked::<#ty>() }))
        });
        quote! {
            ::tautline::ErrorVariant {
                name: #name,
                code: #code,
                docs: #docs,
                category: #category,
                severity: #severity,
                action: #action,
                after: #after,
                max_attempts: #max,
                message: #message,
                hint: #hint,
                params: &[#(#params),*],
                source: #source,
            }
        }
    }

    fn problem_arm(&self) -> TokenStream {
        let Self { code, category, message, hint, .. } = self;
        let pattern = self.pattern(|_| true);
        let (message, hint) = (self.sentence(message), self.sentence(hint));
        let severity = self
            .severity
            .as_ref()
            .map(|severity| quote!(problem.severity = ::tautline::Severity::#severity;));
        let recovery = self.recovery.as_ref().map(|recovery| {
            let action = &recovery.action;
            let after = match &recovery.after {
                After::Unset => None,
                After::Fixed(milliseconds) => Some(quote!(#milliseconds)),
                After::Field(field) => {
                    Some(quote_spanned!(field.span()=> ::tautline::private::milliseconds(#field)))
                }
            };
            let after = after.map(
                |after| quote!(problem.recovery.after_ms = ::core::option::Option::Some(#after);),
            );
            let max = recovery.max_attempts.map(
                |max| quote!(problem.recovery.max_attempts = ::core::option::Option::Some(#max);),
            );
            quote!(problem.recovery.action = ::tautline::RecoveryAction::#action; #after #max)
        });
        let help = self.help.as_ref().map(|help| {
            quote!(problem.help = ::core::option::Option::Some(::std::borrow::ToOwned::to_owned(#help));)
        });
        let params = self.fields.as_ref().map(|fields| {
            let insert = fields.iter().map(|field| {
                let (wire, ident) = (&field.wire, &field.ident);
                quote!(::tautline::private::param(&mut params, #wire, #ident);)
            });
            quote! {
                let mut params = ::tautline::private::serde_json::Map::new();
                #(#insert)*
                problem.params = ::core::option::Option::Some(params);
            }
        });
        quote! {
            #pattern => {
                let mut problem =
                    ::tautline::Problem::new(#code, ::tautline::Category::#category, #message);
                problem.recovery.hint = #hint;
                #severity #recovery #help #params
                problem
            }
        }
    }

    fn message_arm(&self) -> TokenStream {
        let names = used(&self.message, self.fields.as_deref().unwrap_or_default());
        let pattern = self.pattern(|field| names.iter().any(|name| name.ident == *field));
        let message = self.sentence(&self.message);
        quote!(#pattern => f.write_str(&#message),)
    }

    /// The variant as a pattern that binds some of its fields.
    fn pattern(&self, binds: impl Fn(&Ident) -> bool) -> TokenStream {
        let ident = &self.ident;
        let fields = self.fields.as_ref().map(|fields| {
            let idents = fields.iter().map(|field| &field.ident).filter(|ident| binds(ident));
            quote!({ #(#idents,)* .. })
        });
        quote!(Self::#ident #fields)
    }

    /// A sentence with its fields filled in.
    fn sentence(&self, text: &LitStr) -> TokenStream {
        let named = used(text, self.fields.as_deref().unwrap_or_default());
        let values = named.iter().map(|field| {
            let ident = &field.ident;
            quote_spanned!(text.span()=> #ident = #ident)
        });
        quote_spanned!(text.span()=> ::std::format!(#text #(, #values)*))
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
