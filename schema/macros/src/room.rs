//! `#[room]`: a payload whose fields name a room.

mod helpers;
mod pattern;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Fields, Ident, ItemStruct, LitStr, Path, spanned::Spanned};

use crate::{
    arguments::{each_once, parse_with_text},
    duration,
    mistakes::Mistakes,
    names,
    payload::{Container, Record, expect_no_generics, fallback},
    source::source,
};

const KEYS: [&str; 3] = ["retention", "presence", "receipts"];
const TEXT: &str =
    "a room wants the pattern of its names: write `#[room(\"session:{session_id}\")]`";

/// What the attribute says.
struct Arguments {
    pattern: Option<LitStr>,
    retention: Option<(Option<u32>, Option<u64>)>,
    presence: Option<Path>,
    receipts: bool,
}

/// Expands `#[room]`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let arguments = read(arguments, &mut mistakes);
    let expansion = match syn::parse2::<ItemStruct>(item.clone()) {
        Ok(item) => expand_struct(&arguments, item, &mut mistakes),
        Err(_) => {
            mistakes.at(&item, "`#[room]` stands on a struct with named fields");
            item
        }
    };
    let mistakes = mistakes.into_tokens();
    quote!(#mistakes #expansion)
}

fn read(tokens: TokenStream, mistakes: &mut Mistakes) -> Arguments {
    let (pattern, arguments) = parse_with_text(tokens, mistakes);
    let mut found = Arguments { pattern, retention: None, presence: None, receipts: false };
    for argument in each_once(arguments, mistakes) {
        match argument.key.to_string().as_str() {
            "retention" => {
                let wanted = "how long events are kept, as in \"10000 or 30d\"";
                found.retention = argument.read(wanted, mistakes, duration::retention);
            }
            "presence" => {
                found.presence = argument.path("the type that members show each other", mistakes);
            }
            "receipts" => found.receipts = argument.flag(mistakes),
            _ => argument.unknown(&KEYS, mistakes),
        }
    }
    found
}

fn expand_struct(arguments: &Arguments, item: ItemStruct, mistakes: &mut Mistakes) -> TokenStream {
    let item_tokens = item.to_token_stream();
    expect_no_generics(&item.generics, mistakes);
    let container = Container::new(item.attrs, item.vis, item.ident, mistakes);
    let Fields::Named(fields) = item.fields else {
        let name = &container.ident;
        mistakes
            .at(name, format!("the fields of a room have names: write `struct {name} {{ … }}`"));
        return fallback(item_tokens);
    };
    let record = Record::new(container, fields, mistakes);
    let Some(text) = &arguments.pattern else {
        mistakes.at(&record.container.ident, TEXT);
        return fallback(item_tokens);
    };
    let order = pattern::parameters(text, &record, mistakes);
    if !mistakes.is_empty() {
        return fallback(item_tokens);
    }
    let room = room_impl(arguments, text, &record, &order);
    let of = helpers::of(&record);
    quote!(#record #room #of)
}

fn room_impl(
    arguments: &Arguments,
    pattern: &LitStr,
    record: &Record,
    order: &[Ident],
) -> TokenStream {
    let Container { ident, docs, .. } = &record.container;
    let (name, text, source) = (ident.to_string(), docs.text(), source(ident));
    let params = order.iter().map(|field| {
        let rust = names::plain(field);
        let wire = names::camel(&rust);
        quote!(::tautline::RoomParamFacts { field: #rust, wire: #wire })
    });
    let types = order.iter().map(|field| {
        record.fields.iter().find(|known| known.ident == *field).map(|known| &known.ty)
    });
    let encode = order.iter().zip(types.clone()).map(|(field, ty)| {
        let span = ty.span();
        quote::quote_spanned!(span=> <#ty as ::tautline::RoomParam>::to_param(&self.#field))
    });
    let decode = order
        .iter()
        .zip(types)
        .map(|(field, ty)| quote!(#field: <#ty as ::tautline::RoomParam>::from_param(&#field)?));
    let retention = match arguments.retention {
        None => quote!(::tautline::Retention::DEFAULT),
        Some((count, age)) => {
            let (count, age) = (option(count), option(age));
            quote!(::tautline::Retention { count: #count, age_ms: #age })
        }
    };
    let presence = match &arguments.presence {
        None => quote!(::core::option::Option::None),
        // By way of the room, so that a type that cannot travel is one mistake and not five.
        Some(_) => {
            quote!(::core::option::Option::Some(::tautline::private::presence_type::<#ident>()))
        }
    };
    let receipts = arguments.receipts;
    let presence_type = match &arguments.presence {
        None => quote!(::tautline::NoPresence),
        Some(ty) => ty.to_token_stream(),
    };
    quote! {
        #[automatically_derived]
        impl ::tautline::Room for #ident {
            const FACTS: &'static ::tautline::RoomFacts = &::tautline::RoomFacts {
                name: #name,
                pattern: #pattern,
                docs: #text,
                params: &[#(#params),*],
                retention: #retention,
                presence: #presence,
                receipts: #receipts,
                ty: ::tautline::TypeRef::checked::<Self>(),
                source: #source,
            };

            type Presence = #presence_type;

            fn name(&self) -> ::tautline::RoomName {
                ::tautline::private::format_name(#pattern, &[#(#encode),*])
            }

            fn parse(name: &::core::primitive::str) -> ::core::option::Option<Self> {
                let [#(#order),*] = ::tautline::private::parse_name(#pattern, name)?.try_into().ok()?;
                ::core::option::Option::Some(Self { #(#decode),* })
            }
        }
    }
}

fn option<T: ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
