//! How streams end: with their answer, called off, failed, or left to their lease.

use serde_json::{Value, json};
use tautline::{Answer, NoRefusal};
use tautline_server::journal::Memory;
use tautline_server::{Settings, StreamError};

use super::contract::*;
use super::scribe::{Reader, Scribe, begin, draft, enter, pass, server, text};

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_called_off_says_so_after_all_of_its_text() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;

    let stream = begin(&server, "a");
    let id = stream.id().to_string();
    stream.append("half a ").await.unwrap();
    stream.append("sentence").await.unwrap();
    stream.cancel().await.unwrap();
    let ended = reader.next_named("tautline:ended").await;

    let cancelled = json!({
        "stream": id,
        "name": "writing",
        "outcome": "cancelled",
        "number": 1,
        "text": "half a sentence",
    });
    assert_eq!(ended.payload, cancelled);
    assert_eq!(reader.streams.streams()[0].text, "half a sentence");
}

#[tokio::test(start_paused = true)]
async fn a_stream_fails_in_the_words_of_its_contract() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;

    let stream = begin(&server, "a");
    stream.fail(WriteError::Blocked { title: "it".to_owned() }).await.unwrap();
    let ended = reader.next_named("tautline:ended").await;

    let problem = &ended.payload["problem"];
    assert_eq!(ended.payload["outcome"], "failed");
    assert_eq!(
        (&problem["code"], &problem["params"]["title"]),
        (&json!("write.blocked"), &json!("it"))
    );
    assert_eq!(problem["message"], "it is not finished.");
    assert!(!problem["traceId"].as_str().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_fails_when_its_lease_is_over_and_not_before() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("last words").await.unwrap();
    reader.sees(&stream, "last words").await;
    let start = tokio::time::Instant::now();

    drop(stream);
    let ended = reader.next_named("tautline:ended").await;

    assert!((9_900..10_200).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert_eq!(ended.payload["outcome"], "failed");
    assert_eq!(ended.payload["problem"]["code"], "timed_out");
    assert_eq!(reader.streams.streams()[0].text, "last words");
    assert_eq!(reader.join().await["streams"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_producer_with_nothing_to_say_keeps_its_lease() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    reader.next_named("writing").await;

    for _ in 0..5 {
        pass(9_000).await;
        stream.renew().unwrap();
    }
    reader.has_seen_all().await;
    pass(10_100).await;

    assert!(matches!(stream.renew(), Err(StreamError::NotOpen)));
    assert!(matches!(stream.append("late").await, Err(StreamError::NotOpen)));
    assert!(matches!(stream.finish(&text("a", "")).await, Err(StreamError::NotOpen)));
    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "failed");
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn the_message_the_end_and_the_answer_of_a_handler_are_stored_together() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let (_client, writer) = enter(&server).await;

    let task = json!({ "draft": draft("a"), "ending": "kept" });
    let id = "0198c0de-0000-7000-8000-000000000001";
    let first = writer.call_with("write", &task, &json!({ "id": id })).await.unwrap();
    let again = writer.call_with("write", &task, &json!({ "id": id })).await.unwrap();

    let started = reader.next_named("writing").await;
    let written = reader.next_named("written").await;
    let ended = reader.next_named("tautline:ended").await;
    assert_eq!(written.payload, first["ok"]);
    assert_eq!(written.payload["text"], "roses are red");
    assert_eq!(written.payload["stream"], started.meta["stream"]["id"]);
    assert_eq!(ended.payload["answer"], first["ok"]);
    for event in [&started, &written, &ended] {
        assert_eq!(event.meta["cause"], id);
    }
    assert_eq!(first["at"][0]["seq"], ended.meta["seq"]);
    assert_eq!((&again["replayed"], &again["ok"]), (&json!(true), &first["ok"]));
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_step_that_says_no_takes_the_end_back_and_the_lease_ends_the_stream() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let (_client, writer) = enter(&server).await;

    let task = json!({ "draft": draft("a"), "ending": "taken_back" });
    let refused = writer.call::<Value>("write", &task).await.unwrap_err();
    pass(1_200).await;
    let joined = reader.join().await;
    let ended = reader.next_named("tautline:ended").await;

    assert_eq!(refused.code, "write.blocked");
    assert_eq!(
        joined["streams"][0]["text"], "roses are red",
        "what was added is there all the same"
    );
    assert_eq!(ended.payload["problem"]["code"], "timed_out");
    assert_eq!(ended.meta["seq"], 2, "the message was taken back");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_stumbles_leaves_its_stream_to_the_lease() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let (_client, writer) = enter(&server).await;

    let task = json!({ "draft": draft("a"), "ending": "stumbled" });
    let refused = writer.call::<Value>("write", &task).await.unwrap_err();
    let ended = reader.next_named("tautline:ended").await;

    assert_eq!(refused.code, "write.blocked");
    assert_eq!(ended.payload["problem"]["code"], "timed_out");
    assert_eq!(reader.streams.streams()[0].text, "roses are red");
}

#[tokio::test(start_paused = true)]
async fn a_worker_ends_its_stream_with_what_it_stores() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("all of it").await.unwrap();

    let (id, written) = (stream.id().to_string(), stream.so_far().text);
    let finished: Answer<Text, NoRefusal> = stream
        .finish_with(move |tx| {
            let text = Text { page: "a".to_owned(), text: written, stream: id };
            tx.emit().written(&text);
            Ok(text)
        })
        .await;

    assert_eq!(finished.unwrap().text, "all of it");
    assert_eq!(reader.next_named("written").await.meta["seq"], 2);
    assert_eq!(reader.next_named("tautline:ended").await.meta["seq"], 3);
}

#[tokio::test(start_paused = true)]
async fn a_workers_step_that_panics_stores_nothing() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");

    let finished: Answer<Text, NoRefusal> = stream.finish_with(|_| panic!("the step panics")).await;
    let ended = reader.next_named("tautline:ended").await;

    assert!(finished.is_err());
    assert_eq!((&ended.meta["seq"], &ended.payload["outcome"]), (&json!(2), &json!("failed")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_too_long_can_still_be_ended() {
    let settings = Settings { stream_bytes: 10, ..Settings::default() };
    let server = Scribe::default().server_with(Memory::new(), settings);
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");

    stream.append("0123456789").await.unwrap();
    let refused = stream.append("x").await;
    stream.finish(&text("a", "long")).await.unwrap();

    assert!(matches!(refused, Err(StreamError::TooLong { limit: 10 })), "{refused:?}");
    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
    assert_eq!(reader.streams.streams()[0].text, "0123456789");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_at_once_is_whole() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;

    let stream = begin(&server, "a");
    stream.append("all").await.unwrap();
    stream.finish(&text("a", "all")).await.unwrap();

    let names =
        [reader.next().await, reader.next().await, reader.next().await].map(|event| event.name);
    assert_eq!(names, ["writing", "tautline:append", "tautline:ended"]);
}
