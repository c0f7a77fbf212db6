//! Names and texts of a document as Rust writes them.

/// Words that Rust keeps for itself and a field may still bear.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// `sessionId` → `session_id`, if the macros make the same wire name of it again.
pub(crate) fn field_name(wire: &str) -> Result<String, String> {
    let mut name = String::new();
    for letter in wire.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    let is_plain = wire.chars().all(|c| c.is_ascii_alphanumeric());
    if camel(&name) != wire || !is_plain {
        return Err(format!(
            "the field `{wire}` has no name in Rust that travels as that: write it in camelCase in the contract"
        ));
    }
    Ok(raw(&name))
}

/// `deep_blue` → `DeepBlue`, if the macros make the same word of it again.
pub(crate) fn variant_name(wire: &str) -> Result<String, String> {
    let name: String = wire.split('_').map(capitalised).collect();
    let mut back = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && index > 0 {
            back.push('_');
        }
        back.push(letter.to_ascii_lowercase());
    }
    if back != wire {
        return Err(format!(
            "the word `{wire}` has no name in Rust that travels as that: write it in snake_case in the contract"
        ));
    }
    Ok(name)
}

/// A method for a wire name, and whether the name has to be given besides.
pub(super) fn method_name(wire: &str) -> (String, bool) {
    let name: String = wire
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let differs = name != wire;
    (raw(&name), differs)
}

/// `AgentChat` → `agent_chat`.
#[cfg(feature = "types")]
pub(crate) fn module_name(name: &str) -> String {
    let mut module = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !module.is_empty() {
            module.push('_');
        }
        module.push(letter.to_ascii_lowercase());
    }
    raw(&module)
}

fn raw(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalised(word))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A text as a Rust literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A documentation comment.
pub(crate) fn docs(text: Option<&str>) -> String {
    let text = text.unwrap_or_default().trim();
    text.lines().map(|line| format!("#[doc = {:?}]\n", format!(" {line}"))).collect()
}
