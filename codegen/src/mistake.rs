//! What is wrong with a contract, in words and with its place.

use std::fmt;

use tautline::Source;

/// One mistake of a contract. They are collected, so that a person sees all of them at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    file: &'static str,
    line: u32,
    /// What is wrong and how to mend it: one sentence, lower case, no full stop.
    pub text: String,
}

impl Mistake {
    /// A mistake at a place of the schema crate.
    pub fn at(source: Source, text: impl Into<String>) -> Self {
        Self { file: source.file, line: source.line, text: text.into() }
    }

    /// A mistake of the contract as a whole.
    pub fn of_contract(text: impl Into<String>) -> Self {
        Self { file: "", line: 0, text: text.into() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            f.write_str(&self.text)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.text)
        }
    }
}
