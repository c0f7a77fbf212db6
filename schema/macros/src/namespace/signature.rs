//! The shape of one declaration: no receiver, at most one payload, no body.

use syn::{FnArg, Ident, Pat, TraitItemFn, Type};

use crate::{
    mistakes::Mistakes,
    payload::{Place, expect_portable},
};

/// The one argument of an event.
pub(super) struct Payload {
    pub(super) name: Ident,
    pub(super) ty: Type,
}

/// Reports what a declaration cannot have.
pub(super) fn expect_plain(method: &TraitItemFn, mistakes: &mut Mistakes) {
    let signature = &method.sig;
    if let Some(body) = &method.default {
        mistakes
            .at(body, "a contract says what, not how: write `;` here, and the body in the server");
    }
    for parameter in &signature.generics.params {
        mistakes.at(parameter, "an event has one shape: leave out the parameters");
    }
    if let Some(clause) = &signature.generics.where_clause {
        mistakes.at(clause, "an event has one shape: leave out the bounds");
    }
    if let Some(unsafety) = &signature.unsafety {
        mistakes.at(unsafety, "an event is safe: leave this out");
    }
    if let Some(constness) = &signature.constness {
        mistakes.at(constness, "an event is not computed: leave this out");
    }
    if let Some(abi) = &signature.abi {
        mistakes.at(abi, "an event has no ABI: leave this out");
    }
}

/// The payload of an event, if it has one.
pub(super) fn payload(method: &TraitItemFn, mistakes: &mut Mistakes) -> Option<Payload> {
    let mut found = None;
    for (index, input) in method.sig.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(receiver) => mistakes
                .at(receiver, "the macro adds `&self` and the context: write the payload alone"),
            FnArg::Typed(_) if found.is_some() || index > 0 && has_typed_before(method, index) => {
                mistakes.at(input, "an event has one payload: write a struct that holds both");
            }
            FnArg::Typed(typed) => {
                let Pat::Ident(pattern) = &*typed.pat else {
                    mistakes
                        .at(&typed.pat, "the payload wants a name, as in `message: NewMessage`");
                    continue;
                };
                expect_object(&typed.ty, mistakes);
                found = Some(Payload { name: pattern.ident.clone(), ty: (*typed.ty).clone() });
            }
        }
    }
    found
}

fn has_typed_before(method: &TraitItemFn, index: usize) -> bool {
    method.sig.inputs.iter().take(index).any(|input| matches!(input, FnArg::Typed(_)))
}

/// A payload is an object, so that fields can be added to it.
fn expect_object(ty: &Type, mistakes: &mut Mistakes) {
    const BARE: [&str; 17] = [
        "String", "bool", "i8", "i16", "i32", "u8", "u16", "u32", "Vec", "Option", "Box",
        "BTreeMap", "Bytes", "Uuid", "DateTime", "Url", "Finite",
    ];
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && BARE.iter().any(|bare| last.ident == *bare)
    {
        mistakes.at(
            ty,
            "a payload is an object, so that it can grow: write a `#[payload]` struct with this as a field",
        );
        return;
    }
    expect_portable(ty, Place::Inside, mistakes);
}
