//! Answers as people see them: stopped in the middle, and in the way of an archive.

use tautline_agent_chat::agents::Interruption;
use tautline_agent_chat::chat::{AnswerRef, Level};
use tautline_agent_chat::errors::ChatError;
use tautline_agent_chat::ids::{AgentId, SessionId};
use tautline_agent_chat::{Agents, Chat};
use tautline_server::{Answer, Context, StreamError};

use crate::agents::keep_partial;
use crate::post::Post;
use crate::service::{Caller, Service};
use crate::store::{AnswerState, Db};

/// Ends an answer for a person: its stream is cancelled, what was written so far stays as a message,
/// and its agent is told, all in one step.
pub(super) async fn interrupt(
    service: &Service,
    cx: &Context<Chat>,
    answer: AnswerRef,
) -> Answer<(), ChatError> {
    let (by, id) = (Caller::of(cx).user, answer.answer_id);
    let known = service.store.read(move |db| db.answer(id)).await?;
    let of_session = known.filter(|known| known.session_id == answer.session_id);
    let known = of_session.ok_or(ChatError::AnswerOver)?;
    // From now on it is ours: what the agent still sends is refused.
    let stream = match cx.emit().reopen_answer(known.stream_id).await {
        Ok(stream) => stream,
        Err(StreamError::NotOpen) => return Err(ChatError::AnswerOver)?,
        Err(error) => return Err(error)?,
    };
    service.writing.forget(id);
    let agent_id = known.agent_id.clone();
    let text = stream.so_far().text;
    cx.commit::<_, ChatError, _>(move |tx| {
        let db = Db::of(tx)?;
        if !db.end_answer(id, AnswerState::Interrupted)? {
            return Err(ChatError::AnswerOver)?;
        }
        keep_partial(tx, db, &known, text)?;
        let notice = format!("{} stopped {}.", by.0, known.agent_id.0);
        Post::notice(known.session_id, by.clone(), Level::Info, notice).write(tx, db)?;
        stream.cancel_in(tx)?;
        let told = Interruption { agent_id: known.agent_id, answer_id: id, by };
        tx.emit_in::<Agents>().interrupted(&told);
        Ok(())
    })
    .await?;
    service.activities.idle(cx, &agent_id);
    Ok(())
}

/// An agent that is writing in a session.
pub(super) async fn in_progress(
    service: &Service,
    cx: &Context<Chat>,
    session: SessionId,
) -> Answer<Option<AgentId>, ChatError> {
    let open = service.store.read(move |db| db.open_answers_in(session)).await?;
    for answer in open {
        if service.writing.is_open(cx, &answer).await? {
            return Ok(Some(answer.agent_id));
        }
    }
    Ok(None)
}
