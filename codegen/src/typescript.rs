//! The TypeScript generator: types and descriptors. Behaviour lives in `@tautline/client`.
//!
//! One file per namespace, `types.ts` for what several share, `index.ts` as the door.

pub(crate) mod code;
mod descriptors;
mod index;
mod parse;
pub(crate) mod print;
pub(crate) mod syntax;
pub(crate) mod types;

use std::collections::BTreeSet;

use tautline::NamespaceFacts;

use self::types::{Named, SHARED};
use crate::{
    Described, File,
    described::{errors_of, events_of, refusals},
    names::kebab_case,
};

/// What `@tautline/client` exports that generated types may name.
const LIBRARY_TYPES: &[&str] = &["Problem", "ProblemOf"];

/// Makes the files.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let namespaces = described.contract.namespaces;
    let mut files: Vec<File> =
        namespaces.iter().map(|namespace| namespace_file(described, namespace)).collect();
    let shared = described.types.of_file(SHARED);
    if !shared.is_empty() {
        let body = declarations(&shared);
        files.push(file(SHARED, &type_imports(described, SHARED, &shared, &[]), &body));
    }
    files.push(file("index", "", &index::make(described)));
    files
}

/// The module of a namespace, without its extension.
pub(crate) fn module_of(described: &Described, name: &str) -> String {
    match described.contract.namespaces.iter().find(|namespace| namespace.name == name) {
        Some(namespace) => kebab_case(namespace.name),
        None => name.to_owned(),
    }
}

fn namespace_file(described: &Described, namespace: &'static NamespaceFacts) -> File {
    let own = described.types.of_file(namespace.name);
    let head = format!("export const {} = ", namespace.name);
    let value = descriptors::namespace(described, namespace).print(0, head.chars().count());
    let docs = print::comment(namespace.docs, 0);
    let descriptor = format!("{docs}{head}{value};\n");
    let body = match declarations(&own) {
        types if types.is_empty() => descriptor.clone(),
        types => format!("{types}\n{descriptor}"),
    };
    let used = used_by_descriptors(namespace);
    let mut imports = client_import(&descriptor, namespace);
    imports.push_str(&type_imports(described, namespace.name, &own, &used));
    file(&kebab_case(namespace.name), &imports, &body)
}

/// The builders that the descriptors call, and the features that its rooms bring.
fn client_import(descriptor: &str, namespace: &NamespaceFacts) -> String {
    let all = ["command", "event", "joinable", "namespace", "question", "stream"];
    let called = |name: &&str| {
        descriptor.contains(&format!(": {name}<")) || descriptor.contains(&format!("= {name}("))
    };
    let mut names: Vec<String> =
        all.iter().filter(|name| called(name)).map(ToString::to_string).collect();
    let rooms = namespace.rooms();
    let has_presence = rooms.iter().any(|room| room.presence.is_some());
    let has_receipts = rooms.iter().any(|room| room.receipts);
    names.extend(has_presence.then(|| "presence".to_owned()));
    names.extend(has_receipts.then(|| "receipts".to_owned()));
    names.sort();
    import("import", &names, "@tautline/client")
}

/// The types that a namespace's descriptors name directly.
fn used_by_descriptors(namespace: &'static NamespaceFacts) -> Vec<String> {
    let mut names = BTreeSet::new();
    for (_, event) in events_of(namespace) {
        for ty in [event.payload, event.answer].into_iter().flatten() {
            types::type_of(&ty).names(&mut names);
        }
        names.extend(refusals(event).map(|errors| errors.name.to_owned()));
    }
    let rooms = namespace.rooms().into_iter();
    for ty in rooms.flat_map(|room| [Some(room.ty), room.presence]).flatten() {
        types::type_of(&ty).names(&mut names);
    }
    names.extend(errors_of(namespace).iter().map(|errors| errors.name.to_owned()));
    names.into_iter().collect()
}

/// The type imports of a file that declares `own` and names `used`.
fn type_imports(described: &Described, file: &str, own: &[&Named], used: &[String]) -> String {
    let mut names: BTreeSet<String> = used.iter().cloned().collect();
    for named in own {
        named.ty.names(&mut names);
    }
    let library: Vec<String> =
        names.iter().filter(|name| LIBRARY_TYPES.contains(&name.as_str())).cloned().collect();
    let shared: Vec<String> = names
        .into_iter()
        .filter(|name| described.types.file_of(name).is_some_and(|it| it == SHARED && it != file))
        .collect();
    import("import type", &library, "@tautline/client")
        + &import("import type", &shared, "./types.js")
}

/// `import { a, b } from "module";`, on several lines if it is long.
pub(crate) fn import(keyword: &str, names: &[String], module: &str) -> String {
    if names.is_empty() {
        return String::new();
    }
    let flat = format!("{keyword} {{ {} }} from \"{module}\";\n", names.join(", "));
    if flat.chars().count() <= print::WIDTH + 1 {
        return flat;
    }
    let lines: String = names.iter().map(|name| format!("  {name},\n")).collect();
    format!("{keyword} {{\n{lines}}} from \"{module}\";\n")
}

fn declarations(types: &[&Named]) -> String {
    let declaration = |named: &&Named| print::declaration(&named.name, &named.docs, &named.ty);
    types.iter().map(declaration).collect::<Vec<_>>().join("\n")
}

fn file(module: &str, imports: &str, body: &str) -> File {
    let gap = if imports.is_empty() { "" } else { "\n" };
    File::new(format!("{module}.ts"), format!("// {}\n\n{imports}{gap}{body}", crate::MARK))
}
