//! The JSON Schema generator: `contract.schema.json` (2020-12), for validators and other languages.

use serde_json::{Map, json};
use tautline::Auth;

use crate::{
    Described, File, MARK,
    canonical::readable,
    described::errors,
    document::{Document, LIBRARY_PREFIX, problem_definitions},
    library::library,
    schemas::DEFINITIONS,
};

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let contract = described.contract;
    let library = library();
    let own = Document::of(described, "", DEFINITIONS);
    let library = Document::of(library, LIBRARY_PREFIX, DEFINITIONS);
    let mut definitions = own.definitions();
    definitions.extend(library.definitions());
    definitions.extend(problem_definitions(DEFINITIONS));
    let schema = json!({
        "$comment": MARK,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "title": contract.name,
        "x-tautline": {
            "name": contract.name,
            "version": contract.version,
            "hash": described.hash,
            "auth": match contract.auth { Auth::None => "none", Auth::Jwt => "jwt" },
            "guests": contract.guests,
            "scopes": contract.scopes,
            "flags": contract.flags,
            "errors": errors(contract).into_iter().map(|it| (it.name.to_owned(), own.refusals(it))).collect::<Map<_, _>>(),
            "namespaces": own.namespaces(),
            "library": library.namespaces(),
        },
    });
    vec![File::new("contract.schema.json", readable(&schema))]
}
