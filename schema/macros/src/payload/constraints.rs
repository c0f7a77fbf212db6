//! `#[field(…)]`: the rules of one field, enforced at run time and told to JSON Schema.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Expr, ExprRange, LitStr, Path, RangeLimits, Type, parse2, spanned::Spanned};

use super::patterns;
use crate::{
    arguments::{self, Argument, Value, integer},
    mistakes::Mistakes,
    source::respanned,
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
        let place = &respanned(place, span);
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
            let Pattern { text, server } = pattern;
            calls.extend(quote_spanned! {span=> {
                static PATTERN: ::tautline::private::Pattern = ::tautline::private::Pattern::new(#server);
                ::tautline::private::pattern(#place, PATTERN.regex(), #text, report);
            }});
        }
        for custom in &self.custom {
            calls.extend(quote_spanned!(custom.span()=> #custom(#place, report);));
        }
        calls
    }

    /// The rules in schemars' words. Of a function of the contract's own there is its name alone.
    pub(crate) fn schema(&self) -> TokenStream {
        let mut words = Vec::new();
        for bounds in [&self.length, &self.items].into_iter().flatten() {
            words.push(bounds.words("length"));
        }
        if let Some(range) = &self.range {
            words.push(range.words("range"));
        }
        if let Some(Pattern { text, .. }) = &self.pattern {
            words.push(quote!(regex(pattern = #text)));
        }
        if !self.custom.is_empty() {
            let names = self.custom.iter().map(rule_name);
            words.push(quote!(extend("x-tautline-rules" = [#(#names),*])));
        }
        if words.is_empty() { TokenStream::new() } else { quote!(#[schemars(#(#words),*)]) }
    }
}

impl Bounds {
    fn words(&self, rule: &str) -> TokenStream {
        let rule = syn::Ident::new(rule, proc_macro2::Span::call_site());
        let min = self.min.as_ref().map(|min| quote!(min = #min,));
        let max = self.max.as_ref().map(|max| quote!(max = #max,));
        quote!(#rule(#min #max))
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

/// A rule's name for those who have the document alone: its path, without where that begins.
fn rule_name(path: &Path) -> String {
    let segments = path.segments.iter().map(|segment| segment.ident.to_string());
    let named = segments.skip_while(|name| ["crate", "self", "super"].contains(&name.as_str()));
    named.collect::<Vec<_>>().join("::")
}
