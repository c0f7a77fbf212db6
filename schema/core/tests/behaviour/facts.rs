//! What the server and codegen read of a contract.

use serde_json::json;
use tautline::{
    Auth, Delivery, Event, EventKind, Lane, Namespace, Offline, Policy, Rate, Retention,
    control::{Control, Welcome},
};

use crate::chat::{Chat, contract};

fn event(events: &'static [Event], name: &str) -> &'static Event {
    events.iter().find(|event| event.name == name).unwrap()
}

fn command(name: &str) -> &'static Event {
    event(Chat::FACTS.commands, name)
}

#[test]
fn a_contract_lists_its_namespaces() {
    let contract = contract();

    assert_eq!((contract.name, contract.version, contract.hash), ("chat", "1.2.0", ""));
    assert_eq!(contract.auth, Auth::Jwt);
    assert!(contract.guests);
    assert_eq!(contract.scopes, ["chat:read", "chat:write"]);
    let [chat] = contract.namespaces else { panic!("one namespace") };
    assert_eq!((chat.name, chat.path), ("Chat", "/chat"));
    assert_eq!(chat.docs, "What a client may ask of the server.");
}

#[test]
fn an_event_has_everything_that_was_said_of_it() {
    let send = command("send_message");
    let Policy { delivery, timeout_ms, rate, cost, max_bytes, offline, window_ms, .. } =
        send.policy;

    assert!(send.acknowledged);
    assert_eq!(send.kind, EventKind::Plain);
    assert_eq!(delivery, Delivery::Idempotent);
    assert_eq!((timeout_ms, cost, max_bytes), (5_000, 3, 131_072));
    assert_eq!(rate, Some(Rate { count: 20, per_ms: 10_000 }));
    assert_eq!(offline, Offline::Queue { ttl_ms: 86_400_000 });
    assert_eq!(window_ms, Policy::DEFAULT.window_ms);
    assert_eq!(send.policy.scopes, ["chat:write"]);
    assert_eq!(send.policy.rooms[0].pattern, "session:{session_id}");
    assert!(send.payload.unwrap().rust_name().ends_with("NewMessage"));
    assert_eq!(send.error.unwrap().name, "ChatError");
    assert_eq!(
        send.policy.example.unwrap()(),
        json!({"sessionId": "00000000-0000-0000-0000-000000000000", "text": "hello"})
    );
    assert_eq!(send.policy.answer_example.unwrap()(), json!({"id": "m-1", "text": "hello"}));
}

#[test]
fn what_is_not_said_follows_from_the_declaration() {
    let (typing, ping) = (command("typing"), command("ping"));

    assert!(!typing.acknowledged);
    assert_eq!(typing.policy.delivery, Delivery::Volatile);
    assert_eq!(typing.policy.offline, Offline::Drop);
    assert!(typing.answer.is_none() && typing.error.is_none());

    assert_eq!(ping.policy.delivery, Delivery::AtMostOnce);
    assert_eq!(ping.policy.offline, Offline::Fail);
    assert_eq!(ping.policy.lane, Lane::Room);
    assert!(ping.payload.is_none() && ping.answer.is_none());
    assert_eq!(ping.docs, "");

    assert_eq!(event(Chat::FACTS.events, "announced").policy.delivery, Delivery::Live);
    assert_eq!(event(Chat::FACTS.events, "closed").policy.delivery, Delivery::Volatile);
}

#[test]
fn lanes_scopes_flags_and_versions_are_kept() {
    let (mark, list) = (command("mark_read"), command("threads:list"));

    assert_eq!(mark.policy.lane, Lane::None);
    assert!(mark.policy.guests);
    assert_eq!(mark.policy.since, Some("1.1.0"));
    let deprecated = mark.policy.deprecated.unwrap();
    assert_eq!(deprecated.replacement, Some("send_message"));
    assert_eq!(deprecated.note, "it was a bad idea");
    let rooms: Vec<&str> = mark.policy.rooms.iter().map(|room| room.name).collect();
    assert_eq!(rooms, ["ChatSession", "Lobby"]);

    assert_eq!(list.policy.lane, Lane::Named("lists"));
    assert_eq!(list.policy.scopes, ["chat:read", "chat:write"]);
    assert_eq!(list.policy.flag, Some("threads"));
}

#[test]
fn joins_streams_and_questions_are_told_apart() {
    let join = command("join_chat_session");
    let answer = event(Chat::FACTS.events, "answer");
    let approve = event(Chat::FACTS.events, "approve_tool");

    assert_eq!(join.kind, EventKind::Join);
    assert_eq!(join.policy.rooms[0].name, "ChatSession");
    assert_eq!(answer.kind, EventKind::Stream { lease_ms: 15_000 });
    assert!(!answer.acknowledged);
    assert_eq!(approve.kind, EventKind::Question { expires_ms: 600_000 });
    assert_eq!(approve.policy.delivery, Delivery::Durable);
    assert_eq!(approve.policy.answer_example.unwrap()(), json!("once"));
}

#[test]
fn a_room_is_a_fact() {
    let rooms = Chat::FACTS.rooms();
    let [session, lobby] = rooms.as_slice() else { panic!("two rooms") };

    assert_eq!(session.retention, Retention { count: Some(10_000), age_ms: Some(2_592_000_000) });
    assert_eq!((session.params[0].field, session.params[0].wire), ("session_id", "sessionId"));
    assert!(session.presence.unwrap().rust_name().ends_with("Cursor"));
    assert!(session.receipts && !lobby.receipts);
    assert_eq!(session.docs, "One chat session. Everyone who joined it sees its events.");
    assert_eq!(lobby.retention, Retention::DEFAULT);
    assert!(lobby.presence.is_none() && lobby.params.is_empty());
}

#[test]
fn a_fact_knows_the_line_that_it_comes_from() {
    let source = command("send_message").source;
    let lines: Vec<&str> = include_str!("chat.rs").lines().collect();

    assert!(source.file.ends_with("chat.rs"), "{}", source.file);
    let line = lines[source.line as usize - 1];
    assert!(line.contains("fn send_message"), "{line}");
}

#[test]
fn the_events_of_the_library_carry_its_prefix() {
    let commands: Vec<&str> = Control::FACTS.commands.iter().map(|event| event.name).collect();
    let events: Vec<&str> = Control::FACTS.events.iter().map(|event| event.name).collect();

    assert_eq!(
        commands,
        ["subscribe", "unsubscribe", "resume", "refresh", "answer", "receipt", "present"]
            .map(|name| format!("tautline:{name}"))
    );
    assert_eq!(
        events,
        [
            "welcome",
            "heads",
            "problem",
            "room_closed",
            "settled",
            "append",
            "ended",
            "receipts",
            "presence",
            "notice",
        ]
        .map(|name| format!("tautline:{name}"))
    );
    let welcome = Control::FACTS.events[0].payload.unwrap();
    assert_eq!(welcome.rust_name(), std::any::type_name::<Welcome>());
}
