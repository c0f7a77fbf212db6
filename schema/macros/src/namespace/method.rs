//! One event of a namespace, read from its declaration.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Ident, TraitItem, TraitItemFn, Type, spanned::Spanned};

use super::{
    arguments::{Arguments, Side},
    returns::{self, Returns},
    signature::{self, Payload},
};
use crate::{
    docs::{Docs, expect_harmless},
    mistakes::Mistakes,
    names,
    policy::{self, Kind, Policy, Subject},
    source::source,
};

/// Names that Socket.IO keeps for itself.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

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
        let (kind, own) = take_kind(&mut method, &arguments.side, mistakes)?;
        expect_harmless(&method.attrs, mistakes);
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
        let wire = wire_name(&ident, &policy, &arguments.prefix, mistakes);
        expect_free(&ident, &arguments.side, mistakes);
        Some(Self {
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
                ::tautline::TypeRef::of::<#ty>()
            })
        },
        None => quote!(::core::option::Option::None),
    }
}

/// The tokens at another place, so that an error about them is shown there.
fn respanned(tokens: &TokenStream, span: proc_macro2::Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(span.resolved_at(token.span()));
            token
        })
        .collect()
}

/// Takes the attribute that says what the method is.
fn take_kind(
    method: &mut TraitItemFn,
    side: &Side,
    mistakes: &mut Mistakes,
) -> Option<(Kind, Attribute)> {
    let mut found: Vec<(Kind, Attribute)> = Vec::new();
    let on_server = matches!(side, Side::Server { .. });
    method.attrs.retain(|attribute| {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else { return true };
        let kind = match (name.as_str(), on_server) {
            ("event", true) => Kind::Command,
            ("event", false) => Kind::Event,
            ("join", true) => Kind::Join,
            ("stream", false) => Kind::Stream,
            ("question", false) => Kind::Question,
            ("stream" | "question", true) => {
                mistakes.at(attribute, format!("`#[{name}]` comes from the server: write it on the trait with `side = client`"));
                return false;
            }
            ("join", false) => {
                mistakes.at(attribute, "`#[join]` comes from a client: write it on the server's trait");
                return false;
            }
            _ => return true,
        };
        found.push((kind, attribute.clone()));
        false
    });
    let mut found = found.into_iter();
    let first = found.next();
    for (kind, attribute) in found {
        mistakes.at(
            attribute,
            format!("an event is one thing: leave out this `#[{}]`", kind.attribute()),
        );
    }
    if first.is_none() && mistakes.is_empty() {
        let known = if on_server {
            "`#[event]` or `#[join]`"
        } else {
            "`#[event]`, `#[stream]` or `#[question]`"
        };
        mistakes.at(
            &method.sig.ident,
            format!("`{}` does not say what it is: write {known} above it", method.sig.ident),
        );
    }
    first
}

fn wire_name(ident: &Ident, policy: &Policy, prefix: &str, mistakes: &mut Mistakes) -> String {
    names::expect_snake(ident, "event", mistakes);
    let (name, span) = match &policy.name {
        Some(name) => (name.value(), name.span()),
        None => (names::plain(ident), ident.span()),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/-".contains(c)) {
        mistakes.span(
            span,
            format!(
                "the wire name `{name}` has something else than letters, digits and `_ . : / -`"
            ),
        );
    }
    if name.starts_with("tautline:") {
        mistakes.span(
            span,
            "the names that begin with `tautline:` are the library's: write another one",
        );
    }
    if RESERVED.contains(&name.as_str()) {
        mistakes.span(span, format!("`{name}` is a name of Socket.IO itself: write another one"));
    }
    format!("{prefix}{name}")
}

/// Reports a method that has the name of one that the macro adds.
fn expect_free(ident: &Ident, side: &Side, mistakes: &mut Mistakes) {
    let name = ident.to_string();
    if matches!(side, Side::Server { .. })
        && (["connected", "disconnected"].contains(&name.as_str())
            || name.starts_with("authorize_"))
    {
        mistakes.at(
            ident,
            format!("the trait gets a method `{name}` or alike by itself: write another name, and `#[event(name = \"{name}\")]`"),
        );
    }
}
