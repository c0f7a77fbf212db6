//! Answering a question: the first valid answer counts.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tautline::control::{AnswerQuestion, QuestionOutcome};
use tautline::{ContractError, LibraryCode, Problem, Report, Uuid, Wire, decode_with_attachments};
use tokio::sync::oneshot;

use super::{Given, HandOver, ReadAnswer, settled};
use crate::encode::json;
use crate::frame::decode_with_path;
use crate::journal::RoomKey;
use crate::problems::{hold, inside};
use crate::runtime::Runtime;
use crate::session::{Session, lock};

/// `tautline:answer`: the first valid one counts.
pub(crate) async fn answer(
    runtime: &Arc<Runtime>,
    session: &Session,
    given: AnswerQuestion,
    attachments: Vec<Bytes>,
) -> Result<(), Box<Problem>> {
    let refused = |code: LibraryCode| Box::new(code.problem());
    let Ok(id) = given.question.parse::<Uuid>() else {
        return Err(refused(LibraryCode::QuestionExpired));
    };
    let (read, refusal) = {
        let book = lock(&runtime.questions.0);
        match book.open.get(&id) {
            None => (None, None),
            Some(open) => {
                let path = session.facts().path;
                let is_in = |room: &RoomKey| room.namespace == path && session.is_in(&room.room);
                let identity = session.link.identity();
                let refusal = if !open.rooms.iter().any(|(room, _)| is_in(room)) {
                    Some(LibraryCode::NotJoined)
                } else if !open.scopes.iter().all(|scope| identity.has_scope(scope)) {
                    Some(LibraryCode::PermissionDenied)
                } else {
                    None
                };
                (Some(Arc::clone(&open.read)), refusal)
            }
        }
    };
    let Some(read) = read else { return Err(refused(runtime.questions.why_closed(&id))) };
    if let Some(code) = refusal {
        return Err(refused(code));
    }
    let (hand_over, outcome) = match (&given.answer, &given.declined) {
        (Some(answer), None) => {
            let text = json(answer);
            (read(Given::Answer(&text, &attachments))?, QuestionOutcome::Answered)
        }
        (None, Some(declined)) => {
            (read(Given::Declined(&json(declined)))?, QuestionOutcome::Declined)
        }
        // An answer of `()` travels as null, which reads as none.
        (None, None) => (read(Given::Answer("null", &attachments))?, QuestionOutcome::Answered),
        (Some(_), Some(_)) => return Err(refused(LibraryCode::InvalidPayload)),
    };
    let Some(open) = runtime.questions.end(&id, outcome.clone()) else {
        return Err(refused(runtime.questions.why_closed(&id)));
    };
    hand_over();
    settled(runtime, id, open.rooms, outcome).await;
    Ok(())
}

/// Reads answers of the types that the contract declares.
pub(super) fn reader<A: Wire, E: ContractError>(
    tell: oneshot::Sender<Result<A, E>>,
) -> Arc<ReadAnswer> {
    let tell = Arc::new(Mutex::new(Some(tell)));
    Arc::new(move |given: Given<'_>| {
        let answer = match given {
            Given::Declined(text) => Err(decode_with_path(text, |text| E::deserialize(text))
                .map_err(|problem| inside(problem, "declined"))?),
            Given::Answer(text, attachments) => {
                let decoded = decode_with_attachments(attachments.to_vec(), || {
                    decode_with_path(text, |text| A::deserialize(text))
                });
                let answer = decoded.map_err(|problem| inside(problem, "answer"))?;
                check(&answer).map_err(|problem| inside(problem, "answer"))?;
                Ok(answer)
            }
        };
        let tell = Arc::clone(&tell);
        let hand_over: HandOver = Box::new(move || {
            if let Some(tell) = lock(&tell).take() {
                // Who asked may have gone: the question is settled all the same.
                let _gone = tell.send(answer);
            }
        });
        Ok(hand_over)
    })
}

fn check<A: Wire>(answer: &A) -> Result<(), Box<Problem>> {
    let mut report = Report::new();
    answer.check(&mut report);
    hold(report)
}
