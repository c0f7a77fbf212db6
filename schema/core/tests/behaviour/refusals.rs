//! Enums of refusals: what the caller reads, what the log reads, what documents say.

use serde_json::json;
use tautline::{
    Answer, Category, ContractError, Failure, Outcome, Problem, RecoveryAction, Refusal,
    RetryAfter, Severity, Uuid,
};

use crate::chat::{AnswerFailed, ChatError, Declined, SessionId};

fn busy() -> ChatError {
    ChatError::AgentBusy { agent: "Ada".to_owned(), retry_after_ms: 1500 }
}

#[test]
fn a_refusal_becomes_a_problem_in_the_authors_words() {
    let problem = busy().problem();

    assert_eq!(problem.code, "chat.agent_busy");
    assert_eq!(problem.category, Category::Unavailable);
    assert_eq!(problem.severity, Severity::Info);
    assert_eq!(problem.message, "Ada is busy {really}.");
    assert_eq!(problem.recovery.hint, "We ask Ada again in a moment.");
    assert_eq!(problem.recovery.action, RecoveryAction::Retry);
    assert_eq!(problem.recovery.after_ms, Some(1500));
    assert_eq!(problem.recovery.max_attempts, Some(3));
    assert_eq!(problem.outcome, Outcome::NotExecuted);
    assert_eq!(problem.help.as_deref(), Some("https://example.com/busy"));
    assert_eq!(
        serde_json::to_value(problem.params).unwrap(),
        json!({"agent": "Ada", "retryAfterMs": 1500})
    );
}

#[test]
fn what_is_not_said_follows_from_the_category() {
    let broke = AnswerFailed::BrokeOff.problem();
    let fast = ChatError::TooFast.problem();

    assert_eq!(broke.code, "answers.broke_off");
    assert_eq!(broke.severity, Severity::Critical);
    assert_eq!(broke.recovery.action, RecoveryAction::ContactSupport);
    assert_eq!(broke.params, None);
    assert_eq!(fast.recovery.after_ms, Some(2000));
}

#[test]
fn a_refusal_travels_as_code_and_params() {
    let gone = ChatError::SessionNotFound { session_id: SessionId(Uuid::nil()) };
    let wire = json!({
        "code": "chat.session_not_found",
        "params": {"sessionId": "00000000-0000-0000-0000-000000000000"}
    });

    assert_eq!(serde_json::to_value(&gone).unwrap(), wire);
    assert_eq!(serde_json::from_value::<ChatError>(wire).unwrap(), gone);
    assert_eq!(serde_json::to_value(ChatError::TooFast).unwrap(), json!({"code": "chat.too_fast"}));
    assert_eq!(
        serde_json::from_value::<Declined>(json!({"code": "declined.not_now", "params": {}}))
            .unwrap(),
        Declined::NotNow { until: None }
    );
}

#[test]
fn it_is_displayed_as_its_message() {
    assert_eq!(busy().to_string(), "Ada is busy {really}.");
}

#[test]
fn the_question_mark_refuses() {
    fn refuse() -> Answer<(), ChatError> {
        Err(busy())?
    }

    assert!(matches!(refuse(), Err(Failure::Refused(error)) if error == busy()));
}

#[test]
fn a_refusal_with_an_outcome_is_the_same_refusal_with_that_outcome() {
    fn refuse(outcome: Outcome) -> Answer<(), ChatError> {
        // `?` hands it on as it is.
        Err(Failure::RefusedWith(busy(), outcome))?
    }

    for outcome in Outcome::ALL {
        let refusal = refuse(*outcome).map_err(Refusal::from);

        let Err(Refusal::Problem(problem)) = refusal else { panic!("not refused") };
        assert_eq!(*problem, Problem { outcome: *outcome, ..busy().problem() });
    }
}

#[test]
fn the_facts_tell_every_variant() {
    let facts = ChatError::FACTS;
    let codes: Vec<&str> = facts.variants.iter().map(|variant| variant.code).collect();
    let [gone, busy, fast] = facts.variants else { panic!("three variants") };

    assert_eq!(facts.docs, "Why something in a session was refused.");
    assert_eq!(codes, ["chat.session_not_found", "chat.agent_busy", "chat.too_fast"]);
    assert_eq!(gone.severity, Category::NotFound.default_severity());
    assert_eq!(gone.params[0].0, "sessionId");
    assert_eq!(busy.after, RetryAfter::Field("retry_after_ms"));
    assert_eq!(busy.message, "{agent} is busy {{really}}.");
    assert_eq!(fast.after, RetryAfter::Fixed(2000));
    assert_eq!(busy.max_attempts, Some(3));
}
