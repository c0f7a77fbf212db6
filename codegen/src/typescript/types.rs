//! The contract's types in TypeScript: read from ts-rs once, and given to the file that needs them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tautline::{ErrorVariant, Errors, NamespaceFacts, TypeRef, describe::Declaration};
use ts_rs::Config;

use super::{
    parse::{parse_declaration, parse_type},
    syntax::{Field, Member, Type},
};
use crate::{Mistake, described, schemas::Schemas};

/// The file of types that several namespaces use.
pub(crate) const SHARED: &str = "types";

/// A type with a name.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name in TypeScript.
    pub name: String,
    /// Its documentation.
    pub docs: String,
    /// What it is.
    pub ty: Type,
}

/// All types of a contract, each with the namespaces that use it.
#[derive(Debug, Default)]
pub struct Types {
    named: Vec<Named>,
    users: BTreeMap<String, BTreeSet<&'static str>>,
}

impl Types {
    /// Reads every type that the namespaces mention.
    pub fn read(namespaces: &[&'static NamespaceFacts]) -> (Self, Vec<Mistake>) {
        let mut reader = Reader::default();
        for namespace in namespaces {
            reader.namespace(namespace);
        }
        reader.finish(namespaces)
    }

    /// Adds the documentation of enum variants, which ts-rs leaves out and schemars has.
    pub fn add_variant_docs(&mut self, schemas: &Schemas) {
        for named in &mut self.named {
            let Some(schema) = schemas.definitions().get(&named.name) else { continue };
            // An open enum has its variants beside the form of those that are not known.
            let variants = [schema.get("oneOf"), schema.pointer("/anyOf/0/oneOf")];
            let variants = variants.into_iter().flatten().find_map(Value::as_array);
            if let (Some(variants), Type::Union(members)) = (variants, &mut named.ty) {
                members.iter_mut().for_each(|member| add_docs(member, variants));
            }
            tell_words(named);
        }
    }

    /// All types, in the order of their names.
    pub fn all(&self) -> &[Named] {
        &self.named
    }

    /// The types that the file of `namespace` declares; `types` for those of several.
    pub fn of_file(&self, file: &str) -> Vec<&Named> {
        self.named.iter().filter(|named| self.file_of(&named.name) == Some(file)).collect()
    }

    /// The namespace that declares the type, or `types`.
    pub fn file_of(&self, name: &str) -> Option<&'static str> {
        let users = self.users.get(name)?;
        let mut names = users.iter();
        match (names.next(), names.next()) {
            (Some(only), None) => Some(only),
            _ => Some(SHARED),
        }
    }
}

/// Finds the schema of a member by its constant, or by the constant of its tag.
fn add_docs(member: &mut Member, variants: &[Value]) {
    let is_it = |schema: &&Value| match &member.ty {
        Type::Literal(literal) => {
            schema.get("const").is_some_and(|value| crate::canonical::canonical(value) == *literal)
        }
        Type::Object(fields) => fields.iter().any(|field| {
            let constant = schema.pointer(&format!("/properties/{}/const", field.name));
            constant
                .is_some_and(|value| Type::Literal(crate::canonical::canonical(value)) == field.ty)
        }),
        _ => false,
    };
    let description = variants.iter().find(is_it).and_then(|schema| schema.get("description"));
    if let Some(Value::String(docs)) = description
        && member.docs.is_empty()
    {
        member.docs.clone_from(docs);
    }
}

/// Moves the documentation of words to their type: editors show nothing that stands on a literal.
fn tell_words(named: &mut Named) {
    let Type::Union(members) = &mut named.ty else { return };
    for member in members {
        if let Type::Literal(word) = &member.ty
            && !member.docs.is_empty()
        {
            let is_first = !named.docs.contains("\n- ");
            let gap = if is_first && !named.docs.is_empty() { "\n" } else { "" };
            let docs = std::mem::take(&mut member.docs).trim().replace('\n', "\n  ");
            named.docs.push_str(&format!("{gap}\n- `{word}`: {docs}"));
        }
    }
}

/// How TypeScript writes the type where it is used.
pub(crate) fn type_of(ty: &TypeRef) -> Type {
    let name = ty.ts_name(&Config::new());
    // What does not parse is a name that a person wrote by `#[ts(type = …)]`: taken as it is.
    parse_type(&name).unwrap_or(Type::Name(name))
}

#[derive(Default)]
struct Reader {
    config: Config,
    declarations: Vec<Declaration>,
    errors: Vec<&'static Errors>,
    /// What each namespace mentions by itself.
    roots: BTreeMap<&'static str, BTreeSet<String>>,
    /// Every name with the Rust types that bear it.
    seen: BTreeMap<String, BTreeSet<&'static str>>,
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn namespace(&mut self, namespace: &'static NamespaceFacts) {
        for ty in described::types_of(namespace) {
            ty.ts_declarations(&self.config, &mut self.declarations);
            let roots = self.roots.entry(namespace.name).or_default();
            type_of(&ty).names(roots);
        }
        for errors in described::errors_of(namespace) {
            self.roots.entry(namespace.name).or_default().insert(errors.name.to_owned());
            if !self.errors.iter().any(|known| known.ty.rust_name() == errors.ty.rust_name()) {
                self.errors.push(errors);
            }
        }
    }

    fn finish(mut self, namespaces: &[&'static NamespaceFacts]) -> (Types, Vec<Mistake>) {
        let mut named: Vec<Named> = Vec::new();
        for errors in std::mem::take(&mut self.errors) {
            self.seen.entry(errors.name.to_owned()).or_default().insert(errors.ty.rust_name());
            let union = self.error_union(errors);
            named.push(union);
        }
        for declaration in std::mem::take(&mut self.declarations) {
            self.seen.entry(declaration.name.clone()).or_default().insert(declaration.rust_name);
            match parse_declaration(&declaration.declaration) {
                Ok(ty) => named.push(Named {
                    name: declaration.name.clone(),
                    docs: declaration.docs.as_deref().map(strip_comment).unwrap_or_default(),
                    ty,
                }),
                Err(error) => self.mistakes.push(Mistake::of_contract(format!(
                    "the type `{}` has no TypeScript that can be read: {error}",
                    declaration.rust_name
                ))),
            }
        }
        self.mistakes.extend(same_names(&self.seen));
        named.sort_by(|a, b| a.name.cmp(&b.name));
        named.dedup_by(|a, b| a.name == b.name);
        let users = users(&named, &self.roots, namespaces);
        (Types { named, users }, self.mistakes)
    }

    /// `ProblemOf<"chat.agent_busy", { agent: string }> | …`: exhaustive in a `switch` over `code`.
    fn error_union(&mut self, errors: &'static Errors) -> Named {
        let mut found = Vec::new();
        errors.ty.ts_declarations(&self.config, &mut found);
        let own = found.iter().find(|it| it.name == errors.ty.ts_name(&self.config));
        let declared = own.and_then(|own| parse_declaration(&own.declaration).ok());
        for declaration in found.into_iter().filter(|it| it.name != errors.ty.ts_name(&self.config))
        {
            if !self.declarations.contains(&declaration) {
                self.declarations.push(declaration);
            }
        }
        let member = |variant: &ErrorVariant| Member {
            docs: variant.docs.to_owned(),
            ty: problem_of(variant, declared.as_ref()),
        };
        let members = errors.variants.iter().map(member).collect();
        Named {
            name: errors.name.to_owned(),
            docs: errors.docs.to_owned(),
            ty: Type::Union(members),
        }
    }
}

fn problem_of(variant: &ErrorVariant, declared: Option<&Type>) -> Type {
    let code = Type::Literal(crate::canonical::string_text(variant.code));
    let mut arguments = vec![code];
    if !variant.params.is_empty() {
        let params = declared.and_then(|ty| declared_params(ty, variant.code));
        arguments.push(params.unwrap_or_else(|| listed_params(variant)));
    }
    Type::Generic("ProblemOf".to_owned(), arguments)
}

/// The parameters as ts-rs declares them beside the code, with their documentation.
fn declared_params(ty: &Type, code: &str) -> Option<Type> {
    let members = match ty {
        Type::Union(members) => members.iter().map(|member| &member.ty).collect(),
        other => vec![other],
    };
    let code = Type::Literal(crate::canonical::string_text(code));
    members.into_iter().find_map(|member| {
        let Type::Object(fields) = member else { return None };
        fields.iter().find(|field| field.name == "code" && field.ty == code)?;
        fields.iter().find(|field| field.name == "params").map(|field| field.ty.clone())
    })
}

/// The parameters as the facts list them.
fn listed_params(variant: &ErrorVariant) -> Type {
    let field = |(name, ty): &(&str, TypeRef)| Field {
        docs: String::new(),
        name: (*name).to_owned(),
        optional: false,
        ty: type_of(ty),
    };
    Type::Object(variant.params.iter().map(field).collect())
}

/// Two types of one name would become one type in every generated file.
fn same_names(seen: &BTreeMap<String, BTreeSet<&'static str>>) -> Vec<Mistake> {
    let several = seen.iter().filter(|(_, rust_names)| rust_names.len() > 1);
    let mistake = |(name, rust_names): (&String, &BTreeSet<&'static str>)| {
        let all =
            rust_names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        Mistake::of_contract(format!("{all} have one name, `{name}`: rename one of them"))
    };
    several.map(mistake).collect()
}

/// Which namespaces use which type, also through other types.
fn users(
    named: &[Named],
    roots: &BTreeMap<&'static str, BTreeSet<String>>,
    namespaces: &[&'static NamespaceFacts],
) -> BTreeMap<String, BTreeSet<&'static str>> {
    let by_name: BTreeMap<&str, &Named> =
        named.iter().map(|named| (named.name.as_str(), named)).collect();
    let mut users: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for namespace in namespaces {
        let mut open: Vec<String> =
            roots.get(namespace.name).into_iter().flatten().cloned().collect();
        while let Some(name) = open.pop() {
            let Some(known) = by_name.get(name.as_str()) else { continue };
            if users.entry(name).or_default().insert(namespace.name) {
                let mut mentioned = BTreeSet::new();
                known.ty.names(&mut mentioned);
                open.extend(mentioned);
            }
        }
    }
    users
}

/// The text of a comment that ts-rs has already framed.
fn strip_comment(comment: &str) -> String {
    let inner = comment.trim().trim_start_matches("/**").trim_end_matches("*/");
    let line = |line: &str| {
        let line = line.trim_end();
        line.strip_prefix(" *").unwrap_or(line).to_owned()
    };
    inner.trim_matches('\n').lines().map(line).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}
