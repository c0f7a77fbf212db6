//! `/work`: order, patience and load. Gates let a test decide how long a handler takes.

use tautline::{NoRefusal, U64, contract_error, namespace, payload, room};

/// A place where work is done. Its events and commands form a lane.
#[room("desk:{desk_id}")]
pub struct Desk {
    /// Which one.
    pub desk_id: String,
}

/// What lies on a desk.
#[payload]
pub struct DeskState {
    /// The numbers of the pieces, in the order of their arrival.
    pub pieces: Vec<u32>,
}

/// A piece of work.
#[payload]
pub struct Piece {
    /// Where it is put.
    pub desk_id: String,
    /// Its number.
    pub number: u32,
}

/// A gate, and what shall pass it.
#[payload]
pub struct Gate {
    /// Its name.
    pub gate: String,
}

/// A wait at a gate, at a desk.
#[payload]
pub struct Wait {
    /// Where.
    pub desk_id: String,
    /// At which gate.
    pub gate: String,
    /// Ballast.
    pub ballast: Option<String>,
}

/// Work that asks before it ends.
#[payload]
pub struct Job {
    /// Where.
    pub desk_id: String,
    /// Which one.
    pub job: String,
}

/// How a job ended.
#[payload]
pub enum JobEnd {
    /// Somebody approved.
    Approved,
    /// Nobody did.
    Unapproved,
    /// It was called off while it waited.
    CalledOff,
}

/// A job's end.
#[payload]
pub struct JobReport {
    /// How.
    pub end: JobEnd,
}

/// A yes.
#[payload]
pub struct Approval {
    /// Whose.
    pub name: String,
}

/// Why nobody approves.
#[contract_error]
pub enum ApprovalError {
    /// It is not wanted.
    #[problem(category = conflict, message = "This is not wanted.", hint = "Do something else.")]
    Unwanted,
}

/// How much the server shall send, and how.
#[payload]
pub struct Flood {
    /// The desk that it goes to.
    pub desk_id: String,
    /// How many events.
    pub count: u32,
    /// How large each is, in bytes.
    pub bytes: u32,
}

/// A part of a flood.
#[payload]
pub struct FloodPart {
    /// The desk that it goes to.
    pub desk_id: String,
    /// Its number, from 0.
    pub number: u32,
    /// Ballast.
    pub ballast: String,
}

/// What the server has counted.
#[payload]
pub struct Stats {
    /// The connections that are in the namespace now.
    pub present: Vec<String>,
    /// Every visit so far, in the order of arrival.
    pub visits: Vec<Visit>,
    /// How many handlers wait at gates.
    pub waiting: u32,
    /// How many `arrive` have run.
    pub arrivals: u32,
    /// The memory of the process, in bytes.
    pub memory: U64,
}

/// Who sits at a desk.
#[payload]
pub struct Members {
    /// The public ids of the connections.
    pub connections: Vec<String>,
}

/// One connection's stay in the namespace.
#[payload]
pub struct Visit {
    /// The public id of the connection.
    pub connection: String,
    /// How often `disconnected` ran for it.
    pub departures: u32,
    /// Why it left, once it has.
    pub reason: Option<String>,
}

/// What a worker may ask.
#[namespace("/work", client = WorkClient)]
pub trait WorkServer {
    /// Sits down at a desk.
    #[join(guests = true)]
    async fn join_desk(room: Desk) -> Result<DeskState, NoRefusal>;

    /// Puts a piece on the desk.
    #[event(room = Desk, guests = true)]
    async fn put_piece(piece: Piece) -> Result<(), NoRefusal>;

    /// Looks at a piece on the desk, and leaves no trace.
    #[event(room = Desk, guests = true)]
    async fn check_piece(piece: Piece) -> Result<(), NoRefusal>;

    /// Waits at a gate, in the desk's lane.
    #[event(room = Desk, guests = true, timeout = "5m")]
    async fn wait_at_desk(wait: Wait) -> Result<(), NoRefusal>;

    /// Waits at a gate once, in the desk's lane; answers again when sent again.
    #[event(
        delivery = idempotent,
        room = Desk,
        guests = true,
        timeout = "5m",
        window = "1h",
        offline = queue("1h")
    )]
    async fn wait_once(wait: Wait) -> Result<(), NoRefusal>;

    /// Opens a gate for everything that waits, and for all that comes.
    #[event(lane = none, guests = true)]
    async fn open_gate(gate: Gate) -> Result<(), NoRefusal>;

    /// Works, and asks for approval before it ends.
    #[event(room = Desk, guests = true, timeout = "5m")]
    async fn begin_job(job: Job) -> Result<JobReport, NoRefusal>;

    /// Calls a job off, whatever it waits for.
    #[event(lane = none, guests = true)]
    async fn call_off_job(job: Job) -> Result<(), NoRefusal>;

    /// Is counted.
    #[event(lane = none, guests = true)]
    async fn arrive() -> Result<(), NoRefusal>;

    /// Sends live events to a desk.
    #[event(lane = none, guests = true)]
    async fn flood_live(flood: Flood) -> Result<(), NoRefusal>;

    /// Sends durable events to a desk.
    #[event(lane = none, guests = true)]
    async fn flood_durable(flood: Flood) -> Result<(), NoRefusal>;

    /// Who sits at a desk, as the server's rooms have it.
    #[event(lane = none, guests = true)]
    async fn members(desk: Desk) -> Result<Members, NoRefusal>;

    /// What was counted.
    #[event(lane = none, guests = true)]
    async fn stats() -> Result<Stats, NoRefusal>;
}

/// What a worker hears.
#[namespace("/work", side = client)]
pub trait WorkClient {
    /// A piece was put on the desk.
    #[event(delivery = durable, room = Desk)]
    fn piece_put(piece: Piece);

    /// A part of a live flood.
    #[event(room = Desk)]
    fn live_part(part: FloodPart);

    /// A part of a durable flood.
    #[event(delivery = durable, room = Desk)]
    fn durable_part(part: FloodPart);

    /// May this job end?
    #[question(room = Desk, expires = "5m")]
    async fn approve(job: Job) -> Result<Approval, ApprovalError>;
}
