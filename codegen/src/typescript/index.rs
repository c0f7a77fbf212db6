//! `index.ts`: the door of the generated files, and the contract itself.

use std::collections::BTreeMap;

use super::{code::Code, import, module_of, print::comment, types::SHARED};
use crate::Described;

/// The text of the file, without its first line.
pub(crate) fn make(described: &Described) -> String {
    let contract = described.contract;
    let mut imports = import("import type", &["ContractDescriptor".to_owned()], "@tautline/client");
    let mut exports = String::new();
    for (module, (namespace, types)) in modules(described) {
        let path = format!("./{module}.js");
        imports.push_str(&import("import", &namespace, &path));
        exports.push_str(&import("export type", &types, &path));
    }
    let names: Vec<String> = contract.namespaces.iter().map(|it| it.name.to_owned()).collect();
    let namespaces = names.iter().map(|name| (name.as_str(), Code::Raw(name.clone()))).collect();
    let value = Code::object(vec![
        ("name", Code::text(contract.name)),
        ("version", Code::text(contract.version)),
        ("hash", Code::text(&described.hash)),
        ("namespaces", Code::object(namespaces)),
    ])
    .print(0, super::print::WIDTH);
    let docs =
        comment(&format!("The contract `{}`, as `createClient` takes it.", contract.name), 0);
    let gap = if exports.is_empty() { "" } else { "\n" };
    format!(
        "{imports}\n{exports}{gap}export {{ {} }};\n\n{docs}export const contract = {value} as const satisfies ContractDescriptor;\n",
        names.join(", ")
    )
}

/// By module: the namespace's descriptor, and the types.
fn modules(described: &Described) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut modules: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    let namespaces = described.contract.namespaces.iter().map(|namespace| namespace.name);
    for file in namespaces.chain([SHARED]) {
        let types = described.types.of_file(file);
        if file == SHARED && types.is_empty() {
            continue;
        }
        let (namespace, names) = modules.entry(module_of(described, file)).or_default();
        if file != SHARED {
            namespace.push(file.to_owned());
        }
        names.extend(types.iter().map(|named| named.name.clone()));
    }
    modules
}
