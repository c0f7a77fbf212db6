//! `Room::of`: a room from the fields of a payload. One named trait per field, so that a payload
//! without it gets a sentence and not a hash.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::{names, payload::Record};

pub(super) fn of(record: &Record) -> TokenStream {
    let (room, vis) = (&record.container.ident, &record.container.vis);
    let helpers: Vec<Ident> = record
        .fields
        .iter()
        .map(|field| {
            let name = names::pascal(&names::plain(&field.ident));
            format_ident!("__{}Has{}", room, name, span = room.span())
        })
        .collect();
    let traits = record.fields.iter().zip(&helpers).map(|(field, helper)| {
        let (rust, ty) = (names::plain(&field.ident), &field.ty);
        let written = ty.to_token_stream().to_string().replace(' ', "");
        let message = format!("`{{Self}}` has no field `{rust}: {written}`");
        let label = format!("this does not say which `{room}` it belongs to");
        let note = format!(
            "the room `{room}` is named by `{rust}`: give the payload `pub {rust}: {written}`"
        );
        quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types, reason = "hidden from the author's names")]
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            #vis trait #helper {
                fn __take(&self) -> #ty;
            }

            #[diagnostic::do_not_recommend]
            impl<P> #helper for P
            where
                P: ::tautline::private::HasField<{ ::tautline::private::field_hash(#rust) }, #ty>,
            {
                fn __take(&self) -> #ty {
                    ::core::clone::Clone::clone(::tautline::private::HasField::<
                        { ::tautline::private::field_hash(#rust) },
                        #ty,
                    >::field(self))
                }
            }
        }
    });
    let idents = record.fields.iter().map(|field| &field.ident);
    quote! {
        #(#traits)*

        impl #room {
            /// The room that a payload belongs to: its fields of the same name and type say which.
            #vis fn of<P: #(#helpers +)* ?::core::marker::Sized>(payload: &P) -> Self {
                let _ = payload;
                Self { #(#idents: #helpers::__take(payload)),* }
            }
        }
    }
}
