//! `/agents`: answers that people see being written, approvals, and what agents tell each other.

use serde_json::{Value, json};

use crate::house::{Guest, House, card, house};

/// A session of ann and scribe, with ann in it.
async fn talk(house: &House) -> (Guest, Guest, Value) {
    let scribe = house.agent("scribe").await;
    let ann = house.member("ann").await;
    let session = ann.open(&["scribe"]).await;
    (ann, scribe, session)
}

#[tokio::test]
async fn a_prompt_is_answered_by_a_stream_that_becomes_a_message() {
    let house = house().await;
    let (mut ann, mut scribe, session) = talk(&house).await;

    let asked = ann.say(&session, "what changed?").await;
    let prompt = scribe.next("prompted").await;
    let begun = json!({ "sessionId": session, "agentId": "scribe", "replyTo": asked["messageId"] });
    let answer = scribe.call("begin_answer", &begun).await.unwrap()["answerId"].clone();
    for (number, text) in [(1, "Three "), (2, "things."), (2, "things.")] {
        let part = json!({ "answerId": answer, "number": number, "text": text });
        scribe.call("append_answer", &part).await.unwrap();
    }
    let message = scribe.call("finish_answer", &json!({ "answerId": answer })).await.unwrap();

    assert_eq!(prompt["message"]["messageId"], asked["messageId"]);
    let start = ann.next("answer").await;
    assert_eq!((&start["answerId"], &start["agentId"]), (&answer, &json!("scribe")));
    let stored = ann.next("message_created").await;
    assert_eq!(stored, message);
    assert_eq!(stored["body"], json!({ "type": "text", "text": "Three things." }));
    assert_eq!((&stored["author"], &stored["answerId"]), (&json!("scribe"), &answer));
    assert_eq!(ann.next("tautline:ended").await["outcome"], "finished");
}
