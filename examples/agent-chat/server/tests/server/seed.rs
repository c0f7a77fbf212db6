//! What is there from the beginning.

use serde_json::{Value, json};

use crate::house::{House, seeded};

async fn titles(house: &House) -> Vec<Value> {
    let page = json!({ "withArchived": true, "limit": 10 });
    let ann = house.member("ann").await;
    let list = ann.call("list_sessions", &page).await.unwrap();
    list["sessions"].as_array().unwrap().iter().map(|session| session["title"].clone()).collect()
}

#[tokio::test]
async fn the_seed_shows_a_task_of_every_status_and_is_sown_once() {
    let house = seeded();
    let before = titles(&house).await;
    let house = house.restarted(true).await;

    let work = house.guest("ann", "member", "/tasks").await;
    let counts = work.call("count_tasks", &json!({})).await.unwrap();
    let ben = house.member("ben").await;
    let page = json!({ "withArchived": false, "limit": 10 });
    let welcome = ben.call("list_sessions", &page).await.unwrap()["sessions"][0].clone();
    let state = ben.enter(&welcome["sessionId"]).await;

    assert_eq!(before.len(), 2);
    assert_eq!(titles(&house).await, before);
    let one_each =
        json!({ "pending": 1, "inProgress": 1, "completed": 1, "failed": 1, "cancelled": 1 });
    assert_eq!(counts, one_each);
    assert_eq!(welcome["members"], json!(["ann", "ben", "scribe", "planner"]));
    assert_eq!(state["contexts"].as_array().unwrap().len(), 1);
    assert!(state["messages"].as_array().unwrap().len() > 8);
}

#[tokio::test]
async fn what_was_sown_can_be_talked_about() {
    let house = seeded();
    let mut scribe = house.agent("scribe").await;
    let ann = house.member("ann").await;
    let page = json!({ "withArchived": false, "limit": 10 });
    let welcome = ann.call("list_sessions", &page).await.unwrap()["sessions"][0].clone();
    ann.enter(&welcome["sessionId"]).await;

    ann.say(&welcome["sessionId"], "hello").await;

    assert_eq!(scribe.next("prompted").await["message"]["body"]["text"], "hello");
}
