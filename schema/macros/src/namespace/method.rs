//! One event of a namespace, read from its declaration.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Ident, TraitItem, Type, spanned::Spanned};

use super::{
    arguments::Arguments,
    kind,
    returns::{self, Returns},
    signature::{self, Payload},
    wire_name,
};
use crate::{
    docs::{Docs, refuse_cfg},
    mistakes::Mistakes,
    policy::{self, Kind, Policy, Subject},
    source::{respanned, source},
};

/// One event.
pub(super) struct Method {
    pub(super) docs: Docs,
    /// Lint levels and deprecation, kept on what is generated.
    pub(super) others: Vec<Attribute>,
    pub(super) ident: Ident,
    /// The name that travels.
    pub(super) wire: String,
    pub(super) kind: Kind,
    pub(super) acknowledged: bool,
    pub(super) payload: Option<Payload>,
    pub(super) returns: Option<Returns>,
    pub(super) policy: Policy,
}

impl Method {
    pub(super) fn read(
        item: TraitItem,
        arguments: &Arguments,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let TraitItem::Fn(mut method) = item else {
            mistakes.at(item, "a namespace has events only: write `#[event] fn …`");
            return None;
        };
        let docs = Docs::take(&mut method.attrs, mistakes);
        let (kind, own) = kind::take(&mut method, &arguments.side, mistakes)?;
        refuse_cfg(&mut method.attrs, mistakes);
        signature::expect_plain(&method, mistakes);
        let payload = signature::payload(&method, mistakes);
        let returns = returns::read(&method, kind, mistakes);
        let acknowledged = method.sig.asyncness.is_some();
        let subject = Subject {
            kind,
            acknowledged,
            is_library: !arguments.prefix.is_empty(),
            has_payload: payload.is_some(),
            has_answer: returns.as_ref().is_some_and(|returns| returns.answer.is_some()),
        };
        let ident = method.sig.ident;
        let mut policy = Policy::read(policy::arguments(&own, mistakes), subject, &ident, mistakes);
        if kind == Kind::Join {
            match payload.as_ref().map(|payload| &payload.ty) {
                Some(Type::Path(room)) => policy.rooms = vec![room.path.clone()],
                _ => mistakes
                    .at(&ident, "a join enters a room: write `room: ChatSession` as its argument"),
            }
        }
        let wire = wire_name::wire_name(&ident, &policy, &arguments.prefix, mistakes);
        let is_free = wire_name::is_free(&ident, &arguments.side, mistakes);
        let is_whole =
            returns.is_some() || !matches!(kind, Kind::Join | Kind::Stream | Kind::Question);
        (is_free && is_whole).then_some(Self {
            docs,
            others: method.attrs,
            ident,
            wire,
            kind,
            acknowledged,
            payload,
            returns,
            policy,
        })
    }

    /// Whether both are joins of one room.
    pub(super) fn enters_room_of(&self, other: &Self) -> bool {
        self.kind == Kind::Join
            && other.kind == Kind::Join
            && !self.policy.rooms.is_empty()
            && self.policy.rooms == other.policy.rooms
    }

    /// The fact about the event.
    pub(super) fn fact(&self) -> TokenStream {
        let (name, docs, source) = (&self.wire, self.docs.text(), source(&self.ident));
        let limit = self.policy.limit_ms.unwrap_or_default();
        let kind = match self.kind {
            Kind::Command | Kind::Event => quote!(Plain),
            Kind::Join => quote!(Join),
            Kind::Stream => quote!(Stream { lease_ms: #limit }),
            Kind::Question => quote!(Question { expires_ms: #limit }),
        };
        let payload = self.payload.as_ref().map(|payload| &payload.ty);
        let answer = self.returns.as_ref().and_then(|returns| returns.answer.as_ref());
        let error = match &self.returns {
            Some(Returns { error, .. }) => quote_spanned! {error.span()=>
                ::core::option::Option::Some(<#error as ::tautline::ContractError>::FACTS)
            },
            None => quote!(::core::option::Option::None),
        };
        let acknowledged = self.acknowledged;
        let policy = self.policy.fact(payload, answer);
        let (payload, answer) = (type_ref(payload), type_ref(answer));
        quote! {
            ::tautline::Event {
                name: #name,
                docs: #docs,
                kind: ::tautline::EventKind::#kind,
                payload: #payload,
                acknowledged: #acknowledged,
                answer: #answer,
                error: #error,
                policy: #policy,
                source: #source,
            }
        }
    }

    /// The answer's type; `()` where there is none.
    pub(super) fn answer(&self) -> TokenStream {
        match self.returns.as_ref().and_then(|returns| returns.answer.as_ref()) {
            Some(answer) => quote!(#answer),
            None => quote!(()),
        }
    }

    /// The documentation, or the wire name where the author wrote none.
    pub(super) fn docs(&self) -> TokenStream {
        self.docs.or(&format!("`{}`.", self.wire))
    }

    /// The rooms that `payload`, a reference, belongs to.
    pub(super) fn rooms(&self, payload: &TokenStream) -> TokenStream {
        let rooms = self.policy.rooms.iter().map(|room| {
            if self.kind == Kind::Join {
                quote_spanned!(room.span()=> <#room as ::tautline::Room>::name(#payload))
            } else {
                let payload = respanned(payload, room.span());
                quote_spanned!(room.span()=> <#room as ::tautline::Room>::name(&<#room>::of(#payload)))
            }
        });
        quote!(::std::vec![#(#rooms),*])
    }
}

/// A fact about a type of the profile, spanned there.
fn type_ref(ty: Option<&Type>) -> TokenStream {
    match ty {
        Some(ty) => quote_spanned! {ty.span()=>
            ::core::option::Option::Some({
                ::tautline::private::is_wire::<#ty>();
                ::tautline::TypeRef::checked::<#ty>()
            })
        },
        None => quote!(::core::option::Option::None),
    }
}
