//! Newtypes: a name for a value, transparent on the wire.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FieldsUnnamed, Type};

use super::{
    Container,
    attributes::{described, refuse_codecs, serde},
    constraints::Constraints,
    fields::{check_function, descend},
    profile::{Place, expect_portable, last_name},
};
use crate::{mistakes::Mistakes, source::either};

/// The types under which a newtype is an identifier: it can be compared, printed and named in rooms.
const IDENTIFIERS: [&str; 8] = ["String", "Uuid", "i8", "i16", "i32", "u8", "u16", "u32"];

pub(crate) fn expand(
    container: Container,
    fields: FieldsUnnamed,
    mistakes: &mut Mistakes,
) -> TokenStream {
    let mut fields = fields.unnamed;
    if fields.len() != 1 {
        mistakes
            .at(&fields, "only a newtype has a field without a name: name the fields, or keep one");
    }
    let Some(mut field) = fields.pop().map(|last| last.into_value()) else {
        return TokenStream::new();
    };
    expect_portable(&field.ty, Place::Inside, mistakes);
    if matches!(last_name(&field.ty).as_deref(), Some("Option" | "Patch")) {
        mistakes.at(&field.ty, "a value that may be missing is a matter of the field: make the field optional, not its type");
    }
    refuse_codecs(&mut field.attrs, mistakes);
    let constraints = Constraints::take(&mut field.attrs, mistakes);

    let (vis, ident, docs) = (&container.vis, &container.ident, &container.docs);
    let (inner_vis, ty, attributes) = (&field.vis, &field.ty, &field.attrs);
    let is_identifier = last_name(ty).is_some_and(|name| IDENTIFIERS.contains(&name.as_str()));
    let head = container.head(if is_identifier {
        &["Debug", "Clone", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"]
    } else {
        &["Debug", "Clone", "PartialEq"]
    });
    let (serde, described, portable) = (serde(), described(), docs.portable());
    let schema = constraints.schema();
    let declaration = either(
        &quote! {
            #docs #head #serde #[serde(transparent)]
            #vis struct #ident(#(#attributes)* #inner_vis #ty);
        },
        &quote! {
            #portable #head #serde #described #[serde(transparent)]
            #vis struct #ident(#schema #(#attributes)* #inner_vis #ty);
        },
    );
    let place = quote!(&self.0);
    let (rules, inner) = (constraints.check(ty, &place), descend(ty, &place));
    let check = check_function(&quote!(#rules #inner));
    let conversions = conversions(&container, ty);
    let identifier = if is_identifier { identifier(&container, ty) } else { TokenStream::new() };
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::tautline::Wire for #ident { #check }
        #declaration
        #conversions
        #identifier
    }
}

fn conversions(container: &Container, ty: &Type) -> TokenStream {
    let ident = &container.ident;
    let from_text = (last_name(ty).as_deref() == Some("String")).then(|| {
        quote! {
            #[automatically_derived]
            impl ::core::convert::From<&::core::primitive::str> for #ident {
                fn from(text: &::core::primitive::str) -> Self {
                    Self(::core::convert::From::from(text))
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#ty> for #ident {
            fn from(value: #ty) -> Self {
                Self(value)
            }
        }
        #from_text
    }
}

fn identifier(container: &Container, ty: &Type) -> TokenStream {
    let ident = &container.ident;
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        #[automatically_derived]
        impl ::tautline::RoomParam for #ident {
            fn to_param(&self) -> ::std::string::String {
                <#ty as ::tautline::RoomParam>::to_param(&self.0)
            }

            fn from_param(text: &::core::primitive::str) -> ::core::option::Option<Self> {
                <#ty as ::tautline::RoomParam>::from_param(text).map(Self)
            }
        }
    }
}
