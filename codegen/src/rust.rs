//! Rust from the document alone: a contract's source, written again from `contract.schema.json`, for
//! a service that does not have the contract's crate.
//!
//! What comes out is written with the same macros as the original, so that it has the same traits,
//! event names, rooms, rules and refusals by construction: its hash is the document's. Types
//! that are read from the schema alone, as typify makes them, lose what a contract says beyond it: a
//! `Patch` that is cleared, the unknown values of open enums, and rules with the path of their field.
//!
//! Two things of a contract are code, which no document holds. A `custom` rule has its name there:
//! the service writes the function into `rules.rs`, beside the module. Words that a message mentions
//! read as they travel: `displays.rs`.

mod displays;
mod events;
mod refusals;
pub(crate) mod shapes;
pub(crate) mod types;
pub(crate) mod words;

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

use self::{
    displays::displays,
    events::{namespaces, rooms},
    refusals::refusals,
    shapes::shapes,
    types::imported_rules,
    words::quoted,
};
use crate::from_document::{MARK, parse};
/// The files of a crate that has a contract from its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustContract {
    /// The module with the contract, for `src/contract.rs`.
    pub contract: String,
    /// The hash beside it, for `src/generated.rs`.
    pub generated: String,
}

/// What of the library a contract may name.
const LIBRARY: [&str; 13] = [
    "Bytes",
    "DateTime",
    "Finite",
    "I64",
    "Json",
    "NoRefusal",
    "Patch",
    "SafeInt",
    "U64",
    "Url",
    "User",
    "Utc",
    "Uuid",
];

/// The examples are the document's.
const EXAMPLE: &str = r#"
/// Reads an example of the document.
fn example<T: tautline::private::serde::de::DeserializeOwned>(text: &str) -> T {
    tautline::private::serde_json::from_str(text)
        .unwrap_or_else(|error| unreachable!("an example of the document is wrong: {error}"))
}
"#;

/// Writes the contract of a document.
///
/// # Errors
/// One sentence: what the document says that no contract can, and the way out.
pub fn rust(document: &str) -> Result<RustContract, String> {
    let document = parse(document)?;
    let facts = &document["x-tautline"];
    let rooms = rooms(facts)?;
    let mut text = String::new();
    text.push_str(&shapes(&document, &rooms)?);
    text.push_str(&refusals(facts)?);
    text.push_str(&displays(&document)?);
    text.push_str(&namespaces(facts, &rooms)?);
    text.push_str(&contract(facts));
    if text.contains(" = example(") {
        text.push_str(EXAMPLE);
    }
    let file =
        syn::parse_file(&format!("{}{text}", imports(&document, &text))).map_err(|error| {
            format!(
                "the document has a name that is none in Rust: {error}; rename it in the contract"
            )
        })?;
    let hash = facts.get("hash").and_then(Value::as_str).unwrap_or_default();
    Ok(RustContract {
        contract: format!("// {MARK}\n\n{}", prettyplease::unparse(&file)),
        generated: format!(
            "// {MARK}\n\n/// SHA-256 over the contract's wire facts, as its document has it.\npub const CONTRACT_HASH: &str =\n    \"{hash}\";\n"
        ),
    })
}

/// The imports that the text needs.
fn imports(document: &Value, text: &str) -> String {
    let mut words = BTreeSet::new();
    words_of(text.parse().unwrap_or_default(), &mut words);
    let names: Vec<&str> = LIBRARY.into_iter().filter(|name| words.contains(*name)).collect();
    let mut imports = String::new();
    if words.contains("BTreeMap") {
        imports.push_str("use std::collections::BTreeMap;\n\n");
    }
    if !names.is_empty() {
        imports.push_str(&format!("use tautline::{{{}}};\n\n", names.join(", ")));
    }
    let rules: Vec<String> = imported_rules(document).into_iter().collect();
    if !rules.is_empty() {
        imports.push_str(&format!("use super::rules::{{{}}};\n", rules.join(", ")));
    }
    imports
}

/// The names in a text of Rust. Its comments and examples are literals, and have none.
fn words_of(tokens: TokenStream, words: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => {
                words.insert(word.to_string());
            }
            TokenTree::Group(group) => words_of(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn contract(facts: &Value) -> String {
    let text = |name: &str| quoted(facts.get(name).and_then(Value::as_str).unwrap_or_default());
    let list = |values: Vec<String>| values.join(", ");
    let names = facts["namespaces"].as_object().into_iter().flat_map(|it| it.values());
    let names = names.filter_map(|it| it["name"].as_str()).map(str::to_owned).collect();
    let texts = |name: &str| {
        let texts = facts[name].as_array().into_iter().flatten();
        list(texts.filter_map(Value::as_str).map(quoted).collect())
    };
    let flags = texts("flags");
    let flags = if flags.is_empty() { flags } else { format!(", flags: [{flags}]") };
    let auth = facts["auth"].as_str().unwrap_or("none");
    let guests = match auth {
        "none" => String::new(),
        _ => format!(", guests: {}", facts["guests"].as_bool().unwrap_or_default()),
    };
    format!(
        "tautline::contract! {{ name: {}, version: {}, namespaces: [{}], scopes: [{}]{flags}, auth: {auth}{guests} }}\n",
        text("name"),
        text("version"),
        list(names),
        texts("scopes"),
    )
}
