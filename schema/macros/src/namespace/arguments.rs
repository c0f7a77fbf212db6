//! What `#[namespace(…)]` says.

use proc_macro2::TokenStream;
use syn::{Ident, LitStr, Path, spanned::Spanned};

use crate::{
    arguments::{Argument, Value, each_once, parse_with_text, word},
    mistakes::Mistakes,
};

/// The arguments of the attribute.
pub(super) struct Arguments {
    pub(super) path: Option<LitStr>,
    pub(super) side: Side,
    /// What stands before every wire name; the library's own events have one.
    pub(super) prefix: String,
}

/// Which direction the trait describes.
pub(super) enum Side {
    /// Client → server; `client` is the struct of the other direction.
    Server { client: Option<Path> },
    /// Server → client.
    Client,
}

impl Arguments {
    pub(super) fn read(tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let place = tokens.clone();
        let (path, arguments) = parse_with_text(tokens, mistakes);
        let mut found = Self { path, side: Side::Server { client: None }, prefix: String::new() };
        let mut client = None;
        for argument in each_once(arguments, mistakes) {
            match argument.key.to_string().as_str() {
                "client" => client = argument.path("the name of the client trait", mistakes),
                "side" => found.read_side(&argument, mistakes),
                "prefix" if is_library() => {
                    let prefix = argument.text("what every name begins with", mistakes);
                    found.prefix = prefix.map(|prefix| prefix.value()).unwrap_or_default();
                }
                _ => argument.unknown(&["client", "side"], mistakes),
            }
        }
        match (&mut found.side, client) {
            (Side::Client, Some(client)) => mistakes.at(
                client,
                "`client` stands on the server's trait: leave it out beside `side = client`",
            ),
            (Side::Server { client: found }, client) => *found = client,
            (Side::Client, None) => {}
        }
        match &found.path {
            Some(path) => expect_path(path, !found.prefix.is_empty(), mistakes),
            None => mistakes.span(
                if place.is_empty() { proc_macro2::Span::call_site() } else { place.span() },
                "a namespace wants its path first: write `#[namespace(\"/chat\", …)]`",
            ),
        }
        found
    }

    fn read_side(&mut self, argument: &Argument, mistakes: &mut Mistakes) {
        let side: Option<&Ident> = match &argument.value {
            Value::Is(value) => word(value),
            Value::Nothing | Value::Of(_) => None,
        };
        match side.map(ToString::to_string).as_deref() {
            Some("client") => self.side = Side::Client,
            Some("server") => {}
            _ => argument.wrong("`client` or `server`", mistakes),
        }
    }
}

/// The library's own events have a reserved prefix and belong to every path.
fn is_library() -> bool {
    std::env::var("CARGO_PKG_NAME").is_ok_and(|name| name == "tautline")
}

fn expect_path(path: &LitStr, is_control: bool, mistakes: &mut Mistakes) {
    let text = path.value();
    if is_control && text == "*" {
        return;
    }
    if !text.starts_with('/') {
        mistakes.at(path, format!("a path begins with `/`: write \"/{text}\""));
        return;
    }
    if text.len() > 1 && text.ends_with('/') {
        mistakes.at(path, "a path ends in a word, not in `/`");
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
    if !text.chars().all(is_plain) || text.contains("//") {
        mistakes.at(
            path,
            "a path has letters, digits and `_ . -` between its `/`: there are no patterns in it",
        );
    }
}
