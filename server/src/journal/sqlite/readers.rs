//! The reading half: a few threads with a connection each. Nobody waits there for the writer, and
//! the writer waits for nobody.
//!
//! Threads of our own and not the runtime's for blocking work: a thread takes all that waits, up to
//! a bound, and reads it in one transaction. SQLite forgets what it has cached between two
//! transactions when somebody has written in between; so a thousand clients that come back together
//! while others talk are read from memory, and not each from the file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::super::JournalError;
use super::common::Common;
use super::error::{of_question, spoils_connection, unavailable};

/// How many threads read: a slow question of the application does not hold up who enters a room.
const THREADS: usize = 3;

/// How many questions are answered in one transaction.
const AT_ONCE: usize = 16;

type Question = Box<dyn FnOnce(Result<&Connection, &rusqlite::Error>) -> Condition + Send>;

/// How the connection is after a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Well,
    Spoilt,
}

/// The threads that read. They end when this is dropped.
#[derive(Debug)]
pub(super) struct Readers {
    questions: Sender<Question>,
}

impl Readers {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system has none left.
    pub(super) fn start(common: &Arc<Common>) -> std::io::Result<Self> {
        let (questions, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..THREADS {
            let (common, waiting) = (Arc::clone(common), Arc::clone(&waiting));
            std::thread::Builder::new()
                .name("tautline-reader".to_owned())
                .spawn(move || run(&common, &waiting))?;
        }
        Ok(Self { questions })
    }

    /// Asks something of the file as it is now or later.
    pub(super) fn ask<T, Q>(
        &self,
        common: &Arc<Common>,
        question: Q,
    ) -> impl Future<Output = Result<T, JournalError>> + Send + use<T, Q>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (tell, answer) = oneshot::channel();
        let common = Arc::clone(common);
        let question: Question = Box::new(move |connection| {
            let (answer, condition) = match connection.map(question) {
                Ok(Ok(answer)) => {
                    common.health.reading_works();
                    (Ok(answer), Condition::Well)
                }
                Ok(Err(error)) => {
                    let is_spoilt = spoils_connection(&error);
                    if is_spoilt {
                        common.health.reading_failed(&error);
                    }
                    let condition = if is_spoilt { Condition::Spoilt } else { Condition::Well };
                    (Err(of_question(error)), condition)
                }
                Err(error) => {
                    common.health.reading_failed(error);
                    (Err(unavailable(error.to_string())), Condition::Spoilt)
                }
            };
            // Who asked may have gone.
            let _gone = tell.send(answer);
            condition
        });
        // Without threads nobody answers, which is told below.
        let _ended = self.questions.send(question);
        async move {
            answer.await.unwrap_or_else(|_| {
                Err(unavailable("the question panicked, or the readers have ended"))
            })
        }
    }
}

fn run(common: &Common, waiting: &Mutex<Receiver<Question>>) {
    let mut connection = None;
    let mut questions = Vec::with_capacity(AT_ONCE);
    loop {
        {
            let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let Ok(first) = waiting.recv() else { return };
            questions.push(first);
            questions.extend(waiting.try_iter().take(AT_ONCE - 1));
        }
        let opened = match connection.take() {
            Some(connection) => Ok(connection),
            None => common.options.connect_to_read(),
        };
        match opened {
            Ok(opened) => {
                if answer_all(&opened, &mut questions) == Condition::Well {
                    connection = Some(opened);
                }
            }
            Err(error) => questions.drain(..).for_each(|question| {
                question(Err(&error));
            }),
        }
    }
}

/// Answers them in one transaction.
fn answer_all(connection: &Connection, questions: &mut Vec<Question>) -> Condition {
    let mut condition = Condition::Well;
    let transaction = match connection.unchecked_transaction() {
        Ok(transaction) => transaction,
        Err(error) => {
            questions.drain(..).for_each(|question| {
                question(Err(&error));
            });
            return Condition::Spoilt;
        }
    };
    for question in questions.drain(..) {
        // A question of the application's that panics costs itself its answer, and nobody else.
        let asked = catch_unwind(AssertUnwindSafe(|| question(Ok(&transaction))));
        if asked.unwrap_or(Condition::Spoilt) == Condition::Spoilt {
            condition = Condition::Spoilt;
        }
    }
    // Nothing was written: whether it ends well makes no difference to the answers.
    let _ended = transaction.finish();
    condition
}
