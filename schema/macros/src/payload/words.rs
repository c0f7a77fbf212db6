//! Enums without fields: words on the wire.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, Ident, Token, Variant, punctuated::Punctuated};

use super::{
    Container,
    attributes::{described, refuse_codecs, serde},
    open,
};
use crate::{
    docs::{Docs, refuse_cfg},
    mistakes::Mistakes,
    names,
    source::either,
};

/// One word.
pub(crate) struct Word {
    pub(crate) docs: Docs,
    pub(crate) ident: Ident,
    pub(crate) wire: String,
    pub(crate) others: Vec<Attribute>,
    discriminant: Option<Expr>,
}

impl Word {
    fn new(variant: Variant, mistakes: &mut Mistakes) -> Self {
        let mut others = variant.attrs;
        names::expect_pascal(&variant.ident, "variant", mistakes);
        let docs = Docs::take(&mut others, mistakes);
        refuse_codecs(&mut others, mistakes);
        refuse_cfg(&mut others, mistakes);
        let wire = names::snake(&names::plain(&variant.ident));
        let discriminant = variant.discriminant.map(|(_, value)| value);
        Self { docs, ident: variant.ident, wire, others, discriminant }
    }
}

pub(crate) fn expand(
    container: Container,
    variants: Punctuated<Variant, Token![,]>,
    is_open: bool,
    mistakes: &mut Mistakes,
) -> TokenStream {
    let words: Vec<Word> =
        variants.into_iter().map(|variant| Word::new(variant, mistakes)).collect();
    names::expect_distinct(
        words.iter().map(|word| (&word.ident, word.wire.as_str())),
        "variant",
        mistakes,
    );
    if is_open {
        open::expect_no_unknown(words.iter().map(|word| &word.ident), mistakes);
        return open::words(&container, &words);
    }
    let Container { docs, vis, ident, .. } = &container;
    let head = container.head(&["Debug", "Clone", "PartialEq"]);
    let (serde, described, portable) = (serde(), described(), docs.portable());
    let plain = words.iter().map(|word| {
        let (docs, body) = (&word.docs, word.body());
        quote!(#docs #body)
    });
    let codegen = words.iter().map(|word| {
        let (docs, body) = (word.docs.portable(), word.body());
        quote!(#docs #body)
    });
    let declaration = either(
        &quote!(#docs #head #serde #vis enum #ident { #(#plain,)* }),
        &quote!(#portable #head #serde #described #vis enum #ident { #(#codegen,)* }),
    );
    quote! {
        #declaration
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::tautline::Wire for #ident {}
    }
}

impl Word {
    fn body(&self) -> TokenStream {
        let Self { ident, wire, others, discriminant, .. } = self;
        let discriminant = discriminant.as_ref().map(|value| quote!(= #value));
        quote!(#[serde(rename = #wire)] #(#others)* #ident #discriminant)
    }
}
