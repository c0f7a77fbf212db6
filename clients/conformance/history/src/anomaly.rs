//! What can be wrong with a history.

use std::fmt;

use crate::history::Place;

/// One promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// A command was acknowledged, and what it leaves is not there.
    LostAfterAck {
        /// The command's mark.
        mark: String,
    },
    /// What a command leaves is there more than once.
    Twice {
        /// The command's mark.
        mark: String,
        /// How often its row is there.
        rows: usize,
        /// How often its event is there.
        events: usize,
    },
    /// A row and its event are stored as one, and only one of them is there.
    Torn {
        /// The command's mark.
        mark: String,
        /// Whether it is the row.
        has_row: bool,
    },
    /// Something is there that nobody wrote, or that was refused whenever it ran.
    FromNowhere {
        /// The mark.
        mark: String,
        /// Where.
        room: String,
    },
    /// The app was told something about a command's effect that is not so.
    Untrue {
        /// The command's mark.
        mark: String,
        /// What it was told.
        told: &'static str,
        /// Why.
        code: String,
    },
    /// The answer names another place than the event has.
    Misplaced {
        /// The command's mark.
        mark: String,
        /// What the answer says.
        told: Place,
        /// Where it is.
        found: Option<Place>,
    },
    /// The app was told twice how a command ended.
    SettledTwice {
        /// The command's mark.
        mark: String,
    },
    /// The app was never told how a command ended.
    NeverSettled {
        /// The command's mark.
        mark: String,
    },
    /// Two commands of a lane took effect in another order than they were asked for.
    Reordered {
        /// Asked for first.
        first: String,
        /// Asked for later, there before.
        second: String,
    },
    /// A joined room's state is not what was stored up to its position.
    WrongState {
        /// Who joined.
        who: String,
        /// The room.
        room: String,
        /// What is wrong.
        what: String,
    },
    /// A client began with a room anew, and its app was not told that events may be lost.
    Untold {
        /// Whose.
        who: String,
        /// The room.
        room: String,
    },
    /// What the server brought of missed events is not what it said: a part, or less than the client has.
    Broken {
        /// To whom.
        who: String,
        /// The room.
        room: String,
        /// What the client made of it.
        why: String,
    },
    /// An event came that is not the next one.
    OutOfTurn {
        /// To whom.
        who: String,
        /// The room.
        room: String,
        /// After which place.
        after: Option<Place>,
        /// Which.
        place: Place,
    },
    /// An event is not what is stored at its place.
    Other {
        /// To whom it came.
        who: String,
        /// The room.
        room: String,
        /// Its place.
        place: Place,
        /// What came.
        came: Option<String>,
        /// What is stored.
        stored: Option<String>,
    },
    /// At the end of the run a client does not have all of a room.
    Behind {
        /// Who.
        who: String,
        /// The room.
        room: String,
        /// How far it got.
        at: Option<Place>,
        /// How far the room is.
        head: Option<Place>,
    },
    /// A view at the end of a run lacks something that is stored.
    Lacks {
        /// Whose.
        who: String,
        /// The room.
        room: String,
        /// What.
        mark: String,
    },
    /// A stream or a question did not begin once and end once.
    OffCourse {
        /// The room.
        room: String,
        /// Its id.
        id: String,
        /// How often it has begun.
        begun: u32,
        /// How often it has ended.
        ended: u32,
    },
    /// A stream's text lacks something, has something twice, or is not all of it though it has ended.
    Garbled {
        /// Whose text.
        who: String,
        /// The stream.
        stream: String,
        /// The text.
        text: String,
    },
    /// A stream's text has become shorter.
    Forgotten {
        /// Whose text.
        who: String,
        /// The stream.
        stream: String,
        /// The text.
        text: String,
    },
    /// A run did not come to rest, and nothing says why.
    Restless,
    /// Somebody heard of something before it was stored.
    Premature {
        /// Who.
        who: String,
        /// What.
        mark: String,
        /// Whether as an acknowledgement.
        is_ack: bool,
    },
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LostAfterAck { mark } => write!(f, "{mark} was acknowledged and is not there"),
            Self::Twice { mark, rows, events } => {
                write!(f, "{mark} is there {rows} times as a row and {events} times as an event")
            }
            Self::Torn { mark, has_row: true } => write!(f, "{mark} has a row and no event"),
            Self::Torn { mark, has_row: false } => write!(f, "{mark} has an event and no row"),
            Self::FromNowhere { mark, room } => write!(f, "{mark} in {room} was written by nobody"),
            Self::Untrue { mark, told, code } => {
                write!(f, "{mark} was refused with {code} as {told}, which is not so")
            }
            Self::Misplaced { mark, told, found: Some(found) } => {
                write!(f, "{mark} is at {found} and was answered with {told}")
            }
            Self::Misplaced { mark, told, found: None } => {
                write!(f, "{mark} was answered with {told} and is nowhere")
            }
            Self::SettledTwice { mark } => write!(f, "{mark} ended twice"),
            Self::NeverSettled { mark } => write!(f, "{mark} never ended"),
            Self::Reordered { first, second } => {
                write!(f, "{second} took effect before {first}, which was asked for before it")
            }
            Self::WrongState { who, room, what } => {
                write!(f, "the state of {room} that {who} got is wrong: {what}")
            }
            Self::Untold { who, room } => {
                write!(f, "{who} entered {room} anew without being told why")
            }
            Self::Broken { who, room, why } => {
                write!(f, "{who} could not go on in {room}: {why}")
            }
            Self::OutOfTurn { who, room, after: Some(after), place } => {
                write!(f, "{who} received {place} of {room} after {after}")
            }
            Self::OutOfTurn { who, room, after: None, place } => {
                write!(f, "{who} received {place} of {room} and is not in it")
            }
            Self::Other { who, room, place, came, stored } => {
                let show = |mark: &Option<String>| mark.clone().unwrap_or_else(|| "-".to_owned());
                let (came, stored) = (show(came), show(stored));
                write!(f, "{who} received {came} at {place} of {room}, where {stored} is stored")
            }
            Self::Behind { who, room, at, head } => {
                let show = |place: &Option<Place>| {
                    place.as_ref().map_or("nowhere".to_owned(), Place::to_string)
                };
                write!(f, "{who} is at {} of {room}, which is at {}", show(at), show(head))
            }
            Self::Lacks { who, room, mark } => write!(f, "{who} does not see {mark} in {room}"),
            Self::OffCourse { room, id, begun, ended } => {
                write!(f, "{id} in {room} has begun {begun} times and ended {ended} times")
            }
            Self::Garbled { who, stream, text } => {
                write!(f, "{who} has [{text}] of {stream}")
            }
            Self::Forgotten { who, stream, text } => {
                write!(f, "{who} has only [{text}] of {stream}, and had more")
            }
            Self::Restless => write!(f, "the run did not come to rest"),
            Self::Premature { who, mark, is_ack } => {
                let what = if *is_ack { "acknowledgement" } else { "event" };
                write!(f, "{who} got the {what} of {mark} before it was stored")
            }
        }
    }
}
