//! What strangers may send, each kind as a function of bytes. `targets` gives them to cargo-fuzz, and
//! `tests/corpus.rs` runs what is in `corpus` through the same functions, with mutations of it.
//!
//! A function returns when all is well and panics when it is not: when the server panicked, fell silent,
//! answered with something that is neither an answer nor a problem, or changed a value on its way.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a panic is what a fuzzer looks for"
)]

mod contract;
mod cursor;
mod payload;
mod world;

use world::World;

pub use cursor::cursor;
pub use payload::payload;

/// A function that a fuzzer feeds.
pub type Target = fn(&[u8]);

/// All of them, under the names of their corpora.
pub const TARGETS: &[(&str, Target)] = &[
    ("frame", frame),
    ("payload", payload),
    ("control", control),
    ("cursor", cursor),
    ("meta", meta),
    ("credentials", credentials),
    ("token", token),
];

/// Packets as they stand, one a line, on a connection that is in the namespace.
pub fn frame(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    World::with(|world| world.packets(text.lines().take(16)));
}

/// A line with the name of one of the library's own events, then its payload.
pub fn control(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (name, payload) = text.split_once('\n').unwrap_or((&text, "{}"));
    let name = serde_json::Value::from(format!("tautline:{name}"));
    World::with(|world| world.event(&format!("[{name},{payload}]")));
}

/// What a client says about its command.
pub fn meta(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    World::with(|world| {
        world.event(&format!("[\"write\",{{\"desk\":\"a\",\"text\":\"hi\"}},{text}]"))
    });
}

/// What a client shows when it connects.
pub fn credentials(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    World::with(|world| world.connect(&text));
}

/// A token. Nobody here knows the server's secret: whatever it says, it is refused.
pub fn token(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let auth = serde_json::json!({ "token": text }).to_string();
    let entered = World::with(|world| world.connect(&auth));
    assert!(!entered, "a token that nobody signed: {text}");
}
