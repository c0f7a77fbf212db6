//! Where an item is written, as a fact; and the two forms of an item, with codegen and without.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// `Source` of the item that this identifier names. Spanned there, so that `line!` counts from there.
pub(crate) fn source(ident: &Ident) -> TokenStream {
    let span: Span = ident.span();
    let place = quote_spanned!(span=> file: ::core::file!(), line: ::core::line!());
    quote!(::tautline::Source { #place })
}

/// The tokens at another place, so that an error about them is shown there.
pub(crate) fn respanned(tokens: &TokenStream, span: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}

/// An item in two forms, of which `tautline` takes one after its own feature `codegen`.
pub(crate) fn either(plain: &TokenStream, codegen: &TokenStream) -> TokenStream {
    quote!(::tautline::__either! { { #plain } { #codegen } })
}
