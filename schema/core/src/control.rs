//! The library's own events, which every namespace carries beside its own. Written with the same
//! macros as a contract's, so that they are checked, documented and described like one.

use std::collections::BTreeMap;

use crate::{Json, NoRefusal, Problem, RoomName, SafeInt, namespace, payload};

/// What a client asks of the library.
#[namespace("*", prefix = "tautline:", client = ControlClient)]
pub trait ControlServer {
    /// Becomes a live member of a room without asking for its state.
    #[event(guests, lane = none)]
    async fn subscribe(room: Subscribe) -> Result<RoomResumed, NoRefusal>;

    /// Leaves a room.
    #[event(guests, lane = none)]
    async fn unsubscribe(room: Unsubscribe) -> Result<(), NoRefusal>;

    /// After a cut: all rooms at once, each with the position that the client has.
    #[event(guests, lane = none)]
    async fn resume(rooms: Resume) -> Result<Resumed, NoRefusal>;

    /// Gives a new token before the old one expires. The subject stays the same.
    #[event(guests, lane = none)]
    async fn refresh(token: Refresh) -> Result<Refreshed, NoRefusal>;

    /// Answers or declines a question.
    #[event(guests, lane = none)]
    async fn answer(answer: AnswerQuestion) -> Result<(), NoRefusal>;

    /// Says how far the caller has got in a room that keeps receipts. Never goes back. Answered when
    /// it is stored, which is once a second for each room.
    #[event(guests, lane = none)]
    async fn receipt(receipt: GiveReceipt) -> Result<(), NoRefusal>;

    /// Shows the caller's state to a room that has presence. It is as small as it is often copied:
    /// everybody who enters gets those of all members.
    #[event(guests, lane = none, max_bytes = "2KiB")]
    async fn present(state: ShowPresence) -> Result<(), NoRefusal>;
}

/// What the library tells a client.
#[namespace("*", prefix = "tautline:", side = client)]
pub trait ControlClient {
    /// The first frame after each CONNECT: who the caller is and what holds here.
    #[event]
    fn welcome(welcome: Welcome);

    /// The positions of rooms that moved, so that a lost last event is noticed.
    #[event]
    fn heads(heads: Heads);

    /// A command that nobody waited for was refused.
    #[event]
    fn problem(problem: CommandProblem);

    /// A room that the connection is not in any more.
    #[event]
    fn room_closed(closed: RoomClosed);

    /// A question has its answer, or never will. Durable in the question's room, which the sink
    /// names.
    #[event(delivery = durable)]
    fn settled(settled: Settled);

    /// The next part of a stream. Whoever misses one subscribes again and gets the text so far.
    #[event]
    fn append(append: StreamAppend);

    /// A stream is over. Durable in the stream's rooms, which the sink names.
    #[event(delivery = durable)]
    fn ended(ended: StreamEnded);

    /// How far users have got in a room, of those who moved.
    #[event]
    fn receipts(receipts: Receipts);

    /// Who came to a room, changed or left.
    #[event]
    fn presence(change: PresenceChange);

    /// Something that a person may want to know about the connection.
    #[event]
    fn notice(notice: Notice);
}

/// A position in a room.
#[payload]
pub struct Position {
    /// Which numbering: another one has nothing in common with this.
    pub epoch: String,
    /// How far.
    pub seq: SafeInt,
}

/// A position together with its room.
#[payload]
pub struct RoomPosition {
    /// The room's name.
    pub room: RoomName,
    /// Which numbering.
    pub epoch: String,
    /// How far.
    pub seq: SafeInt,
}

/// Who the caller is and what holds on this connection.
#[payload]
pub struct Welcome {
    /// The `sub` of the token, or the identity of a guest.
    pub subject: String,
    /// A public name of this connection. Never the Socket.IO id, which is a secret.
    pub connection: String,
    /// The server's clock, in Unix milliseconds.
    pub server_time: SafeInt,
    /// What the server takes from one connection.
    pub limits: Limits,
    /// Which memory of past commands the server has: another one knows nothing of earlier ids.
    pub ledger: String,
    /// The contract that the server runs.
    pub contract: ContractVersion,
    /// When the token's time is over, in Unix milliseconds.
    pub token_expires_at: Option<SafeInt>,
    /// Whether the caller came without a token.
    pub guest: bool,
    /// What a guest shows as `auth.guest` of its next CONNECT, to be the same guest again. A secret.
    pub guest_credential: Option<String>,
    /// What the caller's token allows.
    pub scopes: Vec<String>,
    /// Where the caller's own room stood just before they were in it: from there on they miss nothing, also
    /// if the connection is cut before they ask for anything. Absent where nothing is sent to that room.
    pub at: Option<Position>,
}

/// What the server takes from one connection.
#[payload]
pub struct Limits {
    /// The largest payload of an event that does not say, in bytes.
    pub event_bytes: u32,
    /// The largest frame, in bytes. A larger one closes the connection.
    pub frame_bytes: u32,
    /// The number of rooms.
    pub rooms: u32,
    /// The number of commands in flight.
    pub in_flight: u32,
}

/// A contract as the two sides compare it.
#[payload]
pub struct ContractVersion {
    /// The contract's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The hash of its wire facts.
    pub hash: String,
}

/// Which room to enter, and from where on its events are missing.
#[payload]
pub struct Subscribe {
    /// The room's name.
    pub room: RoomName,
    /// The last position that the client has.
    pub since: Option<Position>,
}

/// Which room to leave.
#[payload]
pub struct Unsubscribe {
    /// The room's name.
    pub room: RoomName,
}

/// The rooms that a client was in before a cut.
#[payload]
pub struct Resume {
    /// Each with the client's position.
    pub rooms: Vec<Subscribe>,
}

/// The verdicts over the rooms of a [`Resume`].
#[payload]
pub struct Resumed {
    /// In the order of the request.
    pub rooms: Vec<RoomResumed>,
}

/// The verdict over one room.
#[payload]
pub struct RoomResumed {
    /// The room's name.
    pub room: RoomName,
    /// Whether the gap is fully covered, by `events` or because there is none.
    pub recovered: bool,
    /// Why it is not.
    pub reason: Option<NotRecovered>,
    /// Where the room stands.
    pub at: Option<Position>,
    /// The missed events, in order.
    pub events: Vec<MissedEvent>,
    /// Whether a page ended: resume again from the last event's position.
    pub more: bool,
    /// The questions that are open in the room.
    pub questions: Vec<OpenQuestion>,
    /// The streams that are open in the room, each with its text so far.
    pub streams: Vec<OpenStream>,
    /// How far each user has got, by subject, if the room keeps receipts.
    pub receipts: Option<BTreeMap<String, Receipt>>,
    /// Who is there, if the room has presence.
    pub presence: Option<Presence>,
    /// Why the room cannot be entered at all.
    pub problem: Option<Problem>,
}

/// Why missed events could not be brought.
#[payload]
pub enum NotRecovered {
    /// The room has forgotten them.
    Trimmed,
    /// There are too many.
    TooFar,
    /// The client knows more than the server.
    Ahead,
    /// The room's numbering began anew.
    EpochChanged,
    /// There is no such room.
    UnknownRoom,
    /// The client named no position.
    NoPosition,
}

/// A durable event as a client would have received it.
#[payload]
pub struct MissedEvent {
    /// The event's name.
    pub name: String,
    /// Its payload.
    pub payload: Json,
    /// Where and when it was published.
    pub meta: EventMeta,
}

/// What comes with a durable event.
#[payload]
pub struct EventMeta {
    /// The room's name.
    pub room: RoomName,
    /// The numbering.
    pub epoch: String,
    /// Its number in the room.
    pub seq: SafeInt,
    /// When it was stored, in Unix milliseconds.
    pub ts: SafeInt,
    /// The id of the command that it came of.
    pub cause: Option<String>,
    /// Set when it is a question.
    pub question: Option<QuestionMeta>,
    /// Set when it starts a stream.
    pub stream: Option<StreamMeta>,
}

/// What comes with a question.
#[payload]
pub struct QuestionMeta {
    /// The question's id.
    pub id: String,
    /// When its time is over, in Unix milliseconds.
    pub expires_at: SafeInt,
}

/// A question that waits for its answer.
#[payload]
pub struct OpenQuestion {
    /// The question's id.
    pub id: String,
    /// The event's name.
    pub name: String,
    /// What is asked.
    pub payload: Json,
    /// The room's name.
    pub room: RoomName,
    /// When its time is over, in Unix milliseconds.
    pub expires_at: SafeInt,
}

/// What comes with the start of a stream.
#[payload]
pub struct StreamMeta {
    /// The stream's id.
    pub id: String,
    /// How long its producer may be silent before it has failed, in milliseconds.
    pub lease_ms: u32,
}

/// A stream that has begun and not ended.
#[payload]
pub struct OpenStream {
    /// The stream's id.
    pub id: String,
    /// The event's name.
    pub name: String,
    /// What it was started with.
    pub payload: Json,
    /// The room's name.
    pub room: RoomName,
    /// The number of the last part that is in `text`; 0 if there is none.
    pub number: u32,
    /// All its parts so far, in one.
    pub text: String,
}

/// A part of a stream.
#[payload]
pub struct StreamAppend {
    /// The room's name.
    pub room: RoomName,
    /// The stream's id.
    pub stream: String,
    /// The part's number in its stream, from 1 without a gap.
    pub number: u32,
    /// The text.
    pub text: String,
}

/// The end of a stream.
#[payload]
pub struct StreamEnded {
    /// The stream's id.
    pub stream: String,
    /// The event's name: who came after the stream's beginning learns from it what `answer` is.
    pub name: String,
    /// How it ended.
    pub outcome: StreamOutcome,
    /// The number of its last part; 0 if there is none.
    pub number: u32,
    /// All its parts, in one, if nothing else says what it came to: it was not finished, or finished
    /// with an answer of nothing. Who was away at its end has missed parts that nobody sends again.
    pub text: Option<String>,
    /// What came of it, as the stream's contract has it: if it was finished.
    pub answer: Option<Json>,
    /// Why it failed: a refusal of the stream's error enum, or one of the library's.
    pub problem: Option<Problem>,
}

/// How a stream ended.
#[payload]
pub enum StreamOutcome {
    /// Its producer finished it.
    Finished,
    /// Its producer called it off.
    Cancelled,
    /// Its producer failed, or was silent for longer than its lease.
    Failed,
}

/// How far one user has got in a room.
#[payload]
pub struct Receipt {
    /// The last event that a client of the user has received; 0 before the first.
    pub delivered: SafeInt,
    /// The last event that the user has read; 0 before the first.
    pub read: SafeInt,
}

/// How far the caller has got.
#[payload]
pub struct GiveReceipt {
    /// The room's name.
    pub room: RoomName,
    /// Which numbering.
    pub epoch: String,
    /// The last event that was received.
    pub delivered: Option<SafeInt>,
    /// The last event that was read; what is read is delivered.
    pub read: Option<SafeInt>,
}

/// Receipts of a room, of the users whose receipts moved.
#[payload]
pub struct Receipts {
    /// The room's name.
    pub room: RoomName,
    /// By subject.
    pub receipts: BTreeMap<String, Receipt>,
}

/// What the caller shows to a room.
#[payload]
pub struct ShowPresence {
    /// The room's name.
    pub room: RoomName,
    /// The state, of the type that the room's contract names; none takes it back.
    pub state: Option<Json>,
}

/// Who is in a room.
#[payload]
pub struct Presence {
    /// Counts the changes of this room's presence; a gap says that one was missed.
    pub version: SafeInt,
    /// Everybody, each user once.
    pub members: Vec<Present>,
}

/// One user who is in a room, with however many connections.
#[payload]
pub struct Present {
    /// The user's subject.
    pub subject: String,
    /// What the user shows, last set on any connection.
    pub state: Option<Json>,
    /// Since when, in Unix milliseconds.
    pub since: SafeInt,
}

/// A change of who is in a room.
#[payload]
pub struct PresenceChange {
    /// The room's name.
    pub room: RoomName,
    /// One more than that of the change before.
    pub version: SafeInt,
    /// Who came or shows something else.
    pub present: Vec<Present>,
    /// The subjects who left.
    pub absent: Vec<String>,
}

/// A new token.
#[payload]
pub struct Refresh {
    /// The JSON Web Token.
    pub token: String,
}

/// The new token was taken.
#[payload]
pub struct Refreshed {
    /// When its time is over, in Unix milliseconds.
    pub token_expires_at: Option<SafeInt>,
}

/// An answer to a question: one of `answer` and `declined`.
#[payload]
pub struct AnswerQuestion {
    /// The question's id.
    pub question: String,
    /// The answer, as the question's contract has it.
    pub answer: Option<Json>,
    /// Why there is none, as the question's error enum has it.
    pub declined: Option<Declined>,
}

/// A refusal of a question's error enum.
#[payload]
pub struct Declined {
    /// Its code.
    pub code: String,
    /// Its facts.
    pub params: Option<Json>,
}

/// Where rooms stand.
#[payload]
pub struct Heads {
    /// By room name.
    pub heads: BTreeMap<String, Position>,
}

/// A refused command that nobody waited for.
#[payload]
pub struct CommandProblem {
    /// The command's name.
    pub event: String,
    /// Its id, if it had one.
    pub id: Option<String>,
    /// Why it was refused.
    pub problem: Problem,
}

/// A room that was closed to the connection.
#[payload]
pub struct RoomClosed {
    /// The room's name.
    pub room: RoomName,
    /// Why.
    pub problem: Problem,
}

/// The end of a question.
#[payload]
pub struct Settled {
    /// The question's id.
    pub question: String,
    /// How it ended.
    pub outcome: QuestionOutcome,
}

/// How a question ended.
#[payload]
pub enum QuestionOutcome {
    /// With an answer.
    Answered,
    /// Somebody declined it.
    Declined,
    /// Its time was over.
    Expired,
    /// It was called off.
    Cancelled,
}

/// Something about the connection.
#[payload]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
    /// In how many milliseconds.
    pub after_ms: Option<u32>,
    /// For the person in front of the screen.
    pub message: String,
    /// Why the connection ends.
    pub problem: Option<Problem>,
}

/// What a notice is about.
#[payload]
pub enum NoticeKind {
    /// The server goes down.
    ShuttingDown,
    /// The token's time is nearly over.
    TokenExpiring,
    /// Another connection took this one's place.
    ConnectionReplaced,
    /// The server ends the connection at once; `problem` says why, and what helps.
    Closing,
    /// The connection asks for too much that is refused, and ends if it goes on.
    Suspicious,
}
