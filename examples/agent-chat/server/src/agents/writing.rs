//! The streams of the answers that are being written, in the hands of this process. One that was begun
//! before it started is found again by its id.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tautline::Namespace;
use tautline_agent_chat::Chat;
use tautline_agent_chat::chat::Message;
use tautline_agent_chat::errors::AnswerFailed;
use tautline_agent_chat::ids::AnswerId;
use tautline_server::{Context, Stream, StreamError};

use crate::store::OpenAnswer;

/// What people see of an answer while it is written.
pub(crate) type AnswerStream = Stream<Chat, Message, AnswerFailed>;

/// The streams by their answers.
#[derive(Default)]
pub(crate) struct Writing(Mutex<HashMap<AnswerId, Arc<AnswerStream>>>);

impl Writing {
    /// Keeps the stream of an answer.
    pub(crate) fn keep(&self, id: AnswerId, stream: AnswerStream) -> Arc<AnswerStream> {
        let stream = Arc::new(stream);
        self.lock().insert(id, Arc::clone(&stream));
        stream
    }

    /// An answer is over, or somebody else's.
    pub(crate) fn forget(&self, id: AnswerId) {
        self.lock().remove(&id);
    }

    /// Whoever writes this answer is still there.
    pub(crate) fn renew(&self, id: AnswerId) {
        let known = self.lock().get(&id).cloned();
        if known.is_some_and(|stream| stream.renew().is_err()) {
            self.forget(id);
        }
    }

    /// The stream of an answer, also after a restart.
    pub(crate) async fn stream<N: Namespace>(
        &self,
        cx: &Context<N>,
        answer: &OpenAnswer,
    ) -> Result<Arc<AnswerStream>, StreamError> {
        if let Some(known) = self.lock().get(&answer.answer_id) {
            return Ok(Arc::clone(known));
        }
        let stream = cx.emit_in::<Chat>().reopen_answer(answer.stream_id).await?;
        Ok(self.keep(answer.answer_id, stream))
    }

    /// The number of its last part; `None` if it is over: its lease may have ended, which nobody has
    /// to say.
    pub(crate) async fn number<N: Namespace>(
        &self,
        cx: &Context<N>,
        answer: &OpenAnswer,
    ) -> Result<Option<u32>, StreamError> {
        let stream = match self.stream(cx, answer).await {
            Ok(stream) => stream,
            Err(StreamError::NotOpen) => return Ok(None),
            Err(error) => return Err(error),
        };
        match stream.renew() {
            Ok(()) => Ok(Some(stream.so_far().number)),
            Err(StreamError::NotOpen | StreamError::Fenced) => {
                self.forget(answer.answer_id);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether an answer is still being written.
    pub(crate) async fn is_open<N: Namespace>(
        &self,
        cx: &Context<N>,
        answer: &OpenAnswer,
    ) -> Result<bool, StreamError> {
        Ok(self.number(cx, answer).await?.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AnswerId, Arc<AnswerStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Writing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writing").field("answers", &self.lock().len()).finish()
    }
}
