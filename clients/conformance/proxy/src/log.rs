//! What the proxy did and what passed, in order. Bounded: the oldest entries make room.

use std::collections::VecDeque;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::engine_packet::Piece;
use crate::frame::{Direction, Frame, Kind};
use crate::rule::{LinkId, RuleId, When};

/// The most entries that are kept.
const CAPACITY: usize = 1 << 16;
/// How many characters of a frame's text an entry shows.
const SHOWN: usize = 256;

/// What happened to a frame, or to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A client has come, and the server has taken it.
    Opened,
    /// The frame was handed to its receiver's socket.
    Passed,
    /// A rule let it vanish.
    Dropped,
    /// A rule makes it wait.
    Delayed,
    /// A rule sends it several times.
    Duplicated,
    /// A rule lets others overtake it.
    HeldBack,
    /// A rule has shortened it.
    Truncated,
    /// A rule, or the test, has ended the link.
    Cut,
    /// A rule, or the test, has stopped the link without ending it.
    HalfOpened,
    /// The test has let the link go on.
    WentOn,
    /// A client, or its CONNECT, was turned away.
    Refused,
    /// The frame was on its way when the link ended.
    Lost,
    /// The link has ended.
    Closed,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its number, from 1 without a gap.
    pub number: u64,
    /// When, in milliseconds since the proxy began.
    pub at_ms: u64,
    /// What happened.
    pub act: Act,
    /// To which link.
    pub link: LinkId,
    /// Which way the frame went.
    pub direction: Direction,
    /// What it was.
    pub kind: Kind,
    /// Its namespace.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub namespace: Option<String>,
    /// Its event; of an answer, the event that it answers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<String>,
    /// What ties an answer to its event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<u64>,
    /// The round trip to which it belongs: see [`Trips`](crate::Trips).
    pub trip: u64,
    /// How many bytes it has.
    pub bytes: usize,
    /// The beginning of its text.
    pub text: String,
    /// The rule that acted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<RuleId>,
}

/// A question to the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Search {
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// To what.
    pub when: When,
    /// By which rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// After which entry.
    pub after: u64,
}

/// The entries, oldest first.
#[derive(Debug)]
pub(crate) struct Log {
    began: Instant,
    last: u64,
    entries: VecDeque<Entry>,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The link.
    pub(crate) link: LinkId,
    /// The direction.
    pub(crate) direction: Direction,
    /// The round trip.
    pub(crate) trip: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self { began: Instant::now(), last: 0, entries: VecDeque::new() }
    }
}

impl Log {
    /// Notes what happened to a frame.
    pub(crate) fn note(&mut self, act: Act, place: Place, frame: &Frame, rule: Option<RuleId>) {
        self.last += 1;
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        let shown = match frame.pieces.first() {
            Some(Piece::Text(text)) => &text[..text.floor_char_boundary(SHOWN)],
            Some(Piece::Binary(_)) | None => "",
        };
        self.entries.push_back(Entry {
            number: self.last,
            at_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            act,
            link: place.link,
            direction: place.direction,
            kind: frame.kind,
            namespace: frame.namespace.clone(),
            event: frame.event.clone(),
            id: frame.id,
            trip: place.trip,
            bytes: frame.bytes(),
            text: shown.to_owned(),
            rule,
        });
    }

    /// The entries that a search is for, oldest first.
    pub(crate) fn find<'a>(&'a self, search: &'a Search) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(|entry| search.matches(entry))
    }

    /// The number of the last entry; 0 if there is none.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }
}

impl Search {
    /// What happened to these.
    pub fn new(act: Act, when: When) -> Self {
        Self { act: Some(act), when, ..Self::default() }
    }

    fn matches(&self, entry: &Entry) -> bool {
        let Self { act, when, rule, after } = self;
        let When { link, direction, kind, namespace, event } = when;
        entry.number > *after
            && act.is_none_or(|it| it == entry.act)
            && rule.is_none_or(|it| entry.rule == Some(it))
            && link.is_none_or(|it| it == entry.link)
            && direction.is_none_or(|it| it == entry.direction)
            && kind.is_none_or(|it| it.includes(entry.kind))
            && namespace.as_ref().is_none_or(|it| entry.namespace.as_ref() == Some(it))
            && event.as_ref().is_none_or(|it| entry.event.as_ref() == Some(it))
    }
}
