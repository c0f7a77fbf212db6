//! Enums with fields: objects told apart by the tag `type`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Ident, Token, Variant, punctuated::Punctuated};

use super::{
    Container, Field,
    attributes::{described, refuse_codecs, serde},
    fields::check_function,
    open,
};
use crate::{
    docs::{Docs, refuse_cfg},
    mistakes::Mistakes,
    names,
    source::either,
};

/// One kind of object. `fields` is `None` for a variant without braces.
pub(crate) struct Kind {
    docs: Docs,
    pub(crate) ident: Ident,
    pub(crate) wire: String,
    others: Vec<Attribute>,
    pub(crate) fields: Option<Vec<Field>>,
}

impl Kind {
    /// Reads a variant of a payload.
    fn new(variant: Variant, mistakes: &mut Mistakes) -> Self {
        let mut others = variant.attrs;
        names::expect_pascal(&variant.ident, "variant", mistakes);
        let docs = Docs::take(&mut others, mistakes);
        refuse_codecs(&mut others, mistakes);
        refuse_cfg(&mut others, mistakes);
        let wire = names::snake(&names::plain(&variant.ident));
        if let Some((_, value)) = &variant.discriminant {
            mistakes.at(value, "a number for a variant does not travel: leave it out");
        }
        let fields = match variant.fields {
            Fields::Unit => None,
            Fields::Named(fields) => Some(Field::all(fields, mistakes)),
            Fields::Unnamed(fields) => {
                let name = &variant.ident;
                let way_out =
                    format!("a variant's fields have names on the wire: write `{name} {{ … }}`");
                mistakes.at(fields, way_out);
                None
            }
        };
        for field in fields.iter().flatten().filter(|field| field.wire == "type") {
            mistakes.at(
                &field.ident,
                "`type` is the tag that tells the variants apart: rename the field",
            );
        }
        Self { docs, ident: variant.ident, wire, others, fields }
    }

    /// The variant as it is declared.
    pub(crate) fn declaration(&self, codegen: bool) -> TokenStream {
        let Self { ident, wire, others, .. } = self;
        let docs = if codegen { self.docs.portable() } else { self.docs.to_token_stream() };
        let fields = self.fields.as_ref().map(|fields| {
            let fields =
                fields.iter().map(|field| if codegen { field.codegen() } else { field.plain() });
            quote!({ #(#fields,)* })
        });
        quote!(#docs #[serde(rename = #wire)] #(#others)* #ident #fields)
    }

    /// The variant as a pattern or as an expression, each field by its own name.
    pub(crate) fn shape(&self) -> TokenStream {
        let ident = &self.ident;
        let fields = self.fields.as_ref().map(|fields| {
            let idents = fields.iter().map(|field| &field.ident);
            quote!({ #(#idents),* })
        });
        quote!(#ident #fields)
    }

    fn check(&self) -> Option<TokenStream> {
        let ident = &self.ident;
        let (names, checks): (Vec<_>, Vec<_>) = self
            .fields
            .iter()
            .flatten()
            .filter_map(|field| {
                let name = &field.ident;
                Some((name, field.check(&quote!(#name))?))
            })
            .unzip();
        (!checks.is_empty()).then(|| quote!(Self::#ident { #(#names,)* .. } => { #(#checks)* }))
    }
}

pub(crate) fn expand(
    container: Container,
    variants: Punctuated<Variant, Token![,]>,
    is_open: bool,
    mistakes: &mut Mistakes,
) -> TokenStream {
    let kinds: Vec<Kind> =
        variants.into_iter().map(|variant| Kind::new(variant, mistakes)).collect();
    names::expect_distinct(
        kinds.iter().map(|kind| (&kind.ident, kind.wire.as_str())),
        "variant",
        mistakes,
    );
    let ident = &container.ident;
    let declaration = if is_open {
        open::expect_no_unknown(kinds.iter().map(|kind| &kind.ident), mistakes);
        open::tagged(&container, &kinds)
    } else {
        closed(&container, &kinds)
    };
    let check = check_function(&checks(&kinds));
    let has_fields = if is_open { TokenStream::new() } else { common_fields(ident, &kinds) };
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::tautline::Wire for #ident { #check }
        #declaration
        #has_fields
    }
}

fn closed(container: &Container, kinds: &[Kind]) -> TokenStream {
    let Container { docs, vis, ident, .. } = container;
    let head = container.head(&["Debug", "Clone", "PartialEq"]);
    let (serde, described, portable) = (serde(), described(), docs.portable());
    let plain = kinds.iter().map(|kind| kind.declaration(false));
    let codegen = kinds.iter().map(|kind| kind.declaration(true));
    either(
        &quote!(#docs #head #serde #[serde(tag = "type")] #vis enum #ident { #(#plain,)* }),
        &quote!(#portable #head #serde #described #[serde(tag = "type")] #vis enum #ident { #(#codegen,)* }),
    )
}

fn checks(kinds: &[Kind]) -> TokenStream {
    let arms: Vec<TokenStream> = kinds.iter().filter_map(Kind::check).collect();
    if arms.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unreachable_patterns, reason = "every variant may have an arm already")]
        match self { #(#arms)* _ => {} }
    }
}

/// The fields that every variant has with the same type, so that a room can take them.
fn common_fields(owner: &Ident, kinds: &[Kind]) -> TokenStream {
    let Some((first, rest)) = kinds.split_first() else { return TokenStream::new() };
    let in_all = |field: &&Field| {
        rest.iter().all(|kind| {
            kind.fields.iter().flatten().any(|other| {
                other.ident == field.ident
                    && other.ty.to_token_stream().to_string()
                        == field.ty.to_token_stream().to_string()
            })
        })
    };
    let idents: Vec<&Ident> = kinds.iter().map(|kind| &kind.ident).collect();
    first
        .fields
        .iter()
        .flatten()
        .filter(in_all)
        .map(|field| {
            let name = &field.ident;
            field
                .has_field(owner, &quote!(match self { #(Self::#idents { #name, .. } => #name,)* }))
        })
        .collect()
}
