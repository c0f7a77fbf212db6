//! What happened in a run, as those saw it who took part in it. Every client writes it, in any
//! language; one entry is one line of JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tautline::Outcome;
use tautline_server::journal::EventBody;

/// One thing that somebody did or saw. A history is a list of them, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When, in milliseconds since the run began.
    pub at_ms: u64,
    /// Who: a client by its name, or the server's side.
    pub who: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What somebody did or saw. A command is known by its mark, which is in its payload, in the row that
/// it writes and in the event that it emits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum What {
    /// An app asked its client for a command.
    Invoked {
        /// The command's mark.
        mark: String,
        /// The room that it belongs to.
        room: String,
        /// The lane in which it keeps its order.
        lane: Option<String>,
        /// What it leaves behind if it takes effect.
        leaves: Leaves,
    },
    /// The app was told that a command succeeded.
    Answered {
        /// The command's mark.
        mark: String,
        /// Where its event is, if the answer says so.
        place: Option<Place>,
    },
    /// The app was told that a command failed, or may have.
    Refused {
        /// The command's mark.
        mark: String,
        /// Why.
        code: String,
        /// What the app was told about its effect.
        outcome: Outcome,
    },
    /// A client joined a room, and shows its state from now on.
    Entered {
        /// The room.
        room: String,
        /// The position that the join gave.
        place: Option<Place>,
        /// The marks of the rows in the state.
        marks: Vec<String>,
        /// What the app was told about events that were lost before, if it was told so.
        lost: Option<String>,
    },
    /// An event reached the app.
    Received {
        /// The room.
        room: String,
        /// Its place there.
        place: Place,
        /// The command that it came from.
        mark: Option<String>,
    },
    /// A client has more of a stream's text, or hears of its end.
    Heard {
        /// The room.
        room: String,
        /// The stream.
        stream: String,
        /// All of it so far.
        text: String,
        /// Whether the stream has ended.
        is_over: bool,
    },
    /// A client is not in a room any more, and its app knows.
    Left {
        /// The room.
        room: String,
    },
    /// The journal has stored an event.
    Stored {
        /// The room.
        room: String,
        /// Its place there.
        place: Place,
        /// The command that it came from.
        mark: Option<String>,
    },
    /// Something for the reader: a cut, a crash, a start.
    Noted {
        /// In words.
        text: String,
    },
}

/// What a command leaves behind if it takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaves {
    /// A row and an event, stored as one.
    Row,
    /// An event.
    Event,
    /// Nothing: it is refused whenever it runs.
    Nothing,
}

/// A place in the sequence of a room.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Which sequence.
    pub epoch: String,
    /// Which event; 0 is before the first.
    pub seq: u64,
}

/// What is in the storage when a run is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// By room.
    pub rooms: BTreeMap<String, KeptRoom>,
}

/// What is stored of one room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptRoom {
    /// The events in their order, each with the command that it came from. The room may have
    /// forgotten the first ones.
    pub events: Vec<(Place, Option<String>)>,
    /// The marks of the application's rows, in the order in which they were written.
    pub rows: Vec<String>,
    /// Streams and questions, by id.
    pub courses: BTreeMap<String, Course>,
}

/// What the events of a room say of a stream or a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// How often it has begun.
    pub begun: u32,
    /// How often it has ended.
    pub ended: u32,
    /// The text of a stream, as its end brings it.
    pub text: Option<String>,
}

impl KeptRoom {
    /// Notes an event behind the others. Gives its mark, if it has one.
    pub fn note(&mut self, place: Place, body: &EventBody) -> Option<String> {
        let payload = serde_json::from_str::<Value>(&body.payload.json).unwrap_or_default();
        let mark = payload["mark"].as_str().map(str::to_owned);
        self.events.push((place, mark.clone()));
        let begun = body.stream.map(|stream| stream.id.to_string());
        let begun = begun.or_else(|| Some(body.question.as_ref()?.id.to_string()));
        let ended = match &*body.name {
            "tautline:ended" => payload["stream"].as_str().map(str::to_owned),
            "tautline:settled" => payload["question"].as_str().map(str::to_owned),
            _ => None,
        };
        if let Some(id) = begun {
            self.courses.entry(id).or_default().begun += 1;
        }
        if let Some(id) = ended {
            let course = self.courses.entry(id).or_default();
            course.ended += 1;
            course.text = payload["text"].as_str().map(str::to_owned);
        }
        mark
    }

    /// The event at a place; `None` if it is not stored any more, or never was.
    pub fn at(&self, place: &Place) -> Option<&Option<String>> {
        self.events.iter().find(|(other, _)| other == place).map(|(_, mark)| mark)
    }

    /// Whether nothing comes after a place, as far as is stored. An epoch that began after the last
    /// event has none of its own.
    pub fn ends_at(&self, place: Option<&Place>) -> bool {
        let Some((head, _)) = self.events.last() else { return true };
        place.is_some_and(|place| {
            head == place || self.events.iter().all(|(other, _)| other.epoch != place.epoch)
        })
    }

    /// Whether the room has forgotten the event at a place.
    pub fn has_forgotten(&self, place: &Place) -> bool {
        let first = self.events.iter().find(|(other, _)| other.epoch == place.epoch);
        first.is_none_or(|(first, _)| place.seq < first.seq)
    }
}

/// Gives epochs short names, in the order in which they come up: they are random, and two runs of one
/// seed shall read the same.
pub fn rename_epochs(history: &mut [Entry], kept: &mut Kept) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut rename = |place: &mut Place| {
        let next = format!("e{}", names.len() + 1);
        place.epoch.clone_from(names.entry(place.epoch.clone()).or_insert(next));
    };
    for entry in history {
        match &mut entry.what {
            What::Answered { place: Some(place), .. }
            | What::Entered { place: Some(place), .. }
            | What::Received { place, .. }
            | What::Stored { place, .. } => rename(place),
            What::Invoked { .. }
            | What::Answered { place: None, .. }
            | What::Refused { .. }
            | What::Entered { place: None, .. }
            | What::Heard { .. }
            | What::Left { .. }
            | What::Noted { .. } => {}
        }
    }
    kept.rooms.values_mut().flat_map(|room| &mut room.events).for_each(|(place, _)| rename(place));
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>8}  {:<8} ", self.at_ms, self.who)?;
        match &self.what {
            What::Invoked { mark, room, lane, leaves } => {
                write!(f, "invoked   {mark} in {room}, leaves {leaves:?}")?;
                if lane.is_none() { write!(f, ", in no lane") } else { Ok(()) }
            }
            What::Answered { mark, place: Some(place) } => write!(f, "answered  {mark} {place}"),
            What::Answered { mark, place: None } => write!(f, "answered  {mark}"),
            What::Refused { mark, code, outcome } => {
                write!(f, "refused   {mark} {code}, {}", outcome.as_str())
            }
            What::Entered { room, place, marks, lost } => {
                write!(f, "entered   {room}")?;
                if let Some(place) = place {
                    write!(f, " {place}")?;
                }
                write!(f, " with [{}]", marks.join(" "))?;
                match lost {
                    Some(why) => write!(f, ", events lost: {why}"),
                    None => Ok(()),
                }
            }
            What::Received { room, place, mark } => {
                write!(f, "received  {room} {place} {}", mark.as_deref().unwrap_or("-"))
            }
            What::Heard { room, stream, text, is_over } => {
                write!(f, "heard     {room} {stream} [{}]", text.trim_end())?;
                if *is_over { write!(f, ", over") } else { Ok(()) }
            }
            What::Left { room } => write!(f, "left      {room}"),
            What::Stored { room, place, mark } => {
                write!(f, "stored    {room} {place} {}", mark.as_deref().unwrap_or("-"))
            }
            What::Noted { text } => write!(f, "          {text}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}.{}", self.epoch, self.seq)
    }
}
