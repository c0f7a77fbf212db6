//! Reads one key after the other; what they mean together is in `rules`.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{Expr, ExprCall, ExprLit, Lit, LitStr, Path, spanned::Spanned};

use super::{Deprecated, Kind, Lane, Offline, Policy};
use crate::{
    arguments::{Argument, Value, each_once, integer, parse, word},
    duration,
    mistakes::{Mistakes, list, not_one_of},
    names,
};

pub(super) fn policy(arguments: Vec<Argument>, kind: Kind, mistakes: &mut Mistakes) -> Policy {
    let mut found = Policy::default();
    for argument in each_once(arguments, mistakes) {
        let key = argument.key.to_string();
        if !kind.keys().contains(&key.as_str()) {
            let elsewhere = Kind::ALL.iter().any(|other| other.keys().contains(&key.as_str()));
            if elsewhere {
                mistakes.at(&argument.key, kind.misplaced(&key));
            } else {
                argument.unknown(kind.keys(), mistakes);
            }
            continue;
        }
        read_key(&mut found, &key, &argument, kind, mistakes);
    }
    found
}

fn read_key(
    found: &mut Policy,
    key: &str,
    argument: &Argument,
    kind: Kind,
    mistakes: &mut Mistakes,
) {
    match key {
        "name" => {
            found.name = argument.text("the name on the wire, as in \"send_message\"", mistakes)
        }
        "delivery" => found.delivery = delivery(argument, kind, mistakes),
        "timeout" => {
            found.timeout_ms =
                argument.read("a duration, as in \"10s\"", mistakes, duration::milliseconds32);
        }
        "room" => found.rooms = rooms(argument, mistakes),
        "lane" => found.lane = lane(argument, mistakes),
        "scope" => found.scopes = scopes(argument, mistakes),
        "guests" => found.guests = Some((argument.span(), argument.flag(mistakes))),
        "rate" => {
            found.rate =
                argument.read("how many in how long, as in \"20/10s\"", mistakes, duration::rate);
        }
        "cost" => found.cost = argument.number("a whole number", mistakes),
        "max_bytes" => found.max_bytes = max_bytes(argument, mistakes),
        "offline" => found.offline = offline(argument, mistakes),
        "window" => {
            found.window = argument
                .read("a duration, as in \"24h\"", mistakes, duration::milliseconds)
                .map(|window| (argument.span(), window));
        }
        "flag" => found.flag = argument.text("the name of a feature flag", mistakes),
        "since" => {
            found.since = argument.text("a version of the contract, as in \"1.2.0\"", mistakes)
        }
        "deprecated" => found.deprecated = deprecated(argument, mistakes),
        "example" => found.example = example(argument, mistakes),
        "answer_example" => found.answer_example = example(argument, mistakes),
        "lease" | "expires" => {
            found.limit_ms =
                argument.read("a duration, as in \"15s\"", mistakes, duration::milliseconds32);
        }
        _ => unreachable!("every key of `Kind::keys` is read above"),
    }
}

/// The variant of `tautline::Delivery`.
fn delivery(argument: &Argument, kind: Kind, mistakes: &mut Mistakes) -> Option<Ident> {
    let known: &[&str] = match kind {
        Kind::Command => &["volatile", "at_most_once", "idempotent"],
        Kind::Event => &["volatile", "live", "durable"],
        Kind::Join | Kind::Stream | Kind::Question => unreachable!("these have no key `delivery`"),
    };
    let wanted = format!("one of {}", list(known));
    let value = argument.expression(&wanted, mistakes)?;
    let Some(found) = word(value) else {
        argument.wrong(&wanted, mistakes);
        return None;
    };
    let name = found.to_string();
    if known.contains(&name.as_str()) {
        return Some(Ident::new(&names::pascal(&name), found.span()));
    }
    let message = match (kind, name.as_str()) {
        (Kind::Command, "durable" | "live") => format!(
            "`{name}` is what the server promises its clients; a command is {}",
            list(known)
        ),
        (_, "idempotent" | "at_most_once") => {
            format!("`{name}` is what a client asks of the server; an event is {}", list(known))
        }
        _ => not_one_of("delivery", &name, known),
    };
    mistakes.at(found, message);
    None
}

fn rooms(argument: &Argument, mistakes: &mut Mistakes) -> Vec<Path> {
    let wanted = "a room or several, as in `ChatSession` or `[TaskRoom, Dashboard]`";
    let mut rooms: Vec<Path> = Vec::new();
    for value in argument.list(wanted, mistakes) {
        match value {
            Expr::Path(path) if rooms.contains(&path.path) => {
                mistakes.at(path, "this room is given twice");
            }
            Expr::Path(path) => rooms.push(path.path),
            other => mistakes.at(other, format!("`room` wants {wanted}")),
        }
    }
    rooms
}

fn lane(argument: &Argument, mistakes: &mut Mistakes) -> Option<Lane> {
    let wanted = "`none`, or the name of a lane, as in \"uploads\"";
    match argument.expression(wanted, mistakes)? {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) if !name.value().is_empty() => {
            Some(Lane::Named(name.clone()))
        }
        value if word(value).is_some_and(|word| word == "none") => Some(Lane::None),
        _ => {
            argument.wrong(wanted, mistakes);
            None
        }
    }
}

fn scopes(argument: &Argument, mistakes: &mut Mistakes) -> Vec<LitStr> {
    let wanted = "a scope or several, as in \"chat:write\" or [\"chat:read\", \"chat:write\"]";
    let mut scopes: Vec<LitStr> = Vec::new();
    for value in argument.list(wanted, mistakes) {
        match value {
            Expr::Lit(ExprLit { lit: Lit::Str(scope), .. }) if !scope.value().is_empty() => {
                if scopes.iter().any(|known| known.value() == scope.value()) {
                    mistakes.at(scope, "this scope is given twice");
                } else {
                    scopes.push(scope);
                }
            }
            other => mistakes.at(other, format!("`scope` wants {wanted}")),
        }
    }
    scopes
}

fn max_bytes(argument: &Argument, mistakes: &mut Mistakes) -> Option<u32> {
    let wanted = "a size, as in \"64KiB\"";
    if let Value::Is(value) = &argument.value
        && integer(value).is_some()
    {
        return argument.number(wanted, mistakes);
    }
    argument.read(wanted, mistakes, duration::bytes)
}

fn offline(argument: &Argument, mistakes: &mut Mistakes) -> Option<(Span, Offline)> {
    let wanted = "`queue(\"24h\")`, `fail` or `drop`";
    let value = argument.expression(wanted, mistakes)?;
    let span = value.span();
    if let Expr::Call(call) = value
        && word(&call.func).is_some_and(|name| name == "queue")
    {
        return queue(call, mistakes).map(|ttl| (span, Offline::Queue(ttl)));
    }
    match word(value).map(ToString::to_string).as_deref() {
        Some("fail") => Some((span, Offline::Fail)),
        Some("drop") => Some((span, Offline::Drop)),
        Some("queue") => {
            mistakes
                .at(value, "`queue` wants how long the command may wait: write `queue(\"24h\")`");
            None
        }
        _ => {
            argument.wrong(wanted, mistakes);
            None
        }
    }
}

fn queue(call: &ExprCall, mistakes: &mut Mistakes) -> Option<u64> {
    let arguments = &call.args;
    let Ok(text) = syn::parse2::<LitStr>(arguments.to_token_stream()) else {
        mistakes.at(call, "`queue` wants how long the command may wait: write `queue(\"24h\")`");
        return None;
    };
    duration::milliseconds(&text.value()).map_err(|message| mistakes.at(&text, message)).ok()
}

fn deprecated(argument: &Argument, mistakes: &mut Mistakes) -> Option<Deprecated> {
    let wanted = "a note, as in `deprecated = \"use `post_message`\"`";
    let Value::Of(tokens) = &argument.value else {
        return argument.text(wanted, mistakes).map(|note| Deprecated { replacement: None, note });
    };
    let (mut replacement, mut note) = (None, None);
    let arguments = parse(tokens.clone(), mistakes);
    for part in each_once(arguments, mistakes) {
        match part.key.to_string().as_str() {
            "replacement" => replacement = part.text("the event to use instead", mistakes),
            "note" => note = part.text("why, in a sentence", mistakes),
            _ => part.unknown(&["replacement", "note"], mistakes),
        }
    }
    if note.is_none() && replacement.is_none() {
        mistakes.at(&argument.key, "`deprecated` wants a `replacement`, a `note` or both");
    }
    let note = note.unwrap_or_else(|| LitStr::new("", argument.span()));
    Some(Deprecated { replacement, note })
}

fn example(argument: &Argument, mistakes: &mut Mistakes) -> Option<Expr> {
    argument.expression("a value of the type, as Rust writes it", mistakes).cloned()
}

/// Parses the tokens of an attribute's parentheses; an attribute without them says nothing.
pub(crate) fn arguments(attribute: &syn::Attribute, mistakes: &mut Mistakes) -> Vec<Argument> {
    match &attribute.meta {
        syn::Meta::Path(_) => Vec::new(),
        syn::Meta::List(list) => parse(list.tokens.clone(), mistakes),
        syn::Meta::NameValue(meta) => {
            mistakes
                .at(meta, "write the keys in parentheses, as in `#[event(delivery = durable)]`");
            Vec::new()
        }
    }
}
