//! How a decoded command reaches the service: an `impl` for every implementor of the trait.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    Method, Namespace,
    command::variant,
    server::{Names, authorize_name},
};
use crate::policy::Kind;

pub(super) fn expand(namespace: &Namespace, names: &Names<'_>) -> TokenStream {
    let Names { service, marker, command } = names;
    let authorize = namespace.methods.iter().filter_map(|method| authorize(method, names));
    let run = namespace.methods.iter().map(|method| run(method, names));
    quote! {
        #[automatically_derived]
        impl<S: #service> ::tautline::Dispatch<S> for #marker {
            type Context = <S as #service>::Context;

            async fn authorize(
                service: &S,
                cx: &Self::Context,
                command: &#command,
            ) -> ::core::result::Result<(), ::tautline::Refusal> {
                let _ = (service, cx);
                #[allow(clippy::match_single_binding, unreachable_patterns, reason = "not every namespace has a room to join, and some have nothing else")]
                match command {
                    #(#authorize,)*
                    _ => ::core::result::Result::Ok(()),
                }
            }

            async fn run(
                service: &S,
                cx: &Self::Context,
                command: #command,
            ) -> ::tautline::Reply {
                match command { #(#run,)* }
            }

            async fn connected(
                service: &S,
                cx: &Self::Context,
            ) -> ::core::result::Result<(), ::tautline::Refusal> {
                <S as #service>::connected(service, cx).await.map_err(::core::convert::From::from)
            }

            async fn disconnected(
                service: &S,
                cx: &Self::Context,
                reason: ::tautline::DisconnectReason,
            ) {
                <S as #service>::disconnected(service, cx, reason).await;
            }
        }
    }
}

fn authorize(method: &Method, names: &Names<'_>) -> Option<TokenStream> {
    let payload = method.payload.as_ref().filter(|_| method.kind == Kind::Join)?;
    method.returns.as_ref()?;
    let (command, service, variant) = (&names.command, names.service, variant(method));
    let ident = authorize_name(&payload.ty)?;
    Some(quote! {
        #command::#variant(room) => <S as #service>::#ident(service, cx, room)
            .await
            .map_err(::core::convert::From::from)
    })
}

fn run(method: &Method, names: &Names<'_>) -> TokenStream {
    let (command, service, variant) = (&names.command, names.service, variant(method));
    let ident = &method.ident;
    let (pattern, argument) = match (&method.payload, method.kind) {
        (None, _) => (quote!(#command::#variant), TokenStream::new()),
        (Some(_), Kind::Join) => (quote!(#command::#variant(payload)), quote!(&payload)),
        (Some(_), _) => (quote!(#command::#variant(payload)), quote!(payload)),
    };
    let call = quote_spanned!(ident.span()=> <S as #service>::#ident(service, cx, #argument).await);
    if method.returns.is_some() {
        quote!(#pattern => ::tautline::private::reply(#call))
    } else {
        quote!(#pattern => { #call; ::tautline::private::no_reply() })
    }
}
