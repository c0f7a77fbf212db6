//! Cursors: whatever position a client claims, it gets all that it missed, in order, or hears that it does not.

use std::cell::OnceCell;

use serde_json::{Value, json};

use crate::world::World;

/// How many notes have been written on the desk; it keeps the last eight.
const NOTES: u64 = 12;

thread_local! {
    static EPOCH: OnceCell<String> = const { OnceCell::new() };
}

/// Eleven bytes for each room: which room, which epoch, and how the position's number is made.
pub fn cursor(data: &[u8]) {
    let epoch = EPOCH.with(|epoch| epoch.get_or_init(prepare).clone());
    let claims: Vec<(&str, Option<Claim>)> =
        data.chunks_exact(11).take(8).map(|it| claim(it, &epoch)).collect();
    let rooms: Vec<Value> = claims
        .iter()
        .map(|(room, since)| {
            let since = since.as_ref().map(|(epoch, seq)| json!({ "epoch": epoch, "seq": seq }));
            json!({ "room": room, "since": since })
        })
        .collect();
    let request = json!(["tautline:resume", { "rooms": rooms }]).to_string();
    let Some(answer) = World::with(|world| world.event(&request)) else { return };
    let Some(verdicts) = answer["ok"]["rooms"].as_array() else { return };
    assert_eq!(verdicts.len(), claims.len(), "a verdict for each room");
    for ((room, since), verdict) in claims.iter().zip(verdicts) {
        if verdict["recovered"] == true {
            whole(room, since.as_ref(), verdict);
        }
    }
}

type Claim = (String, u64);

fn claim<'a>(bytes: &[u8], epoch: &str) -> (&'a str, Option<Claim>) {
    let room =
        ["desk:a", "desk:b", "desk:", "desk:%41", "nowhere", "desk:a:b"][usize::from(bytes[0]) % 6];
    let seq = u64::from_le_bytes(bytes[3..11].try_into().expect("eight bytes"));
    let seq = match bytes[2] % 3 {
        0 => seq % 16,
        // What JavaScript can count to, and some beyond.
        1 => seq % (1 << 54),
        _ => seq,
    };
    let since = match bytes[1] % 4 {
        0 | 1 => Some((epoch.to_owned(), seq)),
        2 => Some(("another".to_owned(), seq)),
        _ => None,
    };
    (room, since)
}

/// Nothing is missing between what the client had and where the room stands.
fn whole(room: &str, since: Option<&Claim>, verdict: &Value) {
    let (epoch, from) = since.expect("who names no position has missed nothing to be brought");
    let events = verdict["events"].as_array().expect("events");
    let numbers: Vec<u64> = events.iter().filter_map(|it| it["meta"]["seq"].as_u64()).collect();
    let expected: Vec<u64> = (from + 1..).take(events.len()).collect();
    assert_eq!(numbers, expected, "a gap in {room}: {verdict}");
    assert_eq!(verdict["at"]["epoch"], *epoch, "another numbering: {verdict}");
    if verdict["more"] != true {
        assert_eq!(verdict["at"]["seq"], numbers.last().copied().unwrap_or(*from), "{verdict}");
    }
}

/// Writes the notes, and gives the epoch of their desk.
fn prepare() -> String {
    World::with(|world| {
        for number in 0..NOTES {
            world.event(&json!(["write", { "desk": "a", "text": number.to_string() }]).to_string());
        }
        let asked = world.event(&json!(["tautline:subscribe", { "room": "desk:a" }]).to_string());
        let answer = asked.expect("an answer");
        answer["ok"]["at"]["epoch"].as_str().expect("an epoch").to_owned()
    })
}
