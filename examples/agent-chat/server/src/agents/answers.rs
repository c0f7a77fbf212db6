//! Answers: an agent writes them here part by part, and the people of the session see them grow as a
//! stream of `/chat`, until they have become messages.

use tautline::{Namespace, Uuid};
use tautline_agent_chat::agents::{Activity, AnswerBegun, AnswerEnd, AnswerPart, BeginAnswer};
use tautline_agent_chat::chat::{AnswerStart, Body, ChatSession, Level, Message};
use tautline_agent_chat::errors::{AgentsError, AnswerFailed};
use tautline_agent_chat::ids::{AgentId, AnswerId, SessionId};
use tautline_agent_chat::{Agents, Chat};
use tautline_server::{Answer, Context, StreamError, Tx};

use super::registry::run_by;
use crate::post::Post;
use crate::service::{Caller, Service, as_user};
use crate::store::{AnswerState, Db, OpenAnswer, Standing};

/// When an agent that still writes may ask again. An answer takes some seconds.
const ASK_AGAIN_MS: u32 = 2_000;

pub(super) async fn begin(
    service: &Service,
    cx: &Context<Agents>,
    new: BeginAnswer,
) -> Answer<AnswerBegun, AgentsError> {
    let BeginAnswer { session_id, agent_id, reply_to } = new;
    let (caller, agent) = (Caller::of(cx), agent_id.clone());
    let (thread, open) = service
        .store
        .read(move |db| {
            let may = may_answer(db, &agent, session_id, &caller);
            let replied = reply_to.map(|id| db.message(id, "")).transpose()?.flatten();
            Ok(may
                .map(|()| replied.and_then(|message| message.thread))
                .map(|thread| (thread, db.open_answers(&agent))))
        })
        .await??;
    for answer in open?.into_iter().filter(|answer| answer.session_id == session_id) {
        if service.writing.is_open(cx, &answer).await? {
            return Err(AgentsError::AgentBusy { agent_id, retry_after_ms: ASK_AGAIN_MS })?;
        }
    }
    let answer_id = AnswerId(Uuid::now_v7());
    let start = AnswerStart { session_id, answer_id, agent_id, reply_to, thread };
    let stream = cx.emit_in::<Chat>().answer(&start);
    let AnswerStart { agent_id, .. } = start;
    let answer = OpenAnswer {
        answer_id,
        session_id,
        agent_id: agent_id.clone(),
        stream_id: stream.id(),
        reply_to,
        thread,
        state: AnswerState::Open,
    };
    // Without its row the stream is dropped, and ends by itself.
    let begun = cx.commit::<_, AgentsError, _>(move |tx| {
        let db = Db::of(tx)?;
        db.insert_answer(&answer)?;
        if let Some(message) = reply_to {
            db.delete_prompt(&answer.agent_id, message)?;
        }
        Ok(AnswerBegun { answer_id, session_id, number: 0 })
    });
    let begun = begun.await?;
    service.writing.keep(answer_id, stream);
    service.activities.begin(cx, &agent_id, Activity::Responding { session_id, answer_id });
    Ok(begun)
}

pub(super) async fn append(
    service: &Service,
    cx: &Context<Agents>,
    part: AnswerPart,
) -> Answer<(), AgentsError> {
    let AnswerPart { answer_id, number, text } = part;
    let answer = own(service, cx, answer_id).await?;
    if answer.state != AnswerState::Open {
        return Err(AgentsError::Interrupted)?;
    }
    let stream = match service.writing.stream(cx, &answer).await {
        Ok(stream) => stream,
        Err(error) => return Err(lost(service, answer_id, error)?)?,
    };
    match stream.append_part(number, text).await {
        Ok(()) => Ok(()),
        Err(error) => Err(lost(service, answer_id, error)?)?,
    }
}

pub(super) async fn finish(
    service: &Service,
    cx: &Context<Agents>,
    end: AnswerEnd,
) -> Answer<Message, AgentsError> {
    let answer = own(service, cx, end.answer_id).await?;
    if let Some(message) = finished(service, cx, &answer).await? {
        return Ok(message);
    }
    let stream = match reopen(service, cx, &answer).await {
        Ok(stream) => stream,
        Err(error) => return Err(lost(service, answer.answer_id, error)?)?,
    };
    let text = stream.so_far().text;
    if text.trim().is_empty() {
        service.writing.keep(answer.answer_id, stream);
        return Err(AgentsError::PartMissing { expected: 1 })?;
    }
    let agent_id = answer.agent_id.clone();
    let message = cx.commit::<_, AgentsError, _>(move |tx| {
        let db = Db::of(tx)?;
        if !db.end_answer(answer.answer_id, AnswerState::Finished)? {
            return Err(AgentsError::Interrupted)?;
        }
        let message = written(&answer, text).write(tx, db)?;
        stream.finish_in(tx, &message)?;
        Ok(message)
    });
    let message = message.await?;
    service.activities.idle(cx, &agent_id);
    Ok(message)
}

pub(super) async fn fail(
    service: &Service,
    cx: &Context<Agents>,
    end: AnswerEnd,
) -> Answer<(), AgentsError> {
    let answer = own(service, cx, end.answer_id).await?;
    let stream = match reopen(service, cx, &answer).await {
        Ok(stream) => stream,
        Err(error) => return Err(lost(service, answer.answer_id, error)?)?,
    };
    let text = stream.so_far().text;
    let agent_id = answer.agent_id.clone();
    cx.commit::<_, AgentsError, _>(move |tx| {
        let db = Db::of(tx)?;
        if !db.end_answer(answer.answer_id, AnswerState::Failed)? {
            return Err(AgentsError::Interrupted)?;
        }
        keep_partial(tx, db, &answer, text)?;
        let because = end.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let notice = format!("{} broke off{because}.", answer.agent_id.0);
        let by = as_user(&answer.agent_id);
        Post::notice(answer.session_id, by, Level::Error, notice).write(tx, db)?;
        stream.fail_in(tx, &AnswerFailed::BrokeOff)?;
        Ok(())
    })
    .await?;
    service.activities.idle(cx, &agent_id);
    Ok(())
}

/// What an answer has become, for an agent that does not know that it has finished it.
async fn finished(
    service: &Service,
    cx: &Context<Agents>,
    answer: &OpenAnswer,
) -> Answer<Option<Message>, AgentsError> {
    if answer.state != AnswerState::Finished {
        return Ok(None);
    }
    let room = ChatSession { session_id: answer.session_id };
    let (id, epoch) = (answer.answer_id, cx.room::<Chat>(&room).position().await?.epoch);
    Ok(service.store.read(move |db| db.message_of(id, &epoch)).await?)
}

/// Keeps what was written of an answer that nobody completes.
pub(crate) fn keep_partial<N: Namespace, E>(
    tx: &Tx<'_, N>,
    db: Db<'_>,
    answer: &OpenAnswer,
    text: String,
) -> Answer<(), E> {
    if !text.trim().is_empty() {
        written(answer, text).write(tx, db)?;
    }
    Ok(())
}

/// The message that an answer becomes.
fn written(answer: &OpenAnswer, text: String) -> Post {
    Post {
        session_id: answer.session_id,
        author: as_user(&answer.agent_id),
        body: Body::Text { text },
        reply_to: answer.reply_to,
        thread: answer.thread,
        answer_id: Some(answer.answer_id),
    }
}

/// Whether an agent may write into a session.
pub(super) fn may_answer(
    db: Db<'_>,
    agent_id: &AgentId,
    session_id: SessionId,
    caller: &Caller,
) -> Answer<(), AgentsError> {
    run_by(db, agent_id, caller)?;
    let session = db.session(session_id)?;
    let takes_part = db.standing(session_id, &agent_id.0)? == Standing::Member;
    match session.filter(|_| takes_part) {
        None => Err(AgentsError::NotInSession { agent_id: agent_id.clone() })?,
        Some(session) if session.archived_at.is_some() => Err(AgentsError::SessionClosed)?,
        Some(_) => Ok(()),
    }
}

/// An answer of the caller's.
async fn own(
    service: &Service,
    cx: &Context<Agents>,
    id: AnswerId,
) -> Answer<OpenAnswer, AgentsError> {
    let caller = Caller::of(cx);
    let answer = service.store.read(move |db| {
        let Some(answer) = db.answer(id)? else { return Ok(Ok(None)) };
        Ok(run_by(db, &answer.agent_id, &caller).map(|_| Some(answer)))
    });
    Ok(answer.await??.ok_or(AgentsError::AnswerNotFound)?)
}

/// Takes the stream of an answer, to end it: what is still on its way to it is refused.
async fn reopen(
    service: &Service,
    cx: &Context<Agents>,
    answer: &OpenAnswer,
) -> Result<super::writing::AnswerStream, StreamError> {
    let stream = cx.emit_in::<Chat>().reopen_answer(answer.stream_id).await?;
    service.writing.forget(answer.answer_id);
    Ok(stream)
}

/// Why an agent cannot go on with an answer, in its words. What is nobody's fault but ours stays an
/// error.
fn lost(service: &Service, id: AnswerId, error: StreamError) -> Result<AgentsError, StreamError> {
    match error {
        StreamError::Gap { next } => Ok(AgentsError::PartMissing { expected: next }),
        StreamError::TooLong { limit } => {
            Ok(AgentsError::TooLong { limit: u32::try_from(limit).unwrap_or(u32::MAX) })
        }
        StreamError::Fenced | StreamError::NotOpen => {
            service.writing.forget(id);
            Ok(AgentsError::Interrupted)
        }
        other => Err(other),
    }
}
