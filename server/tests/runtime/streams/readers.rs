//! Readers who come late, miss something or do not read: all see all of it.

use serde_json::{Value, json};
use tautline_server::journal::Memory;
use tautline_server::{Server, Settings};

use super::contract::Pages;
use super::scribe::{Reader, Scribe, Writing, begin, draft, enter, pass, server, text};

#[tokio::test(start_paused = true)]
async fn whoever_joins_in_the_middle_sees_all_of_it() {
    let server = server();
    let stream = begin(&server, "a");
    stream.append("Once ").await.unwrap();
    pass(50).await;
    stream.append("upon ").await.unwrap();
    pass(50).await;

    let mut reader = Reader::of(&server, "a").await;
    assert_eq!(reader.streams.text(&stream.id().to_string()), Some("Once upon "));
    stream.append("a time").await.unwrap();
    reader.sees(&stream, "Once upon a time").await;
    stream.finish(&text("a", "")).await.unwrap();

    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
    assert_eq!(reader.streams.streams()[0].number, 3);
}

#[tokio::test(start_paused = true)]
async fn an_open_stream_is_listed_with_all_that_its_beginning_said() {
    let server = server();
    let stream = begin(&server, "a");
    stream.append("text").await.unwrap();
    pass(50).await;

    let (_client, socket) = enter(&server).await;
    let join = json!({ "page": "a" });
    let joined = socket.call_with("join_page", &join, &json!({})).await.unwrap();
    let rooms = json!({ "rooms": [{ "room": "page:a" }, { "room": "page:b" }] });
    let resumed = socket.call::<Value>("tautline:resume", &rooms).await.unwrap();

    let listed = json!([{
        "id": stream.id(),
        "name": "writing",
        "payload": { "page": "a", "title": "a poem" },
        "room": "page:a",
        "number": 1,
        "text": "text",
    }]);
    assert_eq!(joined["streams"], listed);
    assert_eq!(resumed["rooms"][0]["streams"], listed);
    assert_eq!(resumed["rooms"][1]["streams"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn parts_that_come_while_a_join_is_undecided_are_neither_lost_nor_doubled() {
    let scribe = Scribe::default();
    let server = scribe.server(Memory::new());
    let stream = begin(&server, "gated");
    let mut written = String::new();
    let (_client, mut socket) = enter(&server).await;
    let join = json!({ "page": "gated" });

    let joining = socket.call_with("join_page", &join, &json!({}));
    for word in ["one ", "two ", "three "] {
        stream.append(word).await.unwrap();
        written.push_str(word);
        pass(60).await;
    }
    scribe.open("gated");
    let joined = joining.await.unwrap();
    stream.append("four").await.unwrap();

    let listed = &joined["streams"][0];
    assert_eq!((&listed["number"], &listed["text"]), (&json!(3), &json!("one two three ")));
    let mut numbers = Vec::new();
    while numbers.last() != Some(&json!(4)) {
        numbers.push(socket.next_named("tautline:append").await.payload["number"].clone());
    }
    assert!(numbers.windows(2).all(|pair| pair[0].as_u64() < pair[1].as_u64()), "{numbers:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_was_cut_comes_back_into_the_middle() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("seen ").await.unwrap();
    reader.sees(&stream, "seen ").await;

    reader.client.close();
    reader.client.closed().await;
    stream.append("missed ").await.unwrap();
    pass(50).await;
    let other = begin(&server, "a");
    other.append("new").await.unwrap();
    pass(50).await;
    reader.come_back(&server).await;
    stream.append("live").await.unwrap();
    reader.sees(&stream, "seen missed live").await;

    assert_eq!(reader.streams.text(&other.id().to_string()), Some("new"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ended_meanwhile_has_ended_for_who_comes_back() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("seen ").await.unwrap();
    reader.sees(&stream, "seen ").await;

    reader.client.close();
    reader.client.closed().await;
    stream.append("missed").await.unwrap();
    stream.finish(&text("a", "seen missed")).await.unwrap();
    let answer = reader.come_back(&server).await;

    assert_eq!(answer["streams"], json!([]));
    assert_eq!(reader.streams.streams()[0].status, "finished");
    assert_eq!(answer["events"][0]["payload"]["answer"]["text"], "seen missed");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_called_off_meanwhile_leaves_all_of_its_text() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("seen ").await.unwrap();
    reader.sees(&stream, "seen ").await;

    reader.client.close();
    reader.client.closed().await;
    for word in ["missed ", "and "] {
        stream.append(word).await.unwrap();
        pass(50).await;
    }
    stream.append("missed").await.unwrap();
    stream.cancel().await.unwrap();
    reader.come_back(&server).await;

    let seen = &reader.streams.streams()[0];
    assert_eq!((&*seen.status, &*seen.text), ("cancelled", "seen missed and missed"));
}

#[tokio::test(start_paused = true)]
async fn an_end_that_has_an_answer_does_not_say_everything_twice() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("once").await.unwrap();
    stream.finish(&text("a", "once")).await.unwrap();

    let ended = reader.next_named("tautline:ended").await.payload;
    assert_eq!((&ended["number"], &ended["text"]), (&json!(1), &Value::Null));
}

/// A server whose clients are soon behind.
fn narrow() -> Server {
    let settings = Settings { outbound_frames: 8, engine_packets: 8, ..Settings::default() };
    Scribe::default().server_with(Memory::new(), settings)
}

async fn write_much(stream: &Writing, words: u32) -> String {
    let word = "x".repeat(2_000);
    for _ in 0..words {
        stream.append(&word).await.unwrap();
        pass(45).await;
    }
    word.repeat(words as usize)
}

#[tokio::test(start_paused = true)]
async fn one_who_does_not_read_holds_nobody_up_and_sees_all_of_it_afterwards() {
    let server = narrow();
    let mut stalled = Reader::of(&server, "a").await;
    let mut reader = Reader::of(&server, "a").await;
    stalled.client.stop_reading();

    let stream = begin(&server, "a");
    let start = tokio::time::Instant::now();
    let written = write_much(&stream, 100).await;
    assert!(start.elapsed().as_millis() < 5_000, "the producer was held up");
    reader.sees(&stream, &written).await;
    // Nothing comes behind the parts that it missed: the server has to say so.
    stalled.client.resume_reading();
    stalled.sees(&stream, &written).await;
    assert!(stalled.subscribed > 0, "nothing was dropped: the test shows nothing");
}

#[tokio::test(start_paused = true)]
async fn the_same_stream_can_be_written_by_a_handler_of_another_page() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let (_client, elsewhere) = enter(&server).await;

    let task = json!({ "draft": draft("a"), "ending": "kept" });
    elsewhere.call::<Value>("write", &task).await.unwrap();

    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
    assert_eq!(reader.streams.streams()[0].text, "roses are red");
    assert_eq!(
        server.room::<Pages>(&super::contract::Page { page: "a".to_owned() }).members().len(),
        1
    );
}
