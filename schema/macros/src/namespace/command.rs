//! The enum of decoded commands.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use super::{Method, Namespace, server::Names};
use crate::{names, policy::Kind};

/// The variant of one command.
pub(super) fn variant(method: &Method) -> Ident {
    format_ident!("{}", names::pascal(&names::plain(&method.ident)), span = method.ident.span())
}

pub(super) fn expand(namespace: &Namespace, names: &Names<'_>) -> TokenStream {
    let Names { command, .. } = names;
    let Namespace { vis, path, methods, .. } = namespace;
    let docs = format!("The decoded commands of `{path}`.");
    let variants = methods.iter().map(|method| {
        let (docs, variant) = (method.docs(), variant(method));
        let payload = method.payload.as_ref().map(|payload| {
            let ty = &payload.ty;
            quote!((#ty))
        });
        quote!(#docs #variant #payload)
    });
    let decode = methods.iter().enumerate().map(|(index, method)| {
        let variant = variant(method);
        match &method.payload {
            Some(payload) => {
                let ty = &payload.ty;
                quote_spanned! {ty.span()=>
                    #index => <#ty as ::tautline::private::serde::Deserialize>::deserialize(payload).map(Self::#variant)
                }
            }
            None => quote! {
                #index => <::tautline::private::serde::de::IgnoredAny as ::tautline::private::serde::Deserialize>::deserialize(payload)
                    .map(|_| Self::#variant)
            },
        }
    });
    let join_methods = || methods.iter().filter(|method| method.kind == Kind::Join);
    let joins = join_methods().filter_map(|method| {
        let (ty, variant) = (&method.payload.as_ref()?.ty, variant(method));
        Some(quote_spanned! {ty.span()=>
            if let ::core::option::Option::Some(room) = <#ty as ::tautline::Room>::parse(room) {
                return ::core::option::Option::Some(Self::#variant(room));
            }
        })
    });
    let presences = join_methods().filter_map(|method| {
        let ty = &method.payload.as_ref()?.ty;
        Some(quote_spanned! {ty.span()=>
            if <#ty as ::tautline::Room>::parse(room).is_some() {
                return ::tautline::private::presence::<#ty, D>(state, report);
            }
        })
    });
    let index = methods.iter().enumerate().map(|(index, method)| {
        let pattern = pattern(method, &quote!(_));
        quote!(#pattern => #index)
    });
    let check = methods.iter().map(|method| {
        let pattern = pattern(method, &quote!(payload));
        let check = method.payload.as_ref().map(|payload| {
            let ty = &payload.ty;
            quote_spanned!(ty.span()=> <#ty as ::tautline::Wire>::check(payload, report))
        });
        quote!(#pattern => { #check })
    });
    let rooms = methods.iter().map(|method| {
        let is_used = method.payload.is_some() && !method.policy.rooms.is_empty();
        let pattern = pattern(method, &if is_used { quote!(payload) } else { quote!(_) });
        let payload = match &method.payload {
            Some(_) => quote!(payload),
            None => quote!(&::tautline::private::NoPayload {}),
        };
        let rooms = method.rooms(&payload);
        quote!(#pattern => #rooms)
    });
    let answers = methods.iter().map(|method| {
        let (pattern, answer) = (pattern(method, &quote!(_)), method.answer());
        quote!(#pattern => ::core::any::TypeId::of::<#answer>())
    });
    quote! {
        #[doc = #docs]
        #[derive(::core::fmt::Debug)]
        #[allow(clippy::large_enum_variant, reason = "it is decoded once and moved to its handler")]
        #vis enum #command { #(#variants,)* }

        #[automatically_derived]
        impl ::tautline::Command for #command {
            fn decode<'de, D: ::tautline::private::serde::Deserializer<'de>>(
                index: ::core::primitive::usize,
                payload: D,
            ) -> ::core::result::Result<Self, D::Error> {
                match index {
                    #(#decode,)*
                    _ => ::core::result::Result::Err(::tautline::private::no_command(index)),
                }
            }

            fn join(room: &::core::primitive::str) -> ::core::option::Option<Self> {
                let _ = room;
                #(#joins)*
                ::core::option::Option::None
            }

            fn presence<'de, D: ::tautline::private::serde::Deserializer<'de>>(
                room: &::core::primitive::str,
                state: D,
                report: &mut ::tautline::Report,
            ) -> ::core::result::Result<::core::option::Option<::tautline::Encoded>, D::Error> {
                let _ = (room, &state, &report);
                #(#presences)*
                ::core::result::Result::Ok(::core::option::Option::None)
            }

            fn index(&self) -> ::core::primitive::usize {
                match self { #(#index,)* }
            }

            fn check(&self, report: &mut ::tautline::Report) {
                let _ = &report;
                match self { #(#check)* }
            }

            fn rooms(&self) -> ::std::vec::Vec<::tautline::RoomName> {
                match self { #(#rooms,)* }
            }

            fn answer_type(&self) -> ::core::any::TypeId {
                match self { #(#answers,)* }
            }
        }
    }
}

/// The command as a pattern, its payload bound to `payload`.
pub(super) fn pattern(method: &Method, payload: &TokenStream) -> TokenStream {
    let variant = variant(method);
    match method.payload {
        Some(_) => quote!(Self::#variant(#payload)),
        None => quote!(Self::#variant),
    }
}
