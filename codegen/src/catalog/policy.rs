//! The policy of an event in a few words.

use tautline::{Delivery, Event, EventKind, Lane, Offline};

use crate::not_enforced::mark;

/// Everything about a command that differs from the least it could be.
pub(crate) fn of_command(event: &Event) -> String {
    let policy = &event.policy;
    let mut words = vec![policy.delivery.as_str().replace('_', " ")];
    words.extend(rooms(event));
    match policy.lane {
        Lane::Room => {}
        Lane::Named(name) => words.push(format!("lane `{name}`")),
        Lane::None => words.push("no lane".to_owned()),
    }
    words.extend(access(event));
    if let Some(rate) = policy.rate {
        words.push(format!("{} per {}", rate.count, duration(rate.per_ms)));
    }
    if policy.cost != 1 {
        words.push(format!("costs {}", policy.cost));
    }
    match policy.offline {
        Offline::Queue { ttl_ms } => words.push(format!("queued offline for {}", duration(ttl_ms))),
        Offline::Fail => {}
        Offline::Drop => words.push("dropped offline".to_owned()),
    }
    if policy.delivery == Delivery::Idempotent {
        words.push(format!("answer kept {}", duration(policy.window_ms)));
    }
    if event.acknowledged {
        words.push(format!("within {}", duration(u64::from(policy.timeout_ms))));
    }
    words.push(format!("{} at most", bytes(policy.max_bytes)));
    words.extend(history(event));
    words.join(" · ")
}

/// The same for what the server sends.
pub(crate) fn of_event(event: &Event) -> String {
    let mut words = vec![event.policy.delivery.as_str().to_owned()];
    match event.kind {
        EventKind::Question { expires_ms } => {
            words.push(format!("question, {}", duration(u64::from(expires_ms))));
        }
        EventKind::Stream { lease_ms } => {
            words.push(format!("stream, lease {}", duration(u64::from(lease_ms))));
        }
        EventKind::Plain | EventKind::Join => {}
    }
    words.extend(rooms(event));
    words.extend(access(event));
    words.extend(history(event));
    words.join(" · ")
}

fn rooms(event: &Event) -> Option<String> {
    let names: Vec<String> =
        event.policy.rooms.iter().map(|room| format!("`{}`", room.name)).collect();
    (!names.is_empty()).then(|| format!("room {}", names.join(", ")))
}

fn access(event: &Event) -> Vec<String> {
    let scope = |scope: &&str| format!("scope `{scope}`");
    let mut words: Vec<String> = event.policy.scopes.iter().map(scope).collect();
    if event.policy.guests {
        words.push("guests too".to_owned());
    }
    words
}

fn history(event: &Event) -> Vec<String> {
    let flag = event.policy.flag.map(|flag| format!("flag `{flag}`{}", mark(event, "flag")));
    let since = event.policy.since.map(|since| format!("since {since}"));
    flag.into_iter().chain(since).collect()
}

/// Milliseconds as people say them.
pub(crate) fn duration(ms: u64) -> String {
    const UNITS: &[(u64, &str)] =
        &[(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    let unit = UNITS.iter().find(|(size, _)| ms >= *size && ms.is_multiple_of(*size));
    unit.map_or_else(|| format!("{ms} ms"), |(size, name)| format!("{} {name}", ms / size))
}

/// Bytes as people say them.
fn bytes(bytes: u32) -> String {
    match bytes {
        bytes if bytes >= 1_048_576 && bytes.is_multiple_of(1_048_576) => {
            format!("{} MiB", bytes / 1_048_576)
        }
        bytes if bytes >= 1_024 && bytes.is_multiple_of(1_024) => format!("{} KiB", bytes / 1_024),
        bytes => format!("{bytes} bytes"),
    }
}
