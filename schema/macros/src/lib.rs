//! The attribute macros of `tautline`. Use them through that crate; their words are documented there.
//!
//! One module per macro, in learning order; what they share stands below them.

mod contract;
mod error;
mod namespace;
mod payload;
mod room;

mod policy;

mod arguments;
mod docs;
mod duration;
mod mistakes;
mod names;
mod source;

use proc_macro::TokenStream;

/// Makes a struct or enum of the portable wire profile.
///
/// Adds serde, `Debug`, `Clone`, `PartialEq` and [`Wire`]; under the feature `codegen` also what
/// describes the type to TypeScript and JSON Schema. Fields travel in camelCase, variants in
/// snake_case, `Option` fields are left out when they are `None`.
///
/// `#[field(length(1..=80))]`, `range(0..=5)`, `items(..=10)`, `pattern("^[a-z]+$")` and
/// `custom(path::to::function)` constrain a field. `#[payload(open)]` on an enum keeps variants that
/// this build does not know.
///
/// [`Wire`]: https://docs.rs/tautline/latest/tautline/trait.Wire.html
#[proc_macro_attribute]
pub fn payload(arguments: TokenStream, item: TokenStream) -> TokenStream {
    payload::expand(arguments.into(), item.into()).into()
}

/// Makes a struct whose fields name a room.
///
/// `#[room("session:{session_id}", retention = "10000 or 30d", presence = Cursor, receipts)]`: every
/// field stands in the pattern once. `presence` names the type that members show each other,
/// `receipts` keeps how far each user has received and read. `ChatSession::of(&payload)` takes the fields from a payload that has
/// them by the same name and type.
#[proc_macro_attribute]
pub fn room(arguments: TokenStream, item: TokenStream) -> TokenStream {
    room::expand(arguments.into(), item.into()).into()
}

/// Makes an enum of refusals.
///
/// Every variant says `#[problem(category = …, message = "…", hint = "…")]`, and where the category's
/// defaults do not fit also `severity = …`, `recovery = …` and `help = "https://…"`.
#[proc_macro_attribute]
pub fn contract_error(arguments: TokenStream, item: TokenStream) -> TokenStream {
    error::expand(arguments.into(), item.into()).into()
}

/// Makes one direction of a namespace from a trait.
///
/// `#[namespace("/chat", client = ChatClient)]` stands on what a client may ask of the server,
/// `#[namespace("/chat", side = client)]` on what the server tells its clients. A `#[stream]` of the
/// latter makes two methods: `answer(&start)` begins one, `reopen_answer(id)` goes on with it.
#[proc_macro_attribute]
pub fn namespace(arguments: TokenStream, item: TokenStream) -> TokenStream {
    namespace::expand(arguments.into(), item.into()).into()
}

/// Ties the namespaces of a crate together: makes `pub fn contract() -> &'static Contract`.
#[proc_macro]
pub fn contract(input: TokenStream) -> TokenStream {
    contract::expand(input.into()).into()
}
