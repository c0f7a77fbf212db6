//! `/tables`: books in memory, one per table.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tautline::{Answer, ContractError as _, Unanswered};
use tautline_conformance::tables::{
    Abstention, Ballot, Entry, NewEntry, Page, Table, TableError, TableState, Tables, TablesServer,
    Verdict, Vote, VoteOutcome, Wave, Whisper,
};
use tautline_server::Context;

use crate::house::House;

/// The books.
#[derive(Default)]
pub(crate) struct TablesService {
    books: Mutex<HashMap<String, Vec<Entry>>>,
    house: House,
}

impl TablesService {
    /// A service that can reach its server.
    pub(crate) fn new(house: House) -> Self {
        Self { house, ..Self::default() }
    }

    fn books(&self) -> MutexGuard<'_, HashMap<String, Vec<Entry>>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, cx: &Context<Tables>, new: NewEntry) -> Answer<Entry, TableError> {
        if new.text == "too much" {
            return Err(TableError::BookFull)?;
        }
        let entry = {
            let mut books = self.books();
            let book = books.entry(new.table_id.clone()).or_default();
            let number = u32::try_from(book.len() + 1)?;
            let author = cx.identity().subject.clone();
            let entry = Entry { table_id: new.table_id, number, text: new.text, author };
            book.push(entry.clone());
            entry
        };
        cx.emit().entry_written(&entry);
        Ok(entry)
    }
}

impl TablesServer for TablesService {
    type Context = Context<Tables>;

    async fn authorize_table(&self, _: &Self::Context, room: &Table) -> Answer<(), TableError> {
        if room.table_id.starts_with("closed") {
            return Err(TableError::Closed { table_id: room.table_id.clone() })?;
        }
        Ok(())
    }

    async fn join_table(&self, _: &Self::Context, room: &Table) -> Answer<TableState, TableError> {
        let entries = self.books().get(&room.table_id).cloned().unwrap_or_default();
        Ok(TableState { entries })
    }

    async fn write_entry(&self, cx: &Self::Context, new: NewEntry) -> Answer<Entry, TableError> {
        self.write(cx, new)
    }

    async fn write_from_outside(
        &self,
        cx: &Self::Context,
        new: NewEntry,
    ) -> Answer<Entry, TableError> {
        self.write(cx, new)
    }

    async fn wave(&self, cx: &Self::Context, wave: Wave) {
        cx.emit().waved(&wave);
    }

    async fn attach_page(&self, cx: &Self::Context, page: Page) -> Answer<(), TableError> {
        cx.emit().page_attached(&page);
        Ok(())
    }

    async fn whisper(&self, cx: &Self::Context, whisper: Whisper) -> Answer<()> {
        cx.emit().whispered(&whisper);
        Ok(())
    }

    async fn clear_table(&self, _: &Self::Context, table: Table) -> Answer<()> {
        let closed = TableError::Closed { table_id: table.table_id.clone() };
        self.house.server()?.room::<Tables>(&table).close(Some(closed.problem()));
        Ok(())
    }

    async fn ask_table(&self, cx: &Self::Context, ballot: Ballot) -> Answer<Verdict> {
        verdict(cx.emit().vote(&ballot).await)
    }

    async fn ask_table_quickly(&self, cx: &Self::Context, ballot: Ballot) -> Answer<Verdict> {
        verdict(cx.emit().vote_quickly(&ballot).await)
    }
}

fn verdict(vote: Result<Vote, Unanswered<Abstention>>) -> Answer<Verdict> {
    let without = |outcome| Verdict { outcome, vote: None, reason: None };
    Ok(match vote {
        Ok(vote) => Verdict { vote: Some(vote), ..without(VoteOutcome::Answered) },
        Err(Unanswered::Declined(Abstention::Undecided { reason })) => {
            Verdict { reason: Some(reason), ..without(VoteOutcome::Declined) }
        }
        Err(Unanswered::Expired) => without(VoteOutcome::Expired),
        Err(Unanswered::Cancelled) => without(VoteOutcome::Cancelled),
        Err(failed @ Unanswered::Failed(_)) => return Err(failed)?,
    })
}
