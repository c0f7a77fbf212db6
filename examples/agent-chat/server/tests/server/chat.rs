//! `/chat`: sessions, who may see them, and what is written into them.

use serde_json::{Value, json};

use crate::house::{Guest, House, house, in_session, text_in, unknown};

/// Ann and ben in a session of theirs.
async fn pair(house: &House) -> (Guest, Guest, Value) {
    let (ann, ben) = (house.member("ann").await, house.member("ben").await);
    let session = ann.open(&["ben"]).await;
    ben.enter(&session).await;
    (ann, ben, session)
}

fn of(session: &Value, message: &Value) -> Value {
    json!({ "sessionId": session, "messageId": message["messageId"] })
}

#[tokio::test]
async fn a_message_reaches_everybody_in_the_session_and_knows_its_place() {
    let house = house();
    let (ann, mut ben, session) = pair(&house).await;

    let sent = ann.say(&session, "hello").await;
    let heard = ben.socket.next_named("message_created").await;

    assert_eq!((&sent["author"], &sent["status"]), (&json!("ann"), &json!("sent")));
    assert_eq!(heard.payload, sent);
    assert_eq!(heard.meta["seq"], sent["seq"]);
}

#[tokio::test]
async fn a_foreign_session_does_not_exist_and_one_that_was_left_says_so() {
    let house = house();
    let (_ann, mut ben, session) = pair(&house).await;
    let eve = house.member("eve").await;
    let admin = house.guest("root", "admin", "/chat").await;

    let foreign = eve.refused("join_chat_session", &in_session(&session)).await;
    let unentered = eve.refused("send_message", &text_in(&session, "hi")).await;
    ben.call("leave_chat_session", &in_session(&session)).await.unwrap();
    let told = ben.next("session_listed").await;
    let left = ben.refused("join_chat_session", &in_session(&session)).await;

    assert_eq!((&*foreign, &*unentered), ("chat.session_not_found", "not_joined"));
    assert_eq!(left, "chat.not_a_member");
    assert_eq!(told["subject"], "ben");
    admin.enter(&session).await;
}

#[tokio::test]
async fn whoever_is_invited_hears_of_the_session_wherever_they_are() {
    let house = house();
    let ann = house.member("ann").await;
    let mut eve = house.member("eve").await;
    let session = ann.open(&[]).await;

    let invitation = json!({ "sessionId": session, "member": "eve" });
    let answer = ann.call("invite", &invitation).await.unwrap();
    let listed = eve.next("session_listed").await;
    eve.enter(&session).await;

    assert_eq!(answer["members"], json!(["ann", "eve"]));
    assert_eq!((&listed["session"], &listed["subject"]), (&answer, &json!("eve")));
    let page = json!({ "withArchived": false, "limit": 10 });
    let list = eve.call("list_sessions", &page).await.unwrap();
    assert_eq!(list["sessions"][0]["sessionId"], session);
}

#[tokio::test]
async fn a_session_has_fifty_members_at_most_and_an_archived_one_is_read_only() {
    let house = house();
    let ann = house.member("ann").await;
    let members: Vec<String> = (1..50).map(|number| format!("user-{number}")).collect();
    let new = json!({ "title": "Crowd", "members": members });
    let session = ann.call("create_session", &new).await.unwrap()["sessionId"].clone();
    ann.enter(&session).await;

    let one_more = json!({ "sessionId": session, "member": "eve" });
    let full = ann.socket.call::<Value>("invite", &one_more).await.unwrap_err();
    ann.call("archive_session", &in_session(&session)).await.unwrap();

    assert_eq!((&*full.code, &json!(full.params)), ("chat.session_full", &json!({ "limit": 50 })));
    assert_eq!(
        ann.refused("send_message", &text_in(&session, "hi")).await,
        "chat.session_archived"
    );
    assert_eq!(ann.refused("invite", &one_more).await, "chat.session_archived");
    ann.enter(&session).await;
}

#[tokio::test]
async fn only_the_author_changes_a_message_and_only_what_they_saw() {
    let house = house();
    let (ann, mut ben, session) = pair(&house).await;
    let message = ann.say(&session, "helo").await;
    let edit = |revision: u32| {
        json!({ "sessionId": session, "messageId": message["messageId"],
                "revision": revision, "text": "hello" })
    };

    let foreign = ben.refused("edit_message", &edit(0)).await;
    let edited = ann.call("edit_message", &edit(0)).await.unwrap();
    let stale = ann.refused("edit_message", &edit(0)).await;
    ann.call("delete_message", &of(&session, &message)).await.unwrap();
    let gone = ann.refused("edit_message", &edit(1)).await;

    assert_eq!((&*foreign, &*stale), ("chat.not_the_author", "chat.changed_meanwhile"));
    assert_eq!((&edited["revision"], &edited["body"]["text"]), (&json!(1), &json!("hello")));
    assert_eq!(gone, "chat.message_not_found");
    assert_eq!(ben.next("message_edited").await, edited);
    assert_eq!(ben.next("message_deleted").await, of(&session, &message));
    assert_eq!(ben.enter(&session).await["messages"][0]["body"], json!({ "type": "deleted" }));
}

#[tokio::test]
async fn a_thread_has_its_messages_in_order_and_its_first_one_counts_them() {
    let house = house();
    let (ann, ben, session) = pair(&house).await;
    let first = ann.say(&session, "first").await;
    ann.say(&session, "beside it").await;

    let mut reply = text_in(&session, "second");
    reply["thread"] = first["messageId"].clone();
    let second = ben.call("send_message", &reply).await.unwrap();
    let mut nested = text_in(&session, "third");
    nested["replyTo"] = second["messageId"].clone();
    ann.call("send_message", &nested).await.unwrap();
    let thread = ben.call("list_thread", &of(&session, &first)).await.unwrap();

    let texts = |history: &Value| -> Vec<Value> {
        let messages = history["messages"].as_array().unwrap().iter();
        messages.map(|message| message["body"]["text"].clone()).collect()
    };
    assert_eq!(texts(&thread), ["first", "second", "third"]);
    assert_eq!(thread["messages"][0]["replies"], 2);
    reply["thread"] = unknown();
    assert_eq!(ben.refused("send_message", &reply).await, "chat.message_not_found");
}

#[tokio::test]
async fn history_comes_by_page_and_by_position() {
    let house = house();
    let (ann, _ben, session) = pair(&house).await;
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.push(ann.say(&session, &number.to_string()).await);
    }

    let page = json!({ "sessionId": session, "before": sent[3]["messageId"], "limit": 2 });
    let before = ann.call("list_messages", &page).await.unwrap();
    let since = json!({ "sessionId": session, "seq": sent[2]["seq"], "limit": 1 });
    let since = ann.call("list_messages_since", &since).await.unwrap();

    assert_eq!(before, json!({ "messages": [sent[1], sent[2]], "more": true }));
    assert_eq!(since, json!({ "messages": [sent[3]], "more": true }));
    let nowhere = json!({ "sessionId": session, "before": unknown(), "limit": 2 });
    assert_eq!(ann.refused("list_messages", &nowhere).await, "chat.message_not_found");
}

#[tokio::test]
async fn what_everybody_has_read_says_so() {
    let house = house();
    let (ann, mut ben, session) = pair(&house).await;
    let message = ann.say(&session, "read this").await;
    let heard = ben.socket.next_named("message_created").await;

    let at = |read: &Value| {
        json!({ "room": heard.meta["room"], "epoch": heard.meta["epoch"],
                "delivered": message["seq"], "read": read })
    };
    let status = async || ann.enter(&session).await["messages"][0]["status"].clone();
    ben.call("tautline:receipt", &at(&json!(0))).await.unwrap();
    let delivered = status().await;
    ben.call("tautline:receipt", &at(&message["seq"])).await.unwrap();
    let read = status().await;

    assert_eq!((delivered, read), (json!("delivered"), json!("read")));
}

#[tokio::test]
async fn a_context_is_shared_until_its_message_is_taken_back() {
    let house = house();
    let (ann, ben, session) = pair(&house).await;
    let body = json!({ "type": "context", "title": "Changes", "extent": "summary",
                       "content": "- dark mode", "agents": [], "expiresIn": 60 });

    let context = json!({ "sessionId": session, "body": body });
    let message = ann.call("send_message", &context).await.unwrap();
    let shared = ben.enter(&session).await["contexts"][0].clone();
    let reference = json!({ "sessionId": session, "contextId": shared["contextId"] });
    let read = ben.call("read_context", &reference).await.unwrap();
    ann.call("delete_message", &of(&session, &message)).await.unwrap();

    assert_eq!((&shared, &shared["content"]), (&read, &json!("- dark mode")));
    assert!(shared["expiresAt"].is_string());
    assert_eq!(ben.refused("read_context", &reference).await, "chat.context_not_found");
}

#[tokio::test]
async fn a_message_of_a_kind_that_is_not_the_callers_is_refused() {
    let house = house();
    let (ann, _ben, session) = pair(&house).await;
    let post = |body: Value| json!({ "sessionId": session, "body": body });
    let agent = json!({ "type": "agent", "intent": "question", "to": [], "text": "?" });
    let system = json!({ "type": "system", "level": "error", "text": "down" });
    let task = json!({ "type": "task", "taskId": unknown(), "title": "x", "priority": "low" });
    let context = json!({ "type": "context", "title": "x", "extent": "full", "content": "x",
                          "agents": ["nobody"] });

    let mut codes = Vec::new();
    for body in [agent, system, json!({ "type": "deleted" }), task, context] {
        codes.push(ann.refused("send_message", &post(body)).await);
    }

    let kind = "chat.kind_not_allowed";
    assert_eq!(codes, [kind, kind, kind, "chat.task_elsewhere", "chat.not_delivered"]);
    assert_eq!(ann.refused("send_message", &text_in(&session, "")).await, "invalid_payload");
}

#[tokio::test]
async fn typing_is_seen_by_the_others() {
    let house = house();
    let (ann, mut ben, session) = pair(&house).await;

    ann.socket.emit("typing", &in_session(&session));

    let typing = ben.next("member_typing").await;
    assert_eq!(typing, json!({ "sessionId": session, "member": "ann" }));
}
