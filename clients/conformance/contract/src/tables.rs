//! `/tables`: rooms. A table has a book in which its guests write.

use tautline::{Bytes, NoRefusal, User, contract_error, namespace, payload, room};

/// A table. Whoever sits at it sees what is written.
///
/// Ids that begin with `closed` refuse everybody. The short retention lets tests trim it.
#[room("table:{table_id}", retention = "40")]
pub struct Table {
    /// Which one.
    pub table_id: String,
}

/// What stands in the book.
#[payload]
pub struct TableState {
    /// The entries so far, oldest first.
    pub entries: Vec<Entry>,
}

/// What a guest writes.
#[payload]
pub struct NewEntry {
    /// Where.
    pub table_id: String,
    /// What.
    #[field(length(1..))]
    pub text: String,
}

/// An entry in the book.
#[payload]
pub struct Entry {
    /// Where it stands.
    pub table_id: String,
    /// Its place, from 1.
    pub number: u32,
    /// What was written.
    pub text: String,
    /// Who wrote it.
    pub author: String,
}

/// A page for the book.
#[payload]
pub struct Page {
    /// Where it belongs.
    pub table_id: String,
    /// What is on it.
    pub scan: Bytes,
}

/// A wave across the table.
#[payload]
pub struct Wave {
    /// At which table.
    pub table_id: String,
    /// How.
    pub gesture: String,
}

/// What one person says to another.
#[payload]
pub struct Whisper {
    /// Who shall hear it.
    pub subject: String,
    /// What is said.
    pub text: String,
}

/// What a table is asked.
#[payload]
pub struct Ballot {
    /// Which table.
    pub table_id: String,
    /// What.
    pub question: String,
}

/// What a table said.
#[payload]
pub struct Verdict {
    /// What it came to.
    pub outcome: VoteOutcome,
    /// The vote, if there was one.
    pub vote: Option<Vote>,
    /// The reason to abstain, if somebody did.
    pub reason: Option<String>,
}

/// How a question ended.
#[payload]
pub enum VoteOutcome {
    /// With a vote.
    Answered,
    /// Somebody abstained.
    Declined,
    /// Nobody said anything in time.
    Expired,
    /// It was called off.
    Cancelled,
}

/// A vote.
#[payload]
pub struct Vote {
    /// For it or against it.
    pub is_in_favour: bool,
}

/// Why somebody does not vote.
#[contract_error]
pub enum Abstention {
    /// They will not say more.
    #[problem(category = cancelled, message = "I abstain.", hint = "Ask somebody else.")]
    Undecided {
        /// In their own words.
        reason: String,
    },
}

/// Why a table turned somebody away.
#[contract_error]
pub enum TableError {
    /// Nobody may sit here.
    #[problem(category = permission_denied, message = "Table {table_id} is closed.", hint = "Take another one.")]
    Closed {
        /// Which one.
        table_id: String,
    },
    /// The book is full.
    #[problem(category = conflict, message = "The book is full.", hint = "Use another one.")]
    BookFull,
}

/// What a guest may ask of a table.
#[namespace("/tables", client = TablesClient)]
pub trait TablesServer {
    /// Sits down and reads the book.
    #[join(guests = true)]
    async fn join_table(room: Table) -> Result<TableState, TableError>;

    /// Writes an entry; sent again, it is written once. The text `too much` finds the book full.
    #[event(delivery = idempotent, room = Table, guests = true, offline = queue("1h"))]
    async fn write_entry(entry: NewEntry) -> Result<Entry, TableError>;

    /// Writes an entry on behalf of nobody who has to sit there.
    #[event(guests = true)]
    async fn write_from_outside(entry: NewEntry) -> Result<Entry, TableError>;

    /// Waves; nobody is told whether it was seen.
    #[event(delivery = volatile, room = Table, guests = true)]
    fn wave(wave: Wave);

    /// Glues a page into the book.
    #[event(delivery = idempotent, room = Table, guests = true)]
    async fn attach_page(page: Page) -> Result<(), TableError>;

    /// Says something to one person, on all their connections.
    #[event(guests = true)]
    async fn whisper(whisper: Whisper) -> Result<(), NoRefusal>;

    /// Sends everybody away from a table, since it closes.
    #[event(guests = true)]
    async fn clear_table(table: Table) -> Result<(), NoRefusal>;

    /// Asks the table, and answers with what it says.
    #[event(lane = none, guests = true, timeout = "60s")]
    async fn ask_table(ballot: Ballot) -> Result<Verdict, NoRefusal>;

    /// Asks the table, and waits for a moment only.
    #[event(lane = none, guests = true)]
    async fn ask_table_quickly(ballot: Ballot) -> Result<Verdict, NoRefusal>;
}

/// What the table hears.
#[namespace("/tables", side = client)]
pub trait TablesClient {
    /// Something was written.
    #[event(delivery = durable, room = Table)]
    fn entry_written(entry: Entry);

    /// A page was glued in.
    #[event(delivery = durable, room = Table)]
    fn page_attached(page: Page);

    /// Somebody waves.
    #[event(room = Table)]
    fn waved(wave: Wave);

    /// Somebody whispers.
    #[event(delivery = durable, room = User)]
    fn whispered(whisper: Whisper);

    /// The table is asked.
    #[question(room = Table, expires = "60s")]
    async fn vote(ballot: Ballot) -> Result<Vote, Abstention>;

    /// The table is asked, and has a moment only.
    #[question(room = Table, expires = "200ms")]
    async fn vote_quickly(ballot: Ballot) -> Result<Vote, Abstention>;
}
