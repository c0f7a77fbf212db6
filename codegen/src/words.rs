//! The words generator: what people read, by code, as the contract says it in English. Whoever brings
//! another language translates this object, and the compiler says what is missing.

use tautline::LibraryCode;

use crate::{
    Described, File, MARK,
    described::errors,
    names::camel_case,
    typescript::{
        code::{Code, Entry},
        print::WIDTH,
    },
};

/// Makes the file.
pub(crate) fn make(described: &Described) -> Vec<File> {
    let mut entries: Vec<Entry> = errors(described.contract)
        .iter()
        .flat_map(|errors| errors.variants)
        .map(|variant| {
            entry(
                variant.code,
                variant.docs,
                &on_the_wire(variant.message),
                &on_the_wire(variant.hint),
            )
        })
        .collect();
    entries.extend(
        LibraryCode::ALL.iter().map(|code| entry(code.as_str(), "", code.message(), code.hint())),
    );
    let value = Code::Object(entries).print(0, WIDTH);
    let name = described.contract.name;
    let text = format!(
        "// {MARK}\n\n/** What the problems of `{name}` say to people, by code. Names in braces are \
         their parameters. */\nexport const english = {value} as const;\n"
    );
    vec![File::new("english.ts", text)]
}

fn entry(code: &str, docs: &str, message: &str, hint: &str) -> Entry {
    let wording = vec![("message", Code::text(message)), ("hint", Code::text(hint))];
    Entry { docs: docs.to_owned(), key: code.to_owned(), value: Code::object(wording) }
}

/// A sentence with its parameters named as they travel: `{retry_after}` is `{retryAfter}`.
pub(crate) fn on_the_wire(sentence: &str) -> String {
    let mut parts = sentence.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((name, rest)) => text.push_str(&format!("{{{}}}{rest}", camel_case(name))),
            None => text.push_str(&format!("{{{part}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_as_they_travel() {
        assert_eq!(
            on_the_wire("{agent_name} is busy for {ms} ms."),
            "{agentName} is busy for {ms} ms."
        );
        assert_eq!(on_the_wire("nothing"), "nothing");
    }
}
