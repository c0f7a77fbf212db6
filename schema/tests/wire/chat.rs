//! `/chat`.

use serde_json::{Value, json};
use tautline::{Namespace as _, Room as _, Uuid};
use tautline_agent_chat::chat::{Body, ChatSession, Extent, Intent, Level};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::{AgentId, SessionId, TaskId};
use tautline_agent_chat::tasks::Priority;
use tautline_agent_chat::{Category, Chat, RecoveryAction};

use super::{broken, by_scope, travels, waiting};

const ID: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);

fn post(body: Value) -> Value {
    json!({ "sessionId": ID, "body": body })
}

#[test]
fn every_kind_of_message_travels_under_its_name() {
    let text = "hi".to_owned();
    let scribe = || vec![AgentId("scribe".to_owned())];
    travels(&Body::Text { text: text.clone() }, &json!({ "type": "text", "text": "hi" }));
    travels(
        &Body::Context {
            title: text.clone(),
            extent: Extent::Summary,
            content: text.clone(),
            agents: scribe(),
            expires_in: Some(60),
        },
        &json!({ "type": "context", "title": "hi", "extent": "summary", "content": "hi",
                 "agents": ["scribe"], "expiresIn": 60 }),
    );
    travels(
        &Body::Task { task_id: TaskId(ID), title: text.clone(), priority: Priority::Critical },
        &json!({ "type": "task", "taskId": ID, "title": "hi", "priority": "critical" }),
    );
    travels(
        &Body::Agent { intent: Intent::TaskRequest, to: scribe(), text: text.clone(), data: None },
        &json!({ "type": "agent", "intent": "task_request", "to": ["scribe"], "text": "hi" }),
    );
    travels(
        &Body::System { level: Level::Warning, text },
        &json!({ "type": "system", "level": "warning", "text": "hi" }),
    );
    travels(&Body::Deleted, &json!({ "type": "deleted" }));
}

#[test]
fn a_message_keeps_its_constraints() {
    let text = |text: &str| post(json!({ "type": "text", "text": text }));
    let context = post(json!({ "type": "context", "title": "", "extent": "full", "content": "x",
                               "agents": ["Scribe!"], "expiresIn": 5 }));

    assert_eq!(broken::<Chat>("send_message", text("hi")).unwrap(), [""; 0]);
    assert_eq!(broken::<Chat>("send_message", text("")).unwrap(), ["body.text: length"]);
    assert_eq!(
        broken::<Chat>("send_message", text(&"x".repeat(8_001))).unwrap(),
        ["body.text: length"]
    );
    assert_eq!(
        broken::<Chat>("send_message", context).unwrap(),
        ["body.title: length", "body.agents[0]: pattern", "body.expiresIn: range"]
    );
}

#[test]
fn what_is_no_message_is_not_even_read() {
    for body in [json!({ "type": "video" }), json!({ "type": "text" }), json!("hi")] {
        assert!(broken::<Chat>("send_message", post(body.clone())).is_err(), "{body}");
    }
}

#[test]
fn reading_and_writing_are_two_scopes() {
    let scopes = by_scope::<Chat>();

    assert_eq!(
        scopes["chat:read"],
        [
            "list_sessions",
            "join_chat_session",
            "list_messages",
            "list_thread",
            "list_messages_since",
            "read_context"
        ]
    );
    assert_eq!(scopes.len(), 2, "{scopes:?}");
    // No agent approves what it wants to do itself.
    let question = Chat::FACTS.events.iter().find(|event| event.name == "approve_tool").unwrap();
    assert_eq!(question.policy.scopes, ["tools:approve"]);
}

#[test]
fn what_was_written_offline_waits_and_what_needs_an_answer_does_not() {
    let (hour, day) = (3_600, 86_400);
    assert_eq!(
        waiting::<Chat>(),
        [
            ("rename_session", hour),
            ("archive_session", hour),
            ("leave_chat_session", hour),
            ("send_message", day),
            ("edit_message", hour),
            ("delete_message", hour)
        ]
    );
}

#[test]
fn a_room_is_named_after_its_session() {
    let room = ChatSession { session_id: SessionId(ID) };

    assert_eq!(room.name().as_str(), format!("session:{ID}"));
    assert_eq!(ChatSession::parse(room.name().as_str()), Some(room));
    assert_eq!(ChatSession::parse("session:nonsense"), None);
}

#[test]
fn a_refusal_says_what_to_do() {
    use tautline::ContractError as _;

    let problem = ChatError::NotDelivered { retry_after_ms: 2_000 }.problem();

    assert_eq!((&*problem.code, problem.category), ("chat.not_delivered", Category::Unavailable));
    assert_eq!(problem.recovery.action, RecoveryAction::Retry);
    assert_eq!((problem.recovery.after_ms, problem.recovery.max_attempts), (Some(2_000), Some(5)));
}
