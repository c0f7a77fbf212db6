//! Policies: what an event asks for must exist, fit its direction and be possible.

use tautline::{Auth, Delivery, Event, EventKind, Offline};

use crate::{
    Described, Mistake,
    described::{Side, events_of},
};

/// The most that one frame may hold; a larger payload would end the connection.
const FRAME_BYTES: u32 = 1_048_576;

pub(super) fn scopes_are_declared(described: &Described, mistakes: &mut Vec<Mistake>) {
    let contract = described.contract;
    for (index, scope) in contract.scopes.iter().enumerate() {
        if scope.is_empty() || scope.contains(char::is_whitespace) {
            mistakes.push(Mistake::of_contract(format!(
                "the scope `{scope}` is empty or holds a space: tokens separate scopes by spaces"
            )));
        }
        if contract.scopes[..index].contains(scope) {
            mistakes.push(Mistake::of_contract(format!("the scope `{scope}` is listed twice")));
        }
    }
    for_each(described, |_, event| {
        let unknown = event.policy.scopes.iter().filter(|scope| !contract.scopes.contains(scope));
        for scope in unknown {
            mistakes.push(mistake(event, &format!("asks for the scope `{scope}`, which is not declared: list it under `scopes` in `contract!`")));
        }
        if contract.auth == Auth::None && !event.policy.scopes.is_empty() {
            mistakes.push(mistake(
                event,
                "asks for a scope in a contract without sign-in: say `auth: jwt`",
            ));
        }
        if contract.auth == Auth::Jwt && event.policy.guests && !contract.guests {
            mistakes.push(mistake(
                event,
                "is open to guests in a contract that has none: say `guests: true` in `contract!`",
            ));
        }
        if event.policy.guests && !event.policy.scopes.is_empty() {
            mistakes.push(mistake(
                event,
                "is open to guests and asks for a scope, which no guest has: choose one",
            ));
        }
    });
}

pub(super) fn flags_are_declared(described: &Described, mistakes: &mut Vec<Mistake>) {
    let flags = described.contract.flags;
    for (index, flag) in flags.iter().enumerate() {
        if flag.is_empty() || flags[..index].contains(flag) {
            let text = format!("the flag `{flag}` is empty or listed twice: list each once");
            mistakes.push(Mistake::of_contract(text));
        }
    }
    for_each(described, |_, event| {
        if let Some(flag) = event.policy.flag.filter(|flag| !flags.contains(flag)) {
            mistakes.push(mistake(event, &format!("waits for the flag `{flag}`, which is not declared: list it under `flags` in `contract!`")));
        }
    });
}

pub(super) fn delivery_fits_the_direction(described: &Described, mistakes: &mut Vec<Mistake>) {
    for_each(described, |side, event| {
        let delivery = event.policy.delivery;
        let possible = match side {
            Side::Command => [Delivery::Volatile, Delivery::AtMostOnce, Delivery::Idempotent],
            Side::Event => [Delivery::Volatile, Delivery::Live, Delivery::Durable],
        };
        if !possible.contains(&delivery) {
            let names = possible.map(|it| format!("`{}`", it.as_str())).join(", ");
            let text = format!(
                "cannot be delivered `{}`: {}s are one of {names}",
                delivery.as_str(),
                side.noun()
            );
            mistakes.push(mistake(event, &text));
        }
        if side == Side::Command {
            command(event, mistakes);
        } else {
            server_event(event, mistakes);
        }
    });
}

fn command(event: &Event, mistakes: &mut Vec<Mistake>) {
    match (event.policy.delivery, event.acknowledged) {
        (Delivery::Volatile, true) => mistakes.push(mistake(event, "is volatile and acknowledged: what may be lost has no answer")),
        (Delivery::Idempotent, false) => mistakes.push(mistake(event, "is idempotent without an acknowledgement: write `async fn`, or nobody knows when it is settled")),
        _ => {}
    }
    if matches!(event.kind, EventKind::Stream { .. } | EventKind::Question { .. }) {
        mistakes.push(mistake(
            event,
            "is a stream or a question of a client: only the server has those",
        ));
    }
}

fn server_event(event: &Event, mistakes: &mut Vec<Mistake>) {
    if event.policy.delivery == Delivery::Durable && event.policy.rooms.is_empty() {
        mistakes.push(mistake(event, "is durable without a room: name the room that keeps it"));
    }
    let kind = match event.kind {
        EventKind::Plain => return,
        EventKind::Join => "a join",
        EventKind::Stream { .. } => "a stream",
        EventKind::Question { .. } => "a question",
    };
    if event.kind == EventKind::Join {
        mistakes.push(mistake(event, "is a join of the server: only clients enter rooms"));
    } else if event.policy.rooms.is_empty() {
        mistakes.push(mistake(
            event,
            &format!("is {kind} without a room: name the room whose members see it"),
        ));
    }
}

pub(super) fn limits_are_possible(described: &Described, mistakes: &mut Vec<Mistake>) {
    for_each(described, |_, event| {
        let policy = &event.policy;
        let mut wrong = Vec::new();
        if policy.max_bytes == 0 || policy.max_bytes > FRAME_BYTES {
            wrong.push(format!(
                "allows {} bytes: say between 1 and {FRAME_BYTES}, what one frame holds",
                policy.max_bytes
            ));
        }
        if event.acknowledged && policy.timeout_ms == 0 {
            wrong.push("has no time to run: give it a timeout above zero".to_owned());
        }
        if policy.rate.is_some_and(|rate| rate.count == 0 || rate.per_ms == 0) {
            wrong.push("has a rate of zero: say how many in how long".to_owned());
        }
        match event.kind {
            EventKind::Question { expires_ms: 0 } => {
                wrong.push("expires at once: give people time to answer".to_owned())
            }
            EventKind::Stream { lease_ms: 0 } => {
                wrong.push("has no lease: say how long its producer may be silent".to_owned())
            }
            EventKind::Question { .. }
            | EventKind::Stream { .. }
            | EventKind::Plain
            | EventKind::Join => {}
        }
        mistakes.extend(wrong.iter().map(|text| mistake(event, text)));
    });
}

/// A command that is sent after its answer was forgotten would be refused, or run twice.
pub(super) fn waiting_offline_ends_before_the_answer_is_forgotten(
    described: &Described,
    mistakes: &mut Vec<Mistake>,
) {
    for_each(described, |_, event| {
        let policy = &event.policy;
        let Offline::Queue { ttl_ms } = policy.offline else { return };
        if policy.delivery != Delivery::Idempotent {
            mistakes
                .push(mistake(event, "waits offline, so it may be sent twice: make it idempotent"));
        } else if ttl_ms > policy.window_ms {
            mistakes.push(mistake(event, &format!(
                "waits offline for {ttl_ms} ms, but its answer is remembered for {} ms only: shorten `offline` or lengthen `window`",
                policy.window_ms
            )));
        }
    });
}

pub(super) fn replacements_exist(described: &Described, mistakes: &mut Vec<Mistake>) {
    for namespace in described.contract.namespaces {
        for (side, event) in events_of(namespace) {
            let replacement = event.policy.deprecated.and_then(|deprecated| deprecated.replacement);
            let exists = |name: &str| {
                events_of(namespace).any(|(other, it)| other == side && it.name == name)
            };
            if let Some(name) = replacement.filter(|name| !exists(name)) {
                mistakes.push(mistake(
                    event,
                    &format!("is replaced by `{name}`, which `{}` does not have", namespace.path),
                ));
            }
        }
    }
}

fn for_each(described: &Described, mut law: impl FnMut(Side, &'static Event)) {
    for namespace in described.contract.namespaces {
        events_of(namespace).for_each(|(side, event)| law(side, event));
    }
}

fn mistake(event: &Event, text: &str) -> Mistake {
    Mistake::at(event.source, format!("`{}` {text}", event.name))
}
