//! Where the messages of `/chat` are: in memory, or in the journal's file beside their events.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tautline::Answer;
use tautline_conformance::chat::{Chat, ChatError, Message, NewMessage};
use tautline_server::Tx;
use tautline_server::journal::Sqlite;
use tautline_server::rusqlite::{Connection, Result, Row};

/// All messages of all circles. Cheap to clone; clones share everything.
#[derive(Clone)]
pub(crate) enum Messages {
    /// Gone with the process.
    Memory(Arc<Mutex<HashMap<String, Vec<Message>>>>),
    /// There when it comes back.
    File(Sqlite),
}

impl Messages {
    /// The table, for a file that has none.
    pub(crate) fn set_up(db: &Connection) -> Result<()> {
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS messages (
                circle TEXT NOT NULL,
                number INTEGER NOT NULL,
                text TEXT NOT NULL,
                author TEXT NOT NULL,
                PRIMARY KEY (circle, number)
            ) STRICT, WITHOUT ROWID",
        )
    }

    /// Adds one behind the others of its circle, in the transaction of a step.
    pub(crate) fn add(
        &self,
        tx: &Tx<'_, Chat>,
        NewMessage { circle_id, text }: NewMessage,
        author: String,
    ) -> Answer<Message, ChatError> {
        match self {
            Self::Memory(circles) => {
                let mut circles = circles.lock().unwrap_or_else(PoisonError::into_inner);
                let messages = circles.entry(circle_id.clone()).or_default();
                let number = u32::try_from(messages.len() + 1)?;
                let message = Message { circle_id, number, text, author };
                messages.push(message.clone());
                Ok(message)
            }
            Self::File(_) => {
                let db = tx.connection::<Connection>()?;
                let number = db.query_row(
                    "INSERT INTO messages (circle, number, text, author)
                     SELECT ?1, COALESCE(MAX(number), 0) + 1, ?2, ?3 FROM messages WHERE circle = ?1
                     RETURNING number",
                    [&circle_id, &text, &author],
                    |row| row.get(0),
                )?;
                Ok(Message { circle_id, number, text, author })
            }
        }
    }

    /// What has been said in a circle, oldest first.
    pub(crate) async fn of(&self, circle: &str) -> Answer<Vec<Message>> {
        match self {
            Self::Memory(circles) => {
                let circles = circles.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(circles.get(circle).cloned().unwrap_or_default())
            }
            Self::File(file) => {
                let circle = circle.to_owned();
                Ok(file.query(move |db| read(db, &circle)).await?)
            }
        }
    }
}

fn read(db: &Connection, circle: &str) -> Result<Vec<Message>> {
    let mut question = db.prepare(
        "SELECT circle, number, text, author FROM messages WHERE circle = ?1 ORDER BY number",
    )?;
    let message = |row: &Row<'_>| {
        Ok(Message {
            circle_id: row.get(0)?,
            number: row.get(1)?,
            text: row.get(2)?,
            author: row.get(3)?,
        })
    };
    question.query_map([circle], message)?.collect()
}
