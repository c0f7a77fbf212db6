//! The policy as the fact that travels with the event.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Type, spanned::Spanned};

use super::{Lane, Offline, Policy};

impl Policy {
    /// The policy as an expression, with the types that its examples have.
    pub(crate) fn fact(&self, payload: Option<&Type>, answer: Option<&Type>) -> TokenStream {
        let mut given = TokenStream::new();
        let mut set = |name: &str, value: TokenStream| {
            let name = syn::Ident::new(name, proc_macro2::Span::call_site());
            given.extend(quote!(#name: #value,));
        };
        if let Some(delivery) = &self.delivery {
            set("delivery", quote!(::tautline::Delivery::#delivery));
        }
        if let Some(timeout) = self.timeout_ms {
            set("timeout_ms", quote!(#timeout));
        }
        if !self.rooms.is_empty() {
            let rooms = self.rooms.iter().map(
                |room| quote::quote_spanned!(room.span()=> <#room as ::tautline::Room>::FACTS),
            );
            set("rooms", quote!(&[#(#rooms),*]));
        }
        if let Some(lane) = &self.lane {
            set(
                "lane",
                match lane {
                    Lane::None => quote!(::tautline::Lane::None),
                    Lane::Named(name) => quote!(::tautline::Lane::Named(#name)),
                },
            );
        }
        if !self.scopes.is_empty() {
            let scopes = &self.scopes;
            set("scopes", quote!(&[#(#scopes),*]));
        }
        if let Some((_, guests)) = self.guests {
            set("guests", quote!(#guests));
        }
        if let Some((count, per_ms)) = self.rate {
            set("rate", some(&quote!(::tautline::Rate { count: #count, per_ms: #per_ms })));
        }
        if let Some(cost) = self.cost {
            set("cost", quote!(#cost));
        }
        if let Some(max_bytes) = self.max_bytes {
            set("max_bytes", quote!(#max_bytes));
        }
        if let Some((_, offline)) = self.offline {
            set(
                "offline",
                match offline {
                    Offline::Queue(ttl) => quote!(::tautline::Offline::Queue { ttl_ms: #ttl }),
                    Offline::Fail => quote!(::tautline::Offline::Fail),
                    Offline::Drop => quote!(::tautline::Offline::Drop),
                },
            );
        }
        if let Some((_, window)) = self.window {
            set("window_ms", quote!(#window));
        }
        if let Some(flag) = &self.flag {
            set("flag", some(flag));
        }
        if let Some(since) = &self.since {
            set("since", some(since));
        }
        if let Some(deprecated) = &self.deprecated {
            let note = &deprecated.note;
            let replacement = match &deprecated.replacement {
                Some(replacement) => some(replacement),
                None => quote!(::core::option::Option::None),
            };
            set(
                "deprecated",
                some(&quote!(::tautline::Deprecated { replacement: #replacement, note: #note })),
            );
        }
        if let (Some(example), Some(ty)) = (&self.example, payload) {
            set("example", written(example, ty));
        }
        if let (Some(example), Some(ty)) = (&self.answer_example, answer) {
            set("answer_example", written(example, ty));
        }
        quote!(::tautline::Policy { #given ..::tautline::Policy::DEFAULT })
    }
}

/// An example as a function that writes it down.
fn written(example: &Expr, ty: &Type) -> TokenStream {
    some(&quote::quote_spanned! {example.span()=>
        || { let example: #ty = #example; ::tautline::private::written(&example) }
    })
}

fn some(value: &impl ToTokens) -> TokenStream {
    quote!(::core::option::Option::Some(#value))
}
