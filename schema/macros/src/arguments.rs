//! The arguments of an attribute: `key`, `key = value` and `key(…)`, and readers for their values.

use proc_macro2::{Span, TokenStream};
use syn::{
    Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, Token,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::mistakes::{Mistakes, not_one_of};

/// One argument.
pub(crate) struct Argument {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// What stands behind the key.
pub(crate) enum Value {
    /// `key`
    Nothing,
    /// `key = value`
    Is(Box<Expr>),
    /// `key(…)`
    Of(TokenStream),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Is(Box::new(input.parse()?))
        } else if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            Value::Of(content.parse()?)
        } else {
            Value::Nothing
        };
        Ok(Self { key, value })
    }
}

/// Parses `key = value, …`.
pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Vec<Argument> {
    let parser = Punctuated::<Argument, Token![,]>::parse_terminated;
    mistakes.take(parser.parse2(tokens)).into_iter().flatten().collect()
}

/// Parses `"text", key = value, …`: the text may be missing.
pub(crate) fn parse_with_text(
    tokens: TokenStream,
    mistakes: &mut Mistakes,
) -> (Option<LitStr>, Vec<Argument>) {
    let parser = |input: ParseStream<'_>| {
        let text = if input.peek(LitStr) { Some(input.parse()?) } else { None };
        if text.is_some() && !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        let arguments = Punctuated::<Argument, Token![,]>::parse_terminated(input)?;
        Ok((text, arguments.into_iter().collect()))
    };
    mistakes.take(parser.parse2(tokens)).unwrap_or_default()
}

impl Argument {
    /// Where the argument begins.
    pub(crate) fn span(&self) -> Span {
        self.key.span()
    }

    /// Reports a key that is not on the list.
    pub(crate) fn unknown(&self, known: &[&str], mistakes: &mut Mistakes) {
        mistakes.at(&self.key, not_one_of("key", &self.key.to_string(), known));
    }

    /// Reports a value of another kind than `wanted`.
    pub(crate) fn wrong(&self, wanted: &str, mistakes: &mut Mistakes) {
        let message = format!("`{}` wants {wanted}", self.key);
        match &self.value {
            Value::Is(value) => mistakes.at(value, message),
            Value::Nothing | Value::Of(_) => mistakes.at(&self.key, message),
        }
    }

    /// `key = value`.
    pub(crate) fn expression(&self, wanted: &str, mistakes: &mut Mistakes) -> Option<&Expr> {
        if let Value::Is(value) = &self.value {
            return Some(value);
        }
        self.wrong(wanted, mistakes);
        None
    }

    /// `key = "text"`.
    pub(crate) fn text(&self, wanted: &str, mistakes: &mut Mistakes) -> Option<LitStr> {
        if let Value::Is(value) = &self.value
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &**value
        {
            return Some(text.clone());
        }
        self.wrong(wanted, mistakes);
        None
    }

    /// `key = "text"`, read by one of the small languages.
    pub(crate) fn read<T>(
        &self,
        wanted: &str,
        mistakes: &mut Mistakes,
        reader: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(wanted, mistakes)?;
        reader(&text.value()).map_err(|message| mistakes.at(&text, message)).ok()
    }

    /// `key = 5`.
    pub(crate) fn number(&self, wanted: &str, mistakes: &mut Mistakes) -> Option<u32> {
        if let Value::Is(value) = &self.value
            && let Some(number) = integer(value)
        {
            return mistakes.take(number.base10_parse());
        }
        self.wrong(wanted, mistakes);
        None
    }

    /// `key` or `key = true`.
    pub(crate) fn flag(&self, mistakes: &mut Mistakes) -> bool {
        match &self.value {
            Value::Nothing => return true,
            Value::Is(value) => {
                if let Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. }) = &**value {
                    return flag.value;
                }
            }
            Value::Of(_) => {}
        }
        self.wrong("nothing, `true` or `false`", mistakes);
        false
    }

    /// `key = Name`.
    pub(crate) fn path(&self, wanted: &str, mistakes: &mut Mistakes) -> Option<Path> {
        if let Value::Is(value) = &self.value
            && let Expr::Path(path) = &**value
        {
            return Some(path.path.clone());
        }
        self.wrong(wanted, mistakes);
        None
    }

    /// `key = [a, b]` or `key = a`.
    pub(crate) fn list(&self, wanted: &str, mistakes: &mut Mistakes) -> Vec<Expr> {
        match self.expression(wanted, mistakes) {
            Some(Expr::Array(array)) => array.elems.iter().cloned().collect(),
            Some(single) => vec![single.clone()],
            None => Vec::new(),
        }
    }
}

/// The integer that an expression is.
pub(crate) fn integer(value: &Expr) -> Option<&LitInt> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number),
        _ => None,
    }
}

/// The single word that an expression is.
pub(crate) fn word(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Takes the arguments in order and reports a key that comes twice.
pub(crate) fn each_once(arguments: Vec<Argument>, mistakes: &mut Mistakes) -> Vec<Argument> {
    let mut seen: Vec<Ident> = Vec::new();
    let mut once = Vec::new();
    for argument in arguments {
        if seen.contains(&argument.key) {
            mistakes.at(&argument.key, format!("`{}` is given twice", argument.key));
        } else {
            seen.push(argument.key.clone());
            once.push(argument);
        }
    }
    once
}
