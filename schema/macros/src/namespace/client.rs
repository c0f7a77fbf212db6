//! The client's direction: a struct whose methods emit.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Method, Namespace};
use crate::policy::Kind;

pub(super) fn expand(namespace: &Namespace) -> TokenStream {
    let Namespace { vis, ident, path, methods, .. } = namespace;
    let docs = namespace.docs.or(&format!("What the server tells the clients of `{path}`."));
    let facts = methods.iter().map(Method::fact);
    let of_kind = |kind: Kind| {
        let methods: Vec<TokenStream> = methods
            .iter()
            .enumerate()
            .filter(|(_, method)| method.kind == kind)
            .map(|(index, method)| emit(namespace, index, method))
            .collect();
        methods
    };
    let plain = block(namespace, &quote!(Sink), &of_kind(Kind::Event));
    let questions = block(namespace, &quote!(AskSink), &of_kind(Kind::Question));
    let streams = block(namespace, &quote!(StreamSink), &of_kind(Kind::Stream));
    quote! {
        #docs
        #[derive(::core::fmt::Debug, ::core::clone::Clone)]
        #vis struct #ident<S>(S);

        impl #ident<()> {
            #[doc(hidden)]
            pub const __PATH: &'static ::core::primitive::str = #path;
            #[doc(hidden)]
            pub const __EVENTS: &'static [::tautline::Event] = &[#(#facts),*];
        }

        #[automatically_derived]
        impl<S> ::core::convert::From<S> for #ident<S> {
            fn from(sink: S) -> Self {
                Self(sink)
            }
        }

        #[automatically_derived]
        impl<S> ::tautline::ClientSide for #ident<S> {
            const EVENTS: &'static [::tautline::Event] = <#ident<()>>::__EVENTS;
        }

        #plain
        #questions
        #streams
    }
}

fn block(namespace: &Namespace, sink: &TokenStream, methods: &[TokenStream]) -> TokenStream {
    if methods.is_empty() {
        return TokenStream::new();
    }
    let ident = &namespace.ident;
    quote! {
        impl<S: ::tautline::#sink> #ident<S> { #(#methods)* }
    }
}

fn emit(namespace: &Namespace, index: usize, method: &Method) -> TokenStream {
    let Method { others, ident, .. } = method;
    let (owner, docs, vis) = (&namespace.ident, method.docs(), &namespace.vis);
    let (argument, payload) = match &method.payload {
        Some(payload) => {
            let (name, ty) = (&payload.name, &payload.ty);
            (quote!(#name: &#ty), quote!(#name))
        }
        None => (TokenStream::new(), quote!(&::tautline::private::NoPayload {})),
    };
    let rooms = method.rooms(&payload);
    let event = quote!(&<#owner<()>>::__EVENTS[#index]);
    let answer = method.answer();
    let error = method.returns.as_ref().map(|returns| &returns.error);
    let (output, call) = match method.kind {
        Kind::Question => (
            quote!(impl ::core::future::Future<Output = ::core::result::Result<#answer, ::tautline::Unanswered<#error>>> + ::core::marker::Send),
            quote!(::tautline::AskSink::ask(&self.0, #event, #rooms, #payload)),
        ),
        Kind::Stream => (
            quote!(<S as ::tautline::StreamSink>::Stream<#answer, #error>),
            quote!(::tautline::StreamSink::open(&self.0, #event, #rooms, #payload)),
        ),
        Kind::Event | Kind::Command | Kind::Join => (
            quote!(<S as ::tautline::Sink>::Sent),
            quote!(::tautline::Sink::send(&self.0, #event, #rooms, #payload)),
        ),
    };
    let reopen = (method.kind == Kind::Stream).then(|| {
        let name = format_ident!("reopen_{ident}");
        let docs = format!("Goes on with a [`{ident}`](Self::{ident}) that was begun before. Whoever had it has it no more.");
        quote! {
            #[doc = #docs]
            #(#others)*
            #vis fn #name(
                &self,
                stream: ::tautline::Uuid,
            ) -> impl ::core::future::Future<Output = ::core::result::Result<
                <S as ::tautline::StreamSink>::Stream<#answer, #error>,
                <S as ::tautline::StreamSink>::StreamError,
            >> + ::core::marker::Send {
                ::tautline::StreamSink::reopen(&self.0, #event, stream)
            }
        }
    });
    quote! {
        #docs
        #(#others)*
        #vis fn #ident(&self, #argument) -> #output {
            #call
        }

        #reopen
    }
}
