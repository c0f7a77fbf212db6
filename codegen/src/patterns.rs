//! Patterns as JavaScript and JSON Schema read them: there `\d` and `\w` are ASCII, in Rust they are not.

use regex::Regex;

/// The pattern in Rust's words.
pub(crate) fn in_rust(pattern: &str) -> String {
    let mut rust = String::new();
    let mut rest = pattern.chars();
    while let Some(next) = rest.next() {
        let escaped = if next == '\\' { rest.next() } else { None };
        match escaped {
            Some('d') => rust.push_str("[0-9]"),
            Some('D') => rust.push_str("[^0-9]"),
            Some('w') => rust.push_str("[0-9A-Za-z_]"),
            Some('W') => rust.push_str("[^0-9A-Za-z_]"),
            Some(other) => rust.extend(['\\', other]),
            None => rust.push(next),
        }
    }
    rust
}

/// What asks a text, if the pattern is one.
pub(crate) fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(&in_rust(pattern)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_words_are_those_of_javascript() {
        let is_match = |pattern, text| regex(pattern).unwrap().is_match(text);

        assert!(is_match(r"^[\d.]\w$", "7a") && !is_match(r"^\d$", "٣") && !is_match(r"^\w$", "é"));
        assert!(is_match(r"^\D\W$", "٣é") && !is_match(r"^\D$", "3") && !is_match(r"^\W$", "e"));
        assert!(is_match(r"^\\d$", r"\d"));
    }
}
