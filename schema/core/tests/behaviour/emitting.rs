//! The struct of the client trait: each method gives its sink the event, the rooms and the payload.

use std::sync::Mutex;

use serde_json::{Value, json};
use tautline::{
    AskSink, ClientSide, ContractError, Event, Namespace, RoomName, Sink, StreamSink, Unanswered,
    Uuid, Wire,
};

use crate::{
    chat::{Chat, ChatClient, Decision, Message, SessionId, Stored, ToolCall},
    run,
};

/// Keeps what is sent.
#[derive(Default)]
struct Kept(Mutex<Vec<(&'static str, Vec<String>, Value)>>);

impl Kept {
    fn keep<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) {
        let rooms = rooms.iter().map(RoomName::to_string).collect();
        let payload = serde_json::to_value(payload).unwrap();
        self.0.lock().unwrap().push((event.name, rooms, payload));
    }
}

impl Sink for &Kept {
    type Sent = ();

    fn send<P: Wire>(&self, event: &'static Event, rooms: Vec<RoomName>, payload: &P) {
        self.keep(event, rooms, payload);
    }
}

impl AskSink for &Kept {
    async fn ask<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        payload: &P,
    ) -> Result<A, Unanswered<E>> {
        self.keep(event, rooms, payload);
        serde_json::from_value(json!("never_again")).map_err(|_| Unanswered::Cancelled)
    }
}

impl StreamSink for &Kept {
    type Stream<A: Wire, E: ContractError> = (&'static str, std::marker::PhantomData<(A, E)>);
    type StreamError = std::convert::Infallible;

    fn open<P: Wire, A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        rooms: Vec<RoomName>,
        start: &P,
    ) -> Self::Stream<A, E> {
        self.keep(event, rooms, start);
        (std::any::type_name::<A>(), std::marker::PhantomData)
    }

    async fn reopen<A: Wire, E: ContractError>(
        &self,
        event: &'static Event,
        id: Uuid,
    ) -> Result<Self::Stream<A, E>, Self::StreamError> {
        self.0.lock().unwrap().push((event.name, Vec::new(), json!(id)));
        Ok((std::any::type_name::<A>(), std::marker::PhantomData))
    }
}

fn stored() -> Stored {
    Stored {
        session_id: SessionId(Uuid::nil()),
        message: Message { id: "m-1".into(), text: "hello".to_owned() },
    }
}

const ROOM: &str = "session:00000000-0000-0000-0000-000000000000";

#[test]
fn an_event_goes_to_the_rooms_that_its_payload_names() {
    let kept = Kept::default();
    let client = ChatClient::from(&kept);

    client.message_created(&stored());
    client.announced(&stored());

    let kept = kept.0.into_inner().unwrap();
    let payload = json!({
        "sessionId": "00000000-0000-0000-0000-000000000000",
        "message": { "id": "m-1", "text": "hello" }
    });
    assert_eq!(kept[0], ("message_created", vec![ROOM.to_owned()], payload.clone()));
    assert_eq!(kept[1], ("announced", vec![ROOM.to_owned(), "lobby".to_owned()], payload));
}

#[test]
fn an_event_without_payload_and_room_goes_where_its_sink_says() {
    let kept = Kept::default();

    <Chat as Namespace>::Emit::from(&kept).closed();

    assert_eq!(kept.0.into_inner().unwrap(), [("closed", Vec::new(), json!({}))]);
}

#[test]
fn a_question_gives_its_answer() {
    let kept = Kept::default();
    let call = ToolCall {
        session_id: SessionId(Uuid::nil()),
        tool: "rm".to_owned(),
        arguments: json!({"path": "/"}).into(),
    };

    let answer = run(ChatClient::from(&kept).approve_tool(&call));

    assert_eq!(answer.unwrap(), Decision::NeverAgain);
    let kept = kept.0.into_inner().unwrap();
    assert_eq!(kept[0].0, "approve_tool");
    assert_eq!(kept[0].1, [ROOM]);
}

#[test]
fn a_stream_is_typed_by_its_end() {
    let kept = Kept::default();

    let (end, _) = ChatClient::from(&kept).answer(&stored());

    assert!(end.ends_with("chat::Message"), "{end}");
}

#[test]
fn a_stream_that_was_begun_is_gone_on_with_by_its_id() {
    let kept = Kept::default();

    let (end, _) = run(ChatClient::from(&kept).reopen_answer(Uuid::nil())).unwrap();

    assert!(end.ends_with("chat::Message"), "{end}");
    assert_eq!(kept.0.into_inner().unwrap(), [("answer", Vec::new(), json!(Uuid::nil()))]);
}

#[test]
fn the_facts_of_the_struct_are_those_of_the_namespace() {
    let names = |events: &[Event]| events.iter().map(|event| event.name).collect::<Vec<_>>();

    let events = <ChatClient<()> as ClientSide>::EVENTS;

    assert_eq!(names(events), names(Chat::FACTS.events));
    assert_eq!(names(events), ["message_created", "announced", "closed", "answer", "approve_tool"]);
}
