//! From a decoded command to the service's method and back.

use std::{any::TypeId, sync::Mutex};

use serde_json::{Value, json};
use tautline::{
    Answer, Category, Command, DisconnectReason, Dispatch, Encoded, Failure, Namespace, NoRefusal,
    Refusal, Report, Room, RoomName, Uuid,
};

use crate::{
    chat::{
        Chat, ChatCommand, ChatError, ChatServer, ChatSession, Message, MessageId, NewMessage,
        SessionId, SessionState, Typing,
    },
    run,
};

/// Writes down what happens.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn say(&self, words: impl Into<String>) {
        self.0.lock().unwrap().push(words.into());
    }

    fn said(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Service;

impl ChatServer for Service {
    type Context = Log;

    async fn authorize_chat_session(
        &self,
        cx: &Self::Context,
        room: &ChatSession,
    ) -> Answer<(), ChatError> {
        cx.say("authorize");
        if room.session_id.0.is_nil() {
            return Err(ChatError::SessionNotFound { session_id: room.session_id })?;
        }
        Ok(())
    }

    async fn join_chat_session(
        &self,
        cx: &Self::Context,
        room: &ChatSession,
    ) -> Answer<SessionState, ChatError> {
        cx.say(format!("join {}", room.name()));
        Ok(SessionState { messages: Vec::new(), cursors: Default::default() })
    }

    async fn send_message(
        &self,
        cx: &Self::Context,
        message: NewMessage,
    ) -> Answer<Message, ChatError> {
        cx.say(format!("send {}", message.text));
        if message.text == "fail" {
            let number: u8 = message.text.parse()?;
            cx.say(format!("never {number}"));
        }
        Ok(Message { id: "m-1".into(), text: message.text })
    }

    async fn typing(&self, cx: &Self::Context, _: Typing) {
        cx.say("typing");
    }

    async fn mark_read(&self, _: &Self::Context, _: Typing) -> Answer<(), ChatError> {
        Err(Failure::Refused(ChatError::TooFast))
    }

    async fn list_threads(&self, _: &Self::Context) -> Answer<Vec<Message>, NoRefusal> {
        Ok(vec![Message { id: MessageId("m-2".to_owned()), text: "hi".to_owned() }])
    }

    async fn ping(&self, _: &Self::Context) -> Answer<()> {
        Ok(())
    }

    async fn disconnected(&self, cx: &Self::Context, reason: DisconnectReason) {
        cx.say(reason.as_str());
    }
}

/// Decodes the command of this wire name as the runtime does.
fn decode(name: &str, payload: &Value) -> Result<ChatCommand, serde_json::Error> {
    let (index, _) = Chat::FACTS.command(name).unwrap();
    ChatCommand::decode(index, payload)
}

/// Runs a command and gives its answer as JSON.
fn answer(log: &Log, command: ChatCommand) -> Result<Value, Refusal> {
    let encoded = run(<Chat as Dispatch<Service>>::run(&Service, log, command))?;
    Ok(serde_json::from_str(&encoded.json).unwrap())
}

fn problem(refusal: Refusal) -> tautline::Problem {
    match refusal {
        Refusal::Problem(problem) => *problem,
        Refusal::Internal(cause) => panic!("{cause}"),
    }
}

const SESSION: &str = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

#[test]
fn a_command_reaches_its_method_and_its_answer_travels() {
    let log = Log::default();
    let command = decode("send_message", &json!({"sessionId": SESSION, "text": "hello"})).unwrap();

    let answer = answer(&log, command).unwrap();

    assert_eq!(answer, json!({"id": "m-1", "text": "hello"}));
    assert_eq!(log.said(), ["send hello"]);
}

#[test]
fn a_command_without_a_payload_takes_an_empty_object() {
    let log = Log::default();

    let pong = answer(&log, decode("ping", &json!({})).unwrap()).unwrap();
    let threads = answer(&log, decode("threads:list", &json!({})).unwrap()).unwrap();

    assert_eq!(pong, Value::Null);
    assert_eq!(threads, json!([{"id": "m-2", "text": "hi"}]));
}

#[test]
fn a_command_without_acknowledgement_answers_null() {
    let log = Log::default();
    let command = decode("typing", &json!({"sessionId": SESSION})).unwrap();

    let answer = answer(&log, command).unwrap();

    assert_eq!(answer, Value::Null);
    assert_eq!(log.said(), ["typing"]);
}

#[test]
fn a_declared_refusal_reaches_the_runtime_as_a_problem() {
    let command = decode("mark_read", &json!({"sessionId": SESSION})).unwrap();

    let refusal = answer(&Log::default(), command).unwrap_err();

    let problem = problem(refusal);
    assert_eq!(problem.code, "chat.too_fast");
    assert_eq!(problem.category, Category::RateLimited);
}

#[test]
fn any_other_error_is_internal_and_keeps_its_cause() {
    let command = decode("send_message", &json!({"sessionId": SESSION, "text": "fail"})).unwrap();

    let refusal = answer(&Log::default(), command).unwrap_err();

    assert!(
        matches!(&refusal, Refusal::Internal(cause) if cause.downcast_ref::<std::num::ParseIntError>().is_some())
    );
}

#[test]
fn a_join_is_authorised_before_it_runs() {
    let log = Log::default();
    let name = format!("session:{SESSION}");
    let command = ChatCommand::join(&name).unwrap();
    let stranger = ChatCommand::join("session:00000000-0000-0000-0000-000000000000").unwrap();

    let admitted = run(<Chat as Dispatch<Service>>::authorize(&Service, &log, &command));
    let refused = run(<Chat as Dispatch<Service>>::authorize(&Service, &log, &stranger));
    let state = answer(&log, command).unwrap();

    assert!(admitted.is_ok());
    assert_eq!(problem(refused.unwrap_err()).code, "chat.session_not_found");
    assert_eq!(state, json!({"messages": [], "cursors": {}}));
    assert_eq!(log.said(), ["authorize", "authorize", &format!("join {name}")]);
}

#[test]
fn other_commands_need_no_authorisation_of_a_room() {
    let log = Log::default();

    let admitted = run(<Chat as Dispatch<Service>>::authorize(&Service, &log, &ChatCommand::Ping));

    assert!(admitted.is_ok());
    assert!(log.said().is_empty());
}

#[test]
fn a_name_of_no_room_is_no_join() {
    assert!(ChatCommand::join("lobby").is_none());
    assert!(ChatCommand::join("session:not-a-uuid").is_none());
}

/// The state of a member of a session, as the runtime reads it.
fn presence(state: &Value) -> Result<(Option<Encoded>, Report), serde_json::Error> {
    let mut report = Report::new();
    let encoded = ChatCommand::presence(&format!("session:{SESSION}"), state, &mut report)?;
    Ok((encoded, report))
}

#[test]
fn what_a_member_shows_is_of_the_rooms_type() {
    let (state, report) = presence(&json!({"line": 7, "colour": "red"})).unwrap();

    assert_eq!(state.unwrap().json, "{\"line\":7}");
    assert!(report.into_fields().is_empty());
    assert!(presence(&json!({"line": "seven"})).is_err());
}

#[test]
fn what_a_member_shows_keeps_the_rules_of_its_type() {
    let (_, report) = presence(&json!({"line": 101})).unwrap();

    assert_eq!(report.into_fields()[0].path, "line");
}

#[test]
fn a_room_that_nothing_enters_takes_no_presence() {
    let state = ChatCommand::presence("lobby", &json!({}), &mut Report::new()).unwrap();

    assert_eq!(state, None);
}

#[test]
fn the_rooms_of_a_command_come_from_its_payload() {
    let session_id = SessionId(Uuid::nil());
    let rooms = |command: ChatCommand| -> Vec<String> {
        command.rooms().iter().map(RoomName::to_string).collect()
    };
    let name = "session:00000000-0000-0000-0000-000000000000";

    assert_eq!(rooms(ChatCommand::Typing(Typing { session_id })), [name]);
    assert_eq!(rooms(ChatCommand::MarkRead(Typing { session_id })), [name, "lobby"]);
    assert_eq!(rooms(ChatCommand::JoinChatSession(ChatSession { session_id })), [name]);
    assert!(rooms(ChatCommand::Ping).is_empty());
}

#[test]
fn a_command_knows_its_index_and_the_type_of_its_answer() {
    for (index, event) in Chat::FACTS.commands.iter().enumerate() {
        let payload = json!({"sessionId": SESSION, "text": "x"});
        let command = decode(event.name, &payload).unwrap();
        assert_eq!(command.index(), index, "{}", event.name);
    }
    let send = decode("send_message", &json!({"sessionId": SESSION, "text": ""})).unwrap();
    assert_eq!(send.answer_type(), TypeId::of::<Message>());
    assert_eq!(ChatCommand::Ping.answer_type(), TypeId::of::<()>());
}

#[test]
fn a_command_reports_what_its_payload_breaks() {
    let command = decode("send_message", &json!({"sessionId": SESSION, "text": ""})).unwrap();
    let mut report = Report::new();

    command.check(&mut report);

    let fields = report.into_fields();
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].path, "text");
}

#[test]
fn the_provided_hooks_may_be_left_out() {
    let log = Log::default();

    let entered = run(<Chat as Dispatch<Service>>::connected(&Service, &log));
    run(<Chat as Dispatch<Service>>::disconnected(&Service, &log, DisconnectReason::Kicked));

    assert!(entered.is_ok());
    assert_eq!(log.said(), ["kicked"]);
}
