//! `/tasks`.

use serde_json::json;
use tautline::{ContractError as _, Patch, Uuid};
use tautline_agent_chat::errors::TasksError;
use tautline_agent_chat::ids::TaskId;
use tautline_agent_chat::tasks::TaskStatus::{Cancelled, Completed, Failed, InProgress, Pending};
use tautline_agent_chat::tasks::{TaskResult, TaskStatus, UpdateTask};
use tautline_agent_chat::{Category, RecoveryAction, Tasks};

use super::{broken, by_scope, travels, waiting};

const ID: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);

const ALL: [TaskStatus; 5] = [Pending, InProgress, Completed, Failed, Cancelled];

#[test]
fn a_task_goes_forward_and_stays_where_it_ended() {
    let mut legal = Vec::new();
    for from in ALL {
        legal.extend(ALL.into_iter().filter(|to| from.may_become(*to)).map(|to| (from, to)));
    }

    assert_eq!(
        legal,
        [
            (Pending, InProgress),
            (Pending, Failed),
            (Pending, Cancelled),
            (InProgress, Completed),
            (InProgress, Failed),
            (InProgress, Cancelled)
        ]
    );
}

#[test]
fn a_change_leaves_alone_what_it_does_not_name() {
    let change = UpdateTask {
        task_id: TaskId(ID),
        title: None,
        description: Some("more".to_owned()),
        priority: None,
        context: Patch::Absent,
    };
    travels(&change, &json!({ "taskId": ID, "description": "more" }));
    let cleared = UpdateTask { context: Patch::Null, ..change };
    travels(&cleared, &json!({ "taskId": ID, "description": "more", "context": null }));
}

#[test]
fn a_result_says_what_it_is() {
    travels(
        &TaskResult::Done { summary: "Twelve.".to_owned(), data: None },
        &json!({ "type": "done", "summary": "Twelve." }),
    );
    travels(
        &TaskResult::Failed { reason: "No log.".to_owned() },
        &json!({ "type": "failed", "reason": "No log." }),
    );
}

#[test]
fn a_task_keeps_its_constraints() {
    let step =
        json!({ "taskId": ID, "number": 0, "agentId": "runner", "text": "", "percent": 101 });

    assert_eq!(
        broken::<Tasks>("report_step", step).unwrap(),
        ["number: range", "text: length", "percent: range"]
    );
    let nobody = json!({ "taskId": ID, "agents": [] });
    assert_eq!(broken::<Tasks>("assign_task", nobody).unwrap(), ["agents: items"]);
    let unknown = json!({ "title": "x", "description": "", "priority": "urgent", "agents": [] });
    assert!(broken::<Tasks>("create_task", unknown).is_err());
}

#[test]
fn people_give_work_and_agents_do_it() {
    let scopes = by_scope::<Tasks>();

    assert_eq!(scopes["tasks:write"], ["create_task", "update_task", "assign_task", "cancel_task"]);
    assert_eq!(scopes["agents:run"], ["start_task", "report_step", "complete_task", "fail_task"]);
}

#[test]
fn a_result_that_was_reached_offline_is_not_lost() {
    let hour = 3_600;
    let waits = waiting::<Tasks>();

    for event in ["complete_task", "fail_task", "cancel_task"] {
        assert!(waits.contains(&(event, hour)), "{event} of {waits:?}");
    }
    assert!(waits.iter().all(|(event, _)| *event != "start_task"));
}

#[test]
fn an_illegal_transition_names_both_ends_and_asks_to_look_again() {
    let problem = TasksError::IllegalTransition { from: Completed, to: Cancelled }.problem();

    assert_eq!(problem.message, "A task that is completed cannot become cancelled.");
    assert_eq!(
        (problem.category, problem.recovery.action),
        (Category::Conflict, RecoveryAction::Resync)
    );
    assert_eq!(json!(problem.params), json!({ "from": "completed", "to": "cancelled" }));
}
