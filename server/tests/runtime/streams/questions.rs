//! Questions in the journal: from the moment on at which they are stored, until they are settled.

use std::future::poll_fn;
use std::task::Poll;

use serde_json::{Value, json};
use tautline::Unanswered;
use tautline_server::journal::{Host, Journal, Memory};

use super::super::journal::{FULL, Faulty, WELL};
use super::contract::Pages;
use super::scribe::{Reader, Scribe, draft, pass, text};

async fn open(journal: &impl Journal) -> usize {
    journal.unfinished().await.unwrap().questions.len()
}

#[tokio::test(start_paused = true)]
async fn a_question_is_in_the_journal_until_it_is_answered() {
    let journal = Memory::new();
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    let emitter = server.emitter::<Pages>();
    let asking = tokio::spawn(async move { emitter.choose(&draft("a")).await });
    let asked = reader.next_named("choose").await;

    let waiting = open(&journal).await;
    let given = json!({ "question": asked.meta["question"]["id"], "answer": text("a", "x") });
    reader.socket.call::<Value>("tautline:answer", &given).await.unwrap();

    assert_eq!(asking.await.unwrap().unwrap().text, "x");
    assert_eq!((waiting, open(&journal).await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_expires_leaves_the_journal() {
    let journal = Memory::new();
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;

    let unanswered = server.emitter::<Pages>().choose(&draft("a")).await;

    assert!(matches!(unanswered, Err(Unanswered::Expired)), "{unanswered:?}");
    let settled = reader.next_named("tautline:settled").await;
    assert_eq!(settled.payload["outcome"], "expired");
    assert_eq!(open(&journal).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_not_stored_is_found_by_nobody() {
    let journal = Faulty::new(Host::Task);
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;

    journal.set(FULL);
    let unanswered = server.emitter::<Pages>().choose(&draft("a")).await;
    journal.set(WELL);

    assert!(matches!(unanswered, Err(Unanswered::Failed(_))), "{unanswered:?}");
    assert_eq!(reader.join().await["questions"], json!([]));
    reader.has_seen_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_given_up_before_it_is_stored_is_settled_when_it_is() {
    let journal = Memory::new();
    let server = Scribe::default().server(journal.clone());
    let mut reader = Reader::of(&server, "a").await;
    let emitter = server.emitter::<Pages>();

    let draft = draft("a");
    let mut asking = Box::pin(emitter.choose(&draft));
    poll_fn(|cx| {
        assert!(asking.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(asking);

    let asked = reader.next_named("choose").await;
    let settled = reader.next_named("tautline:settled").await;
    assert_eq!(settled.payload["question"], asked.meta["question"]["id"]);
    assert_eq!(settled.payload["outcome"], "cancelled");
    pass(1).await;
    assert_eq!(open(&journal).await, 0);
    assert_eq!(reader.join().await["questions"], json!([]));
}
