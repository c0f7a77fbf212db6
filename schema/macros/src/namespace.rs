//! `#[namespace]`: one direction of a namespace from a trait.

mod arguments;
mod client;
mod command;
mod dispatch;
mod kind;
mod method;
mod returns;
mod server;
mod signature;
mod wire_name;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ItemTrait, Visibility};

use self::{
    arguments::{Arguments, Side},
    method::Method,
};
use crate::{
    docs::{Docs, refuse_cfg},
    mistakes::Mistakes,
    names,
};

/// One direction of a namespace, read.
struct Namespace {
    docs: Docs,
    vis: Visibility,
    /// The trait's name.
    ident: Ident,
    path: String,
    methods: Vec<Method>,
}

/// Expands `#[namespace]`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let arguments = Arguments::read(arguments, &mut mistakes);
    let expansion = match syn::parse2::<ItemTrait>(item.clone()) {
        Ok(item) => {
            let namespace = Namespace::read(&arguments, item, &mut mistakes);
            match &arguments.side {
                _ if namespace.methods.is_empty() => TokenStream::new(),
                Side::Server { client } => {
                    server::expand(&namespace, client.as_ref(), &mut mistakes)
                }
                Side::Client => client::expand(&namespace),
            }
        }
        Err(error) => {
            if syn::parse2::<syn::Item>(item.clone()).is_ok() {
                mistakes.at(&item, "`#[namespace]` stands on a trait");
            } else {
                mistakes.add(error);
            }
            item
        }
    };
    let mistakes = mistakes.into_tokens();
    quote!(#mistakes #expansion)
}

impl Namespace {
    fn read(arguments: &Arguments, item: ItemTrait, mistakes: &mut Mistakes) -> Self {
        expect_plain_trait(&item, mistakes);
        let mut attributes = item.attrs;
        let docs = Docs::take(&mut attributes, mistakes);
        refuse_cfg(&mut attributes, mistakes);
        let methods: Vec<Method> = item
            .items
            .into_iter()
            .filter_map(|item| Method::read(item, arguments, mistakes))
            .collect();
        let methods = distinct(methods, mistakes);
        let path = arguments.path.as_ref().map(syn::LitStr::value).unwrap_or_default();
        Self { docs, vis: item.vis, ident: item.ident, path, methods }
    }
}

fn expect_plain_trait(item: &ItemTrait, mistakes: &mut Mistakes) {
    names::expect_pascal(&item.ident, "trait", mistakes);
    if let Some(unsafety) = &item.unsafety {
        mistakes.at(unsafety, "a contract is safe: leave this out");
    }
    for parameter in &item.generics.params {
        mistakes.at(parameter, "a namespace is one interface: leave out the parameters");
    }
    for bound in &item.supertraits {
        mistakes.at(bound, "what implements a namespace is `Send`, `Sync` and `'static` by itself: leave out the bounds");
    }
    if item.items.is_empty() {
        mistakes.at(&item.ident, "a namespace without events has no use: write `#[event] fn …`");
    }
}

/// Reports two methods of one name, and two of one wire name; keeps the first of each.
fn distinct(methods: Vec<Method>, mistakes: &mut Mistakes) -> Vec<Method> {
    let mut kept: Vec<Method> = Vec::new();
    for method in methods {
        if kept.iter().any(|other| other.ident == method.ident) {
            mistakes.at(&method.ident, format!("`{}` is declared twice", method.ident));
            continue;
        }
        if let Some(other) = kept.iter().find(|other| other.wire == method.wire) {
            mistakes.at(
                &method.ident,
                format!(
                    "`{}` and `{}` have one wire name, `{}`: rename one",
                    other.ident, method.ident, method.wire
                ),
            );
        }
        if let Some(other) = kept.iter().find(|other| other.enters_room_of(&method)) {
            mistakes.at(
                &method.ident,
                format!("`{}` enters the same room: one join per room", other.ident),
            );
            continue;
        }
        kept.push(method);
    }
    kept
}
