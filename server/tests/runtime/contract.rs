//! The contract of the tests: desks with notes on them.

use tautline::{contract, contract_error, namespace, payload, room};

/// A desk. Everyone who joined it sees its notes.
#[room("desk:{desk}", retention = "400")]
pub(crate) struct Desk {
    pub(crate) desk: String,
}

/// A shelf. It has room for five.
#[room("shelf:{shelf}", retention = "5")]
pub(crate) struct Shelf {
    pub(crate) shelf: String,
}

/// Something was put on a shelf.
#[payload]
pub(crate) struct Shelved {
    pub(crate) shelf: String,
    pub(crate) number: u32,
}

/// Something between two rooms.
#[payload]
pub(crate) struct Moved {
    pub(crate) desk: String,
    pub(crate) shelf: String,
}

/// What is on a desk.
#[payload]
pub(crate) struct DeskState {
    pub(crate) notes: u32,
}

/// Something to write down.
#[payload]
pub(crate) struct NewNote {
    pub(crate) desk: String,
    #[field(length(1..=100000), custom(no_panic))]
    pub(crate) text: String,
}

/// A rule with a mistake in it.
fn no_panic(text: &String, _: &mut tautline::Report) {
    assert_ne!(text, "panic in the rule", "the rule panics");
}

/// Something that was written down.
#[payload]
pub(crate) struct Note {
    pub(crate) desk: String,
    pub(crate) text: String,
    pub(crate) number: u32,
}

/// Something to do, and how it ends.
#[payload]
pub(crate) struct Task {
    pub(crate) desk: String,
    pub(crate) name: String,
    pub(crate) ending: Ending,
}

/// How a task ends.
#[payload]
pub(crate) enum Ending {
    Done,
    Refused,
    Failed,
    Panicked,
    Never,
    RefusedAfterEmit,
    FailedAfterCommit,
    CommittedTwice,
    CommittedOtherType,
    CommitRefused,
    CommitPanicked,
    HungAfterCommit,
    EmittedAfterCommit,
}

/// A number on its way.
#[payload]
pub(crate) struct Tick {
    pub(crate) desk: String,
    pub(crate) number: u32,
}

/// A question and its context.
#[payload]
pub(crate) struct Inquiry {
    pub(crate) desk: String,
    pub(crate) about: String,
}

/// What somebody decided.
#[payload]
pub(crate) struct Decision {
    #[field(length(1..=20))]
    pub(crate) words: String,
}

/// Why something at a desk was refused.
#[contract_error]
pub(crate) enum DeskError {
    /// The desk is not for everybody.
    #[problem(category = permission_denied, message = "This desk is locked.", hint = "Take another one.")]
    Locked,
    /// Somebody else works here.
    #[problem(category = unavailable, recovery = retry(after = after_ms), message = "The desk is busy.", hint = "Wait.")]
    Busy { after_ms: u32 },
}

/// What a client may ask for.
#[namespace("/desks", client = DesksClient)]
pub(crate) trait DesksServer {
    /// Sits down at a desk.
    #[join]
    async fn join_desk(room: Desk) -> Result<DeskState, DeskError>;

    /// Stands before a shelf.
    #[join]
    async fn join_shelf(room: Shelf) -> Result<(), DeskError>;

    /// Writes a note, once.
    #[event(delivery = idempotent, room = Desk)]
    async fn write_note(note: NewNote) -> Result<Note, DeskError>;

    /// Does something in the desk's lane.
    #[event(room = Desk)]
    async fn run_task(task: Task) -> Result<Note, DeskError>;

    /// Counts, without an answer.
    #[event(delivery = volatile, room = Desk)]
    fn tick(tick: Tick);

    /// Asks the others at the desk.
    #[event(room = Desk)]
    async fn inquire(inquiry: Inquiry) -> Result<Decision, DeskError>;

    /// Runs beside everything else.
    #[event(lane = none)]
    async fn ping() -> Result<(), DeskError>;

    /// May be done three times in nine seconds.
    #[event(lane = none, rate = "3/9s", guests = true)]
    async fn nudge() -> Result<(), DeskError>;

    /// Costs as much as a hundred others.
    #[event(lane = none, cost = 100)]
    async fn haul() -> Result<(), DeskError>;

    /// Needs a scope.
    #[event(scope = "desks:admin")]
    async fn administer() -> Result<(), DeskError>;

    /// Takes little.
    #[event(max_bytes = "1KiB", guests = true)]
    async fn whisper(note: NewNote) -> Result<(), DeskError>;
}

/// What the server tells.
#[namespace("/desks", side = client)]
pub(crate) trait DesksClient {
    /// A note was written.
    #[event(delivery = durable, room = Desk)]
    fn noted(note: Note);

    /// Something was put on a shelf.
    #[event(delivery = durable, room = Shelf)]
    fn shelved(shelved: Shelved);

    /// Somebody is at work.
    #[event(room = Desk)]
    fn working(note: Note);

    /// Something went from a desk to a shelf.
    #[event(room = [Desk, Shelf])]
    fn moved(moved: Moved);

    /// Something went from a desk to a shelf, and that is kept.
    #[event(delivery = durable, room = [Desk, Shelf])]
    fn filed(moved: Moved);

    /// For one connection, or for all.
    #[event]
    fn told(decision: Decision);

    /// Asks everybody at the desk.
    #[question(room = Desk, expires = "20s")]
    async fn decide(inquiry: Inquiry) -> Result<Decision, DeskError>;

    /// Asks those at the desk who may decide about money.
    #[question(room = Desk, expires = "20s", scope = "desks:admin")]
    async fn approve(inquiry: Inquiry) -> Result<Decision, DeskError>;
}

contract! { name: "desks", version: "1.0.0", namespaces: [Desks], scopes: ["desks:admin"], auth: jwt, guests: true }
