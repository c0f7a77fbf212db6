//! Streams while the journal cannot store, is slow, or does not know.

use tautline_server::StreamError;
use tautline_server::journal::{Change, Host, Journal, Memory, StreamRecord};

use super::super::journal::{DOUBTFUL, FAINT, FORGETFUL, FULL, Faulty, WELL};
use super::contract::Pages;
use super::scribe::{Reader, Scribe, begin, pass, text};

#[tokio::test(start_paused = true)]
async fn a_stream_whose_start_is_not_stored_was_never_there() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;

    journal.set(FULL);
    let stream = begin(&server, "a");
    pass(1).await;
    let refused = stream.append("x").await;
    let why = stream.lost().await;
    journal.set(WELL);
    pass(20_000).await;

    assert!(matches!(refused, Err(StreamError::Journal(_))), "{refused:?}");
    assert!(matches!(why, StreamError::Journal(_)), "{why:?}");
    assert!(matches!(stream.finish(&text("a", "")).await, Err(StreamError::Journal(_))));
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn text_that_cannot_be_stored_is_shown_to_nobody_and_stored_later() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    stream.append("one ").await.unwrap();
    reader.sees(&stream, "one ").await;

    journal.set(FULL);
    stream.append("two ").await.unwrap();
    pass(3_000).await;
    reader.has_seen_all().await;
    assert_eq!(Reader::of(&server, "a").await.streams.streams()[0].text, "one ");
    journal.set(WELL);
    stream.append("three").await.unwrap();

    reader.sees(&stream, "one two three").await;
    assert_eq!(unfinished(&journal).await[0].text, "one two three");
}

#[tokio::test(start_paused = true)]
async fn text_that_may_have_been_stored_is_there_once() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    reader.next_named("writing").await;

    journal.set(FORGETFUL);
    stream.append("one ").await.unwrap();
    pass(100).await;
    journal.set(WELL);
    stream.append("two").await.unwrap();

    reader.sees(&stream, "one two").await;
    let stored = &unfinished(&journal).await[0];
    assert_eq!((stored.number, stored.text.as_str()), (2, "one two"));
}

#[tokio::test(start_paused = true)]
async fn an_end_that_is_not_stored_leaves_the_stream_open_for_its_lease() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    let id = stream.id();
    stream.append("x").await.unwrap();
    reader.sees(&stream, "x").await;

    journal.set(FULL);
    let refused = stream.finish(&text("a", "x")).await;
    journal.set(WELL);
    assert_eq!(reader.join().await["streams"][0]["text"], "x");
    let stream = server.emitter::<Pages>().reopen_writing(id).await.unwrap();
    stream.finish(&text("a", "x")).await.unwrap();

    assert!(matches!(refused, Err(StreamError::Journal(_))), "{refused:?}");
    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
    assert!(unfinished(&journal).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_stored_in_doubt_goes_on_when_that_is_known() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;

    journal.set(FAINT);
    let stream = begin(&server, "a");
    stream.append("one").await.unwrap();
    pass(3_000).await;
    reader.has_seen_all().await;
    journal.set(WELL);

    reader.next_named("writing").await;
    reader.sees(&stream, "one").await;
    stream.finish(&text("a", "one")).await.unwrap();
    assert!(unfinished(&journal).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_end_that_was_stored_in_doubt_is_told_once() {
    for fault in [FORGETFUL, FAINT] {
        let journal = Faulty::new(Host::Task);
        let server = Scribe::default().server(journal.clone());
        let mut reader = Reader::of(&server, "a").await;
        let stream = begin(&server, "a");
        stream.append("x").await.unwrap();
        reader.sees(&stream, "x").await;

        journal.set(fault);
        let refused = stream.finish(&text("a", "x")).await;
        pass(20_000).await;
        journal.set(WELL);

        assert!(matches!(refused, Err(StreamError::Journal(_))), "{refused:?}");
        assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
        pass(20_000).await;
        reader.has_seen_all().await;
        assert!(unfinished(&journal).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_that_was_not_stored_in_doubt_is_told_when_the_lease_is_over() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    reader.next_named("writing").await;

    journal.set(DOUBTFUL);
    let refused = stream.finish(&text("a", "x")).await;
    journal.set(WELL);

    assert!(matches!(refused, Err(StreamError::Journal(_))), "{refused:?}");
    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "failed");
    reader.has_seen_all().await;
    assert!(unfinished(&journal).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_ends_while_nothing_can_be_stored_ends_when_it_can() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    drop(begin(&server, "a"));
    reader.next_named("writing").await;

    journal.set(FULL);
    pass(30_000).await;
    reader.has_seen_all().await;
    journal.set(WELL);
    pass(1_100).await;

    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "failed");
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_producer_waits_while_the_journal_is_behind() {
    let journal = Faulty::new(Host::Task);
    let settings = tautline_server::Settings { stream_bytes: usize::MAX, ..Default::default() };
    let server = Scribe::default().server_with(journal.clone(), settings);
    let mut reader = Reader::of(&server, "a").await;
    let stream = begin(&server, "a");
    reader.next_named("writing").await;

    // Much faster than parts are cut.
    let word = "x".repeat(32 * 1024);
    let mut written = String::new();
    let start = tokio::time::Instant::now();
    for _ in 0..20 {
        stream.append(&word).await.unwrap();
        written.push_str(&word);
    }
    assert!(start.elapsed().as_millis() >= 200, "{:?}", start.elapsed());
    reader.sees(&stream, &written).await;
    journal.set(FULL);
    stream.append(&word.repeat(2)).await.unwrap();
    let refused = stream.append("y").await;
    journal.set(WELL);
    pass(1_100).await;
    stream.append("z").await.unwrap();

    assert!(matches!(refused, Err(StreamError::Journal(_))), "{refused:?}");
    reader.sees(&stream, &(written + &word.repeat(2) + "z")).await;
}

pub(crate) async fn unfinished(journal: &impl Journal) -> Vec<StreamRecord> {
    journal.unfinished().await.unwrap().streams
}

pub(crate) async fn unfinished_streams(journal: &Memory) -> usize {
    unfinished(journal).await.len()
}

/// As if an earlier contract had called its streams so.
pub(crate) async fn rename_streams(journal: &Memory, name: &str) {
    let streams = unfinished(journal).await;
    let mut writer = journal.writer().unwrap();
    writer.begin().unwrap();
    writer.savepoint().unwrap();
    for stream in streams {
        writer.record(&Change::StreamClosed(stream.id)).unwrap();
        let renamed = StreamRecord { name: name.to_owned(), ..stream };
        writer.record(&Change::StreamOpened(renamed)).unwrap();
    }
    writer.release().unwrap();
    writer.commit().unwrap();
}
