//! What a client makes of a room's streams: the text so far, whatever was missed. Knows no socket:
//! events and answers in, texts and the wish to subscribe out. The cases of
//! `clients/conformance/cases/streams.json` hold for it as for every client.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use super::TestEvent;

/// The streams of one room, as one client sees them.
#[derive(Clone, Debug, Default)]
pub struct RoomStreams {
    streams: Vec<SeenStream>,
    /// Ended ones that were never seen open, too.
    ended: HashSet<String>,
    held: Vec<Held>,
    is_asking: bool,
}

/// A stream that a client has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenStream {
    /// Its id.
    pub id: String,
    /// The number of the last part that is in the text.
    pub number: u32,
    /// Its parts so far.
    pub text: String,
    /// `open`, or how it ended.
    pub status: String,
}

/// What a client hears of streams.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamNews {
    /// The durable event with which one begins.
    Started {
        /// Which one.
        stream: String,
    },
    /// `tautline:append`.
    Part {
        /// Of which one.
        stream: String,
        /// Its number.
        number: u32,
        /// The text.
        text: String,
    },
    /// `tautline:ended`.
    Ended {
        /// Which one.
        stream: String,
        /// How.
        outcome: String,
        /// The number of its last part.
        number: u32,
        /// All its parts, if no answer says what it came to.
        text: Option<String>,
    },
    /// A join, a subscribe or a resume of the room is sent.
    Asked,
    /// It got no answer.
    Unanswered,
    /// The answer to a join: each open stream's id, number and text.
    Joined {
        /// All that are open.
        streams: Vec<(String, u32, String)>,
    },
    /// The answer to a subscribe or a resume.
    Resumed {
        /// All that are open.
        streams: Vec<(String, u32, String)>,
    },
}

/// A part that cannot be put behind the text yet, or that an answer may have to be completed with.
#[derive(Clone, Debug)]
struct Held {
    stream: String,
    number: u32,
    text: String,
    /// It was there before the question: the answer is newer.
    is_old: bool,
}

impl StreamNews {
    /// The news that `tautline:ended` brings.
    pub fn ended(payload: &Value) -> Self {
        let text = |field: &str| payload[field].as_str().map(str::to_owned);
        Self::Ended {
            stream: text("stream").unwrap_or_default(),
            outcome: text("outcome").unwrap_or_default(),
            number: number(payload),
            text: text("text"),
        }
    }
}

impl RoomStreams {
    /// Takes one piece of news. `true`: a part is missing, and the client subscribes to the room.
    pub fn take(&mut self, news: StreamNews) -> bool {
        match news {
            StreamNews::Started { stream } => self.started(stream),
            StreamNews::Part { stream, number, text } => return self.part(stream, number, text),
            StreamNews::Ended { stream, outcome, number, text } => {
                self.end(stream, outcome, text.map(|text| (number, text)));
            }
            StreamNews::Asked => {
                self.is_asking = true;
                self.held.iter_mut().for_each(|held| held.is_old = true);
            }
            StreamNews::Unanswered => self.is_asking = false,
            StreamNews::Joined { streams } => {
                let is_named = |seen: &SeenStream| streams.iter().any(|(id, ..)| *id == seen.id);
                self.streams.retain(|seen| seen.status != OPEN || is_named(seen));
                return self.answered(streams, true);
            }
            StreamNews::Resumed { streams } => return self.answered(streams, false),
        }
        false
    }

    /// Likewise with an event of the wire. What is not about streams changes nothing.
    pub fn take_event(&mut self, event: &TestEvent) -> bool {
        let stream = || event.payload["stream"].as_str().unwrap_or_default().to_owned();
        let text = |field: &str| event.payload[field].as_str().unwrap_or_default().to_owned();
        match (event.name.as_str(), event.meta["stream"]["id"].as_str()) {
            ("tautline:append", _) => {
                let number = number(&event.payload);
                self.take(StreamNews::Part { stream: stream(), number, text: text("text") })
            }
            ("tautline:ended", _) => self.take(StreamNews::ended(&event.payload)),
            (_, Some(id)) => self.take(StreamNews::Started { stream: id.to_owned() }),
            (_, None) => false,
        }
    }

    /// The open streams that the answer of a join or a resume names.
    pub fn listed(answer: &Value) -> Vec<(String, u32, String)> {
        let streams = answer["streams"].as_array().map_or(&[][..], |streams| &streams[..]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        streams.iter().map(|it| (text(&it["id"]), number(it), text(&it["text"]))).collect()
    }

    /// All that were seen, in the order of their appearance.
    pub fn streams(&self) -> &[SeenStream] {
        &self.streams
    }

    /// The text so far of a stream.
    pub fn text(&self, id: &str) -> Option<&str> {
        self.streams.iter().find(|seen| seen.id == id).map(|seen| seen.text.as_str())
    }

    fn started(&mut self, id: String) {
        let is_known = self.streams.iter().any(|seen| seen.id == id);
        if !is_known && !self.ended.contains(&id) {
            self.streams.push(SeenStream::open(id, 0, String::new()));
        }
    }

    fn part(&mut self, stream: String, number: u32, text: String) -> bool {
        if self.ended.contains(&stream) {
            return false;
        }
        let seen = self.streams.iter_mut().find(|seen| seen.id == stream);
        let is_missing = match seen {
            Some(seen) if number == seen.number + 1 => {
                seen.append(&text);
                false
            }
            Some(seen) => number > seen.number,
            None => true,
        };
        if is_missing || self.is_asking {
            self.held.push(Held { stream, number, text, is_old: false });
        }
        self.connect();
        is_missing && !self.is_asking
    }

    fn end(&mut self, stream: String, outcome: String, whole: Option<(u32, String)>) {
        self.held.retain(|held| held.stream != stream);
        let seen = self.streams.iter_mut().find(|seen| seen.id == stream);
        if let Some(seen) = seen.filter(|seen| seen.status == OPEN) {
            seen.status = outcome;
            if let Some((number, text)) = whole {
                (seen.number, seen.text) = (number, text);
            }
        }
        self.ended.insert(stream);
    }

    /// The answer is there. A fresh state counts as it is; another one completes what is there.
    fn answered(&mut self, streams: Vec<(String, u32, String)>, is_fresh: bool) -> bool {
        self.is_asking = false;
        self.held.retain(|held| !held.is_old);
        for (id, number, text) in streams {
            if self.ended.contains(&id) {
                continue;
            }
            match self.streams.iter_mut().find(|seen| seen.id == id) {
                Some(seen) if is_fresh || number > seen.number => {
                    *seen = SeenStream::open(id, number, text);
                }
                Some(_) => {}
                None => self.streams.push(SeenStream::open(id, number, text)),
            }
        }
        self.connect();
        let streams = &self.streams;
        // What the answer does not know has ended, and its end is on the way.
        self.held.retain(|held| {
            streams.iter().any(|seen| seen.id == held.stream && held.number > seen.number)
        });
        !self.held.is_empty()
    }

    /// Puts held parts behind the texts that have got so far.
    fn connect(&mut self) {
        self.held.sort_by_key(|held| held.number);
        for held in &self.held {
            let seen = self.streams.iter_mut().find(|seen| seen.id == held.stream);
            if let Some(seen) = seen.filter(|seen| held.number == seen.number + 1) {
                seen.append(&held.text);
            }
        }
        if !self.is_asking {
            let streams = &self.streams;
            self.held.retain(|held| {
                let seen = streams.iter().find(|seen| seen.id == held.stream);
                seen.is_none_or(|seen| held.number > seen.number)
            });
        }
    }
}

/// The number of a part that a payload names.
fn number(payload: &Value) -> u32 {
    let number = payload["number"].as_u64();
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

const OPEN: &str = "open";

impl SeenStream {
    fn open(id: String, number: u32, text: String) -> Self {
        Self { id, number, text, status: OPEN.to_owned() }
    }

    fn append(&mut self, text: &str) {
        self.number += 1;
        self.text.push_str(text);
    }
}
