//! What the keys of one event mean together: defaults that depend on the event, and refusals.

use proc_macro2::Ident;

use super::{Kind, Offline, Policy, Subject};
use crate::mistakes::Mistakes;

/// The window of an idempotent command that does not say: `Policy::DEFAULT.window_ms`.
const WINDOW_MS: u64 = 86_400_000;

/// Fills in the delivery and reports what does not fit.
pub(super) fn hold(policy: &mut Policy, subject: Subject, at: &Ident, mistakes: &mut Mistakes) {
    if policy.delivery.is_none() {
        policy.delivery = Some(Ident::new(default_delivery(subject), at.span()));
    }
    let delivery = policy.delivery.as_ref().map(ToString::to_string).unwrap_or_default();
    match subject.kind {
        Kind::Command => command(policy, &delivery, subject, at, mistakes),
        Kind::Event => {
            if delivery == "Durable" && policy.rooms.is_empty() && !subject.is_library {
                mistakes.at(&policy.delivery, "a durable event is numbered in its room: write `room = …`; for one person's events, `room = User`");
            }
        }
        Kind::Join => {}
        Kind::Stream | Kind::Question => asked_in_room(policy, subject.kind, at, mistakes),
    }
    if let Some(example) = &policy.example
        && !subject.has_payload
    {
        mistakes.at(example, "this event has no payload to give an example of: leave it out");
    }
    if let Some(example) = &policy.answer_example
        && !subject.has_answer
    {
        mistakes.at(example, "this event answers nothing to give an example of: leave it out");
    }
}

fn default_delivery(subject: Subject) -> &'static str {
    match subject.kind {
        Kind::Command if subject.acknowledged => "AtMostOnce",
        Kind::Command => "Volatile",
        Kind::Join => "AtMostOnce",
        Kind::Event => "Live",
        Kind::Stream | Kind::Question => "Durable",
    }
}

fn command(
    policy: &mut Policy,
    delivery: &str,
    subject: Subject,
    at: &Ident,
    mistakes: &mut Mistakes,
) {
    match (delivery, subject.acknowledged) {
        ("Volatile", true) => mistakes.at(
            &policy.delivery,
            "a volatile command is not acknowledged: write `fn`, or another delivery",
        ),
        ("Idempotent", false) => mistakes.at(
            &policy.delivery,
            "an idempotent command is sent until it is acknowledged: write `async fn`",
        ),
        _ => {}
    }
    let is_idempotent = delivery == "Idempotent";
    if let Some((span, _)) = policy.window
        && !is_idempotent
    {
        mistakes.span(span, "only an idempotent command is remembered: write `delivery = idempotent`, or leave out `window`");
    }
    if !subject.acknowledged && policy.timeout_ms.is_some() {
        mistakes.at(at, format!("nobody waits for `{at}`, so it has no timeout: write `async fn`, or leave out `timeout`"));
    }
    offline(policy, is_idempotent, subject, mistakes);
}

fn offline(policy: &mut Policy, is_idempotent: bool, subject: Subject, mistakes: &mut Mistakes) {
    match policy.offline {
        Some((span, Offline::Queue(_))) if !is_idempotent => mistakes.span(
            span,
            "a queued command may be sent twice: write `delivery = idempotent` beside it",
        ),
        Some((span, Offline::Queue(ttl))) => {
            let window = policy.window.map_or(WINDOW_MS, |(_, window)| window);
            if ttl > window {
                mistakes.span(span, "a command may not wait longer than its answer is remembered (`window`, \"24h\" unless given): write a shorter time or a longer window");
            }
        }
        Some((span, Offline::Drop)) if subject.acknowledged => mistakes.span(
            span,
            "the caller waits for an answer, so the command cannot be dropped in silence: write `fail`",
        ),
        Some(_) => {}
        // A volatile command may be lost, and nobody waits to hear of it.
        None if !subject.acknowledged => {
            policy.offline = Some((proc_macro2::Span::call_site(), Offline::Drop));
        }
        None => {}
    }
}

fn asked_in_room(policy: &Policy, kind: Kind, at: &Ident, mistakes: &mut Mistakes) {
    let (what, key, example) = if kind == Kind::Stream {
        ("stream", "lease", "15s")
    } else {
        ("question", "expires", "10m")
    };
    if policy.rooms.is_empty() {
        mistakes.at(
            at,
            format!("a {what} is durable and belongs to a room: write `#[{what}(room = …)]`"),
        );
    }
    if policy.limit_ms.is_none() {
        mistakes.at(
            at,
            format!("the {what} `{at}` would never end by itself: write `{key} = \"{example}\"`"),
        );
    }
}
