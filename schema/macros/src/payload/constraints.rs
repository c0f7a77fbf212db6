//! `#[field(…)]`: the rules of one field, enforced at run time and told to JSON Schema.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Expr, ExprRange, LitStr, Path, RangeLimits, Type, parse2, spanned::Spanned};

use super::{patterns, profile::last_name};
use crate::{
    arguments::{self, Argument, Value, integer},
    mistakes::Mistakes,
};

const RULES: [&str; 5] = ["length", "range", "items", "pattern", "custom"];

/// What one field must satisfy.
#[derive(Default)]
pub(crate) struct Constraints {
    length: Option<Bounds>,
    range: Option<Bounds>,
    items: Option<Bounds>,
    pattern: Option<Pattern>,
    custom: Vec<Path>,
}

/// The two ends of a rule; both belong to it.
struct Bounds {
    min: Option<Expr>,
    max: Option<Expr>,
}

struct Pattern {
    /// As the author wrote it, for clients.
    text: LitStr,
    /// With the classes of JavaScript, for the server.
    server: String,
}

impl Constraints {
    /// Takes `#[field(…)]` out of a field's attributes.
    pub(crate) fn take(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Self {
        let mut found = Self::default();
        attributes.retain(|attribute| {
            let is_ours = attribute.path().is_ident("field");
            if is_ours {
                match attribute.meta.require_list() {
                    Ok(list) => found.read(list.tokens.clone(), mistakes),
                    Err(error) => mistakes.add(error),
                }
            }
            !is_ours
        });
        found
    }

    fn read(&mut self, tokens: TokenStream, mistakes: &mut Mistakes) {
        for argument in arguments::parse(tokens, mistakes) {
            let key = argument.key.to_string();
            match key.as_str() {
                "length" => self.length = bounds(&argument, "1..=80", mistakes),
                "range" => self.range = bounds(&argument, "0..=5", mistakes),
                "items" => self.items = bounds(&argument, "..=10", mistakes),
                "pattern" => self.pattern = pattern(&argument, mistakes),
                "custom" => self.custom.extend(function(&argument, mistakes)),
                _ => mistakes.at(&argument.key, crate::mistakes::not_one_of("rule", &key, &RULES)),
            }
        }
    }

    /// The calls that enforce the rules on the value behind `place`, a reference.
    pub(crate) fn check(&self, ty: &Type, place: &TokenStream) -> TokenStream {
        let mut calls = TokenStream::new();
        let span = ty.span();
        if let Some(Bounds { min, max }) = &self.length {
            let (min, max) = whole(min.as_ref(), max.as_ref());
            calls.extend(
                quote_spanned!(span=> ::tautline::private::length(#place, #min, #max, report);),
            );
        }
        if let Some(Bounds { min, max }) = &self.items {
            let (min, max) = whole(min.as_ref(), max.as_ref());
            calls.extend(
                quote_spanned!(span=> ::tautline::private::items(#place, #min, #max, report);),
            );
        }
        if let Some(Bounds { min, max }) = &self.range {
            let (min, max) = (optional(min.as_ref()), optional(max.as_ref()));
            calls.extend(
                quote_spanned!(span=> ::tautline::private::range(#place, #min, #max, report);),
            );
        }
        if let Some(pattern) = &self.pattern {
            let server = &pattern.server;
            calls.extend(quote_spanned! {span=> {
                static PATTERN: ::tautline::private::Pattern = ::tautline::private::Pattern::new(#server);
                ::tautline::private::pattern(#place, PATTERN.regex(), report);
            }});
        }
        for custom in &self.custom {
            calls.extend(quote_spanned!(custom.span()=> #custom(#place, report);));
        }
        calls
    }

    /// The rules in schemars' words. A 32-bit integer always has its bounds: schemars leaves them
    /// out, and a schema without them accepts what serde refuses.
    pub(crate) fn schema(&self, ty: &Type) -> TokenStream {
        let mut words = Vec::new();
        for bounds in [&self.length, &self.items].into_iter().flatten() {
            words.push(bounds.words("length", None));
        }
        let natural = natural_bounds(ty);
        match (&self.range, natural) {
            (Some(range), natural) => words.push(range.words("range", natural)),
            (None, Some((min, max))) => words.push(quote!(range(min = #min, max = #max))),
            (None, None) => {}
        }
        if let Some(Pattern { text, .. }) = &self.pattern {
            words.push(quote!(regex(pattern = #text)));
        }
        if words.is_empty() { TokenStream::new() } else { quote!(#[schemars(#(#words),*)]) }
    }
}

impl Bounds {
    fn words(&self, rule: &str, natural: Option<(i64, i64)>) -> TokenStream {
        let rule = syn::Ident::new(rule, proc_macro2::Span::call_site());
        let end = |given: &Option<Expr>, natural: Option<i64>| {
            given.as_ref().map(ToTokens::to_token_stream).or(natural.map(|end| quote!(#end)))
        };
        let min = end(&self.min, natural.map(|ends| ends.0)).map(|min| quote!(min = #min,));
        let max = end(&self.max, natural.map(|ends| ends.1)).map(|max| quote!(max = #max,));
        quote!(#rule(#min #max))
    }
}

/// The bounds that schemars does not write by itself.
fn natural_bounds(ty: &Type) -> Option<(i64, i64)> {
    let Type::Path(path) = ty else { return None };
    match last_name(ty)?.as_str() {
        "i32" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "u32" => Some((0, i64::from(u32::MAX))),
        "Option" | "Patch" | "Box" => {
            let arguments = super::profile::generic_types(path.path.segments.last()?);
            natural_bounds(arguments.first()?)
        }
        _ => None,
    }
}

fn whole(min: Option<&Expr>, max: Option<&Expr>) -> (TokenStream, TokenStream) {
    (
        min.map_or_else(|| quote!(0), ToTokens::to_token_stream),
        max.map_or_else(|| quote!(::core::primitive::usize::MAX), ToTokens::to_token_stream),
    )
}

fn optional(end: Option<&Expr>) -> TokenStream {
    match end {
        Some(end) => quote!(::core::option::Option::Some(#end)),
        None => quote!(::core::option::Option::None),
    }
}

/// `rule(min..=max)`, either end left out.
fn bounds(argument: &Argument, example: &str, mistakes: &mut Mistakes) -> Option<Bounds> {
    let key = &argument.key;
    let wanted = format!("`{key}` wants its bounds: write `{key}({example})`");
    let Value::Of(tokens) = &argument.value else {
        mistakes.at(key, wanted);
        return None;
    };
    let Ok(range) = parse2::<ExprRange>(tokens.clone()) else {
        mistakes.at(tokens, wanted);
        return None;
    };
    if matches!(range.limits, RangeLimits::HalfOpen(_)) && range.end.is_some() {
        mistakes.at(&range, format!("both ends of a bound belong to it: write `{key}({example})`"));
    }
    if range.start.is_none() && range.end.is_none() {
        mistakes.at(key, &wanted);
    }
    if let (Some(min), Some(max)) = (&range.start, &range.end)
        && let (Some(low), Some(high)) = (literal(min), literal(max))
        && low > high
    {
        mistakes.at(&range, format!("`{low}` is more than `{high}`: nothing would satisfy this"));
    }
    Some(Bounds { min: range.start.map(|end| *end), max: range.end.map(|end| *end) })
}

fn literal(end: &Expr) -> Option<i128> {
    match end {
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => {
            literal(&unary.expr).map(std::ops::Neg::neg)
        }
        other => integer(other)?.base10_parse().ok(),
    }
}

/// `pattern("…")`.
fn pattern(argument: &Argument, mistakes: &mut Mistakes) -> Option<Pattern> {
    let text = match &argument.value {
        Value::Of(tokens) => parse2::<LitStr>(tokens.clone()).ok(),
        Value::Is(_) | Value::Nothing => None,
    };
    let Some(text) = text else {
        mistakes.at(
            &argument.key,
            "`pattern` wants a regular expression: write `pattern(\"^[a-z]+$\")`",
        );
        return None;
    };
    match patterns::portable(&text.value()) {
        Ok(server) => Some(Pattern { text, server }),
        Err(reasons) => {
            for reason in reasons {
                mistakes.at(&text, reason);
            }
            None
        }
    }
}

/// `custom(path::to::function)`.
fn function(argument: &Argument, mistakes: &mut Mistakes) -> Option<Path> {
    let path = match &argument.value {
        Value::Of(tokens) => parse2::<Path>(tokens.clone()).ok(),
        Value::Is(_) | Value::Nothing => None,
    };
    if path.is_none() {
        mistakes.at(
            &argument.key,
            "`custom` wants the path of a `fn(&T, &mut Report)`: write `custom(path::to::function)`",
        );
    }
    path
}
