//! `/history`: marks that are written once, in order, and found again. For runs under faults, which
//! look afterwards what became of each.

use tautline::{contract_error, namespace, payload, room};

/// A log, which keeps everything that a run writes.
#[room("log:{log}")]
pub struct Log {
    /// Which one.
    pub log: String,
}

/// A slip of paper, which has room for a few marks: who was away for long has missed some for good.
#[room("slip:{slip}", retention = "8")]
pub struct Slip {
    /// Which one.
    pub slip: String,
}

/// A hall, in which sagas are told and votes are taken.
#[room("hall:{hall}")]
pub struct Hall {
    /// Which one.
    pub hall: String,
}

/// What was written with a row, in order.
#[payload]
pub struct Marks {
    /// The marks.
    pub marks: Vec<String>,
}

/// A mark for a log.
#[payload]
pub struct Note {
    /// Which log.
    pub log: String,
    /// The mark: another one for each command.
    pub mark: String,
    /// How long the handler takes.
    pub pause_ms: u32,
    /// How it ends.
    pub ending: NoteEnding,
}

/// A mark for a slip.
#[payload]
pub struct Jot {
    /// Which slip.
    pub slip: String,
    /// The mark: another one for each command.
    pub mark: String,
    /// How long the handler takes.
    pub pause_ms: u32,
}

/// A saga that is to be told: the words `1`, `2` and so on.
#[payload]
pub struct Saga {
    /// In which hall.
    pub hall: String,
    /// How many words.
    pub words: u32,
    /// The time between two words.
    pub pause_ms: u32,
    /// Whether the teller goes away before the end.
    pub is_left: bool,
}

/// Something to vote about.
#[payload]
pub struct Poll {
    /// In which hall.
    pub hall: String,
}

/// A vote.
#[payload]
pub struct Voice {
    /// For it or against it.
    pub is_in_favour: bool,
}

/// How a handler ends.
#[payload]
pub enum NoteEnding {
    /// The mark is written.
    Kept,
    /// The handler emits, and refuses then.
    Refused,
    /// The step of its commit writes, and refuses then.
    RefusedInStep,
    /// The handler fails for a reason that is nobody's affair.
    Failed,
}

/// Why a mark was not written.
#[contract_error]
pub enum NoteError {
    /// The caller wanted it so.
    #[problem(category = conflict, message = "This is refused.", hint = "Ask for something else.")]
    Unwanted,
}

/// Why nobody votes.
#[contract_error]
pub enum VoteError {
    /// It is nobody's affair.
    #[problem(category = cancelled, message = "I do not vote.", hint = "Ask somebody else.")]
    Abstained,
}

/// What can be written.
#[namespace("/history", client = HistoryClient)]
pub trait HistoryServer {
    /// Opens a log.
    #[join(guests = true)]
    async fn join_log(room: Log) -> Result<Marks, NoteError>;

    /// Opens a slip.
    #[join(guests = true)]
    async fn join_slip(room: Slip) -> Result<Marks, NoteError>;

    /// Enters a hall.
    #[join(guests = true)]
    async fn join_hall(room: Hall) -> Result<Marks, NoteError>;

    /// Writes a row, and emits in the same step.
    #[event(delivery = idempotent, room = Log, guests = true, timeout = "3s", offline = queue("24h"))]
    async fn note(note: Note) -> Result<(), NoteError>;

    /// Emits without a step of its own; no row.
    #[event(delivery = idempotent, room = Log, guests = true, timeout = "3s", offline = queue("24h"))]
    async fn remark(note: Note) -> Result<(), NoteError>;

    /// Writes a row, and emits in the same step, at most once.
    #[event(room = Log, guests = true, timeout = "3s")]
    async fn say(note: Note) -> Result<(), NoteError>;

    /// Writes a row, and emits in the same step, in no order.
    #[event(
        delivery = idempotent,
        room = Log,
        lane = none,
        guests = true,
        timeout = "3s",
        offline = queue("24h")
    )]
    async fn drop_in(note: Note) -> Result<(), NoteError>;

    /// Writes a row, and emits in the same step, to a slip.
    #[event(delivery = idempotent, room = Slip, guests = true, timeout = "3s", offline = queue("24h"))]
    async fn jot(jot: Jot) -> Result<(), NoteError>;

    /// Begins a saga, and answers.
    #[event(room = Hall, lane = none, guests = true, timeout = "3s")]
    async fn tell(saga: Saga) -> Result<(), NoteError>;

    /// Takes a vote, and answers when it is over.
    #[event(room = Hall, lane = none, guests = true, timeout = "3s")]
    async fn poll(poll: Poll) -> Result<(), NoteError>;
}

/// What was written.
#[payload]
pub struct Noted {
    /// In which log.
    pub log: String,
    /// The mark.
    pub mark: String,
}

/// What was written on a slip.
#[payload]
pub struct Jotted {
    /// On which slip.
    pub slip: String,
    /// The mark.
    pub mark: String,
}

/// What readers hear.
#[namespace("/history", side = client)]
pub trait HistoryClient {
    /// A log has another mark.
    #[event(delivery = durable, room = Log)]
    fn noted(noted: Noted);

    /// A slip has another mark.
    #[event(delivery = durable, room = Slip)]
    fn jotted(jotted: Jotted);

    /// Somebody writes; nobody needs to know.
    #[event(room = Log)]
    fn writing(noted: Noted);

    /// A saga is told.
    #[stream(room = Hall, lease = "2s")]
    fn saga(saga: Saga) -> Result<(), VoteError>;

    /// For it or against it?
    #[question(room = Hall, expires = "4s")]
    async fn vote(poll: Poll) -> Result<Voice, VoteError>;
}
