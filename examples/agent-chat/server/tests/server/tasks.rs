//! `/tasks`: what becomes of a task, who may do it, and who hears of it.

use serde_json::{Value, json};

use crate::house::{Guest, House, house, seeded, unknown};

/// A task of ann's for the agent runner, in a session of both.
struct Work {
    ann: Guest,
    chat: Guest,
    runner: Guest,
    inbox: Guest,
    task: Value,
}

async fn work(house: &House) -> Work {
    let inbox = house.agent("runner").await;
    let (ann, chat) = (house.guest("ann", "member", "/tasks").await, house.member("ann").await);
    let runner = house.guest("runner", "agent", "/tasks").await;
    let session = chat.open(&["runner"]).await;
    let task = ann.call("create_task", &new(&session, &["runner"])).await.unwrap();
    Work { ann, chat, runner, inbox, task }
}

fn new(session: &Value, agents: &[&str]) -> Value {
    json!({ "sessionId": session, "title": "Collect", "description": "", "priority": "high",
            "agents": agents })
}

fn id(task: &Value) -> Value {
    json!({ "taskId": task["taskId"] })
}

fn step(task: &Value, number: u32) -> Value {
    json!({ "taskId": task["taskId"], "number": number, "agentId": "runner", "text": "Read",
            "percent": 30 })
}

fn result(task: &Value) -> Value {
    json!({ "taskId": task["taskId"], "summary": "Twelve changes.", "data": { "changes": 12 } })
}

#[tokio::test]
async fn a_task_goes_from_its_making_to_its_result_where_everybody_sees_it() {
    let house = house();
    let Work { mut ann, mut chat, runner, mut inbox, task } = work(&house).await;
    ann.call("join_task_room", &id(&task)).await.unwrap();
    let mut board = house.guest("ann", "member", "/tasks").await;
    board.call("join_dashboard", &json!({ "owner": "ann" })).await.unwrap();

    let assigned = inbox.next("task_assigned").await;
    let started = runner.call("start_task", &id(&task)).await.unwrap();
    runner.call("report_step", &step(&task, 1)).await.unwrap();
    runner.call("report_step", &step(&task, 1)).await.unwrap();
    let done = runner.call("complete_task", &result(&task)).await.unwrap();

    assert_eq!((&assigned["task"], &assigned["agentId"]), (&task, &json!("runner")));
    assert_eq!(ann.next("task_changed").await, started);
    assert_eq!(ann.next("task_stepped").await, step(&task, 1));
    assert_eq!(ann.next("task_changed").await["steps"], json!([step(&task, 1)]));
    assert_eq!(ann.next("task_changed").await, done);
    assert_eq!(done["result"]["summary"], "Twelve changes.");
    assert_eq!(board.next("task_changed").await, started);
    assert_eq!(ann.call("count_tasks", &json!({})).await.unwrap()["completed"], 1);
    assert_eq!(chat.next("message_created").await["body"]["type"], "task");
    let told = chat.next("message_created").await;
    assert_eq!(
        (&told["author"], &told["body"]["intent"]),
        (&json!("runner"), &json!("task_response"))
    );
}

#[tokio::test]
async fn a_task_does_not_go_where_it_cannot() {
    let house = house();
    let Work { ann, runner, task, .. } = work(&house).await;

    let early = runner.socket.call::<Value>("complete_task", &result(&task)).await.unwrap_err();
    let unstarted = runner.refused("report_step", &step(&task, 1)).await;
    runner.call("start_task", &id(&task)).await.unwrap();
    let twice = runner.refused("start_task", &id(&task)).await;
    ann.call("cancel_task", &id(&task)).await.unwrap();
    let mut codes = Vec::new();
    for (name, payload) in [("start_task", id(&task)), ("complete_task", result(&task))] {
        codes.push(runner.refused(name, &payload).await);
    }
    codes.push(ann.refused("cancel_task", &id(&task)).await);

    let illegal = "tasks.illegal_transition";
    assert_eq!((&*early.code, &*unstarted, &*twice), (illegal, illegal, illegal));
    assert_eq!(json!(early.params), json!({ "from": "pending", "to": "completed" }));
    assert_eq!(early.message, "A task that is pending cannot become completed.");
    assert_eq!(codes, [illegal, illegal, illegal]);
    let rename = json!({ "taskId": task["taskId"], "title": "Other" });
    assert_eq!(ann.refused("update_task", &rename).await, "tasks.task_ended");
}

#[tokio::test]
async fn a_task_is_its_owners_and_its_agents() {
    let house = house();
    let Work { ann, chat, task, .. } = work(&house).await;
    let eve = house.guest("eve", "member", "/tasks").await;
    let other = house.agent("other").await;
    let idler = house.guest("other", "agent", "/tasks").await;
    let session = &task["sessionId"];

    assert_eq!(eve.refused("join_task_room", &id(&task)).await, "tasks.task_not_found");
    assert_eq!(eve.refused("cancel_task", &id(&task)).await, "tasks.task_not_found");
    let dashboard = json!({ "owner": "ann" });
    assert_eq!(eve.refused("join_dashboard", &dashboard).await, "tasks.not_your_dashboard");
    assert_eq!(eve.refused("create_task", &new(session, &[])).await, "tasks.session_not_found");
    let elsewhere = json!({ "taskId": task["taskId"], "agents": ["other"] });
    assert_eq!(ann.refused("assign_task", &elsewhere).await, "tasks.not_in_session");
    let nobody = json!({ "taskId": task["taskId"], "agents": ["nobody"] });
    assert_eq!(ann.refused("assign_task", &nobody).await, "tasks.agent_not_found");
    for member in ["other", "eve"] {
        let invite = json!({ "sessionId": session, "member": member });
        chat.call("invite", &invite).await.unwrap();
    }
    assert_eq!(idler.refused("start_task", &id(&task)).await, "tasks.not_assigned");
    assert_eq!(eve.refused("cancel_task", &id(&task)).await, "tasks.not_your_task");
    assert_eq!(
        ann.refused("cancel_task", &json!({ "taskId": unknown() })).await,
        "tasks.task_not_found"
    );
    drop(other);
}

#[tokio::test]
async fn whoever_loses_a_task_hears_so_like_whoever_gets_it() {
    let house = house();
    let Work { ann, chat, mut inbox, task, .. } = work(&house).await;
    let mut other = house.agent("other").await;
    let invite = json!({ "sessionId": task["sessionId"], "member": "other" });
    chat.call("invite", &invite).await.unwrap();

    let assignment = json!({ "taskId": task["taskId"], "agents": ["other"] });
    let moved = ann.call("assign_task", &assignment).await.unwrap();
    inbox.next("task_assigned").await;
    let lost = inbox.next("task_assigned").await;
    let got = other.next("task_assigned").await;

    assert_eq!((&lost["task"], &got["task"]), (&moved, &moved));
    assert_eq!((&lost["agentId"], &got["agentId"]), (&json!("runner"), &json!("other")));
}

#[tokio::test]
async fn a_person_has_twenty_open_tasks_at_most() {
    // Two of the tasks that are there from the beginning are open.
    let house = seeded();
    let ann = house.guest("ann", "member", "/tasks").await;
    let new = json!({ "title": "Another", "description": "", "priority": "low", "agents": [] });

    for _ in 0..18 {
        ann.call("create_task", &new).await.unwrap();
    }
    let refused = ann.socket.call::<Value>("create_task", &new).await.unwrap_err();

    assert_eq!(
        (&*refused.code, &json!(refused.params)),
        ("tasks.too_many_open", &json!({ "limit": 20 }))
    );
}
