//! `contract!`: the namespaces of a crate as one contract.

mod values;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Expr, ExprLit, Ident, Lit, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned,
};

use self::values::{auth, expect_kebab, expect_version, namespaces, text, texts};
use crate::mistakes::{Mistakes, not_one_of};

const KEYS: [&str; 7] = ["name", "version", "namespaces", "scopes", "flags", "auth", "guests"];

/// `key: value`.
struct Entry {
    key: Ident,
    value: Expr,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        Ok(Self { key, value: input.parse()? })
    }
}

/// What the author declares.
#[derive(Default)]
struct Declaration {
    name: Option<LitStr>,
    version: Option<LitStr>,
    namespaces: Option<Vec<Path>>,
    scopes: Vec<LitStr>,
    flags: Vec<LitStr>,
    auth: Option<Ident>,
    guests: Option<(Span, bool)>,
}

/// Expands `contract!`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let parser = Punctuated::<Entry, Token![,]>::parse_terminated;
    let entries = mistakes.take(parser.parse2(input));
    let mut found = Declaration::default();
    let mut seen: Vec<Ident> = Vec::new();
    for entry in entries.into_iter().flatten() {
        if seen.contains(&entry.key) {
            mistakes.at(&entry.key, format!("`{}` is given twice", entry.key));
        }
        found.read(&entry, &mut mistakes);
        seen.push(entry.key);
    }
    if mistakes.is_empty() {
        for key in ["name", "version", "namespaces", "auth"] {
            if !seen.iter().any(|known| known == key) {
                mistakes.span(
                    Span::call_site(),
                    format!("a contract says its `{key}`: write `{key}: …`"),
                );
            }
        }
    }
    let function = found.function();
    let mistakes = mistakes.into_tokens();
    quote!(#mistakes #function)
}

impl Declaration {
    fn read(&mut self, entry: &Entry, mistakes: &mut Mistakes) {
        let value = &entry.value;
        match entry.key.to_string().as_str() {
            "name" => {
                self.name =
                    text("name", value, "the contract's name, as in \"agent-chat\"", mistakes);
                if let Some(name) = &self.name {
                    expect_kebab(name, mistakes)
                }
            }
            "version" => {
                self.version =
                    text("version", value, "the contract's version, as in \"1.0.0\"", mistakes);
                if let Some(version) = &self.version {
                    expect_version(version, mistakes)
                }
            }
            "namespaces" => self.namespaces = Some(namespaces(value, mistakes)),
            "scopes" => {
                self.scopes = texts("scope", "[\"chat:read\", \"chat:write\"]", value, mistakes);
            }
            "flags" => {
                self.flags = texts("flag", "[\"chat-search\"]", value, mistakes);
            }
            "auth" => self.auth = auth(value, mistakes),
            "guests" => match value {
                Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. }) => {
                    self.guests = Some((value.span(), flag.value));
                }
                other => mistakes.at(other, "`guests` wants `true` or `false`"),
            },
            other => mistakes.at(&entry.key, not_one_of("key", other, &KEYS)),
        }
        if let (Some(auth), Some((span, false))) = (&self.auth, self.guests)
            && auth == "None"
        {
            mistakes.span(span, "without `auth` everybody is a guest: leave this out");
            self.guests = None;
        }
    }

    /// The function and the laws that it must satisfy, whatever else is wrong.
    fn function(&self) -> TokenStream {
        let empty = LitStr::new("", Span::call_site());
        let (name, version) =
            (self.name.as_ref().unwrap_or(&empty), self.version.as_ref().unwrap_or(&empty));
        let namespaces = self.namespaces.iter().flatten().map(|namespace| {
            quote_spanned!(namespace.span()=> <#namespace as ::tautline::Namespace>::FACTS)
        });
        let (scopes, flags) = (&self.scopes, &self.flags);
        let auth = self.auth.clone().unwrap_or_else(|| Ident::new("None", Span::call_site()));
        let guests = self.guests.map_or(auth == "None", |(_, guests)| guests);
        let (hash, versions) = (generated_hash(), generated_versions());
        let law = quote_spanned! {name.span()=>
            const _: () = match LAW.broken() {
                ::core::option::Option::Some(message) => ::core::panic!("{}", message),
                ::core::option::Option::None => {}
            };
        };
        quote! {
            /// The contract of this crate.
            pub fn contract() -> &'static ::tautline::Contract {
                const CONTRACT: &::tautline::Contract = &::tautline::Contract {
                    name: #name,
                    version: #version,
                    hash: #hash,
                    versions: #versions,
                    namespaces: &[#(#namespaces),*],
                    scopes: &[#(#scopes),*],
                    flags: &[#(#flags),*],
                    auth: ::tautline::Auth::#auth,
                    guests: #guests,
                };
                const LAW: ::tautline::private::Laws = ::tautline::private::Laws::of(CONTRACT);
                #law
                CONTRACT
            }
        }
    }
}

/// The hash that the last `write` left beside the contract; empty before the first one.
///
/// `include!` makes cargo look at the file. A build without the file cannot watch for it, so
/// `write` touches the contract when it makes the file.
fn generated_hash() -> TokenStream {
    if is_generated("src/generated.rs") {
        quote! {{
            #[allow(unreachable_pub, reason = "the file does not know where it is included")]
            mod generated {
                ::core::include!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/src/generated.rs"));
            }
            generated::CONTRACT_HASH
        }}
    } else {
        quote!("")
    }
}

/// What the last `write` found out about older states; empty before the first one.
fn generated_versions() -> TokenStream {
    if is_generated("contract.compat.json") {
        quote! {
            ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/contract.compat.json"))
        }
    } else {
        quote!("")
    }
}

/// Whether a file is there in the crate that is being compiled.
fn is_generated(path: &str) -> bool {
    std::env::var("CARGO_MANIFEST_DIR")
        .is_ok_and(|root| std::path::Path::new(&root).join(path).is_file())
}
