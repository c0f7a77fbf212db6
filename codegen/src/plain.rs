//! A contract's data alone, from its document: a module of plain serde types, by typify, and the names
//! that travel, for programs that read or write a contract's JSON and do not depend on `tautline`. A
//! log reader, a load tester, a small command.
//!
//! 1. `lowered.rs` says each definition in the few forms of JSON Schema that typify is known to read
//!    right, and refuses every other: typify panics over some, and is silently wrong about others.
//! 2. typify makes the types.
//! 3. `names.rs` adds what is no type: namespaces, commands, events, rooms.
//!
//! What a contract says beyond the form of its data is lost on the way. A rule (`length`, `pattern` and
//! the others) holds nothing here. A field that is `null` and one that is missing are the same, so
//! that a `Patch` cannot clear. A refusal's enum has its code and params; `TautlineProblem` is all of it.
//! Bytes are their base64. An open enum keeps what it does not know in `Unknown`.

mod lowered;
mod names;

use std::collections::BTreeSet;

use serde_json::Value;
use typify::{TypeSpace, TypeSpaceSettings};

use self::{lowered::lowered, names::names};
use crate::from_document::{MARK, parse};

/// Writes the types and names of a document as one module.
///
/// # Errors
/// One sentence: what the document says that plain types cannot, and the way out.
pub fn types(document: &str) -> Result<String, String> {
    let document = parse(document)?;
    let schema = lowered(&document)?;
    let cannot = |said: &dyn std::fmt::Display| {
        format!("typify cannot make types of the document: {said}; change the type in the contract")
    };
    let mut settings = TypeSpaceSettings::default();
    settings.with_derive("PartialEq".to_owned()).with_map_type("::std::collections::BTreeMap");
    let mut space = TypeSpace::new(&settings);
    let root = serde_json::from_value(schema).map_err(|error| cannot(&error))?;
    space.add_root_schema(root).map_err(|error| cannot(&error))?;
    let types: syn::File = syn::parse2(space.to_stream()).map_err(|error| cannot(&error))?;
    if let Some(name) = twice(&types) {
        return Err(cannot(&format!("two of them would be called `{name}`")));
    }
    let names: syn::File = syn::parse_str(&names(&document["x-tautline"])).map_err(|error| {
        format!("the document has a name that is none in Rust: {error}; rename it in the contract")
    })?;
    Ok(format!(
        "// {MARK}\n\n{}\n{}\n{}",
        head(&document, &space),
        prettyplease::unparse(&names),
        prettyplease::unparse(&types)
    ))
}

/// What the module says of itself.
fn head(document: &Value, space: &TypeSpace) -> String {
    let mut crates = vec!["`serde` (with `derive`)"];
    let more = [
        (space.uses_serde_json(), "`serde_json`"),
        (space.uses_uuid(), "`uuid` (with `serde`)"),
        (space.uses_chrono(), "`chrono` (with `serde`)"),
    ];
    crates.extend(more.into_iter().filter(|(is_used, _)| *is_used).map(|(_, name)| name));
    format!(
        "//! The data of the contract `{}` {} as plain serde types, and the names that travel.\n\
         //!\n\
         //! Needs {}.\n\
         //!\n\
         //! What the types do not hold: the rules of fields, the difference between `null` and a missing\n\
         //! field, and what of a refusal is not its code or params, which `TautlineProblem` has. Bytes are\n\
         //! their base64, as in logs. An open enum keeps what it does not know in `Unknown`.\n\n\
         #![allow(missing_docs, unreachable_pub, dead_code, clippy::all, rustdoc::all)]\n",
        document["x-tautline"]["name"].as_str().unwrap_or_default(),
        document["x-tautline"]["version"].as_str().unwrap_or_default(),
        crates.join(", "),
    )
}

/// The first type whose name another one has.
fn twice(types: &syn::File) -> Option<String> {
    let mut known = BTreeSet::new();
    types.items.iter().find_map(|item| {
        let ident = match item {
            syn::Item::Struct(item) => &item.ident,
            syn::Item::Enum(item) => &item.ident,
            syn::Item::Type(item) => &item.ident,
            _ => return None,
        };
        let name = ident.to_string();
        (!known.insert(name.clone())).then_some(name)
    })
}
