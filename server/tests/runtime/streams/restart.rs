//! What is unfinished when the server goes, and how it ends when the server is back.

use serde_json::{Value, json};
use tautline::{Answer, NoRefusal};
use tautline_server::journal::Memory;
use tautline_server::{SoFar, StreamError};

use super::contract::*;
use super::scribe::{Reader, Scribe, begin, draft, enter, pass, text};

#[tokio::test(start_paused = true)]
async fn a_producer_goes_on_after_the_server_was_started_anew() {
    let (scribe, journal) = (Scribe::default(), Memory::new());
    let before = scribe.server(journal.clone());
    let mut reader = Reader::of(&before, "a").await;
    let stream = begin(&before, "a");
    let id = stream.id();
    stream.append("Once ").await.unwrap();
    reader.sees(&stream, "Once ").await;
    stream.append("upon ").await.unwrap();
    before.shutdown().await;
    drop((stream, before));
    pass(60_000).await;

    let after = scribe.server(journal);
    let stream = after.emitter::<Pages>().reopen_writing(id).await.unwrap();
    assert_eq!(stream.so_far(), SoFar { number: 2, text: "Once upon ".to_owned() });
    reader.come_back(&after).await;
    assert_eq!(reader.streams.text(&id.to_string()), Some("Once upon "));
    stream.append("a time").await.unwrap();
    reader.sees(&stream, "Once upon a time").await;
    stream.finish(&text("a", "")).await.unwrap();

    assert_eq!(reader.next_named("tautline:ended").await.payload["outcome"], "finished");
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_producer_stays_away_fails_one_lease_after_the_start() {
    let (scribe, journal) = (Scribe::default(), Memory::new());
    let before = scribe.server(journal.clone());
    let stream = begin(&before, "a");
    stream.append("half").await.unwrap();
    pass(50).await;
    before.shutdown().await;
    drop((stream, before));
    pass(60_000).await;

    let after = scribe.server(journal.clone());
    let start = tokio::time::Instant::now();
    let mut reader = Reader::of(&after, "a").await;
    assert_eq!(reader.streams.streams()[0].text, "half");
    let ended = reader.next_named("tautline:ended").await;

    assert!((9_900..10_200).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert_eq!(ended.payload["outcome"], "failed");
    assert_eq!(ended.payload["problem"]["code"], "timed_out");
    after.shutdown().await;
    let mut reader = Reader::of(&scribe.server(journal), "a").await;
    assert_eq!(reader.join().await["streams"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn producers_hear_that_the_server_goes_down_and_what_they_gave_is_stored() {
    let (scribe, journal) = (Scribe::default(), Memory::new());
    let before = scribe.server(journal.clone());
    let stream = begin(&before, "a");
    stream.append("one ").await.unwrap();
    pass(50).await;
    stream.append("two").await.unwrap();
    let id = stream.id();
    let told = tokio::spawn(async move { (stream.lost().await, stream) });
    pass(1).await;

    before.shutdown().await;
    let (why, stream) = told.await.unwrap();
    let late = stream.append("late").await;
    let unborn = begin(&before, "a").append("x").await;
    pass(60_000).await;

    assert!(matches!(why, StreamError::ShuttingDown), "{why:?}");
    assert!(matches!(late, Err(StreamError::ShuttingDown)), "{late:?}");
    assert!(matches!(unborn, Err(StreamError::ShuttingDown)), "{unborn:?}");
    let after = scribe.server(journal);
    let stream = after.emitter::<Pages>().reopen_writing(id).await.unwrap();
    assert_eq!(stream.so_far().text, "one two");
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_end_its_stream_while_the_server_goes_down() {
    let (scribe, journal) = (Scribe::default(), Memory::new());
    let before = scribe.server(journal.clone());
    let (_client, writer) = enter(&before).await;
    let draft = Draft { title: "gated".to_owned(), ..draft("a") };
    let task = json!({ "draft": draft, "ending": "kept" });
    let _unheard = writer.call_with("write", &task, &json!({}));
    scribe.waits().await;

    let going = tokio::spawn(async move { before.shutdown().await });
    pass(100).await;
    scribe.open("gated");
    going.await.unwrap();

    let mut reader = Reader::of(&scribe.server(journal.clone()), "a").await;
    assert_eq!(reader.at["seq"], 3, "its start, its text and its end");
    assert_eq!(reader.join().await["streams"], json!([]));
    assert_eq!(super::journal::unfinished_streams(&journal).await, 0);
}

#[tokio::test(start_paused = true)]
async fn questions_of_before_a_restart_are_called_off() {
    let (scribe, journal) = (Scribe::default(), Memory::new());
    let before = scribe.server(journal.clone());
    let mut reader = Reader::of(&before, "a").await;
    let emitter = before.emitter::<Pages>();
    let asking = tokio::spawn(async move { emitter.choose(&draft("a")).await });
    let asked = reader.next_named("choose").await;
    // As after a crash: nobody has said that it is over.
    let after = scribe.server(journal.clone());

    let answer = reader.come_back(&after).await;
    let settled = &answer["events"][0];
    let id = &asked.meta["question"]["id"];
    let given = json!({ "question": id, "answer": text("a", "x") });
    let refused = reader.socket.call::<Value>("tautline:answer", &given).await.unwrap_err();

    assert_eq!(answer["questions"], json!([]));
    assert_eq!(settled["name"], "tautline:settled");
    assert_eq!(settled["payload"], json!({ "question": id, "outcome": "cancelled" }));
    assert_eq!(refused.code, "cancelled");
    asking.abort();
}

#[tokio::test(start_paused = true)]
async fn what_the_contract_has_no_more_is_closed_at_the_start() {
    let journal = Memory::new();
    let scribe = Scribe::default();
    let before = scribe.server(journal.clone());
    let stream = begin(&before, "a");
    stream.append("x").await.unwrap();
    pass(50).await;
    before.shutdown().await;
    drop((stream, before));

    super::journal::rename_streams(&journal, "was_writing").await;
    let after = scribe.server(journal.clone());
    let (_client, socket) = enter(&after).await;
    let join = json!({ "page": "a" });
    let joined = socket.call_with("join_page", &join, &json!({})).await.unwrap();
    pass(1).await;
    let again = socket.call_with("join_page", &join, &json!({})).await.unwrap();

    assert_eq!(joined["streams"], json!([]));
    assert_eq!(again["at"][0]["seq"], 2, "its end was told");
    assert_eq!(super::journal::unfinished_streams(&journal).await, 0);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn streams_and_the_applications_rows_survive_in_a_file() {
    use tautline_server::journal::Sqlite;
    use tautline_server::rusqlite::Connection;

    let folder = tempfile::tempdir().unwrap();
    let scribe = Scribe::default();
    let open = || {
        let rows = "CREATE TABLE IF NOT EXISTS texts (text TEXT, stream TEXT)";
        let set_up = move |connection: &Connection| connection.execute_batch(rows);
        Sqlite::builder(folder.path().join("journal.db")).setup(set_up).open().unwrap()
    };
    let before = scribe.server(open());
    let stream = begin(&before, "a");
    let id = stream.id();
    stream.append("Once ").await.unwrap();
    stream.append("upon ").await.unwrap();
    before.shutdown().await;
    drop((stream, before));

    let journal = open();
    let after = scribe.server(journal.clone());
    let mut reader = Reader::of(&after, "a").await;
    let stream = after.emitter::<Pages>().reopen_writing(id).await.unwrap();
    assert_eq!(stream.so_far().text, "Once upon ");
    stream.append("a time").await.unwrap();
    let whole = stream.so_far().text;
    let finished: Answer<Text, NoRefusal> = stream
        .finish_with(move |tx| {
            let rows = tx.connection::<Connection>().expect("the journal is a file");
            rows.execute("INSERT INTO texts VALUES (?1, ?2)", (&whole, id.to_string()))?;
            Ok(text("a", &whole))
        })
        .await;
    let ended = reader.next_named("tautline:ended").await;

    assert_eq!(finished.unwrap().text, "Once upon a time");
    assert_eq!(ended.payload["answer"]["text"], "Once upon a time");
    assert_eq!(reader.streams.streams()[0].text, "Once upon a time");
    after.shutdown().await;
    drop(after);
    let rows = Connection::open(folder.path().join("journal.db")).unwrap();
    let stored: (String, String) = rows
        .query_row("SELECT text, stream FROM texts", (), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(stored, ("Once upon a time".to_owned(), id.to_string()));
    drop(journal);
}
