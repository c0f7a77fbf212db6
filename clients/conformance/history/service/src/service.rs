//! The application under faults: serves `/history` of the conformance contract, with its rows in a
//! [`Book`].

use std::future::Future;
use std::time::Duration;

use tautline::{Answer, Cause, Failure, Unanswered};
use tautline_conformance::history::{
    Hall, History, HistoryServer, Jot, Jotted, Log, Marks, Note, NoteEnding, NoteError, Noted,
    Poll, Saga, Slip,
};
use tautline_server::{Context, Tx};

use crate::rows::{Pending, Rows};

/// Where the application's rows are.
pub trait Book: Clone + Send + Sync + 'static {
    /// Writes a row, in the transaction of a step.
    ///
    /// # Errors
    /// When it cannot be written.
    fn insert(&self, tx: &Tx<'_, History>, room: &str, mark: &str) -> Result<(), Cause>;

    /// The rows of a room, in the order in which they were written.
    fn read(&self, room: &str) -> impl Future<Output = Result<Vec<String>, Cause>> + Send;
}

impl Book for Rows {
    fn insert(&self, tx: &Tx<'_, History>, room: &str, mark: &str) -> Result<(), Cause> {
        let pending = tx.connection::<Pending>().map_err(Cause::new)?;
        pending.insert(room, mark);
        Ok(())
    }

    async fn read(&self, room: &str) -> Result<Vec<String>, Cause> {
        Ok(self.of(room))
    }
}

/// The service.
#[derive(Clone, Debug)]
pub struct HistoryService<B> {
    book: B,
}

impl<B: Book> HistoryService<B> {
    /// A service that writes into a book.
    pub fn new(book: B) -> Self {
        Self { book }
    }

    async fn write(&self, cx: &Context<History>, note: Note) -> Answer<(), NoteError> {
        pause(note.pause_ms).await;
        cx.emit().writing(&noted(&note));
        let book = self.book.clone();
        match note.ending {
            NoteEnding::Kept | NoteEnding::RefusedInStep => {}
            NoteEnding::Refused => return Err(NoteError::Unwanted)?,
            NoteEnding::Failed => {
                return Err(Failure::Internal(Cause::new("the caller wants it so")));
            }
        }
        cx.commit(move |tx| {
            book.insert(tx, &room(&Log { log: note.log.clone() }), &note.mark)
                .map_err(Failure::Internal)?;
            tx.emit().noted(&noted(&note));
            if note.ending == NoteEnding::RefusedInStep {
                return Err(NoteError::Unwanted)?;
            }
            Ok(())
        })
        .await
    }

    async fn marks(&self, room: &str) -> Answer<Marks, NoteError> {
        let marks = self.book.read(room).await.map_err(Failure::Internal)?;
        Ok(Marks { marks })
    }
}

impl<B: Book> HistoryServer for HistoryService<B> {
    type Context = Context<History>;

    async fn authorize_log(&self, _: &Self::Context, _: &Log) -> Answer<(), NoteError> {
        Ok(())
    }

    async fn join_log(&self, _: &Self::Context, log: &Log) -> Answer<Marks, NoteError> {
        self.marks(&room(log)).await
    }

    async fn authorize_slip(&self, _: &Self::Context, _: &Slip) -> Answer<(), NoteError> {
        Ok(())
    }

    async fn join_slip(&self, _: &Self::Context, slip: &Slip) -> Answer<Marks, NoteError> {
        self.marks(&room(slip)).await
    }

    async fn note(&self, cx: &Self::Context, note: Note) -> Answer<(), NoteError> {
        self.write(cx, note).await
    }

    async fn remark(&self, cx: &Self::Context, note: Note) -> Answer<(), NoteError> {
        pause(note.pause_ms).await;
        cx.emit().noted(&noted(&note));
        match note.ending {
            NoteEnding::Kept => Ok(()),
            NoteEnding::Refused | NoteEnding::RefusedInStep => Err(NoteError::Unwanted)?,
            NoteEnding::Failed => Err(Failure::Internal(Cause::new("the caller wants it so"))),
        }
    }

    async fn say(&self, cx: &Self::Context, note: Note) -> Answer<(), NoteError> {
        self.write(cx, note).await
    }

    async fn drop_in(&self, cx: &Self::Context, note: Note) -> Answer<(), NoteError> {
        self.write(cx, note).await
    }

    async fn authorize_hall(&self, _: &Self::Context, _: &Hall) -> Answer<(), NoteError> {
        Ok(())
    }

    async fn join_hall(&self, _: &Self::Context, _: &Hall) -> Answer<Marks, NoteError> {
        Ok(Marks { marks: Vec::new() })
    }

    async fn tell(&self, cx: &Self::Context, saga: Saga) -> Answer<(), NoteError> {
        let stream = cx.emit().saga(&saga);
        tokio::spawn(async move {
            for word in 1..=saga.words {
                // It ends, or is given to the next server.
                if stream.append(format!("{word} ")).await.is_err() {
                    return;
                }
                pause(saga.pause_ms).await;
            }
            if !saga.is_left {
                // Not stored, or not its own any more: then its lease ends it.
                let _ended = stream.finish(&()).await;
            }
        });
        Ok(())
    }

    async fn poll(&self, cx: &Self::Context, poll: Poll) -> Answer<(), NoteError> {
        match cx.emit().vote(&poll).await {
            Ok(_) | Err(Unanswered::Declined(_)) => Ok(()),
            Err(Unanswered::Expired | Unanswered::Cancelled) => Err(NoteError::Unwanted)?,
            Err(failed @ Unanswered::Failed(_)) => Err(failed)?,
        }
    }

    async fn jot(&self, cx: &Self::Context, jot: Jot) -> Answer<(), NoteError> {
        pause(jot.pause_ms).await;
        let book = self.book.clone();
        cx.commit(move |tx| {
            book.insert(tx, &room(&Slip { slip: jot.slip.clone() }), &jot.mark)
                .map_err(Failure::Internal)?;
            tx.emit().jotted(&Jotted { slip: jot.slip, mark: jot.mark });
            Ok(())
        })
        .await
    }
}

async fn pause(ms: u32) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}

fn room(room: &impl tautline::Room) -> String {
    room.name().as_str().to_owned()
}

fn noted(note: &Note) -> Noted {
    Noted { log: note.log.clone(), mark: note.mark.clone() }
}
