//! Which types may travel. What the tokens cannot show, such as a type behind an alias, the bound
//! `Wire` finds.

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, PathSegment, Type, spanned::Spanned};

use crate::mistakes::Mistakes;

/// Where a type stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// As a field, where `Patch` and `Bytes` may stand.
    Field,
    /// Inside another type, or as an answer.
    Inside,
}

/// Reports every part of a type that is outside the profile.
pub(crate) fn expect_portable(ty: &Type, place: Place, mistakes: &mut Mistakes) {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            if let Some(last) = path.path.segments.last() {
                let first = path.path.segments.first();
                expect_named(ty, first.map(|first| &first.ident), last, place, mistakes);
            }
        }
        Type::Group(group) => expect_portable(&group.elem, place, mistakes),
        Type::Paren(paren) => expect_portable(&paren.elem, place, mistakes),
        Type::Tuple(tuple) if tuple.elems.is_empty() => {
            mistakes.at(ty, "`()` says nothing: leave it out");
        }
        Type::Tuple(_) => mistakes.at(
            ty,
            "a tuple's fields have no names and cannot grow: write a `#[payload]` struct",
        ),
        Type::Array(_) | Type::Slice(_) => mistakes.at(
            ty,
            "an array is a tuple in TypeScript: write `Vec<T>`, and `#[field(items(n..=n))]` for its length",
        ),
        Type::Reference(_) => {
            mistakes.at(ty, "what travels owns its data: write `String`, `Vec<T>` or the type itself");
        }
        _ => mistakes.at(ty, "this type cannot travel: write a `#[payload]` type"),
    }
}

fn expect_named(
    ty: &Type,
    first: Option<&Ident>,
    last: &PathSegment,
    place: Place,
    mistakes: &mut Mistakes,
) {
    let name = last.ident.to_string();
    if let Some(way_out) = refused(&name, first) {
        mistakes.at(ty, format!("`{name}` {way_out}"));
        return;
    }
    if place == Place::Inside && name == "Bytes" {
        mistakes.at(ty, "`Bytes` travel as an attachment and must be a field of their own: write a struct with a field `Bytes`");
    }
    if place == Place::Inside && name == "Patch" {
        mistakes.at(ty, "`Patch` can only be absent as a field: write `Option<T>` here");
    }
    let arguments = generic_types(last);
    match name.as_str() {
        "Option" | "Patch" => {
            for inner in &arguments {
                let inner_name = last_name(inner);
                if inner_name.as_deref() == Some("Option") || inner_name.as_deref() == Some("Patch")
                {
                    let words = "absent and `null` are one for an `Option` in an `Option`: write `Patch<T>`, which tells them apart";
                    mistakes.at(ty, words);
                } else if inner_name.as_deref() == Some("Bytes") {
                    mistakes.at(ty, "an attachment cannot be missing: write `Bytes`, empty where there are none");
                } else {
                    expect_portable(inner, Place::Inside, mistakes);
                }
            }
        }
        "Box"
            if arguments
                .iter()
                .any(|inner| matches!(last_name(inner).as_deref(), Some("Option" | "Patch"))) =>
        {
            mistakes.at(ty, "a field is missing or not, whatever holds it: write `Option<Box<T>>`");
        }
        "Vec" | "Box" => {
            for inner in &arguments {
                expect_portable(inner, Place::Inside, mistakes);
            }
        }
        "BTreeMap" => expect_map(&arguments, mistakes),
        "DateTime" => {
            for inner in &arguments {
                if last_name(inner).as_deref() != Some("Utc") {
                    mistakes.at(inner, "a time zone is lost in JavaScript: write `DateTime<Utc>`");
                }
            }
        }
        _ if !arguments.is_empty() => mistakes.span(
            ty.span(),
            "a generic type has a different schema for each use: write a named struct per use",
        ),
        _ => {}
    }
}

fn expect_map(arguments: &[&Type], mistakes: &mut Mistakes) {
    if let [key, value] = arguments {
        if last_name(key).as_deref() != Some("String") {
            mistakes.at(key, "the keys of a JSON object are text: write `BTreeMap<String, T>`");
        }
        expect_portable(value, Place::Inside, mistakes);
    }
}

/// The way out of a well-known type that is outside the profile.
fn refused(name: &str, first: Option<&Ident>) -> Option<&'static str> {
    Some(match name {
        "usize" => "has another size on another machine: write `u32`, or `SafeInt` up to 2^53",
        "isize" => "has another size on another machine: write `i32` or `I64`",
        "u64" => "is not exact in JavaScript: write `U64` (text), or `SafeInt` up to 2^53",
        "i64" => "is not exact in JavaScript: write `I64`, which travels as text",
        "u128" | "i128" => "does not fit a JSON number: write `String` with a `pattern`",
        "f32" | "f64" => "may be infinite or NaN, which JSON cannot say: write `Finite`",
        "char" => "has no counterpart in JavaScript: write `String` with `#[field(length(1..=1))]`",
        "str" => "is borrowed: write `String`",
        "HashMap" | "IndexMap" => {
            "has no order, so that equal values differ on the wire: write `BTreeMap<String, T>`"
        }
        "HashSet" | "BTreeSet" | "IndexSet" => {
            "is a list on the wire, which may repeat: write `Vec<T>`"
        }
        "VecDeque" | "LinkedList" => "is a list on the wire: write `Vec<T>`",
        "Duration" | "TimeDelta" => {
            "has no common form: write milliseconds as `u32`, with a name that ends in `_ms`"
        }
        "SystemTime" | "Instant" | "NaiveDateTime" | "OffsetDateTime" => {
            "is not one moment everywhere: write `DateTime<Utc>`"
        }
        "Rc" | "Arc" | "Cow" | "Cell" | "RefCell" | "Mutex" => {
            "is of no meaning on the wire: write the type inside"
        }
        "Value" if first.is_some_and(|first| first == "serde_json") => {
            "is `Json` in a contract: write that"
        }
        "Result" => "is not a payload: write an enum, or refuse with a `#[contract_error]`",
        "Self" => "means another type in what is generated: write the type's name",
        _ if name.starts_with("NonZero") => {
            "is a plain integer to clients: write that with `#[field(range(1..))]`"
        }
        _ => return None,
    })
}

/// The last word of a type's path.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Type::Group(group) => last_name(&group.elem),
        Type::Paren(paren) => last_name(&paren.elem),
        _ => None,
    }
}

/// The type arguments of a path's last word.
pub(crate) fn generic_types(segment: &PathSegment) -> Vec<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
    }
}

/// Whether nothing inside the type can carry a constraint, so that there is nothing to check.
pub(crate) fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 8] = ["bool", "String", "i8", "i16", "i32", "u8", "u16", "u32"];
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    match name.as_str() {
        "Option" | "Vec" | "Box" | "Patch" | "BTreeMap" => {
            let arguments = generic_types(last);
            arguments.last().is_some_and(|inner| is_plain(inner))
        }
        _ => path.path.segments.len() == 1 && PLAIN.contains(&name.as_str()),
    }
}
