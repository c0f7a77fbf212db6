//! One named field: its wire name, how it may be missing, what it must satisfy.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, FieldsNamed, Ident, Type, Visibility, spanned::Spanned};

use super::{
    attributes::refuse_codecs,
    constraints::Constraints,
    profile::{Place, expect_portable, is_plain, last_name},
};
use crate::{
    docs::{Docs, refuse_cfg},
    mistakes::Mistakes,
    names,
    source::respanned,
};

/// A named field of a struct or a variant.
pub(crate) struct Field {
    pub(crate) docs: Docs,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// The name on the wire.
    pub(crate) wire: String,
    pub(crate) ty: Type,
    others: Vec<Attribute>,
    constraints: Constraints,
}

impl Field {
    /// Reads the fields between a pair of braces.
    pub(crate) fn all(fields: FieldsNamed, mistakes: &mut Mistakes) -> Vec<Self> {
        let fields: Vec<Self> =
            fields.named.into_iter().filter_map(|field| Self::new(field, mistakes)).collect();
        names::expect_distinct(
            fields.iter().map(|field| (&field.ident, field.wire.as_str())),
            "field",
            mistakes,
        );
        fields
    }

    fn new(field: syn::Field, mistakes: &mut Mistakes) -> Option<Self> {
        let ident = field.ident?;
        let mut others = field.attrs;
        names::expect_snake(&ident, "field", mistakes);
        expect_portable(&field.ty, Place::Field, mistakes);
        let docs = Docs::take(&mut others, mistakes);
        refuse_codecs(&mut others, mistakes);
        refuse_cfg(&mut others, mistakes);
        let constraints = Constraints::take(&mut others, mistakes);
        let wire = names::camel(&names::plain(&ident));
        Some(Self { docs, vis: field.vis, ident, wire, ty: field.ty, others, constraints })
    }

    /// The field as it is declared, for a build without codegen.
    pub(crate) fn plain(&self) -> TokenStream {
        let docs = &self.docs;
        let body = self.body();
        quote!(#docs #body)
    }

    /// The field as it is declared, with what ts-rs and schemars read.
    pub(crate) fn codegen(&self) -> TokenStream {
        let (docs, schema, body) = (self.docs.portable(), self.constraints.schema(), self.body());
        quote!(#docs #schema #body)
    }

    fn body(&self) -> TokenStream {
        let Self { vis, ident, wire, ty, others, .. } = self;
        let missing = match last_name(ty).as_deref() {
            Some("Option") => {
                quote!(#[serde(default, skip_serializing_if = "::core::option::Option::is_none")])
            }
            Some("Patch") => {
                quote!(#[serde(default, skip_serializing_if = "::tautline::Patch::is_absent")])
            }
            _ => TokenStream::new(),
        };
        quote!(#[serde(rename = #wire)] #missing #(#others)* #vis #ident: #ty)
    }

    /// Reports what the value behind `place`, a reference, breaks; `None` if nothing can.
    pub(crate) fn check(&self, place: &TokenStream) -> Option<TokenStream> {
        let wire = &self.wire;
        let rules = self.constraints.check(&self.ty, place);
        let inner = descend(&self.ty, place);
        if rules.is_empty() && inner.is_empty() {
            return None;
        }
        Some(quote! {
            ::tautline::Report::field(report, #wire, |report| { #rules #inner });
        })
    }

    /// A reference to the field for rooms that take their parameters from payloads.
    pub(crate) fn has_field(&self, owner: &Ident, found: &TokenStream) -> TokenStream {
        let (ty, name) = (&self.ty, names::plain(&self.ident));
        quote! {
            #[automatically_derived]
            impl ::tautline::private::HasField<{ ::tautline::private::field_hash(#name) }, #ty>
                for #owner
            {
                fn field(&self) -> &#ty {
                    #found
                }
            }
        }
    }
}

/// Whether the type says that a field may be missing.
fn is_optional(ty: &Type) -> bool {
    matches!(last_name(ty).as_deref(), Some("Option" | "Patch"))
}

/// The check of a value's own type, spanned there: a type outside the profile errs at its tokens.
pub(crate) fn descend(ty: &Type, place: &TokenStream) -> TokenStream {
    if is_plain(ty) {
        return TokenStream::new();
    }
    let place = respanned(place, ty.span());
    // Behind an alias the tokens do not say that the field may be missing, and it would travel as
    // `null`.
    let is_required = (!is_optional(ty)).then(|| {
        quote_spanned! {ty.span()=>
            const _: () = ::core::assert!(
                !<#ty as ::tautline::Wire>::IS_OPTIONAL,
                "this type may be missing, and its name does not say so: write `Option<T>` or `Patch<T>` without an alias",
            );
        }
    });
    quote_spanned!(ty.span()=> { #is_required <#ty as ::tautline::Wire>::check(#place, report); })
}

/// `fn check` of a type, from the checks of its parts.
pub(crate) fn check_function(body: &TokenStream) -> TokenStream {
    if body.is_empty() {
        return TokenStream::new();
    }
    quote! {
        fn check(&self, report: &mut ::tautline::Report) {
            #body
        }
    }
}
