//! `/agents`.

use serde_json::{Value, json};
use tautline::{Room as _, Uuid};
use tautline_agent_chat::Agents;
use tautline_agent_chat::agents::{Activity, AgentInbox, AgentRoster, Recipients};
use tautline_agent_chat::ids::{AgentId, AnswerId, SessionId};

use super::{broken, by_scope, travels, waiting};

const ID: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);

fn card(change: impl FnOnce(&mut Value)) -> Value {
    let mut card = json!({ "agentId": "scribe", "name": "Scribe", "description": "Writes.",
                           "color": "#2563eb", "icon": "pen-line", "capabilities": [] });
    change(&mut card);
    card
}

#[test]
fn every_activity_travels_under_its_name_and_an_unknown_one_is_kept() {
    let (session_id, answer_id) = (SessionId(ID), AnswerId(ID));
    travels(&Activity::Idle, &json!({ "type": "idle" }));
    travels(&Activity::Thinking { session_id: None }, &json!({ "type": "thinking" }));
    travels(
        &Activity::Responding { session_id, answer_id },
        &json!({ "type": "responding", "sessionId": ID, "answerId": ID }),
    );

    let later = json!({ "type": "dreaming", "of": "sheep" });
    let kept: Activity = serde_json::from_value(later.clone()).unwrap();
    assert_eq!(serde_json::to_value(kept).unwrap(), later);
}

#[test]
fn a_direct_message_is_for_one_for_several_or_for_a_session() {
    let agent_id = AgentId("scribe".to_owned());
    let several = vec![agent_id.clone(), AgentId("planner".to_owned())];
    travels(&Recipients::One { agent_id }, &json!({ "type": "one", "agentId": "scribe" }));
    travels(
        &Recipients::Several { agent_ids: several },
        &json!({ "type": "several", "agentIds": ["scribe", "planner"] }),
    );
    travels(
        &Recipients::Session { session_id: SessionId(ID) },
        &json!({ "type": "session", "sessionId": ID }),
    );
}

#[test]
fn a_card_keeps_its_constraints() {
    let check = |change: fn(&mut Value)| broken::<Agents>("register_agent", card(change)).unwrap();

    assert_eq!(check(|_| {}), [""; 0]);
    assert_eq!(check(|card| card["agentId"] = json!("Scribe")), ["agentId: pattern"]);
    assert_eq!(check(|card| card["color"] = json!("blue")), ["color: pattern"]);
    assert_eq!(check(|card| card["name"] = json!("")), ["name: length"]);
}

#[test]
fn the_parts_of_an_answer_are_counted_from_one() {
    let part = |number: u32| json!({ "answerId": ID, "number": number, "text": "x" });

    assert_eq!(broken::<Agents>("append_answer", part(1)).unwrap(), [""; 0]);
    assert_eq!(broken::<Agents>("append_answer", part(0)).unwrap(), ["number: range"]);
}

#[test]
fn whoever_only_reads_sees_the_agents_and_nothing_more() {
    let scopes = by_scope::<Agents>();

    assert_eq!(scopes["chat:read"], ["join_agents"]);
    assert_eq!(scopes.keys().collect::<Vec<_>>(), [&"agents:run", &"chat:read"]);
}

#[test]
fn an_answer_waits_as_long_as_its_readers_do() {
    let hour = 3_600;
    assert_eq!(
        waiting::<Agents>(),
        [
            ("append_answer", 15),
            ("finish_answer", hour),
            ("fail_answer", hour),
            ("message_agents", hour)
        ]
    );
}

#[test]
fn there_is_one_roster_and_an_inbox_for_each_agent() {
    let inbox = AgentInbox { agent_id: AgentId("scribe".to_owned()) };

    assert_eq!(AgentRoster {}.name().as_str(), "agents");
    assert_eq!(inbox.name().as_str(), "agent:scribe");
    assert_eq!(AgentInbox::parse("agent:scribe"), Some(inbox));
}
