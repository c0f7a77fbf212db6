//! Structs with named fields, and what rooms have in common with them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::FieldsNamed;

use super::{
    Container, Field,
    attributes::{described, serde},
    fields::check_function,
};
use crate::{mistakes::Mistakes, source::either};

/// A struct with named fields.
pub(crate) struct Record {
    pub(crate) container: Container,
    pub(crate) fields: Vec<Field>,
}

impl Record {
    pub(crate) fn new(container: Container, fields: FieldsNamed, mistakes: &mut Mistakes) -> Self {
        Self { container, fields: Field::all(fields, mistakes) }
    }

    fn declaration(&self) -> TokenStream {
        let Container { docs, vis, ident, .. } = &self.container;
        let head = self.container.head(&["Debug", "Clone", "PartialEq"]);
        let (serde, described, portable) = (serde(), described(), docs.portable());
        let plain = self.fields.iter().map(Field::plain);
        let codegen = self.fields.iter().map(Field::codegen);
        either(
            &quote!(#docs #head #serde #vis struct #ident { #(#plain,)* }),
            &quote!(#portable #head #serde #described #vis struct #ident { #(#codegen,)* }),
        )
    }

    fn check(&self) -> TokenStream {
        self.fields
            .iter()
            .filter_map(|field| {
                let ident = &field.ident;
                field.check(&quote!(&self.#ident))
            })
            .collect()
    }
}

impl ToTokens for Record {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let ident = &self.container.ident;
        let declaration = self.declaration();
        let check = check_function(&self.check());
        let has_fields = self.fields.iter().map(|field| {
            let name = &field.ident;
            field.has_field(ident, &quote!(&self.#name))
        });
        // `Wire` first: the compiler reports in this order, and what it says of a field that cannot
        // travel is what its author should read first.
        tokens.extend(quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::tautline::Wire for #ident { #check }
            #declaration
            #(#has_fields)*
        });
    }
}
