//! Producers that go, come back and meet each other.

use tautline::Uuid;
use tautline_server::{SoFar, StreamError};

use super::contract::*;
use super::scribe::{Reader, begin, draft, pass, server, text};

#[tokio::test(start_paused = true)]
async fn a_producer_that_comes_back_goes_on() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    let id = stream.id();
    stream.append("Once upon ").await.unwrap();

    drop(stream);
    pass(9_000).await;
    let stream = server.emitter::<Pages>().reopen_writing(id).await.unwrap();
    assert_eq!(stream.id(), id);
    assert_eq!(stream.so_far(), SoFar { number: 1, text: "Once upon ".to_owned() });
    assert_eq!(stream.start::<Draft>().unwrap(), draft("a"));
    pass(9_000).await;
    stream.append("a time").await.unwrap();
    stream.finish(&text("a", "")).await.unwrap();

    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
    assert_eq!(reader.streams.streams()[0].text, "Once upon a time");
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn the_later_of_two_producers_has_the_stream() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let earlier = begin(&server, "a");
    earlier.append("accepted").await.unwrap();
    earlier.append(", too").await.unwrap();

    let later = server.emitter::<Pages>().reopen_writing(earlier.id()).await.unwrap();
    let refused = earlier.append("lost").await;
    later.append(", and more").await.unwrap();

    assert_eq!(later.so_far().text, "accepted, too, and more");
    assert!(matches!(refused, Err(StreamError::Fenced)), "{refused:?}");
    assert!(matches!(earlier.renew(), Err(StreamError::Fenced)));
    assert!(matches!(earlier.append_part(9, "x").await, Err(StreamError::Fenced)));
    assert!(matches!(earlier.lost().await, StreamError::Fenced));
    assert!(matches!(earlier.cancel().await, Err(StreamError::Fenced)));
    reader.sees(&later, "accepted, too, and more").await;
    later.finish(&text("a", "")).await.unwrap();
    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
}

#[tokio::test(start_paused = true)]
async fn of_many_who_come_back_at_once_one_has_the_stream() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let first = begin(&server, "a");
    let id = first.id();
    first.append("0").await.unwrap();

    let coming = (0..10).map(|_| {
        let emitter = server.emitter::<Pages>();
        tokio::spawn(async move { emitter.reopen_writing(id).await.unwrap() })
    });
    let mut producers = Vec::new();
    for coming in coming.collect::<Vec<_>>() {
        producers.push(coming.await.unwrap());
    }
    let mut holders = 0;
    for producer in &producers {
        match producer.append("1").await {
            Ok(()) => holders += 1,
            Err(error) => assert!(matches!(error, StreamError::Fenced), "{error:?}"),
        }
    }

    assert_eq!(holders, 1);
    reader.sees(&producers[0], "01").await;
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_hears_at_once_that_another_has_come() {
    let server = server();
    let stream = begin(&server, "a");
    let id = stream.id();
    let waiting = tokio::spawn(async move { stream.lost().await });

    let _later = server.emitter::<Pages>().reopen_writing(id).await.unwrap();

    assert!(matches!(waiting.await.unwrap(), StreamError::Fenced));
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_sent_twice_has_one_effect() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");

    stream.append_part(1, "a").await.unwrap();
    stream.append_part(2, "b").await.unwrap();
    let again = server.emitter::<Pages>().reopen_writing(stream.id()).await.unwrap();
    again.append_part(2, "b").await.unwrap();
    let gap = again.append_part(4, "d").await;
    again.append_part(3, "c").await.unwrap();

    assert!(matches!(gap, Err(StreamError::Gap { next: 3 })), "{gap:?}");
    reader.sees(&again, "abc").await;
    assert_eq!(reader.streams.streams()[0].number, 3);
}

#[tokio::test(start_paused = true)]
async fn only_an_open_stream_of_this_event_can_be_gone_on_with() {
    let server = server();
    let emitter = server.emitter::<Pages>();
    let ended = begin(&server, "a");
    let id = ended.id();
    ended.cancel().await.unwrap();
    let other = emitter.posting(&Poster { page: "a".to_owned(), wall: "w".to_owned() });
    other.append("x").await.unwrap();
    pass(50).await;

    for id in [id, Uuid::nil(), other.id()] {
        let refused = emitter.reopen_writing(id).await;
        assert!(matches!(refused, Err(StreamError::NotOpen)), "{refused:?}");
    }
    other.append("still there").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whoever_wants_it_stopped_takes_it_and_calls_it_off() {
    let server = server();
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    let id = stream.id();
    let writing = tokio::spawn(async move {
        loop {
            if let Err(error) = stream.append("word ").await {
                return error;
            }
            pass(20).await;
        }
    });
    pass(500).await;

    server.emitter::<Pages>().reopen_writing(id).await.unwrap().cancel().await.unwrap();

    let error = writing.await.unwrap();
    assert!(matches!(error, StreamError::Fenced | StreamError::NotOpen), "{error:?}");
    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "cancelled");
}
