//! Writes the frames that go out: events with their meta, and acknowledgements. Each is written once
//! and shared by everybody who gets it.

use std::fmt::Write as _;

use serde::Serialize;
use tautline::{Encoded, Problem, RoomName};

use crate::frame_out::Payload;
use crate::journal::{EventBody, RoomKey, StoredEvent};
use crate::position::Position;

/// JSON of something of ours that serde cannot fail to write.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    // Only maps with keys that are not text, and failing `Serialize` impls, fail: we have neither.
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// `["name",payload]`: an event that has no position.
pub(crate) fn event(name: &str, payload: &Encoded) -> Payload {
    let mut text = String::with_capacity(name.len() + payload.json.len() + 5);
    // Names are of a contract and need no escapes.
    text.push_str("[\"");
    text.push_str(name);
    text.push_str("\",");
    text.push_str(&payload.json);
    text.push(']');
    Payload::new(text, payload.attachments.clone())
}

/// `["tautline:…",payload]`: one of the library's own events.
pub(crate) fn control<T: Serialize>(name: &str, payload: &T) -> Payload {
    Payload::new(format!("[\"tautline:{name}\",{}]", json(payload)), Vec::new())
}

/// `["name",payload,meta]`: a durable event at its place.
pub(crate) fn durable(room: &RoomName, at: &Position, body: &EventBody) -> Payload {
    let mut text = String::with_capacity(body.payload.json.len() + 192);
    // Writing to a `String` cannot fail.
    let _ = write!(text, "[\"{}\",{},", body.name, body.payload.json);
    push_meta(&mut text, room, at, body);
    text.push(']');
    Payload::new(text, body.payload.attachments.clone())
}

/// Adds one stored event to the list of a resume's answer, its attachments to those of the answer.
pub(crate) fn push_missed(answer: &mut Encoded, key: &RoomKey, epoch: &str, event: &StoredEvent) {
    let at = Position { epoch: epoch.to_owned(), seq: event.seq };
    let payload = renumbered(&event.body.payload, answer.attachments.len());
    let _ =
        write!(answer.json, "{{\"name\":\"{}\",\"payload\":{payload},\"meta\":", event.body.name);
    push_meta(&mut answer.json, &key.room, &at, &event.body);
    answer.json.push('}');
    answer.attachments.extend(event.body.payload.attachments.iter().cloned());
}

fn push_meta(text: &mut String, room: &RoomName, at: &Position, body: &EventBody) {
    let _ = write!(
        text,
        "{{\"room\":{},\"epoch\":{},\"seq\":{},\"ts\":{}",
        json(room),
        json(&at.epoch),
        at.seq,
        body.ts
    );
    if let Some(cause) = &body.cause {
        let _ = write!(text, ",\"cause\":\"{cause}\"");
    }
    if let Some(question) = &body.question {
        let _ = write!(text, ",\"question\":{}", json(question));
    }
    if let Some(stream) = &body.stream {
        let _ = write!(text, ",\"stream\":{}", json(stream));
    }
    text.push('}');
}

/// The payload's JSON when `before` other attachments stand in front of its own.
pub(crate) fn renumbered(payload: &Encoded, before: usize) -> String {
    if payload.attachments.is_empty() || before == 0 {
        return payload.json.clone();
    }
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(&payload.json) else {
        return payload.json.clone();
    };
    renumber(&mut value, before as u64);
    json(&value)
}

fn renumber(value: &mut serde_json::Value, before: u64) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let placeholder = fields.get("_placeholder") == Some(&Value::Bool(true));
            match fields.get_mut("num") {
                Some(num) if placeholder => {
                    *num = Value::from(num.as_u64().unwrap_or_default() + before);
                }
                Some(_) | None => fields.values_mut().for_each(|field| renumber(field, before)),
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| renumber(item, before)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What an acknowledgement says of a command that went well.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// The answer.
    pub(crate) answer: Encoded,
    /// Where its events are, or for a join where the room is.
    pub(crate) at: Vec<(RoomName, Position)>,
    /// Whether an earlier attempt did it.
    pub(crate) replayed: bool,
    /// What stands in the room, as the fields of a JSON object; for a join.
    pub(crate) standing: Option<String>,
}

#[derive(Serialize)]
struct At<'a> {
    room: &'a RoomName,
    #[serde(flatten)]
    position: &'a Position,
}

/// `[{"ok":…}]`.
pub(crate) fn ack_ok(settled: Settled) -> Payload {
    let Settled { answer, at, replayed, standing } = settled;
    let ok = if answer.json.is_empty() { "null" } else { &answer.json };
    let mut text = String::with_capacity(ok.len() + 9 + at.len() * 96);
    text.push_str("[{\"ok\":");
    text.push_str(ok);
    if !at.is_empty() {
        let at: Vec<At<'_>> = at.iter().map(|(room, position)| At { room, position }).collect();
        text.push_str(",\"at\":");
        text.push_str(&json(&at));
    }
    if replayed {
        text.push_str(",\"replayed\":true");
    }
    if let Some(standing) = standing {
        text.push(',');
        text.push_str(&standing);
    }
    text.push_str("}]");
    Payload::new(text, answer.attachments)
}

/// `[{"error":…}]`.
pub(crate) fn ack_error(problem: &Problem) -> Payload {
    Payload::new(format!("[{{\"error\":{}}}]", json(problem)), Vec::new())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tautline::Uuid;

    use super::*;
    use crate::journal::QuestionRef;

    fn at(seq: u64) -> Position {
        Position { epoch: "e".to_owned(), seq }
    }

    fn encoded(json: &str) -> Encoded {
        Encoded { json: json.to_owned(), attachments: Vec::new() }
    }

    #[test]
    fn a_durable_event_says_where_it_is() {
        let body = EventBody {
            name: "asked".into(),
            payload: encoded("{\"a\":1}"),
            ts: 7,
            cause: Some(Uuid::from_u128(1)),
            question: Some(QuestionRef { id: Uuid::from_u128(2), expires_at: 9 }),
            stream: None,
        };

        let frame = durable(&RoomName::from_wire("r:1"), &at(3), &body);

        assert_eq!(
            frame.args(),
            "[\"asked\",{\"a\":1},{\"room\":\"r:1\",\"epoch\":\"e\",\"seq\":3,\"ts\":7,\
             \"cause\":\"00000000-0000-0000-0000-000000000001\",\
             \"question\":{\"id\":\"00000000-0000-0000-0000-000000000002\",\"expiresAt\":9}}]"
        );
    }

    #[test]
    fn an_answer_is_one_object_with_what_there_is_to_say() {
        let all = Settled {
            answer: encoded("{}"),
            at: vec![(RoomName::from_wire("r"), at(1))],
            replayed: true,
            standing: Some("\"questions\":[]".to_owned()),
        };

        assert_eq!(ack_ok(Settled::default()).args(), "[{\"ok\":null}]");
        assert_eq!(
            ack_ok(all).args(),
            "[{\"ok\":{},\"at\":[{\"room\":\"r\",\"epoch\":\"e\",\"seq\":1}],\
             \"replayed\":true,\"questions\":[]}]"
        );
    }

    #[test]
    fn attachments_of_several_events_share_one_numbering() {
        let event = |seq| StoredEvent {
            seq,
            body: EventBody {
                name: "e".into(),
                payload: Encoded {
                    json: "{\"b\":{\"_placeholder\":true,\"num\":0}}".to_owned(),
                    attachments: vec![Bytes::from_static(b"x")],
                },
                ts: 0,
                cause: None,
                question: None,
                stream: None,
            },
        };
        let key = RoomKey { namespace: "/t", room: RoomName::from_wire("r") };
        let mut answer = Encoded::default();

        push_missed(&mut answer, &key, "e", &event(1));
        push_missed(&mut answer, &key, "e", &event(2));

        assert!(answer.json.contains("{\"_placeholder\":true,\"num\":0}"));
        assert!(answer.json.contains("{\"_placeholder\":true,\"num\":1}"));
        assert_eq!(answer.attachments.len(), 2);
    }
}
