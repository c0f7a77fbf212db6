//! What a journal holds, and what it is told to change.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tautline::{Encoded, Retention, RoomName, Uuid};

use crate::position::{Extent, Position};

/// A room as the journal knows it: the same name in two namespaces is two rooms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomKey {
    /// The namespace's path.
    pub namespace: &'static str,
    /// The room's name as it travels.
    pub room: RoomName,
}

/// An event that is to be appended.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Its room.
    pub room: RoomKey,
    /// How long the room keeps its events.
    pub retention: Retention,
    /// What is stored of it.
    pub body: EventBody,
}

/// What is stored of an event beside its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBody {
    /// The wire name: the contract's own, or one that was read back.
    pub name: Cow<'static, str>,
    /// The payload as it travels.
    pub payload: Encoded,
    /// When it happened, in Unix milliseconds.
    pub ts: u64,
    /// The id of the command that it came from.
    pub cause: Option<Uuid>,
    /// Set on a question.
    pub question: Option<QuestionRef>,
    /// Set on the start of a stream.
    pub stream: Option<StreamRef>,
}

/// What makes an event the start of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamRef {
    /// Names the stream in its parts and its end.
    pub id: Uuid,
    /// How long its producer may be silent, in milliseconds.
    pub lease_ms: u32,
}

/// What makes an event a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionRef {
    /// Names the question in its answer.
    pub id: Uuid,
    /// When its time is over, in Unix milliseconds.
    pub expires_at: u64,
}

/// An event that was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number in the room.
    pub seq: u64,
    /// What is stored of it.
    pub body: EventBody,
}

impl StoredEvent {
    /// How large it is, as pages count it.
    pub(super) fn bytes(&self) -> usize {
        let attachments: usize =
            self.body.payload.attachments.iter().map(|bytes| bytes.len()).sum();
        self.body.payload.json.len() + attachments
    }
}

/// What becomes of streams, questions, receipts, bans and revocations, which live longer than one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A stream began.
    StreamOpened(StreamRecord),
    /// A part was added to a stream. A number that is not above the stream's last one changes
    /// nothing.
    StreamExtended {
        /// The stream.
        id: Uuid,
        /// The part's number.
        number: u32,
        /// The part.
        text: String,
        /// Until when the producer must say more, in Unix milliseconds.
        lease_until: u64,
    },
    /// A stream ended.
    StreamClosed(Uuid),
    /// A question was put.
    QuestionOpened(QuestionRecord),
    /// A question was settled.
    QuestionClosed(Uuid),
    /// A user got further in a room. Never goes back, whatever comes.
    ReceiptGiven {
        /// The room.
        room: RoomKey,
        /// The user.
        subject: String,
        /// How far.
        receipt: Receipt,
    },
    /// Somebody was banned, or is forgiven: then the record's level is 0, and nothing is kept.
    BanChanged(BanRecord),
    /// Tokens were revoked. Never taken back: of two for the same name the later times hold.
    TokensRevoked(RevocationRecord),
    /// A client knows more of a room than there is: the room was taken back, as by a copy of the
    /// storage that was brought back. It gets a new epoch, so that nobody else goes on from there
    /// either; at most once while the journal is open, since then it cannot have been taken back again
    /// and the client is mistaken.
    RoomOvertaken {
        /// The room.
        room: RoomKey,
        /// What the client knows.
        known: Position,
    },
}

/// A stream that has begun and not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamRecord {
    /// The stream's id.
    pub id: Uuid,
    /// The namespace's path.
    pub namespace: String,
    /// The event's name.
    pub name: String,
    /// Its rooms.
    pub rooms: Vec<RoomName>,
    /// What it was started with.
    pub payload: Encoded,
    /// The number of the last part; 0 if there is none.
    pub number: u32,
    /// All its parts, in one.
    pub text: String,
    /// Until when the producer must say more, in Unix milliseconds.
    pub lease_until: u64,
}

/// A question that was put and not settled.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionRecord {
    /// The question's id.
    pub id: Uuid,
    /// The namespace's path.
    pub namespace: String,
    /// The event's name.
    pub name: String,
    /// Its rooms.
    pub rooms: Vec<RoomName>,
    /// What was asked.
    pub payload: Encoded,
    /// When its time is over, in Unix milliseconds.
    pub expires_at: u64,
}

/// Who may not connect, or was not allowed to lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BanRecord {
    /// What the name is of: `address` or `user`.
    pub kind: String,
    /// The address, or the subject.
    pub name: String,
    /// How many bans there were, as far as they count.
    pub level: u8,
    /// Until when the last one is, in Unix milliseconds.
    pub until: u64,
}

/// Tokens that are no good any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRecord {
    /// What the name is of: `token` for one token's `jti`, or `subject`.
    pub kind: String,
    /// The token's id, or the subject.
    pub name: String,
    /// Of a subject: tokens that were issued until then, in Unix milliseconds.
    pub until: u64,
    /// When the last of these tokens is over by itself, in Unix milliseconds. The journal forgets it then.
    pub expires_at: u64,
}

/// How far a user has got in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The last event that a client of the user has received.
    pub delivered: u64,
    /// The last event that the user has read.
    pub read: u64,
}

/// What was begun and not ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unfinished {
    /// Streams.
    pub streams: Vec<StreamRecord>,
    /// Questions.
    pub questions: Vec<QuestionRecord>,
    /// Bans, and what the next ones' length depends on.
    pub bans: Vec<BanRecord>,
    /// Tokens that were revoked, and may not be over yet.
    pub revocations: Vec<RevocationRecord>,
}

impl Receipt {
    /// The further of both, each mark for itself. What is read is delivered.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let read = self.read.max(other.read);
        Self { delivered: self.delivered.max(other.delivered).max(read), read }
    }
}

/// Some of a room's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What the room could give when it was read.
    pub extent: Extent,
    /// The events, oldest first.
    pub events: Vec<StoredEvent>,
}

/// Which command an answer belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LedgerKey {
    /// The namespace's path.
    pub namespace: &'static str,
    /// The command's id, chosen by the client.
    pub id: Uuid,
}

/// A committed answer, or a refusal of what was executed all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Of the caller's subject, the event and its payload; another one under the same id is a
    /// conflict.
    pub hash: [u8; 32],
    /// The answer as it travels.
    pub answer: Encoded,
    /// Whether the answer is the [`Problem`](tautline::Problem) of a refusal.
    pub is_refusal: bool,
    /// The last position in each room that the command wrote to.
    pub at: Vec<(RoomName, Position)>,
    /// Until when it must be kept, in Unix milliseconds.
    pub expires_at: u64,
}
