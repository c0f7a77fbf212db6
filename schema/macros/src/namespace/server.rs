//! The server's direction: the marker, the trait that the server implements, and what drives it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path, Type, spanned::Spanned};

use super::{Method, Namespace, command, dispatch, returns::Returns};
use crate::{mistakes::Mistakes, names, policy::Kind, source::source};

/// The names of what is made of one server trait.
pub(super) struct Names<'a> {
    pub(super) service: &'a Ident,
    pub(super) marker: Ident,
    pub(super) command: Ident,
}

pub(super) fn expand(
    namespace: &Namespace,
    client: Option<&Path>,
    mistakes: &mut Mistakes,
) -> TokenStream {
    let service = &namespace.ident;
    let name = service.to_string();
    let Some(stem) = name.strip_suffix("Server").filter(|stem| !stem.is_empty()) else {
        mistakes.at(
            service,
            format!("what stands before `Server` names the namespace: write `{name}Server`"),
        );
        return TokenStream::new();
    };
    let names = Names {
        service,
        marker: Ident::new(stem, service.span()),
        command: format_ident!("{stem}Command", span = service.span()),
    };
    let marker = marker(namespace, &names, client);
    let service = service_trait(namespace, &names);
    let command = command::expand(namespace, &names);
    let dispatch = dispatch::expand(namespace, &names);
    quote!(#marker #service #command #dispatch)
}

fn marker(namespace: &Namespace, names: &Names<'_>, client: Option<&Path>) -> TokenStream {
    let Names { marker, command, .. } = names;
    let Namespace { vis, path, .. } = namespace;
    let (name, docs, source) =
        (marker.to_string(), namespace.docs.text(), source(&namespace.ident));
    let attribute = namespace.docs.or(&format!("The namespace `{path}`."));
    let commands = namespace.methods.iter().map(Method::fact);
    let (events, emit, same_path) = match client {
        Some(client) => (
            quote_spanned!(client.span()=> <#client<()> as ::tautline::ClientSide>::EVENTS),
            quote!(#client<S>),
            quote_spanned! {client.span()=>
                const _: () = ::core::assert!(
                    ::tautline::private::is_same(<#client<()>>::__PATH, #path),
                    "the two sides of a namespace have one path: write the same in both",
                );
            },
        ),
        None => (quote!(&[]), quote!(::tautline::NoClient<S>), TokenStream::new()),
    };
    quote! {
        #attribute
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
        #vis enum #marker {}

        #[automatically_derived]
        impl ::tautline::Namespace for #marker {
            const FACTS: &'static ::tautline::NamespaceFacts = &::tautline::NamespaceFacts {
                name: #name,
                path: #path,
                docs: #docs,
                commands: &[#(#commands),*],
                events: #events,
                source: #source,
            };

            type Command = #command;
            type Emit<S: ::tautline::Sink> = #emit;
        }
        #same_path
    }
}

fn service_trait(namespace: &Namespace, names: &Names<'_>) -> TokenStream {
    let Namespace { vis, path, .. } = namespace;
    let service = names.service;
    let docs = namespace.docs.or(&format!("What a client may ask in `{path}`."));
    let methods = namespace.methods.iter().map(handler);
    let context = format!("What the server gives each call: `Context<{}>`.", names.marker);
    quote! {
        #docs
        #vis trait #service:
            ::core::marker::Send + ::core::marker::Sync + ::core::marker::Sized + 'static
        {
            #[doc = #context]
            type Context: ::core::marker::Send + ::core::marker::Sync;

            #(#methods)*

            /// A connection has entered the namespace. What is emitted here goes to it alone.
            fn connected(
                &self,
                cx: &Self::Context,
            ) -> impl ::core::future::Future<Output = ::tautline::Answer<()>> + ::core::marker::Send {
                let _ = cx;
                async { ::core::result::Result::Ok(()) }
            }

            /// A connection has left the namespace; exactly once for each that entered.
            fn disconnected(
                &self,
                cx: &Self::Context,
                reason: ::tautline::DisconnectReason,
            ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
                let _ = (cx, reason);
                async {}
            }
        }
    }
}

/// The trait's methods of one event.
fn handler(method: &Method) -> TokenStream {
    let (docs, others, ident) = (method.docs(), &method.others, &method.ident);
    let output = output(method);
    let argument = method.payload.as_ref().map(|payload| {
        let (name, ty) = (&payload.name, &payload.ty);
        if method.kind == Kind::Join { quote!(#name: &#ty) } else { quote!(#name: #ty) }
    });
    let authorize = authorize(method);
    quote_spanned! {ident.span()=>
        #authorize
        #docs
        #(#others)*
        fn #ident(
            &self,
            cx: &Self::Context,
            #argument
        ) -> impl ::core::future::Future<Output = #output> + ::core::marker::Send;
    }
}

fn output(method: &Method) -> TokenStream {
    match &method.returns {
        None => quote!(()),
        Some(Returns { error, .. }) => {
            let answer = method.answer();
            quote!(::tautline::Answer<#answer, #error>)
        }
    }
}

/// The method that says who may enter the room of a join.
fn authorize(method: &Method) -> Option<TokenStream> {
    let payload = method.payload.as_ref().filter(|_| method.kind == Kind::Join)?;
    let Some(Returns { error, .. }) = &method.returns else { return None };
    let (name, ident) = (&payload.name, authorize_name(&payload.ty)?);
    let ty = &payload.ty;
    let docs = format!(
        "Whether the caller may enter this room: asked before [`{}`](Self::{0}), and again after a cut.",
        method.ident
    );
    Some(quote_spanned! {method.ident.span()=>
        #[doc = #docs]
        fn #ident(
            &self,
            cx: &Self::Context,
            #name: &#ty,
        ) -> impl ::core::future::Future<Output = ::tautline::Answer<(), #error>> + ::core::marker::Send;
    })
}

/// `ChatSession` → `authorize_chat_session`.
pub(super) fn authorize_name(room: &Type) -> Option<Ident> {
    let Type::Path(path) = room else { return None };
    let last = path.path.segments.last()?;
    Some(format_ident!(
        "authorize_{}",
        names::snake(&last.ident.to_string()),
        span = last.ident.span()
    ))
}
