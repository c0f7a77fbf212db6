//! Regular expressions that mean the same to the server (Rust), to JSON Schema and to JavaScript.

use regex_syntax::ast::{
    self, Ast, ClassPerlKind, ClassSetItem, Flag, FlagsItemKind, GroupKind, HexLiteralKind,
    LiteralKind, SpecialLiteralKind, Visitor, parse::Parser,
};

/// Parses a pattern, or says why it cannot stand in a contract. What comes back has the ASCII
/// classes that `\d` and `\w` mean in JavaScript; in Rust they are Unicode.
pub(crate) fn portable(pattern: &str) -> Result<String, Vec<String>> {
    let ast = Parser::new()
        .parse(pattern)
        .map_err(|error| vec![format!("this is not a regular expression: {}", error.kind())])?;
    regex_syntax::parse(pattern).map_err(|error| {
        vec![format!("this is not a regular expression: {}", last_line(&error))]
    })?;
    let portability = match ast::visit(&ast, Portability::default()) {
        Ok(portability) => portability,
        Err(never) => match never {},
    };
    if !portability.reasons.is_empty() {
        return Err(portability.reasons);
    }
    let mut server = pattern.to_owned();
    // From the end, so that earlier offsets stay true.
    let mut classes = portability.classes;
    classes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, class) in classes {
        server.replace_range(range, class);
    }
    Ok(server)
}

/// regex-syntax draws the pattern above its message.
fn last_line(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[derive(Default)]
struct Portability {
    reasons: Vec<String>,
    classes: Vec<(std::ops::Range<usize>, &'static str)>,
}

impl Portability {
    fn refuse(&mut self, what: &str, way_out: &str) {
        self.reasons.push(format!("{what} means nothing in JavaScript: {way_out}"));
    }

    fn perl(&mut self, class: &ast::ClassPerl) {
        let ascii = match (&class.kind, class.negated) {
            (ClassPerlKind::Digit, false) => "[0-9]",
            (ClassPerlKind::Digit, true) => "[^0-9]",
            (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
            (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
            (ClassPerlKind::Space, _) => return,
        };
        self.classes.push((class.span.start.offset..class.span.end.offset, ascii));
    }

    fn literal(&mut self, literal: &ast::Literal) {
        match &literal.kind {
            LiteralKind::HexBrace(HexLiteralKind::X)
            | LiteralKind::HexFixed(HexLiteralKind::UnicodeLong) => {
                self.refuse("`\\x{…}`", "write the character itself");
            }
            LiteralKind::Special(SpecialLiteralKind::Bell) => {
                self.refuse("`\\a`", "write `\\x07`");
            }
            _ => {}
        }
    }
}

impl Visitor for Portability {
    type Output = Self;
    type Err = std::convert::Infallible;

    fn finish(self) -> Result<Self, Self::Err> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        match ast {
            Ast::Flags(_) => {
                self.refuse("a flag such as `(?i)`", "write the letters in both cases")
            }
            Ast::Group(group) => match &group.kind {
                GroupKind::CaptureName { starts_with_p: true, .. } => {
                    self.refuse("`(?P<name>…)`", "write `(?:…)`");
                }
                GroupKind::NonCapturing(flags) if !flags.items.is_empty() => {
                    let only_reset = flags
                        .items
                        .iter()
                        .all(|item| matches!(item.kind, FlagsItemKind::Flag(Flag::Unicode)));
                    let way_out =
                        if only_reset { "leave it out" } else { "write the letters in both cases" };
                    self.refuse("a flag such as `(?i:…)`", way_out);
                }
                GroupKind::CaptureIndex(_)
                | GroupKind::CaptureName { .. }
                | GroupKind::NonCapturing(_) => {}
            },
            Ast::Assertion(assertion) => match assertion.kind {
                ast::AssertionKind::StartText => self.refuse("`\\A`", "write `^`"),
                ast::AssertionKind::EndText => self.refuse("`\\z`", "write `$`"),
                ast::AssertionKind::WordBoundaryStart
                | ast::AssertionKind::WordBoundaryEnd
                | ast::AssertionKind::WordBoundaryStartAngle
                | ast::AssertionKind::WordBoundaryEndAngle
                | ast::AssertionKind::WordBoundaryStartHalf
                | ast::AssertionKind::WordBoundaryEndHalf => {
                    self.refuse("a one-sided word boundary", "write `\\b`");
                }
                ast::AssertionKind::StartLine
                | ast::AssertionKind::EndLine
                | ast::AssertionKind::WordBoundary
                | ast::AssertionKind::NotWordBoundary => {}
            },
            Ast::ClassPerl(class) => self.perl(class),
            Ast::ClassUnicode(_) => {
                self.refuse(
                    "`\\p{…}` without the flag `u`",
                    "write the letters as a class, or use `custom(…)`",
                );
            }
            Ast::Literal(literal) => self.literal(literal),
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Self::Err> {
        match item {
            ClassSetItem::Ascii(_) => self.refuse("a class such as `[:alpha:]`", "write `A-Za-z`"),
            ClassSetItem::Bracketed(_) => self.refuse("a class in a class", "write one class"),
            ClassSetItem::Unicode(_) => {
                self.refuse(
                    "`\\p{…}` without the flag `u`",
                    "write the letters as a class, or use `custom(…)`",
                );
            }
            ClassSetItem::Perl(class) => self.perl(class),
            ClassSetItem::Literal(literal) => self.literal(literal),
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_binary_op_pre(
        &mut self,
        _: &ast::ClassSetBinaryOp,
    ) -> Result<(), Self::Err> {
        self.refuse("an operation on classes", "write one class");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn classes_mean_what_javascript_means() {
        assert_eq!(portable(r"^\d[\w-]+\D$").as_deref(), Ok(r"^[0-9][[0-9A-Za-z_]-]+[^0-9]$"));
    }

    #[test]
    fn what_javascript_lacks_is_refused() {
        for pattern in ["(?i)a", r"\Aa", r"a\z", "[[:alpha:]]", r"\p{L}", "(?P<n>a)", "[a&&b]"] {
            assert!(portable(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_broken_pattern_is_named() {
        assert_eq!(
            portable("(a"),
            Err(vec!["this is not a regular expression: unclosed group".to_owned()])
        );
    }
}
