//! The queue's decisions, one by one, against an end that takes as much as it is told to.

use serde_json::json;
use tautline::{NamespaceFacts, Source};
use tokio::time::Instant;

use super::pump::POLLING_RETRY;
use super::*;
use crate::frame_out::Payload;
use crate::identity::Identity;
use crate::link::Inbox;
use crate::recorder::Recorder;

static FACTS: NamespaceFacts = NamespaceFacts {
    name: "Chat",
    path: "/chat",
    docs: "",
    commands: &[],
    events: &[],
    source: Source { file: file!(), line: line!() },
};

#[derive(Default)]
struct Listener {
    drained: Mutex<Vec<Vec<RoomName>>>,
    closed: Mutex<Vec<DisconnectReason>>,
}

impl Inbox for Listener {
    fn facts(&self) -> &'static NamespaceFacts {
        &FACTS
    }

    fn opened(&self, _link: &Arc<Link>) {}

    fn received(&self, _: &Arc<Link>, _: &str, _: Vec<bytes::Bytes>, _: Option<i64>) {}

    fn authorize_again(&self, _: &Arc<Link>) {}

    fn closed(&self, _link: &Arc<Link>, reason: DisconnectReason) {
        self.closed.lock().unwrap().push(reason);
    }

    fn drained(&self, _link: &Arc<Link>, dirty: Vec<RoomName>) {
        self.drained.lock().unwrap().push(dirty);
    }

    fn shutting_down(&self, _link: &Arc<Link>) {}
}

fn open() -> (Arc<Listener>, Arc<Link>, Recorder) {
    let listener = Arc::new(Listener::default());
    let inbox: Arc<dyn Inbox> = listener.clone();
    let (link, recorder) = Recorder::open(&inbox, Identity::new_guest());
    (listener, link, recorder)
}

fn frame(text: &str) -> Frame {
    Frame::Event(Payload::new(json!([text]).to_string(), Vec::new()))
}

/// Lets the pump try again.
async fn turn() {
    tokio::time::sleep(POLLING_RETRY * 2).await;
}

#[tokio::test(start_paused = true)]
async fn with_room_everything_goes_straight_through() {
    let (_listener, link, recorder) = open();

    link.send(Class::Ack, frame("a"));
    link.send(Class::Live, frame("b"));

    assert_eq!(recorder.texts(), ["[\"a\"]", "[\"b\"]"]);
}

#[tokio::test(start_paused = true)]
async fn what_waits_keeps_its_order() {
    let (_listener, link, recorder) = open();
    recorder.make_room(0);

    for text in ["a", "b", "c"] {
        link.send(Class::Ack, frame(text));
    }
    recorder.make_room(2);
    turn().await;
    assert_eq!(recorder.texts(), ["[\"a\"]", "[\"b\"]"]);
    link.send(Class::Live, frame("d"));
    recorder.make_room(usize::MAX);
    turn().await;
    link.send(Class::Ack, frame("e"));

    assert_eq!(recorder.texts(), ["[\"c\"]", "[\"d\"]", "[\"e\"]"]);
}

#[tokio::test(start_paused = true)]
async fn live_frames_make_way_for_durable_ones_and_acks_stay() {
    let (_listener, link, recorder) = open();
    let room = RoomName::from_wire("room:a");
    recorder.make_room(0);

    for text in ["ack 1", "ack 2"] {
        link.send(Class::Ack, frame(text));
    }
    for text in ["live 1", "live 2", "live 3"] {
        link.send(Class::Live, frame(text));
    }
    link.send(Class::Durable { room: &room }, frame("durable"));
    link.send(Class::Ack, frame("ack 3"));
    recorder.make_room(usize::MAX);
    turn().await;

    let expected = ["[\"ack 1\"]", "[\"ack 2\"]", "[\"live 2\"]", "[\"durable\"]", "[\"ack 3\"]"];
    assert_eq!(recorder.texts(), expected);
    assert_eq!(link.connection().outbound().dropped(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dirty_room_stays_dirty_until_it_is_named_once() {
    let (listener, link, recorder) = open();
    let (a, b) = (RoomName::from_wire("room:a"), RoomName::from_wire("room:b"));
    recorder.make_room(0);

    for text in ["1", "2", "3", "4", "5", "6"] {
        link.send(Class::Durable { room: &a }, frame(text));
    }
    link.send(Class::Durable { room: &b }, frame("7"));
    recorder.make_room(2);
    turn().await;
    // There is room in the queue again, but a hole before it.
    link.send(Class::Durable { room: &a }, frame("8"));
    recorder.make_room(usize::MAX);
    turn().await;

    assert_eq!(recorder.texts().len(), 4);
    let mut drained = listener.drained.lock().unwrap().concat();
    drained.sort();
    assert_eq!(drained, [a, b]);
}

#[tokio::test(start_paused = true)]
async fn a_part_makes_way_like_a_live_frame_and_its_room_is_named() {
    let (listener, link, recorder) = open();
    let [a, b, c] = ["room:a", "room:b", "room:c"].map(RoomName::from_wire);
    recorder.make_room(0);

    for text in ["1", "2", "3", "4"] {
        link.send(Class::Part { room: &a }, frame(text));
    }
    link.send(Class::Part { room: &b }, frame("full"));
    link.send(Class::Durable { room: &c }, frame("in the place of 1"));
    recorder.make_room(usize::MAX);
    turn().await;

    let mut drained = listener.drained.lock().unwrap().concat();
    drained.sort();
    assert_eq!(drained, [a, b]);
    let expected = ["[\"2\"]", "[\"3\"]", "[\"4\"]", "[\"in the place of 1\"]"];
    assert_eq!(recorder.texts(), expected);
}

#[tokio::test(start_paused = true)]
async fn of_a_volatile_name_the_newest_waits_in_the_place_of_the_oldest() {
    let (_listener, link, recorder) = open();
    recorder.make_room(0);

    link.send(Class::Volatile { conflate: "typing" }, frame("typing 1"));
    link.send(Class::Volatile { conflate: "cursor" }, frame("cursor 1"));
    link.send(Class::Volatile { conflate: "typing" }, frame("typing 2"));
    recorder.make_room(usize::MAX);
    turn().await;

    assert_eq!(recorder.texts(), ["[\"typing 2\"]", "[\"cursor 1\"]"]);
}

#[tokio::test(start_paused = true)]
async fn the_news_of_leaving_comes_last() {
    let (_listener, link, recorder) = open();
    recorder.make_room(0);

    link.send(Class::Control, frame("notice"));
    link.close(DisconnectReason::Kicked);
    link.send(Class::Control, frame("too late"));
    assert_eq!(recorder.left(), 0);
    recorder.make_room(usize::MAX);
    turn().await;

    assert_eq!(recorder.texts(), ["[\"notice\"]"]);
    assert_eq!(recorder.left(), 1);
}

#[tokio::test(start_paused = true)]
async fn too_many_bytes_end_the_connection() {
    let (listener, link, recorder) = open();
    recorder.make_room(0);

    for _ in 0..3 {
        link.send(Class::Ack, frame(&"x".repeat(500)));
    }

    assert_eq!(*listener.closed.lock().unwrap(), [DisconnectReason::Stalled]);
}

#[tokio::test(start_paused = true)]
async fn no_progress_ends_the_connection() {
    let (_listener, link, recorder) = open();
    let started = Instant::now();
    recorder.make_room(0);

    link.send(Class::Ack, frame("a"));
    while link.connection().ended().is_none() {
        turn().await;
    }

    assert_eq!(link.connection().ended(), Some(DisconnectReason::Stalled));
    assert!(started.elapsed() < Duration::from_secs(31));
}

#[tokio::test(start_paused = true)]
async fn last_words_go_out_before_a_connection_ends() {
    let (_listener, link, recorder) = open();
    recorder.make_room(0);

    link.send(Class::Control, frame("notice"));
    link.close(DisconnectReason::TokenExpired);
    turn().await;
    recorder.make_room(usize::MAX);
    turn().await;

    assert_eq!(recorder.texts(), ["[\"notice\"]"]);
}
