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
    let house = house();
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

fn begin(session: &Value) -> Value {
    json!({ "sessionId": session, "agentId": "scribe" })
}

fn part(answer: &Value, number: u32) -> Value {
    json!({ "answerId": answer, "number": number, "text": format!("{number} ") })
}

#[tokio::test]
async fn a_person_stops_an_answer_and_its_agent_hears_so() {
    let house = house();
    let (mut ann, mut scribe, session) = talk(&house).await;
    let answer = scribe.call("begin_answer", &begin(&session)).await.unwrap()["answerId"].clone();
    scribe.call("append_answer", &part(&answer, 1)).await.unwrap();

    let stopped = json!({ "sessionId": session, "answerId": answer });
    ann.call("interrupt_answer", &stopped).await.unwrap();
    let heard = scribe.next("interrupted").await;
    let late = scribe.refused("append_answer", &part(&answer, 2)).await;
    let end = scribe.refused("finish_answer", &json!({ "answerId": answer })).await;

    assert_eq!(heard, json!({ "agentId": "scribe", "answerId": answer, "by": "ann" }));
    assert_eq!((&*late, &*end), ("agents.interrupted", "agents.interrupted"));
    let kept = ann.next("message_created").await;
    assert_eq!((&kept["body"]["text"], &kept["answerId"]), (&json!("1 "), &answer));
    assert_eq!(ann.next("tautline:ended").await["outcome"], "cancelled");
    assert_eq!(ann.refused("interrupt_answer", &stopped).await, "chat.answer_over");
}

#[tokio::test]
async fn an_answer_is_written_in_order_by_one_agent_at_a_time() {
    let house = house();
    let (ann, scribe, session) = talk(&house).await;
    let other = house.agent("runner").await;
    let answer = scribe.call("begin_answer", &begin(&session)).await.unwrap()["answerId"].clone();

    let twice = scribe.refused("begin_answer", &begin(&session)).await;
    let gap = scribe.socket.call::<Value>("append_answer", &part(&answer, 3)).await.unwrap_err();
    let foreign = other.refused("append_answer", &part(&answer, 1)).await;
    let empty = scribe.refused("finish_answer", &json!({ "answerId": answer })).await;
    let unfinished = ann.refused("archive_session", &json!({ "sessionId": session })).await;
    scribe.call("append_answer", &part(&answer, 1)).await.unwrap();
    let failed = json!({ "answerId": answer, "reason": "no model" });
    scribe.call("fail_answer", &failed).await.unwrap();

    assert_eq!(twice, "agents.agent_busy");
    assert_eq!(
        (&*gap.code, &json!(gap.params)),
        ("agents.part_missing", &json!({ "expected": 1 }))
    );
    assert_eq!((&*foreign, &*empty), ("agents.not_your_agent", "agents.part_missing"));
    assert_eq!(unfinished, "chat.answer_in_progress");
    scribe.call("begin_answer", &begin(&session)).await.unwrap();
}

#[tokio::test]
async fn an_agent_writes_only_where_it_takes_part() {
    let house = house();
    let scribe = house.agent("scribe").await;
    let ann = house.member("ann").await;
    let session = ann.open(&[]).await;

    assert_eq!(scribe.refused("begin_answer", &begin(&session)).await, "agents.not_in_session");
    let nobody = house.guest("ann", "member", "/agents").await;
    assert_eq!(nobody.refused("register_agent", &card("ann")).await, "permission_denied");
    let thief = house.guest("thief", "agent", "/agents").await;
    assert_eq!(thief.refused("register_agent", &card("scribe")).await, "agents.name_taken");
    let inbox = json!({ "agentId": "scribe" });
    assert_eq!(thief.refused("join_agent_inbox", &inbox).await, "agents.not_your_agent");
    let mut old = card("thief");
    old["version"] = json!("0.9.0");
    assert_eq!(thief.refused("register_agent", &old).await, "agents.agent_too_old");
}

#[tokio::test]
async fn people_decide_what_an_agent_may_use_and_the_question_waits_for_them() {
    let house = house();
    let (ann, scribe, session) = talk(&house).await;
    let call = json!({ "sessionId": session, "agentId": "scribe", "tool": "publish_page",
                       "summary": "Publish the notes", "arguments": {} });
    let decide = async |answer: Value| {
        // A page that was reloaded finds it with the session.
        loop {
            let again = house.member("ann").await;
            let room = json!({ "sessionId": session });
            let state = again.socket.call_with("join_chat_session", &room, &json!({}));
            let questions = state.await.unwrap()["questions"].clone();
            if let Some(question) = questions.get(0) {
                let given = json!({ "question": question["id"], "answer": answer });
                return again.call("tautline:answer", &given).await.unwrap();
            }
        }
    };

    let asking = scribe.socket.call::<Value>("request_approval", &call);
    decide(json!("once")).await;
    let once = asking.await.unwrap();
    let asking = scribe.socket.call::<Value>("request_approval", &call);
    decide(json!("session")).await;
    let always = asking.await.unwrap();
    let unasked = scribe.call("request_approval", &call).await.unwrap();

    assert_eq!(once["decision"], "once");
    assert_eq!((&always["decision"], &unasked["decision"]), (&json!("session"), &json!("session")));
    drop(ann);
}

#[tokio::test]
async fn agents_tell_each_other_what_nobody_else_hears() {
    let house = house();
    let (ann, scribe, session) = talk(&house).await;
    let mut runner = house.agent("runner").await;
    let say = |to: Value, intent: &str| json!({ "from": "scribe", "to": to, "intent": intent, "text": "hi" });
    let one = json!({ "type": "one", "agentId": "runner" });

    let sent = scribe.call("message_agents", &say(one.clone(), "information")).await.unwrap();
    let heard = runner.next("direct_message").await;
    ann.call("invite", &json!({ "sessionId": session, "member": "runner" })).await.unwrap();
    let all = json!({ "type": "session", "sessionId": session });
    let all = scribe.call("message_agents", &say(all, "coordination")).await.unwrap();
    let nobody = json!({ "type": "several", "agentIds": ["runner", "nobody"] });
    let nobody = scribe.refused("message_agents", &say(nobody, "information")).await;
    let mut watcher = house.guest("ann", "member", "/agents").await;
    watcher.call("join_agents", &json!({})).await.unwrap();
    let busy = json!({ "agentId": "runner", "activity": { "type": "thinking" } });
    runner.call("set_activity", &busy).await.unwrap();
    watcher.next("activity_changed").await;
    drop(runner);
    // From now on the server knows that it is gone.
    watcher.next("activity_changed").await;
    let away = scribe.refused("message_agents", &say(one, "question")).await;

    assert_eq!((&sent["to"], &heard["from"]), (&json!(["runner"]), &json!("scribe")));
    assert_eq!(all["to"], json!(["runner"]));
    assert_eq!((&*nobody, &*away), ("agents.agent_not_found", "agents.agent_away"));
}

#[tokio::test]
async fn everybody_sees_what_an_agent_does() {
    let house = house();
    let scribe = house.agent("scribe").await;
    let mut ann = house.guest("ann", "member", "/agents").await;

    let before = ann.call("join_agents", &json!({})).await.unwrap();
    let thinking = json!({ "agentId": "scribe", "activity": { "type": "thinking" } });
    scribe.call("set_activity", &thinking).await.unwrap();
    let changed = ann.next("activity_changed").await;
    drop(scribe);
    let idle = ann.next("activity_changed").await;

    assert_eq!(before["agents"][0]["activity"]["type"], "idle");
    assert_eq!(changed["activity"]["type"], "thinking");
    assert_eq!(idle["activity"]["type"], "idle");
}
