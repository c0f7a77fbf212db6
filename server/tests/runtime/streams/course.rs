//! The course of a stream that nothing happens to: order, numbers, pace.

use serde_json::{Value, json};
use tautline::Bytes;

use super::contract::*;
use super::scribe::{Reader, begin, enter, pass, server, text};

#[tokio::test(start_paused = true)]
async fn start_parts_and_end_come_in_order_with_all_that_a_reader_needs() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;

    let stream = begin(&server, "a");
    let id = stream.id().to_string();
    stream.append("Hel").await.unwrap();
    reader.sees(&stream, "Hel").await;
    stream.append("lo").await.unwrap();
    stream.finish(&text("a", "Hello")).await.unwrap();
    let ended = reader.next_named("tautline:ended").await;

    assert_eq!(reader.streams.streams()[0].text, "Hello");
    assert_eq!(
        ended.payload,
        json!({
            "stream": id,
            "name": "writing",
            "outcome": "finished",
            "number": 2,
            "answer": { "page": "a", "text": "Hello", "stream": "" },
        })
    );
    assert_eq!((&ended.meta["room"], &ended.meta["seq"]), (&json!("page:a"), &json!(2)));
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn the_frames_are_those_of_the_wire() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;

    let stream = begin(&server, "a");
    let id = stream.id().to_string();
    stream.append("x").await.unwrap();
    let start = reader.next().await;
    let part = reader.next().await;

    assert_eq!((start.name.as_str(), &start.payload["title"]), ("writing", &json!("a poem")));
    assert_eq!(start.meta["stream"], json!({ "id": id, "leaseMs": 10_000 }));
    assert_eq!(part.name, "tautline:append");
    assert_eq!(part.payload, json!({ "room": "page:a", "stream": id, "number": 1, "text": "x" }));
    assert_eq!(part.meta, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn what_comes_within_40_ms_is_one_part() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");

    // A token every 5 ms, for a second.
    let mut written = String::new();
    for number in 0..200 {
        let token = format!("{number} ");
        stream.append(&token).await.unwrap();
        written.push_str(&token);
        pass(5).await;
    }
    reader.sees(&stream, &written).await;

    let parts = reader.streams.streams()[0].number;
    assert!((24..=27).contains(&parts), "{parts} parts in a second");
}

#[tokio::test(start_paused = true)]
async fn the_first_word_does_not_wait() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let start = tokio::time::Instant::now();

    let stream = begin(&server, "a");
    stream.append("now").await.unwrap();
    reader.sees(&stream, "now").await;

    assert!(start.elapsed().as_millis() < 5, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn members_of_each_room_of_a_stream_get_all_of_it() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let (_client, mut wall) = enter(&server).await;
    wall.call::<Value>("join_wall", &json!({ "wall": "w" })).await.unwrap();

    let poster = Poster { page: "a".to_owned(), wall: "w".to_owned() };
    let stream = server.emitter::<Pages>().posting(&poster);
    stream.append("x").await.unwrap();
    reader.sees(&stream, "x").await;
    let start = wall.next().await.unwrap();
    let part = wall.next().await.unwrap();
    let joined = wall.call_with("join_wall", &json!({ "wall": "w" }), &json!({})).await.unwrap();
    stream.cancel().await.unwrap();
    let ended = wall.next().await.unwrap();

    assert_eq!(start.meta["room"], "wall:w");
    assert_eq!((&part.payload["room"], &part.payload["text"]), (&json!("wall:w"), &json!("x")));
    assert_eq!(joined["streams"][0]["room"], "wall:w");
    assert_eq!(joined["streams"][0]["text"], "x");
    assert_eq!((&ended.meta["room"], &ended.meta["seq"]), (&json!("wall:w"), &json!(2)));
    assert_eq!(reader.next_named("tautline:ended").await.meta["room"], "page:a");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_streams_at_once_are_whole_and_bystanders_hear_nothing() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let mut bystander = Reader::of(&server, "b").await;

    let mut writers = Vec::new();
    for number in 0..100_u64 {
        let stream = begin(&server, "a");
        writers.push(tokio::spawn(async move {
            let mut written = String::new();
            for word in 0..20 {
                let word = format!("{number}.{word} ");
                stream.append(&word).await.unwrap();
                written.push_str(&word);
                pass(7 + number % 11).await;
            }
            let id = stream.id().to_string();
            stream.finish(&text("a", &written)).await.unwrap();
            (id, written)
        }));
    }
    for _ in 0..100 {
        reader.next_named("tautline:ended").await;
    }

    for writer in writers {
        let (id, written) = writer.await.unwrap();
        assert_eq!(reader.streams.text(&id), Some(written.as_str()));
    }
    assert!(reader.streams.streams().iter().all(|stream| stream.status == "finished"));
    bystander.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn byte_fields_of_a_start_and_of_an_answer_travel_with_them() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let picture = Picture { page: "a".to_owned(), pixels: Bytes::from(vec![1, 2, 3]) };

    let stream = server.emitter::<Pages>().drawing(&picture);
    let start = reader.next_named("drawing").await;
    let joined: Value = reader.join().await;
    stream.finish(&picture).await.unwrap();
    let ended = reader.next_named("tautline:ended").await;

    assert_eq!(start.attachments, [vec![1, 2, 3]]);
    assert_eq!(joined["streams"][0]["payload"]["pixels"]["_placeholder"], true);
    assert_eq!(ended.attachments, [vec![1, 2, 3]]);
    assert_eq!(ended.payload["answer"]["pixels"]["num"], 0);
}
