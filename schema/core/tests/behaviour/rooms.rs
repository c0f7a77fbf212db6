//! Rooms: their names, and how they are found in payloads.

use serde_json::json;
use tautline::{Room, User, Uuid};

use crate::chat::{ChatSession, Lobby, NewMessage, Part, SessionId, Thread};

const SESSION: SessionId = SessionId(Uuid::nil());

#[test]
fn a_name_holds_the_fields_and_gives_them_back() {
    let thread = Thread { session_id: SESSION, number: 7 };

    let name = thread.name();

    assert_eq!(name.as_str(), "thread:00000000-0000-0000-0000-000000000000/7");
    assert_eq!(Thread::parse(name.as_str()), Some(thread));
    assert_eq!(Lobby::parse("lobby"), Some(Lobby {}));
    assert_eq!(Thread::parse("thread:00000000-0000-0000-0000-000000000000/07"), None);
}

#[test]
fn a_room_is_found_in_a_payload_by_name_and_type() {
    let message = NewMessage { session_id: SESSION, text: String::new() };
    let thread = Thread { session_id: SESSION, number: 7 };

    assert_eq!(ChatSession::of(&message), ChatSession { session_id: SESSION });
    assert_eq!(ChatSession::of(&thread), ChatSession { session_id: SESSION });
    assert_eq!(Lobby::of(&message), Lobby {});
}

#[test]
fn a_room_is_found_in_a_field_that_all_variants_have() {
    let part = Part::Text { session_id: SESSION, body: String::new() };

    assert_eq!(ChatSession::of(&part), ChatSession { session_id: SESSION });
}

#[test]
fn a_room_is_a_payload() {
    let room = ChatSession { session_id: SESSION };
    let wire = json!({"sessionId": "00000000-0000-0000-0000-000000000000"});

    assert_eq!(serde_json::to_value(&room).unwrap(), wire);
    assert_eq!(serde_json::from_value::<ChatSession>(wire).unwrap(), room);
    assert_eq!(ChatSession::of(&room), room);
}

#[test]
fn the_personal_room_is_named_by_the_subject() {
    assert_eq!(User { subject: "a:b".to_owned() }.name().as_str(), "user:a%3Ab");
}
