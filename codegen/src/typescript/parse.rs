//! Reads what ts-rs writes into a tree, so that it can be printed readably, with its comments
//! escaped.

use super::syntax::{Field, Member, Type};

/// Reads `type Name = …;` and gives the right-hand side.
///
/// # Errors
/// What could not be read, for a message.
pub(crate) fn parse_declaration(text: &str) -> Result<Type, String> {
    let (_, ty) = text.split_once('=').ok_or_else(|| format!("no declaration: {text}"))?;
    parse_type(ty)
}

/// Reads a type expression.
///
/// # Errors
/// What could not be read, for a message.
pub(crate) fn parse_type(text: &str) -> Result<Type, String> {
    let mut parser = Parser { rest: text };
    let ty = parser.ty()?;
    parser.skip_space();
    parser.eat(";");
    parser.skip_space();
    if parser.rest.is_empty() { Ok(ty) } else { Err(parser.unexpected()) }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn ty(&mut self) -> Result<Type, String> {
        self.skip_space();
        self.eat("|");
        let mut members = Vec::new();
        loop {
            let docs = self.docs();
            members.push(Member { docs, ty: self.intersection()? });
            if !self.eat("|") {
                break;
            }
        }
        Ok(union(members))
    }

    fn intersection(&mut self) -> Result<Type, String> {
        let mut parts = vec![self.postfix()?];
        while self.eat("&") {
            parts.push(self.postfix()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Type::Intersection(parts) })
    }

    fn postfix(&mut self) -> Result<Type, String> {
        let mut ty = self.primary()?;
        while self.eat("[]") {
            ty = Type::Array(Box::new(ty));
        }
        Ok(ty)
    }

    fn primary(&mut self) -> Result<Type, String> {
        if self.eat("(") {
            let ty = self.ty()?;
            self.expect(")")?;
            return Ok(ty);
        }
        if self.eat("{") {
            return self.object();
        }
        if self.rest.starts_with('"') {
            return Ok(Type::Literal(crate::canonical::string_text(&self.string()?)));
        }
        let word = self.word()?;
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return Ok(Type::Literal(word.to_owned()));
        }
        if !self.eat("<") {
            return Ok(Type::Name(word.to_owned()));
        }
        let mut arguments = vec![self.ty()?];
        while self.eat(",") {
            arguments.push(self.ty()?);
        }
        self.expect(">")?;
        Ok(generic(word, arguments))
    }

    /// After `{`: properties, or one index signature.
    fn object(&mut self) -> Result<Type, String> {
        let mut fields = Vec::new();
        loop {
            let docs = self.docs();
            if self.eat("}") {
                // `{}` is anything but nothing: `string & {}` keeps editors from forgetting the words
                // before it. An object without fields is `Record<symbol, never>` to ts-rs.
                let is_anything = fields.is_empty();
                return Ok(if is_anything {
                    Type::Name("{}".to_owned())
                } else {
                    Type::Object(fields)
                });
            }
            if self.eat("[") {
                let value = self.index_signature()?;
                self.expect("}")?;
                return Ok(Type::Map(Box::new(value)));
            }
            let name =
                if self.rest.starts_with('"') { self.string()? } else { self.word()?.to_owned() };
            self.skip_space();
            let optional = self.eat("?");
            self.expect(":")?;
            let ty = self.ty()?;
            fields.push(Field { docs, name, optional, ty });
            let _ = self.eat(",") || self.eat(";");
        }
    }

    /// After `[`: `key in string]: T` or `key in string]?: T`.
    fn index_signature(&mut self) -> Result<Type, String> {
        self.word()?;
        if !self.eat(":") {
            self.expect("in")?;
        }
        self.ty()?;
        self.expect("]")?;
        self.eat("?");
        self.expect(":")?;
        let value = self.ty()?;
        let _ = self.eat(",") || self.eat(";");
        Ok(value)
    }

    /// The documentation before a property. Lines of Rust docs may hold `*/`, so that only a line
    /// of its own ends the comment.
    fn docs(&mut self) -> String {
        self.skip_space();
        let Some(comment) = self.rest.strip_prefix("/**") else { return String::new() };
        let mut lines = Vec::new();
        let mut rest = comment;
        loop {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let is_text = line.starts_with(" *") && line.trim() != "*/";
            if line.trim() == "*/" {
                rest = after;
                break;
            }
            if !is_text && line.trim_end().ends_with("*/") {
                lines.push(line.trim_end().trim_end_matches("*/"));
                rest = after;
                break;
            }
            lines.push(line.strip_prefix(" *").unwrap_or(line));
            if after.is_empty() {
                rest = after;
                break;
            }
            rest = after;
        }
        self.rest = rest;
        self.skip_space();
        lines.join("\n").trim_matches('\n').to_owned()
    }

    fn string(&mut self) -> Result<String, String> {
        let mut stream = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        let string = stream.next().and_then(Result::ok).ok_or_else(|| self.unexpected())?;
        self.rest = &self.rest[stream.byte_offset()..];
        self.skip_space();
        Ok(string)
    }

    fn word(&mut self) -> Result<&'a str, String> {
        self.skip_space();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '-');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if word.is_empty() {
            return Err(self.unexpected());
        }
        self.rest = rest;
        self.skip_space();
        Ok(word)
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip_space();
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        self.rest = rest;
        self.skip_space();
        true
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) {
            Ok(())
        } else {
            Err(format!("expected `{token}`, {}", self.unexpected()))
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self) -> String {
        let near: String = self.rest.chars().take(40).collect();
        format!("unexpected `{near}`")
    }
}

/// A union without unions inside and without the same member twice.
fn union(members: Vec<Member>) -> Type {
    let mut flat: Vec<Member> = Vec::new();
    for member in members {
        let inner = match member {
            Member { docs, ty: Type::Union(inner) } if docs.is_empty() => inner,
            member => vec![member],
        };
        for member in inner {
            if !flat.iter().any(|known| known.ty == member.ty) {
                flat.push(member);
            }
        }
    }
    if flat.len() == 1 && flat.iter().all(|member| member.docs.is_empty()) {
        return flat.remove(0).ty;
    }
    Type::Union(flat)
}

fn generic(name: &str, mut arguments: Vec<Type>) -> Type {
    match (name, arguments.len()) {
        ("Array", 1) => Type::Array(Box::new(arguments.remove(0))),
        // What ts-rs writes for a struct without fields; nothing but `{}` travels for it.
        ("Record", 2) if arguments[1] == Type::Name("never".to_owned()) => Type::Object(Vec::new()),
        _ => Type::Generic(name.to_owned(), arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Type {
        Type::Name(name.to_owned())
    }

    #[test]
    fn a_comment_ends_only_at_its_own_last_line() {
        let ty = parse_type("{ \n/**\n * All of `src/**/*.rs`.\n */\nfiles: Array<string>, }");

        let Ok(Type::Object(fields)) = ty else { panic!("{ty:?}") };
        assert_eq!(fields[0].docs, " All of `src/**/*.rs`.");
        assert_eq!(fields[0].ty, Type::Array(Box::new(name("string"))));
    }

    #[test]
    fn a_block_comment_is_read_too() {
        let ty = parse_type("{ \n/**\n     * Two\n     * lines.\n     */\na: string, }");

        let Ok(Type::Object(fields)) = ty else { panic!("{ty:?}") };
        assert!(fields[0].docs.contains("lines."), "{:?}", fields[0].docs);
    }

    #[test]
    fn nested_unions_become_one() {
        let ty = parse_type("(string | null) | null");

        let Ok(Type::Union(members)) = ty else { panic!("{ty:?}") };
        assert_eq!(members.len(), 2);
    }

    #[test]
    fn maps_names_and_quotes_are_read() {
        let ty = parse_type(r#"{ "a-\"b": { [key in string]: Array<Map | null> }, }"#);

        let Ok(Type::Object(fields)) = ty else { panic!("{ty:?}") };
        assert_eq!(fields[0].name, "a-\"b");
        assert!(matches!(fields[0].ty, Type::Map(_)));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(parse_type("{ a: }"), Err("unexpected `}`".to_owned()));
    }
}
