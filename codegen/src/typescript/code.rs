//! Values as code: the objects, lists and calls of which descriptors consist.

use super::print::{WIDTH, comment, key};

/// A value in a descriptor.
#[derive(Clone, Debug)]
pub(crate) enum Code {
    /// Anything that stays on its line.
    Raw(String),
    /// `(parameter) => body`.
    Function { parameter: &'static str, body: String },
    /// `{ key: value }`.
    Object(Vec<Entry>),
    /// `[value]`.
    Array(Vec<Code>),
    /// `callee<T, U>({ … })`.
    Call { callee: &'static str, types: Vec<String>, argument: Box<Code> },
}

/// A property of an object.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Lines of documentation, if any.
    pub docs: String,
    /// The key, unquoted.
    pub key: String,
    /// The value.
    pub value: Code,
}

impl Code {
    /// A string literal.
    pub(crate) fn text(text: &str) -> Self {
        Self::Raw(crate::canonical::string_text(text))
    }

    /// A number or another literal.
    pub(crate) fn literal(value: impl ToString) -> Self {
        Self::Raw(value.to_string())
    }

    /// An object without documentation.
    pub(crate) fn object(entries: Vec<(&str, Self)>) -> Self {
        let entry =
            |(key, value): (&str, Self)| Entry { docs: String::new(), key: key.to_owned(), value };
        Self::Object(entries.into_iter().map(entry).collect())
    }

    /// Prints the value at a column, its closing bracket at `indent`.
    pub(crate) fn print(&self, indent: usize, column: usize) -> String {
        if let Some(flat) = self.flat()
            && column + flat.chars().count() < WIDTH
        {
            return flat;
        }
        let inner = " ".repeat(indent + 2);
        let outer = " ".repeat(indent);
        match self {
            Self::Raw(text) => text.clone(),
            // A function that is too long continues on the next line.
            Self::Function { parameter, body } => format!("({parameter}) =>\n{inner}{body}"),
            Self::Object(entries) => {
                let lines: String = entries.iter().map(|entry| entry.print(indent + 2)).collect();
                format!("{{\n{lines}{outer}}}")
            }
            Self::Array(items) => {
                let line =
                    |item: &Self| format!("{inner}{},\n", item.print(indent + 2, indent + 2));
                format!("[\n{}{outer}]", items.iter().map(line).collect::<String>())
            }
            Self::Call { callee, types, argument } => {
                let opening = call_opening(callee, types);
                let opening = if types.is_empty() || column + opening.chars().count() < WIDTH {
                    opening
                } else {
                    let line = |ty: &String| format!("{inner}{ty},\n");
                    let types: String = types.iter().map(line).collect();
                    format!("{callee}<\n{}\n{outer}>(", types.trim_end_matches(",\n"))
                };
                // An opening that does not end its line leaves no room for a flat argument.
                format!("{opening}{})", argument.print_broken(indent))
            }
        }
    }

    fn print_broken(&self, indent: usize) -> String {
        match self {
            Self::Raw(_) | Self::Function { .. } => self.print(indent, indent),
            Self::Object(_) | Self::Array(_) | Self::Call { .. } => self.print(indent, WIDTH),
        }
    }

    fn flat(&self) -> Option<String> {
        Some(match self {
            Self::Raw(text) => text.clone(),
            Self::Function { parameter, body } => format!("({parameter}) => {body}"),
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => {
                let flat = |entry: &Entry| {
                    let value = entry.value.flat().filter(|_| entry.docs.is_empty())?;
                    Some(if value == entry.key {
                        value
                    } else {
                        format!("{}: {value}", key(&entry.key))
                    })
                };
                let entries: Option<Vec<String>> = entries.iter().map(flat).collect();
                format!("{{ {} }}", entries?.join(", "))
            }
            Self::Array(items) => {
                let items: Option<Vec<String>> = items.iter().map(Self::flat).collect();
                format!("[{}]", items?.join(", "))
            }
            Self::Call { callee, types, argument } => {
                format!("{}{})", call_opening(callee, types), argument.flat()?)
            }
        })
    }
}

impl Entry {
    fn print(&self, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let docs = comment(&self.docs, indent);
        let key = key(&self.key);
        if matches!(&self.value, Code::Raw(value) if *value == self.key) {
            return format!("{docs}{margin}{key},\n");
        }
        let column = indent + key.chars().count() + 2;
        let value = self.value.print(indent, column);
        // A text that is too long begins a line, unless its key is hardly there.
        let is_long = value.starts_with('"') && column + value.chars().count() + 1 > WIDTH;
        if is_long && key.chars().count() > 2 {
            return format!("{docs}{margin}{key}:\n{margin}  {value},\n");
        }
        format!("{docs}{margin}{key}: {value},\n")
    }
}

fn call_opening(callee: &str, types: &[String]) -> String {
    if types.is_empty() { format!("{callee}(") } else { format!("{callee}<{}>(", types.join(", ")) }
}
