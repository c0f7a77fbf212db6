//! What is there when the server has started anew on the same file.

use serde_json::{Value, json};
use tautline_server::rusqlite::Connection;

use crate::house::{house, in_session, text_in};

#[tokio::test]
async fn everything_survives_a_restart() {
    let house = house();
    let scribe = house.agent("scribe").await;
    let (ann, work) = (house.member("ann").await, house.guest("ann", "member", "/tasks").await);
    let session = ann.open(&["scribe"]).await;
    let message = ann.say(&session, "what changed?").await;
    let new = json!({ "sessionId": session, "title": "Collect", "description": "",
                      "priority": "low", "agents": ["scribe"] });
    let task = work.call("create_task", &new).await.unwrap();
    drop((ann, scribe, work));

    let house = house.restarted(false).await;
    let ann = house.member("ann").await;
    let state = ann.enter(&session).await;
    let scribe = house.guest("scribe", "agent", "/agents").await;
    let inbox = scribe.call("join_agent_inbox", &json!({ "agentId": "scribe" })).await.unwrap();
    let dashboard = house.guest("ann", "member", "/tasks").await;
    let dashboard = dashboard.call("join_dashboard", &json!({ "owner": "ann" })).await.unwrap();

    assert_eq!(state["messages"][0], message);
    assert_eq!(state["messages"][1]["body"]["taskId"], task["taskId"]);
    assert_eq!(inbox["prompts"][0]["message"]["messageId"], message["messageId"]);
    assert_eq!(inbox["tasks"], json!([task]));
    assert_eq!(dashboard["tasks"], json!([task]));
    assert_eq!(dashboard["counts"]["pending"], 1);
}

#[tokio::test]
async fn an_agent_goes_on_with_its_answer_after_a_restart() {
    let house = house();
    let scribe = house.agent("scribe").await;
    let ann = house.member("ann").await;
    let session = ann.open(&["scribe"]).await;
    let begin = json!({ "sessionId": session, "agentId": "scribe" });
    let begun = scribe.call("begin_answer", &begin).await.unwrap();
    let part = |number: u32, text: &str| json!({ "answerId": begun["answerId"], "number": number, "text": text });
    scribe.call("append_answer", &part(1, "one ")).await.unwrap();
    drop((ann, scribe));

    let house = house.restarted(false).await;
    let scribe = house.guest("scribe", "agent", "/agents").await;
    let inbox = scribe.call("join_agent_inbox", &json!({ "agentId": "scribe" })).await.unwrap();
    scribe.call("append_answer", &part(2, "two")).await.unwrap();
    let end = json!({ "answerId": begun["answerId"] });
    let message = scribe.call("finish_answer", &end).await.unwrap();
    let again = scribe.call("finish_answer", &end).await.unwrap();

    assert_eq!(
        inbox["unfinished"][0],
        json!({ "answerId": begun["answerId"], "sessionId": session, "number": 1 })
    );
    assert_eq!(message["body"]["text"], "one two");
    assert_eq!(again["messageId"], message["messageId"]);
}

#[tokio::test]
async fn a_message_that_is_sent_again_after_a_restart_is_there_once() {
    let house = house();
    let ann = house.member("ann").await;
    let session = ann.open(&[]).await;
    let meta = json!({ "id": "0197abcd-0000-7000-8000-000000000001" });
    let hello = text_in(&session, "hello");
    let first = ann.socket.call_with("send_message", &hello, &meta).await.unwrap();
    drop(ann);

    let house = house.restarted(false).await;
    let ann = house.member("ann").await;
    ann.enter(&session).await;
    let again = ann.socket.call_with("send_message", &hello, &meta).await.unwrap();
    let state: Value = ann.call("join_chat_session", &in_session(&session)).await.unwrap();

    assert_eq!((&again["ok"], &again["replayed"]), (&first["ok"], &json!(true)));
    assert_eq!(state["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_context_that_has_expired_is_neither_shown_nor_read() {
    let house = house();
    let ann = house.member("ann").await;
    let session = ann.open(&[]).await;
    for (title, expires_in) in [("for a minute", json!(60)), ("for ever", Value::Null)] {
        let body = json!({ "type": "context", "title": title, "extent": "relevant",
                           "content": "-", "agents": [], "expiresIn": expires_in });
        ann.call("send_message", &json!({ "sessionId": session, "body": body })).await.unwrap();
    }
    let before = ann.enter(&session).await["contexts"].clone();
    drop(ann);

    let house = house.restarted_after(false, a_minute_later).await;
    let ann = house.member("ann").await;
    let after = ann.enter(&session).await["contexts"].clone();
    let read = async |context: &Value| {
        let reference = json!({ "sessionId": session, "contextId": context["contextId"] });
        ann.call("read_context", &reference).await
    };
    let expired = read(&before[0]).await.unwrap_err();

    assert_eq!(after, json!([before[1]]));
    assert_eq!(expired.code, "chat.context_expired");
    assert_eq!(read(&before[1]).await.unwrap(), before[1]);
}

/// Moves everything that expires a minute back, which is what the file looks like a minute later.
fn a_minute_later(file: &Connection) {
    let moved = file.execute(
        "UPDATE contexts SET expires_at = expires_at - 60000, context = json_set(context, '$.expiresAt',
                strftime('%Y-%m-%dT%H:%M:%fZ', context ->> '$.expiresAt', '-1 minute'))
         WHERE expires_at IS NOT NULL",
        [],
    );
    assert_eq!(moved, Ok(1));
}
