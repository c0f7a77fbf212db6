//! The small part of TypeScript that ts-rs writes, as a tree.

use std::collections::BTreeSet;

/// A type expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `string`, `NewMessage`.
    Name(String),
    /// `"text"`, `1`.
    Literal(String),
    /// `T[]`.
    Array(Box<Type>),
    /// `{ [key: string]: T }`.
    Map(Box<Type>),
    /// `{ a: string }`.
    Object(Vec<Field>),
    /// `A | B`.
    Union(Vec<Member>),
    /// `A & B`.
    Intersection(Vec<Type>),
    /// `Name<A, B>`.
    Generic(String, Vec<Type>),
}

/// A member of a union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its documentation.
    pub docs: String,
    /// Its type.
    pub ty: Type,
}

/// A property of an object type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its documentation.
    pub docs: String,
    /// Its name, unquoted.
    pub name: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: Type,
}

impl Type {
    /// Adds the names that the type mentions.
    pub fn names(&self, found: &mut BTreeSet<String>) {
        match self {
            Self::Name(name) => {
                found.insert(name.clone());
            }
            Self::Literal(_) => {}
            Self::Array(inner) | Self::Map(inner) => inner.names(found),
            Self::Object(fields) => fields.iter().for_each(|field| field.ty.names(found)),
            Self::Union(members) => members.iter().for_each(|member| member.ty.names(found)),
            Self::Intersection(parts) => parts.iter().for_each(|part| part.names(found)),
            Self::Generic(name, arguments) => {
                found.insert(name.clone());
                arguments.iter().for_each(|argument| argument.names(found));
            }
        }
    }
}
